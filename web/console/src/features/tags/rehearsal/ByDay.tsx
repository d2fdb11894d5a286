import { useLanguage } from '../../../../../ui/i18n'
import { formatLogDay } from '../../../../../ui/time'
import { useWidth } from '../../../../../ui/useWidth'
import { count } from '../Names'
import { ceiling, line } from '../Trend'
import { useWords } from './strings'

export interface Beside {
  day: string
  would: number
  real: number
}

const high = 172
const left = 52
const upper = 14
const lower = 146

/** ByDay is what there would have been on each day as bars, and what there really was as a line over them. */
export function ByDay({ title, bars, really, days }: { title: string; bars: string; really: string; days: readonly Beside[] }) {
  const t = useWords()
  const language = useLanguage()
  const [box, width] = useWidth<HTMLDivElement>(560)
  const would = days.reduce((sum, one) => sum + one.would, 0)
  const real = days.reduce((sum, one) => sum + one.real, 0)
  const first = days[0]
  const last = days.at(-1)
  if (!first || !last || would + real === 0)
    return (
      <figure className="again-chart">
        <figcaption>
          <b>{title}</b> <span className="unknown">{t('nothingDays')}</span>
        </figcaption>
      </figure>
    )
  const right = width - 10
  const top = ceiling(Math.max(...days.map((one) => Math.max(one.would, one.real))))
  const wide = (right - left) / days.length
  const gap = wide > 3 ? 1 : 0
  const y = (n: number) => lower - (n / top) * (lower - upper)
  const drawn = days.map((one, i) => (one.would === 0 ? '' : `M${(left + i * wide).toFixed(1)} ${lower}V${y(one.would).toFixed(1)}h${(wide - gap).toFixed(2)}V${lower}Z`)).join('')
  const every = Math.max(1, Math.ceil(days.length / Math.max(2, Math.floor((right - left) / 76))))
  const says = t('chartSays', { from: first.day, to: last.day, would: count(would), real: count(real) })
  return (
    <figure className="again-chart">
      <figcaption>
        <b>{title}</b>
        <span className="again-key note">
          <span>
            <svg width="12" height="12" aria-hidden="true">
              <path className="again-bars" d="M1 12V3h10v9Z" />
            </svg>
            {bars} {count(would)}
          </span>
          <span>
            <svg width="16" height="12" aria-hidden="true">
              <path className="again-real" d="M0 6h16" />
            </svg>
            {really} {count(real)}
          </span>
        </span>
      </figcaption>
      <div ref={box}>
        <svg width={width} height={high} viewBox={`0 0 ${width} ${high}`} role="img" aria-label={`${title}${language === 'zh' ? '。' : '. '}${says}`}>
          {[0, top / 2, top].map((n) => (
            <g key={n}>
              <line className="again-grid" x1={left} x2={right} y1={y(n)} y2={y(n)} />
              <text x={left - 6} y={y(n) + 4} textAnchor="end">
                {count(n)}
              </text>
            </g>
          ))}
          <path className="again-bars" d={drawn} />
          {real > 0 && (
            <g transform={`translate(${left + wide / 2} ${upper})`}>
              <path className="again-real" d={line(days.map((one) => one.real), right - left - wide, lower - upper, top)} />
            </g>
          )}
          {days.map(({ day }, i) =>
            (days.length - 1 - i) % every === 0 ? (
              <text key={day} x={i === days.length - 1 ? right : left + (i + 0.5) * wide} y={166} textAnchor={i === days.length - 1 ? 'end' : 'middle'}>
                {Number(day.slice(5, 7))}/{Number(day.slice(8))}
              </text>
            ) : null,
          )}
          {days.map((one, i) => (
            <rect key={one.day} className="again-hit" x={left + i * wide} width={Math.max(1, wide)} y={upper} height={lower - upper}>
              <title>{`${formatLogDay(one.day, language)}: ${bars} ${count(one.would)}, ${really} ${count(one.real)}`}</title>
            </rect>
          ))}
        </svg>
      </div>
      <details>
        <summary>{t('table')}</summary>
        <div className="again-days">
          <table className="again-table">
            <thead>
              <tr>
                <th scope="col">{t('day')}</th>
                <th scope="col" className="again-n">
                  {bars}
                </th>
                <th scope="col" className="again-n">
                  {really}
                </th>
              </tr>
            </thead>
            <tbody>
              {days
                .filter((one) => one.would + one.real > 0)
                .reverse()
                .map((one) => (
                  <tr key={one.day}>
                    <th scope="row">{one.day}</th>
                    <td className="again-n">{count(one.would)}</td>
                    <td className="again-n">{count(one.real)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}
