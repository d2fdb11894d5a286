import { useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useEffect, useState } from 'react'
import { ApiError } from '../../../../client/http'
import type { Arrived } from '../../../../client/sources'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { DataFrame } from './DataFrame'
import { arrivals, arrivalsAtOnce, count, sourcesQuery } from './data'
import { reasonText } from './reasons'
import { useWords } from './strings'

/** How many rows are kept in the list: more nobody reads, and the page stays light however much comes. */
const listed = 200

interface Seen {
  rows: Arrived[]
  skipped: number
  error?: unknown
}

/** joined puts what came on top of what was seen, the newest first, no more than are listed. */
export const joined = (before: readonly Arrived[], came: readonly Arrived[]): Arrived[] => [...[...came].reverse(), ...before].slice(0, listed)

/** How long to wait before the next look, ms: a server that does not answer is not asked every second. */
const pace = 1000
const slowPace = 5000

/** useArrivals looks every second while the page is seen and not paused. Undefined until the first answer. */
function useArrivals(source: number | undefined, paused: boolean): Seen | undefined {
  const [seen, setSeen] = useState<Seen & { source?: number; newest: number }>()
  const now = seen && seen.source === source ? seen : undefined
  const newest = now?.newest ?? 0
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    if (paused) return
    const stop = new AbortController()
    const look = async () => {
      if (document.visibilityState === 'hidden') {
        setTurn((n) => n + 1)
        return
      }
      try {
        const came = await arrivals(newest, source, stop.signal)
        // A smaller number is that of a server started anew: its list begins again.
        const anew = came.newest < newest
        const skipped = newest > 0 && !anew ? Math.max(0, came.newest - newest - arrivalsAtOnce) : 0
        setSeen((before) => {
          const same = before?.source === source && !anew ? before : undefined
          return { source, newest: came.newest, rows: joined(same?.rows ?? [], came.items), skipped: (same?.skipped ?? 0) + skipped }
        })
      } catch (error) {
        if (stop.signal.aborted) return
        setSeen((before) => ({ source, newest, rows: before !== undefined && before.source === source ? before.rows : [], skipped: 0, error }))
      }
      setTurn((n) => n + 1)
    }
    // The first look is at once, the next a while after the answer: answers that are slow do not pile up.
    const timer = setTimeout(() => void look(), now === undefined ? 0 : now.error ? slowPace : pace)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
    // newest and error change with turn only.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [source, paused, turn])
  return now
}

/** Live is what arrives, as it arrives: type and outcome, and never what the events say. */
export function Live({ source, onSource }: { source?: number; onSource: (source: number | undefined) => void }) {
  const t = useWords()
  const sources = useQuery(sourcesQuery).data?.items ?? []
  const [paused, setPaused] = useState(false)
  const seen = useArrivals(source, paused)
  const refused = seen?.error instanceof ApiError && seen.error.status < 500
  return (
    <DataFrame>
      <div className="data-bar">
        <Select aria-label={t('source')} value={source ?? 0} popupMatchSelectWidth={false} className="data-select" onChange={(n: number) => onSource(n || undefined)} options={[{ value: 0, label: t('allSources') }, ...sources.map((one) => ({ value: one.number, label: one.name }))]} />
        <Button aria-pressed={paused} onClick={() => setPaused(!paused)}>
          {t(paused ? 'resume' : 'pause')}
        </Button>
        <span className="note" role="status">
          {paused ? t('paused') : seen?.error ? t('liveLost') : t('liveLead')}
          {seen && seen.skipped > 0 && ` ${t('skipped', { n: count(seen.skipped) })}`}
        </span>
      </div>
      <section className="panel data-scroll" aria-label={t('live')}>
        {!seen ? (
          <Skeleton lines={8} />
        ) : seen.error && (refused || seen.rows.length === 0) ? (
          <ErrorBox error={seen.error} />
        ) : seen.rows.length === 0 ? (
          <Empty title={t('liveNone')}>{t(source ? 'liveNoneOf' : 'liveNoneBody')}</Empty>
        ) : (
          <>
            <table className="data-table data-live">
              <thead>
                <tr>
                  {(['at', 'source', 'what', 'became'] as const).map((head) => (
                    <th key={head} scope="col">
                      {t(head)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {seen.rows.map((row) => (
                  <Line key={row.n} row={row} />
                ))}
              </tbody>
            </table>
            {seen.rows.length === listed && <p className="note data-foot">{t('shownLast', { n: listed })}</p>}
          </>
        )}
      </section>
    </DataFrame>
  )
}

function Line({ row }: { row: Arrived }) {
  const t = useWords()
  const say = useSay()
  const bad = row.status === 'refused' || row.status === 'conflict'
  return (
    <tr>
      <td className="nowrap">{row.at.slice(11, 19)}</td>
      <td>{row.source.name}</td>
      <td>{row.name ? say(row.name) : row.type ? <code>{row.type}</code> : <span className="unknown">{t('noType')}</span>}</td>
      <td>
        <span className={bad ? 'data-bad' : undefined}>{t(`s_${row.status}`)}</span>
        {row.code && row.status !== 'quarantined' && <span className="note"> {say(reasonText(row.code))}</span>}
      </td>
    </tr>
  )
}
