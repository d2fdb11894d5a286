import { useId } from 'react'
import type { MeasureCourse } from '../client/change'
import { xOf } from './chartScale'
import { axisLeft, axisRight } from './GlucoseChart'
import { useSay } from './i18n'
import { useUiWords } from './strings'
import { dateIn } from './time'
import { useWidth } from './useWidth'
import './chart.css'

interface Props {
  measured: MeasureCourse
  from: Date
  to: Date
  zone: string
  height?: number
  /** Paper has no table to open. */
  paper?: boolean
  around?: Date
  /** Days without a value over which the line still goes on. */
  gapDays?: number
}

/** A line across more than eight days without a value would invent a course: pain and weight are told weekly at best. */
const usualGap = 8

/** MeasureChart draws the days of one thing measured beside glucose: a point a day, of a pressure two, and the person's own limits. */
export function MeasureChart({ measured, from, to, zone, height = 150, paper = false, around, gapDays = usualGap }: Props) {
  const t = useUiWords()
  const say = useSay()
  const name = useId()
  const [box, width] = useWidth<HTMLDivElement>(328)
  const { points, limits } = measured
  const gap = gapDays * 86_400_000
  const values = [...points.flatMap(({ value, second }) => (second === undefined ? [value] : [value, second])), ...limits]
  const room = Math.max(1, (Math.max(...values) - Math.min(...values)) * 0.12)
  const low = Math.max(0, Math.floor(Math.min(...values) - room))
  const high = Math.ceil(Math.max(...values) + room)
  const top = 20
  const bottom = height - 22
  const y = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - top)
  const x = (at: string | Date) => xOf(new Date(at), { from: from.getTime(), to: to.getTime(), left: axisLeft, right: width - axisRight })
  const lines = [points.map(({ at, value }) => ({ at: Date.parse(at), x: x(at), y: y(value) })), points.flatMap(({ at, second }) => (second === undefined ? [] : [{ at: Date.parse(at), x: x(at), y: y(second) }]))]
  const day = (at: string) => (gapDays > 31 ? dateIn(new Date(at), zone).slice(0, 7) : dateIn(new Date(at), zone).slice(5).split('-').map(Number).join('/'))
  const ends = points.length > 1 ? [points[0], points.at(-1)] : points
  return (
    <figure className="chart" aria-labelledby={name}>
      <figcaption id={name} className="visually-hidden">
        {say(measured.name)} {measured.unit}
      </figcaption>
      <div ref={box}>
        <svg height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={say(measured.sentence)}>
          {!paper && (
            <text x={0} y={12}>
              {measured.unit}
            </text>
          )}
          {limits.map((limit) => (
            <g key={limit}>
              <line className="chart-limit" x1={axisLeft} x2={width - axisRight} y1={y(limit)} y2={y(limit)} />
              <text x={axisLeft - 6} y={y(limit) + 4} textAnchor="end">
                {limit}
              </text>
            </g>
          ))}
          <line className="chart-axis" x1={axisLeft} x2={width - axisRight} y1={bottom} y2={bottom} />
          {around && around >= from && around <= to && <line className="chart-around" x1={x(around)} x2={x(around)} y1={0} y2={bottom} />}
          {lines.map((line, i) => (
            <g key={i}>
              <path className="chart-line" d={line.map((at, k) => `${k > 0 && at.at - (line[k - 1]?.at ?? 0) <= gap ? 'L' : 'M'}${at.x.toFixed(1)} ${at.y.toFixed(1)}`).join('')} />
              {line.map((at) => (
                <circle key={at.x} className="chart-dot" cx={at.x} cy={at.y} r="3" />
              ))}
            </g>
          ))}
          {ends.map(
            (one, i) =>
              one && (
                <g key={one.at}>
                  <text x={x(one.at)} y={Math.max(10, y(one.value) - 8)} textAnchor={i === 0 ? 'start' : 'end'}>
                    {one.show}
                  </text>
                  <text x={x(one.at)} y={height - 6} textAnchor={i === 0 ? 'start' : 'end'}>
                    {day(one.at)}
                  </text>
                </g>
              ),
          )}
        </svg>
      </div>
      {!paper && (
        <details className="chart-details">
          <summary>{t('table')}</summary>
          <table>
            <tbody>
              {[...points].reverse().map((one) => (
                <tr key={one.at}>
                  <th scope="row">{dateIn(new Date(one.at), zone)}</th>
                  <td>
                    {one.show} {measured.unit}
                  </td>
                  <td>n={one.n}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </figure>
  )
}
