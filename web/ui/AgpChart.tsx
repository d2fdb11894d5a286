import { useId } from 'react'
import type { VisitCurves } from '../client/visit'
import { useLanguage, useSay } from './i18n'
import { useSheetWords } from './sheet/words'
import { formatLogDay } from './time'
import './agp.css'

const width = 720
const height = 240
const left = 40
const right = width - 34
const top = 10
const bottom = height - 24

/** A line over a longer pause than this, in minutes, would invent a course. */
const pause = 45

type Bounds = VisitCurves['bounds']

/** Colour changes at the limits: each zone is the same band cut off above and below. */
function zones(bounds: Bounds) {
  return [
    { key: 'very-low', from: 0, to: bounds.veryLow.value },
    { key: 'low', from: bounds.veryLow.value, to: bounds.low.value },
    { key: 'in', from: bounds.low.value, to: bounds.high.value },
    { key: 'high', from: bounds.high.value, to: bounds.veryHigh.value },
    { key: 'very-high', from: bounds.veryHigh.value, to: bounds.top.value },
  ]
}

const xOf = (hour: number) => left + (hour / 24) * (right - left)
const scale = (bounds: Bounds) => (value: number) => bottom - (Math.min(value, bounds.top.value) / bounds.top.value) * (bottom - top)

/**
 * runsOf are stretches of hours without a gap, each at the half hour. Glucose goes on over midnight, so the last hour stands
 * before the first too, and the first after the last.
 */
export function runsOf(hours: VisitCurves['hours']): { x: number; p: number[] }[][] {
  const runs: { x: number; p: number[] }[][] = []
  let open: { x: number; p: number[] }[] | undefined
  for (let at = -1; at <= 24; at++) {
    const one = hours[(at + 24) % 24]
    if (one && one.p.length > 0) {
      if (!open) runs.push((open = []))
      open.push({ x: at + 0.5, p: one.p })
    } else open = undefined
  }
  return runs.filter((run) => run.length > 1)
}

/** smooth draws through points by cubic curves with half the usual tension. */
export function smooth(points: readonly (readonly [number, number])[]): string {
  return points
    .map(([x, y], i) => {
      if (i === 0) return `${x.toFixed(1)} ${y.toFixed(1)}`
      const p = (k: number) => points[Math.max(0, Math.min(points.length - 1, k))] ?? [x, y]
      const [a, b, c, d] = [p(i - 2), p(i - 1), p(i), p(i + 1)]
      const k = 0.5 / 3
      return `C${(b[0] + (c[0] - a[0]) * k).toFixed(1)} ${(b[1] + (c[1] - a[1]) * k).toFixed(1)} ${(c[0] - (d[0] - b[0]) * k).toFixed(1)} ${(c[1] - (d[1] - b[1]) * k).toFixed(1)} ${x.toFixed(1)} ${y.toFixed(1)}`
    })
    .join('')
}

