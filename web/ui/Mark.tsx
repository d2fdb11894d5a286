import type { Band } from '../client/types'
import { bandClass } from './band'

/** The shapes on a 16 × 16 field: drawn, never font characters, whose size changes from font to font. */
const shapes: Record<string, readonly string[]> = {
  up2: ['M8 0.8 L13.4 7.6 H2.6 Z', 'M8 8.2 L13.4 15 H2.6 Z'],
  up: ['M8 2 L14.4 13.6 H1.6 Z'],
  down: ['M8 14 L1.6 2.4 H14.4 Z'],
  down2: ['M8 7.8 L2.6 1 H13.4 Z', 'M8 15.2 L2.6 8.4 H13.4 Z'],
}

const shapeOf: Partial<Record<Band, keyof typeof shapes>> = {
  very_high: 'up2',
  hi: 'up2',
  high: 'up',
  low: 'down',
  very_low: 'down2',
  lo: 'down2',
}

/** MarkShape draws a band's mark centred on 0,0; `size` is its side in the surrounding drawing. */
export function MarkShape({ band, size }: { band: Band; size: number }) {
  const shape = shapeOf[band]
  const scale = size / 16
  return (
    <g className={`mark mark-${bandClass[band]}`} transform={`scale(${scale}) translate(-8 -8)`}>
      {shape ? (
        shapes[shape]?.map((d) => <path key={d} d={d} />)
      ) : band === 'implausible' ? (
        <path d="M8 1.6 L14.4 8 L8 14.4 L1.6 8 Z" />
      ) : (
        <circle cx="8" cy="8" r={band === 'below_target' ? 5 : 5.8} />
      )}
    </g>
  )
}

/** Mark is the sign of a band beside a number. The word says the same, so readers skip it. */
export function Mark({ band }: { band: Band }) {
  return (
    <svg className="mark-box" viewBox="-8 -8 16 16" aria-hidden="true" focusable="false">
      <MarkShape band={band} size={15} />
    </svg>
  )
}
