import type { LabRow } from '../../../../../client/file'
import { useLanguage, useSay } from '../../../../../ui/i18n'
import { dateIn } from '../../../../../ui/time'
import { useMoment } from '../../../layout/now'
import { useWidth } from '../../../../../ui/useWidth'
import { figure } from './Labs'
import { useWords } from './sentences'
import { printedUnit } from '../../../../../ui/unit'

/**
 * spread is the lowest and the highest figure drawn: all values and the target, with a tenth of room. A course that hardly
 * moves is not blown up: a tenth of its size is the least that fills the height.
 */
export function spread(values: readonly number[], target?: number): [low: number, high: number] {
  const all = target === undefined ? values : [...values, target]
  const low = Math.min(...all)
  const high = Math.max(...all)
  const least = Math.max(Math.abs(high) * 0.1, 1e-6)
  const room = Math.max(high - low, least) * 0.1
  const lack = Math.max(0, least - (high - low)) / 2
  return [low - lack - room, high + lack + room]
}

/** LabTrend draws a test's values at their dates, the person's target dashed. Small beside the number, large with its axis. */
export function LabTrend({ lab, large = false }: { lab: LabRow; large?: boolean }) {
  const t = useWords()
  const say = useSay()
  const language = useLanguage()
  const { zone } = useMoment()
  const [box, measured] = useWidth<HTMLDivElement>(640)
  const { points, target, decimals } = lab
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last) return null
  const width = large ? Math.min(measured, 860) : 112
  const height = large ? 150 : 28
  const [left, right, top, bottom] = large ? [52, width - 14, 12, height - 26] : [4, width - 4, 4, height - 4]
  const [low, high] = spread(points.map((one) => one.value), target)
  const from = Date.parse(first.at)
  const span = Math.max(1, Date.parse(last.at) - from)
  const x = (at: string) => left + ((Date.parse(at) - from) / span) * (right - left)
  const y = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - top)
  const says = t('trendSays', { name: say(lab.name), n: points.length, from: figure(first.value, decimals), to: figure(last.value, decimals), unit: printedUnit(lab.unit) })
  const text = [says, target !== undefined && t('targetAt', { n: `≤${figure(target, decimals)}` })].filter(Boolean).join(language === 'zh' ? '；' : '; ')
  const path = points.map((one, i) => `${i ? 'L' : 'M'}${x(one.at).toFixed(1)} ${y(one.value).toFixed(1)}`).join('')
  const drawing = (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={text}>
      {large &&
        [...new Set([Math.min(...points.map((one) => one.value)), Math.max(...points.map((one) => one.value))])].map((value) => (
          <g key={`${value}`}>
            <line className="lab-grid" x1={left} x2={right} y1={y(value)} y2={y(value)} />
            <text x={left - 8} y={y(value) + 4} textAnchor="end">
              {figure(value, decimals)}
            </text>
          </g>
        ))}
      {target !== undefined && <line className="lab-target" x1={left} x2={right} y1={y(target)} y2={y(target)} />}
      <path className="lab-line" d={path} />
      {(large ? points : [last]).map((one, i) => (
        <circle key={`${one.at} ${i}`} className="lab-point" cx={x(one.at)} cy={y(one.value)} r={large ? 3.5 : 2.5}>
          <title>{`${dateIn(new Date(one.at), zone)} ${figure(one.value, decimals)} ${printedUnit(lab.unit)}`}</title>
        </circle>
      ))}
      {large &&
        [first, last].map((one, i) => (
          <text key={i} x={x(one.at)} y={height - 6} textAnchor={i ? 'end' : 'start'}>
            {dateIn(new Date(one.at), zone)}
          </text>
        ))}
    </svg>
  )
  if (!large) return drawing
  return (
    <figure className="lab-figure" ref={box}>
      <figcaption>{text}</figcaption>
      {drawing}
    </figure>
  )
}