/** AgpChart lays many days of a sensor over one: median and the bands of half and of nine in ten readings. */
export function AgpChart({ curves, days }: { curves: VisitCurves; days: number }) {
  const t = useSheetWords()
  const id = useId()
  const { bounds, ticks, hours } = curves
  const y = scale(bounds)
  const runs = runsOf(hours)
  const line = (run: { x: number; p: number[] }[], k: number) => run.map(({ x, p }) => [xOf(x), y(p[k] ?? 0)] as const)
  const band = (low: number, high: number) =>
    runs.map((run) => `M${smooth(line(run, high))}L${smooth([...line(run, low)].reverse())}Z`).join('')
  const clipped = Math.round(Math.max(...hours.flatMap((one) => one.p), 0) * 10) / 10
  const last = runs.at(-1)?.at(-1)
  const labels = last ? spread([0, 1, 2, 3, 4].map((k) => y(last.p[k] ?? 0))) : []
  return (
    <figure className="agp" aria-label={t('agpSays', { n: days })}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t('agpSays', { n: days })}>
        <defs>
          <clipPath id={`${id}-all`}>
            <rect x={left} y={top} width={right - left} height={bottom - top} />
          </clipPath>
          {zones(bounds).map(({ key, from, to }) => (
            <clipPath id={`${id}-${key}`} key={key}>
              <rect x={left} width={right - left} y={y(to)} height={y(from) - y(to)} />
            </clipPath>
          ))}
        </defs>
        {zones(bounds).map(({ key }) => (
          <g key={key} className={`agp-${key}`} clipPath={`url(#${id}-${key})`}>
            <path className="agp-outer" d={band(0, 4)} />
            <path className="agp-inner" d={band(1, 3)} />
            <path className="agp-median" d={runs.map((run) => `M${smooth(line(run, 2))}`).join('')} />
          </g>
        ))}
        {ticks.map((tick) => (
          <g key={tick}>
            <line className={tick === bounds.low.value || tick === bounds.high.value ? 'agp-limit' : 'agp-grid'} x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
            <text x={left - 5} y={y(tick) + 4} textAnchor="end">
              {tick === 0 ? '0' : tick.toFixed(1)}
            </text>
          </g>
        ))}
        {[0, 3, 6, 9, 12, 15, 18, 21, 24].map((hour) => (
          <g key={hour}>
            {hour % 6 === 0 && <line className="agp-grid" x1={xOf(hour)} x2={xOf(hour)} y1={top} y2={bottom} />}
            <text x={xOf(hour)} y={height - 6} textAnchor={hour === 24 ? 'end' : 'middle'}>
              {String(hour).padStart(2, '0')}:00
            </text>
          </g>
        ))}
        {labels.map((at, k) => (
          <text key={k} className="agp-percent" x={right + 4} y={at + 4}>
            {[5, 25, 50, 75, 95][k]}%
          </text>
        ))}
        {clipped > bounds.top.value && (
          <text x={right} y={top + 10} textAnchor="end">
            ↑ {clipped.toFixed(1)}
          </text>
        )}
      </svg>
      <figcaption>{t('agpNote')}</figcaption>
      <details className="agp-table">
        <summary>{t('table')}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('hour')}</th>
              <th scope="col">n</th>
              {[5, 25, 50, 75, 95].map((one) => (
                <th scope="col" key={one}>
                  {one}%
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {hours.map((one, hour) => (
              <tr key={hour}>
                <th scope="row">{String(hour).padStart(2, '0')}:00</th>
                <td>{one.n}</td>
                {[0, 1, 2, 3, 4].map((k) => (
                  <td key={k}>{one.p[k]?.toFixed(1) ?? '–'}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}

/** spread keeps labels, from the bottom up, at least a line apart. */
export function spread(at: readonly number[], line = 12): number[] {
  const out: number[] = []
  for (const one of at) out.push(Math.min(one, (out.at(-1) ?? Number.POSITIVE_INFINITY) - line))
  return out
}

/** RangeBar is the five shares, very high on top, each with its number, word and goal; a small share is still seen. */
export function RangeBar({ curves }: { curves: VisitCurves }) {
  const t = useSheetWords()
  const say = useSay()
  const { levels } = curves
  const least = (key: string) => (key === 'in_target' ? 12 : 6)
  const drawn = levels.map((one) => ({ ...one, size: Math.max(one.share, least(one.key)) }))
  const all = drawn.reduce((sum, one) => sum + one.size, 0)
  const id = useId()
  let at = 0
  return (
    <figure className="agp-tir" aria-label={t('tirTitle')}>
      <figcaption>{t('tirTitle')}</figcaption>
      <div className="agp-tir-body">
        <svg viewBox="0 0 34 130" role="img" aria-label={levels.map((one) => `${say(one.name)} ${one.share}%`).join(' ')}>
          <Hatches id={id} />
          {drawn.map((one) => {
            const size = (one.size / all) * 130
            const box = { x: 0.5, width: 33, y: at + 1, height: Math.max(1, size - 2) }
            at += size
            return (
              <g key={one.key}>
                <rect className={one.exact > 0 ? `agp-level-${one.key.replace('_', '-')}` : 'agp-level-none'} {...box} />
                {one.exact > 0 && one.key !== 'in_target' && <rect fill={`url(#${id}-${one.key})`} {...box} />}
              </g>
            )
          })}
        </svg>
        <ul>
          {levels.map((one) => (
            <li key={one.key}>
              <b>{one.exact > 0 && one.exact < 1 ? t('shareBelow') : `${one.share}%`}</b> {say(one.name)} <span className="nowrap">{say(one.range)}</span> <span className="a4-2">{say(one.goal)}</span>
            </li>
          ))}
        </ul>
        <ul className="agp-figures">
          <li>
            {t('spanOf', { n: Math.round(curves.span) })} · {t('active', { n: Math.round(curves.active) })}
          </li>
          {curves.mean !== undefined && <li>{t('meanOf', { n: curves.mean.toFixed(1) })}</li>}
          {curves.gmi !== undefined && <li>{t('gmi', { n: curves.gmi.toFixed(1) })}</li>}
          {curves.cv !== undefined && <li>{t('cv', { n: Math.round(curves.cv) })}</li>}
        </ul>
      </div>
    </figure>
  )
}

/** Hatches tell the levels apart where a printer has no colour: very low crossed, low and very high slanted apart, high dotted. */
function Hatches({ id }: { id: string }) {
  const line = { stroke: '#1b1f27', strokeWidth: 0.8, fill: 'none' }
  return (
    <defs>
      <pattern id={`${id}-very_low`} width="4" height="4" patternUnits="userSpaceOnUse">
        <path d="M0 0L4 4M4 0L0 4" {...line} stroke="#fff" />
      </pattern>
      <pattern id={`${id}-low`} width="4" height="4" patternUnits="userSpaceOnUse">
        <path d="M0 0L4 4" {...line} />
      </pattern>
      <pattern id={`${id}-high`} width="4" height="4" patternUnits="userSpaceOnUse">
        <circle cx="2" cy="2" r="0.7" fill="#1b1f27" />
      </pattern>
      <pattern id={`${id}-very_high`} width="4" height="4" patternUnits="userSpaceOnUse">
        <path d="M4 0L0 4" {...line} />
      </pattern>
    </defs>
  )
}

/** DayCurves are single days, two rows of seven: grey target band, the line broken where nothing was measured. */
export function DayCurves({ curves }: { curves: VisitCurves }) {
  const t = useSheetWords()
  const language = useLanguage()
  const { bounds, profile } = curves
  const id = useId()
  const w = 100
  const h = 52
  const y = (value: number) => h - (Math.min(value, bounds.top.value) / bounds.top.value) * h
  const course = (points: readonly [number, number][]) =>
    points.map(([minute, value], i) => `${i > 0 && minute - (points[i - 1]?.[0] ?? 0) <= pause ? 'L' : 'M'}${((minute / 1440) * w).toFixed(1)} ${y(value).toFixed(1)}`).join('')
  return (
    <figure className="agp-days" aria-label={t('daysTitle')}>
      <figcaption>{t('daysTitle')}</figcaption>
      <div>
        {profile.slice(-14).map((one) => (
          <div key={one.date} className="agp-day">
            <span>{formatLogDay(one.date, language)}</span>
            <svg viewBox={`0 0 ${w} ${h}`} role="img" aria-label={formatLogDay(one.date, language)}>
              <rect className="agp-day-band" x="0" width={w} y={y(bounds.high.value)} height={y(bounds.low.value) - y(bounds.high.value)} />
              <clipPath id={`${id}-${one.date}-low`}>
                <rect width={w} y={y(bounds.low.value)} height={h} />
              </clipPath>
              <clipPath id={`${id}-${one.date}-high`}>
                <rect width={w} y="0" height={y(bounds.high.value)} />
              </clipPath>
              <path className="agp-day-line" d={course(one.points)} />
              <path className="agp-day-line agp-day-low" clipPath={`url(#${id}-${one.date}-low)`} d={course(one.points)} />
              <path className="agp-day-line agp-day-high" clipPath={`url(#${id}-${one.date}-high)`} d={course(one.points)} />
              <rect className="agp-day-frame" x="0.5" y="0.5" width={w - 1} height={h - 1} />
            </svg>
          </div>
        ))}
      </div>
    </figure>
  )
}
