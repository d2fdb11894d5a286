import type { EffectComparison } from '../../../../client/journeys'
import { useWidth } from '../../../../ui/useWidth'
import { count, signed, ticks } from './effect'
import { useWords } from './strings'

const short = (day: string) => `${+day.slice(5, 7)}/${+day.slice(8)}`

/** DailyBand is what was known at the end of each day: the difference and the interval that holds at every look. */
export function DailyBand({ one, fewest }: { one: EffectComparison; fewest: number }) {
  const t = useWords()
  const [box, width] = useWidth<HTMLDivElement>(1000)
  const shown = one.days.flatMap((day) => (day.always ? [{ ...day, always: day.always }] : []))
  if (shown.length < 2)
    return (
      <figure className="effect-daily">
        <figcaption>
          <b>{t('daily')}</b> <span className="unknown">{t('dailyNone', { n: fewest })}</span>
        </figcaption>
      </figure>
    )
  const low = Math.min(0, ...shown.map((day) => day.always.low))
  const high = Math.max(0, ...shown.map((day) => day.always.high))
  const left = 40
  const right = width - 16
  const upper = 12
  const lower = 168
  const x = (i: number) => left + (i / (shown.length - 1)) * (right - left)
  const y = (value: number) => lower - ((value - low) / Math.max(1e-9, high - low)) * (lower - upper)
  const band = `${shown.map((day, i) => `${i ? 'L' : 'M'}${x(i).toFixed(1)} ${y(day.always.high).toFixed(1)}`).join('')}${[...shown]
    .reverse()
    .map((day, i) => `L${x(shown.length - 1 - i).toFixed(1)} ${y(day.always.low).toFixed(1)}`)
    .join('')}Z`
  const line = shown.map((day, i) => `${i ? 'L' : 'M'}${x(i).toFixed(1)} ${y(day.always.diff).toFixed(1)}`).join('')
  const every = Math.max(1, Math.ceil(shown.length / Math.max(2, Math.floor((right - left) / 64))))
  const step = (right - left) / (shown.length - 1)
  return (
    <figure className="effect-daily">
      <figcaption>
        <b>{t('daily')}</b> <span className="note">{t('dailySays')}</span>
      </figcaption>
      <div ref={box}>
        <svg className="effect-chart" width={width} height={196} viewBox={`0 0 ${width} 196`} role="img" aria-label={`${t('daily')}。${t('dailySays')}`}>
          {ticks(low, high, 5).map((value) => (
            <g key={value}>
              <line className="effect-grid" x1={left} x2={right} y1={y(value)} y2={y(value)} />
              <text x={left - 6} y={y(value) + 4} textAnchor="end">
                {value}
              </text>
            </g>
          ))}
          <path className="effect-band" d={band} />
          <path className="effect-line" d={line} />
          <line className="effect-zero" x1={left} x2={right} y1={y(0)} y2={y(0)} />
          <text x={right} y={y(0) - 5} textAnchor="end">
            {t('zero')}
          </text>
          {shown.map((day, i) => (
            <g key={day.day}>
              {(shown.length - 1 - i) % every === 0 && (
                <text x={Math.min(x(i), right - 8)} y={190} textAnchor="middle">
                  {short(day.day)}
                </text>
              )}
              <rect className="effect-hit" x={x(i) - step / 2} width={Math.max(1, step)} y={upper} height={lower - upper}>
                <title>{`${short(day.day)}: ${signed(day.always.diff)} (${signed(day.always.low)}～${signed(day.always.high)})`}</title>
              </rect>
            </g>
          ))}
        </svg>
      </div>
      <details>
        <summary>{t('table')}</summary>
        <div className="effect-days">
          <table className="effect-table">
            <thead>
              <tr>
                <th scope="col">{t('h_day')}</th>
                <th scope="col">{t('counted')}</th>
                <th scope="col">{t('h_diff')}</th>
                <th scope="col">{t('h_interval')}</th>
              </tr>
            </thead>
            <tbody>
              {[...shown].reverse().map((day) => (
                <tr key={day.day}>
                  <th scope="row">{day.day}</th>
                  <td>
                    {count(day.treated)} / {count(day.held)}
                  </td>
                  <td>{signed(day.always.diff)}</td>
                  <td>
                    {signed(day.always.low)}～{signed(day.always.high)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}
