import { useQuery } from '@tanstack/react-query'
import type { Trend } from '../../../../client/rules'
import { useLanguage } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatLogDay } from '../../../../ui/time'
import { useWidth } from '../../../../ui/useWidth'
import { CountedLater } from './FoundList'
import { count } from './Names'
import { useOf } from './of'
import { useWords } from './strings'
import { movedIn, trendQuery } from './tags'

/** line joins values from left to right in a field of width by height; the highest touches `top`. */
export function line(values: readonly number[], width: number, height: number, top: number): string {
  const step = width / Math.max(1, values.length - 1)
  return values.map((value, i) => `${i ? 'L' : 'M'}${(i * step).toFixed(1)} ${(height - (value / Math.max(1, top)) * height).toFixed(1)}`).join('')
}

/** ceiling is the round number at or above n that a scale ends with; half of it is whole too: there is no half a person. */
export function ceiling(n: number): number {
  if (n <= 4) return 4
  const unit = 10 ** Math.floor(Math.log10(n))
  return (([2, 4, 6, 8, 10].find((step) => step * unit >= n) ?? 10) * unit)
}

/** Spark is the last 30 days of a tag, small, beside its number. It asks once the row has rested in view. */
export function Spark({ tag }: { tag: string }) {
  const t = useWords()
  const trend = useQuery(trendQuery(tag, 30, useOf()))
  if (trend.error) return <span className="unknown">{t('noTrend')}</span>
  if (!trend.data) return <span className="spark-wait" />
  const people = trend.data.days.map((day) => day.people)
  if (people.length < 2) return <span className="unknown">{t('sparkNew')}</span>
  const first = people[0] ?? 0
  const last = people.at(-1) ?? 0
  const most = Math.max(...people)
  const least = Math.min(...people)
  // A course is judged against its own size: a tenth of it is the least that fills the height.
  const low = Math.max(0, least - Math.max((most - least) * 0.1, most * 0.05))
  return (
    <svg className="spark" width="96" height="24" viewBox="-2 -3 100 30" role="img" aria-label={t('sparkSays', { from: count(first), to: count(last) })}>
      <path d={line(people.map((n) => n - low), 94, 24, Math.max(most - low, 1))} />
    </svg>
  )
}

/** TrendChart answers how many had the tag on each of the last 90 days; a dashed line stands where the rule changed. */
export function TrendChart({ tag }: { tag: string }) {
  const t = useWords()
  const trend = useQuery(trendQuery(tag, 90, useOf()))
  if (trend.error) return <ErrorBox error={trend.error} onRetry={() => void trend.refetch()} />
  if (!trend.data) return <Skeleton lines={5} />
  if (trend.data.days.length < 2) return <p className="unknown">{t('trendSoon')}</p>
  return <Drawn tag={tag} trend={trend.data} />
}

function Drawn({ tag, trend: { days, versions } }: { tag: string; trend: Trend }) {
  const t = useWords()
  const language = useLanguage()
  const programme = useOf()
  const [box, width] = useWidth<HTMLDivElement>(560)
  const people = days.map((day) => day.people)
  const first = people[0] ?? 0
  const last = people.at(-1) ?? 0
  const gained = days.reduce((sum, day) => sum + day.gained, 0)
  const lost = days.reduce((sum, day) => sum + day.lost, 0)
  const top = ceiling(Math.max(...people))
  const left = 52
  const right = width - 10
  const upper = 22
  const lower = 146
  const x = (i: number) => left + (i / Math.max(1, days.length - 1)) * (right - left)
  const y = (n: number) => lower - (n / top) * (lower - upper)
  const every = Math.max(1, Math.ceil(days.length / Math.max(2, Math.floor((right - left) / 76))))
  const shown = versions.map((version) => ({ ...version, i: days.findIndex(({ day }) => day === version.day) })).filter(({ i }) => i >= 0)
  const opens = (day: string, of: 'gained' | 'lost', n: number) =>
    n === 0 ? '0' : <CountedLater text={count(n)} label={t(of === 'gained' ? 'openDayGained' : 'openDayLost', { day: formatLogDay(day, language), n: count(n) })} of={of} ask={() => movedIn(programme, tag, day, day)} />
  const says = t(last > first ? 'trendUp' : last < first ? 'trendDown' : 'trendSame', { n: days.length, from: count(first), to: count(last), by: count(Math.abs(last - first)) })
  return (
    <figure className="trend">
      <figcaption>
        {says}
        {language === 'zh' ? '。' : '. '}
        {t('trendMoves', { gained: count(gained), lost: count(lost) })}
      </figcaption>
      <div ref={box}>
        <svg width={width} height={172} viewBox={`0 0 ${width} 172`} role="img" aria-label={says}>
          <text x={0} y={10}>
            {t('unitPeople')}
          </text>
          {[0, top / 2, top].map((n) => (
            <g key={n}>
              <line className="trend-grid" x1={left} x2={right} y1={y(n)} y2={y(n)} />
              <text x={left - 6} y={y(n) + 4} textAnchor="end">
                {count(n)}
              </text>
            </g>
          ))}
          {days.map(({ day }, i) =>
            (days.length - 1 - i) % every === 0 ? (
              <text key={day} x={x(i)} y={166} textAnchor={i === days.length - 1 ? 'end' : i === 0 ? 'start' : 'middle'}>
                {Number(day.slice(5, 7))}/{Number(day.slice(8))}
              </text>
            ) : null,
          )}
          {shown.map(({ version, i }) => (
            <g key={version} className="trend-version">
              <line x1={x(i)} x2={x(i)} y1={upper - 4} y2={lower} />
              <text x={x(i)} y={12} textAnchor={x(i) > right - 30 ? 'end' : 'middle'}>
                v{version}
              </text>
            </g>
          ))}
          <g transform={`translate(${left} ${upper})`}>
            <path className="trend-line" d={line(people, right - left, lower - upper, top)} />
          </g>
          {days.map((day, i) => (
            <rect key={day.day} className="trend-day" x={x(i) - (right - left) / days.length / 2} width={Math.max(1, (right - left) / days.length)} y={upper} height={lower - upper}>
              <title>{t('trendDay', { day: formatLogDay(day.day, language), n: count(day.people), gained: day.gained, lost: day.lost })}</title>
            </rect>
          ))}
        </svg>
      </div>
      <details>
        <summary>{t('showNumbers')}</summary>
        <div className="trend-table">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('day')}</th>
                <th scope="col">{t('people')}</th>
                <th scope="col">{t('gained')}</th>
                <th scope="col">{t('lost')}</th>
              </tr>
            </thead>
            <tbody>
              {[...days].reverse().map((day) => (
                <tr key={day.day}>
                  <td>{day.day}</td>
                  <td>{count(day.people)}</td>
                  <td>{opens(day.day, 'gained', day.gained)}</td>
                  <td>{opens(day.day, 'lost', day.lost)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}
