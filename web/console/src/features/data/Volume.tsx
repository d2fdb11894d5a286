import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useState } from 'react'
import type { Volume } from '../../../../client/sources'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { clockIn, partsIn } from '../../../../ui/time'
import { useWidth } from '../../../../ui/useWidth'
import { useSession } from '../session/session'
import { ceiling } from '../tags/Trend'
import { count, spans, volumeQuery } from './data'
import { useWords } from './strings'

/** VolumePanel is how much came from a source over a span that is chosen. */
export function VolumePanel({ source }: { source: number }) {
  const t = useWords()
  const [hours, setHours] = useState<(typeof spans)[number]>(24)
  const volume = useQuery(volumeQuery(source, hours))
  return (
    <>
      <div className="data-volume-head">
        <h3>{t('volume')}</h3>
        <Segmented aria-label={t('span')} value={hours} onChange={setHours} options={spans.map((value) => ({ value, label: t(`span${value}`) }))} />
      </div>
      {volume.error && !volume.data ? <ErrorBox error={volume.error} onRetry={() => void volume.refetch()} /> : volume.data ? <Drawn volume={volume.data} /> : <Skeleton lines={6} />}
    </>
  )
}

/** heights gives each step's bars as shares of the scale: taken from the axis, the others on it, refused below. */
export function heights({ items }: Volume) {
  const bars = items.map((one) => ({ taken: one.stored, other: one.repeated + one.kept + one.ignored, refused: one.refused }))
  const up = Math.max(0, ...bars.map(({ taken, other }) => taken + other))
  const down = Math.max(0, ...bars.map(({ refused }) => refused))
  return { bars, top: ceiling(Math.max(up, down)), down }
}

/** Drawn is the chart: what was kept stands on the axis, what was refused hangs from it, on one scale. */
function Drawn({ volume }: { volume: Volume }) {
  const t = useWords()
  const { zone } = useSession().workspace
  const [box, width] = useWidth<HTMLDivElement>(640)
  const { items, step, total } = volume
  const { bars, top, down } = heights(volume)
  const left = 52
  const right = width - 8
  const upper = 20
  const axis = 130
  const scale = (axis - upper) / top
  const foot = axis + Math.max(0, down * scale)
  const each = (right - left) / items.length
  const bar = Math.max(1, each - (each > 4 ? 1 : 0))
  // One refused among thousands is seen too.
  const high = (n: number) => (n > 0 ? Math.max(2, n * scale) : 0)
  const says = t('volumeSays', { stored: count(total.stored), repeated: count(total.repeated), refused: count(total.refused), putOff: count(total.putOff) })
  const label = (at: string) => {
    const when = new Date(at)
    const p = partsIn(when, zone)
    return step >= 3600 ? `${p.month}/${p.day} ${clockIn(when, zone)}` : clockIn(when, zone)
  }
  const every = Math.max(1, Math.ceil(items.length / Math.max(2, Math.floor((right - left) / (step >= 3600 ? 96 : 60)))))
  if (total.requests === 0 && total.putOff === 0 && total.stored === 0) return <p className="unknown">{t('volumeNone')}</p>
  return (
    <figure className="data-volume">
      <figcaption>{says}</figcaption>
      <div ref={box}>
        <svg width={width} height={foot + 30} viewBox={`0 0 ${width} ${foot + 30}`} role="img" aria-label={says}>
          <text x={0} y={10}>
            {t('unit')}
          </text>
          {[0, top].map((n) => (
            <g key={n}>
              <line className="data-grid" x1={left} x2={right} y1={axis - n * scale} y2={axis - n * scale} />
              <text x={left - 6} y={axis - n * scale + 4} textAnchor="end">
                {count(n)}
              </text>
            </g>
          ))}
          {items.map((one, i) => {
            const { taken, other, refused } = bars[i] ?? { taken: 0, other: 0, refused: 0 }
            const x = left + i * each
            return (
              <g key={one.at}>
                <rect className="data-bar-taken" x={x} width={bar} y={axis - high(taken)} height={high(taken)} />
                <rect className="data-bar-other" x={x} width={bar} y={axis - high(taken) - high(other)} height={high(other)} />
                <rect className="data-bar-refused" x={x} width={bar} y={axis + 1} height={high(refused)} />
                <rect className="data-hit" x={x} width={Math.max(1, each)} y={upper} height={foot - upper + 2}>
                  <title>{`${label(one.at)} ${t('took', { n: count(taken) })} ${t('repeated', { n: count(one.repeated) })} ${t('refusedN', { n: count(refused) })}`}</title>
                </rect>
              </g>
            )
          })}
          {items.map((one, i) =>
            i % every === 0 && left + i * each < right - 20 ? (
              <text key={one.at} x={left + i * each} y={foot + 20}>
                {label(one.at)}
              </text>
            ) : null,
          )}
        </svg>
      </div>
      <p className="note data-legend" aria-hidden="true">
        <i className="data-key-taken" /> {t('above')} <i className="data-key-other" /> {t('aboveOther')} <i className="data-key-refused" /> {t('below')}
      </p>
      <details>
        <summary>{t('showNumbers')}</summary>
        <div className="data-numbers">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('step')}</th>
                {(['t_stored', 't_repeated', 't_kept', 't_ignored', 't_refused', 't_putOff'] as const).map((head) => (
                  <th key={head} scope="col">
                    {t(head)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...items].reverse().filter((one) => one.requests > 0 || one.putOff > 0 || one.stored > 0).map((one) => (
                <tr key={one.at}>
                  <td className="nowrap">{label(one.at)}</td>
                  {([one.stored, one.repeated, one.kept, one.ignored, one.refused, one.putOff] as const).map((n, i) => (
                    <td key={i}>{count(n)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}
