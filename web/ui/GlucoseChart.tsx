import { useId } from 'react'
import type { Reading, Unit } from '../client/types'
import { limitText, shownDigits } from './band'
import { placeLabels, pointsOf, linePath, spanOf, xOf, type Frame } from './chartScale'
import { useLanguage } from './i18n'
import { useLimits } from './limits'
import { MarkShape } from './Mark'
import { useSlotName } from './slots'
import { useUiWords } from './strings'
import { dateIn, formatAt, instantOf, partsIn } from './time'
import { textScale, useWidth } from './useWidth'
import { Value } from './Value'
import './chart.css'

interface Props {
  /** The question the chart answers. */
  title: string
  /** The answer in words; a reader hears it in place of the drawing. */
  sentence: string
  readings: readonly Reading[]
  from: Date
  to: Date
  unit: Unit
  zone: string
  /** The person's own limits, mmol/L, drawn as a grey band. A side that is not set ends the band at the edge. */
  band?: { low?: number; high?: number }
  elder?: boolean
  height?: number
  /** Rows and the side panel of the console: line and marks only, no numbers, no table. */
  mini?: boolean
  /** Ids of readings an answer rests on: each gets a ring, and a word in the table. */
  marked?: ReadonlySet<string>
  /** Text already stands above the chart. */
  hideTitle?: boolean
  /** A moment that readings are looked at around. */
  around?: Date
}

/** Where the axis of time begins and ends, pixels from the edges: what is drawn above a chart keeps to it. */
export const axisLeft = 34
export const axisRight = 12

const day = 86_400_000
/** A line across more than two and a half days without a measurement would invent a course. */
const gap = 2.5 * day

/**
 * GlucoseChart draws finger-stick readings over days: own target as a grey band, a mark and a number on each point, gaps
 * left open. It has a name, a sentence and a table behind, so nothing is told by the drawing alone.
 */
export function GlucoseChart(props: Props) {
  const { title, sentence, readings, from, to, unit, zone, band, mini = false, elder = false, marked } = props
  const t = useUiWords()
  const language = useLanguage()
  const slotName = useSlotName()
  const name = useId()
  const [box, width] = useWidth<HTMLDivElement>(mini ? 120 : 328)
  const zoom = mini ? 1 : textScale()
  const height = Math.round((props.height ?? (mini ? 36 : elder ? 240 : 200)) * (1 + zoom) / 2)
  const [low, high] = spanOf(readings)
  const letter = elder ? { char: 10.5, height: 20 } : { char: 8.2, height: 16 }
  const size = { char: letter.char * zoom, height: letter.height * zoom }
  const left = (mini ? 6 : elder ? 44 : axisLeft) * zoom
  const frame: Frame = {
    left,
    right: width - (mini ? 6 : axisRight),
    top: (mini ? 5 : elder ? 34 : 28) * zoom,
    bottom: height - (mini ? 5 : elder ? 32 : 26) * zoom,
    from: from.getTime(),
    to: to.getTime(),
    low,
    high,
  }
  const y = (value: number) => frame.bottom - ((value - low) / (high - low)) * (frame.bottom - frame.top)
  const xAt = (at: Date) => xOf(at, frame)
  const points = pointsOf(readings, frame)
  const figures = useLimits()
  // A limit beyond the scale would be drawn outside the chart.
  const limits = [band?.low, band?.high].filter((limit): limit is number => limit !== undefined && limit >= low && limit <= high)
  const labels = mini ? [] : placeLabels(points, (r) => (r.band === 'implausible' ? '' : shownDigits(r, unit)), size, frame)

  return (
    <figure className="chart" aria-labelledby={name}>
      <figcaption id={name} className={props.hideTitle || mini ? 'visually-hidden' : 'chart-title'}>
        {title}
      </figcaption>
      <div ref={box}>
        <svg height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={sentence}>
          {(band?.low !== undefined || band?.high !== undefined) && (
            <rect
              className="chart-band"
              x={frame.left}
              width={Math.max(0, frame.right - frame.left)}
              y={y(Math.min(band.high ?? high, high))}
              height={Math.max(0, y(Math.max(band.low ?? low, low)) - y(Math.min(band.high ?? high, high)))}
            />
          )}
          {!mini && (
            <>
              <text x={0} y={size.height - 2}>
                {unit}
              </text>
              {limits.map((limit) => (
                <g key={limit}>
                  <line className="chart-limit" x1={frame.left} x2={frame.right} y1={y(limit)} y2={y(limit)} />
                  <text x={frame.left - 6} y={y(limit) + 4} textAnchor="end">
                    {limitText(limit, unit, figures)}
                  </text>
                </g>
              ))}
              <line className="chart-axis" x1={frame.left} x2={frame.right} y1={frame.bottom} y2={frame.bottom} />
              {dayTicks(from, to, zone, frame, (elder ? 64 : 46) * zoom).map(({ x, text }) => (
                <text key={text} x={x} y={height - 6} textAnchor="middle">
                  {text}
                </text>
              ))}
            </>
          )}
          {props.around && props.around >= from && props.around <= to && (
            <line className="chart-around" x1={xAt(props.around)} x2={xAt(props.around)} y1={0} y2={frame.bottom} />
          )}
          <path className="chart-line" d={linePath(points, gap)} />
          {points.map(({ reading, x, y: top }) => (
            <g key={reading.id} transform={`translate(${x.toFixed(1)} ${top.toFixed(1)})`}>
              {marked?.has(reading.id) && <circle className="chart-ring" r={mini ? 6 : 9} />}
              <MarkShape band={reading.band} size={mini ? 6 : points.length > 40 ? 8 : 11} />
            </g>
          ))}
          {labels.map((label) => (
            <text key={label.key} className="chart-number" x={label.x} y={label.y + size.height - 4}>
              {label.text}
            </text>
          ))}
        </svg>
      </div>
      {!mini && points.length > 0 && (
        <details>
          <summary>{t('table')}</summary>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('time')}</th>
                <th scope="col">{t('slot')}</th>
                <th scope="col">
                  {t('value')} {unit}
                </th>
                {marked && <th scope="col">{t('evidence')}</th>}
              </tr>
            </thead>
            <tbody>
              {[...points].reverse().map(({ reading }) => (
                <tr key={reading.id}>
                  <td>{formatAt(new Date(reading.at), { now: to, zone, language, elder })}</td>
                  <td>{slotName(reading.context)}</td>
                  <td>
                    <Value reading={reading} unit={unit} size="cell" />
                  </td>
                  {marked && <td>{marked.has(reading.id) ? t('isEvidence') : ''}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </figure>
  )
}

/** dayTicks labels noon of some days, 3/8, as many as fit when each takes `tick` pixels. */
function dayTicks(from: Date, to: Date, zone: string, frame: Frame, tick: number): { x: number; text: string }[] {
  const room = Math.max(2, Math.floor((frame.right - frame.left) / tick))
  const days = Math.max(1, Math.round((to.getTime() - from.getTime()) / day))
  const step = Math.ceil(days / room)
  const ticks: { x: number; text: string }[] = []
  for (let back = 0; back < days; back += step) {
    const noon = instantOf(dateIn(new Date(to.getTime() - back * day), zone), '12:00', zone)
    const at = Math.min(noon.getTime(), frame.to)
    if (at < frame.from) break
    const p = partsIn(noon, zone)
    const x = frame.left + ((at - frame.from) / (frame.to - frame.from)) * (frame.right - frame.left)
    if (x < frame.left + 8) break
    ticks.push({ x, text: `${p.month}/${p.day}` })
  }
  return ticks
}
