import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { RuleCount } from '../../../../client/rules'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { useUiWords } from '../../../../ui/strings'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { Counted, type FoundPlace } from './FoundList'
import { Gone } from './Gone'
import { count } from './Names'
import { useWords } from './strings'
import { type Asked, askedSame, countingQuery, isGone, startCount, stopCount } from './tags'

interface Props {
  asked: Asked
  /** The tag whose answer in force it is compared with. */
  compare?: string
  /** The tag whose people the list of people can show. */
  tag?: string
  /** Counting everyone may take seconds: it begins by itself only where few are known to be asked. */
  eager?: boolean
  /** Why one cannot count now, in words. */
  blocked?: string
}

/** useCountId is which count a page looks at. It stands in the address, so that a reload finds it again. */
function useCountId(kept: boolean): [string | undefined, (id: string | undefined) => void] {
  const search: { count?: unknown } = useSearch({ strict: false })
  const go = useNavigate()
  const [own, setOwn] = useState<string>()
  const set = useCallback(
    (id: string | undefined) => {
      if (!kept) setOwn(id)
      // What is being written is not left by this.
      else void go({ to: '.', search: (was: object) => ({ ...was, count: id }), replace: true, ignoreBlocker: true, resetScroll: false })
    },
    [kept, go],
  )
  return [kept ? (typeof search.count === 'string' ? search.count : undefined) : own, set]
}

/** useCounting follows one count of everyone: under way, done, stopped, or gone with the process that held it. */
function useCounting(asked: Asked, compare: string | undefined, eager: boolean) {
  const client = useQueryClient()
  const [id, setId] = useCountId(!eager)
  const job = useQuery(countingQuery(id))
  const begin = useMutation({
    mutationFn: () => startCount(asked, compare),
    onSuccess: (counting) => {
      client.setQueryData(countingQuery(counting.id).queryKey, counting)
      setId(counting.id)
    },
  })
  const end = useMutation({ mutationFn: stopCount, onSettled: (_done, _error, ended) => client.invalidateQueries({ queryKey: countingQuery(ended).queryKey }) })
  const key = JSON.stringify([asked, compare])
  const known = useRef(eager ? undefined : key)
  const running = job.data?.state === 'running'
  useEffect(() => {
    if (known.current === key) return
    known.current = key
    // Whoever changes the rule no longer waits for the count of the old one.
    if (running && id) end.mutate(id)
    if (eager) begin.mutate()
  }, [key, eager])
  return { id, job, begin, end, running, same: job.data !== undefined && askedSame(job.data.asked, asked, compare) }
}

/** CountAll asks a rule of everyone: who has it, who has not, of whom too little is known, and who stands at the edge. */
export function CountAll({ asked, compare, tag, eager = false, blocked }: Props) {
  const t = useWords()
  const say = useSay()
  const { id, job, begin, end, running, same } = useCounting(asked, compare, eager)
  const start = () => begin.mutate()
  const { data } = job
  const gone = isGone(job.error) ? job.error : undefined
  const result = data?.state === 'done' ? data.result : undefined
  const ended = data && same ? (data.state === 'cancelled' ? t('stopped') : data.state === 'failed' ? say(data.failure) || t('previewFailed') : undefined) : undefined
  return (
    <div className="counted">
      {running && !gone ? (
        <Working done={data?.done} of={data?.of} since={data?.begunAt} onStop={() => id && end.mutate(id)} />
      ) : begin.isPending || (id !== undefined && job.isPending) ? (
        <Skeleton lines={2} />
      ) : gone ? (
        <Gone error={gone} onAgain={blocked ? undefined : start} />
      ) : (
        !(eager && result) && (
          <div className="row">
            <Button onClick={start} disabled={blocked !== undefined}>
              {t(result ? 'countAgain' : 'countAll')}
            </Button>
            {blocked ? <span className="note">{blocked}</span> : ended && <span className="note">{ended}</span>}
          </div>
        )
      )}
      {begin.error && !running && <ErrorBox error={begin.error} onRetry={start} />}
      {end.error && !isGone(end.error) && <ErrorBox error={end.error} />}
      {job.error && !gone && <ErrorBox error={job.error} onRetry={() => void job.refetch()} />}
      {result && !begin.isPending && !gone && (
        <div className={same ? 'counted' : 'counted faded'}>
          {!same && <p className="stale">{t('countedOther')}</p>}
          <Numbers data={result} tag={same ? tag : undefined} compared={result.gain !== undefined} onAgain={start} />
        </div>
      )}
    </div>
  )
}

/** Working says that it works, for how long already, and lets one stop it. */
export function Working({ onStop, done, of, since }: { onStop: () => void; done?: number; of?: number; since?: string }) {
  const t = useWords()
  const ui = useUiWords()
  const { now } = useMoment()
  // Begun before this page was: it is as old as it is.
  const [seconds, set] = useState(() => (since ? Math.max(0, Math.round((now.getTime() - Date.parse(since)) / 1000)) : 0))
  useEffect(() => {
    const timer = setInterval(() => set((n) => n + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  return (
    <div className="working" role="status">
      <progress value={of ? done : undefined} max={of || undefined} aria-label={t('counting')} />
      <span>{of ? t('workedOf', { done: count(done ?? 0), of: count(of) }) : t('counting')}</span>
      <span className="note" aria-live="off">
        {t('seconds', { n: seconds })}
      </span>
      <Button size="small" onClick={onStop}>
        {ui('cancel')}
      </Button>
    </div>
  )
}

function Numbers({ data, tag, compared, onAgain }: { data: RuleCount; tag?: string; compared: boolean; onAgain: () => void }) {
  const t = useWords()
  const say = useSay()
  const ui = useUiWords()
  const moment = useMoment()
  const { near } = data
  const at = (of: string) => ({ found: data.found, of, onAgain })
  return (
    <>
      <p className="totals">
        {tag ? <AllWith tag={tag} text={t('nHave', { n: count(data.has) })} /> : <Counted n={data.has} place={at('has')} text={t('nHave', { n: count(data.has) })} />}
        <Counted n={data.no} place={at('no')} text={t('nHaveNot', { n: count(data.no) })} />
        <Counted n={data.unknown} place={at('unknown')} text={t('nUnknown', { n: count(data.unknown) })} />
      </p>
      {data.codes && <ByCode codes={data.codes} tag={tag} at={at} />}
      <p className="note">
        {t('countedIn', { people: count(data.people), ms: count(data.tookMs) })} · {ui('asOf', { time: formatAt(new Date(data.asOf), moment) })}
      </p>
      {compared && data.gain !== undefined && data.lose !== undefined && (
        <p className="totals">
          {data.gain + data.lose === 0 ? (
            <span>{t('nobodyMoves')}</span>
          ) : (
            <>
              <b>{t('thisChange')}</b>
              <Counted n={data.gain} place={at('gain')} text={t('wouldGain', { n: count(data.gain) })} />
              <Counted n={data.lose} place={at('lose')} text={t('wouldLose', { n: count(data.lose) })} />
            </>
          )}
        </p>
      )}
      {near && (
        <div className="near">
          <h3>{t('edge')}</h3>
          <p className="totals">
            <Counted n={near.couldGain} place={at('couldGain')} text={t('edgeGain', { n: count(near.couldGain) })} />
            <Counted n={near.couldLose} place={at('couldLose')} text={t('edgeLose', { n: count(near.couldLose) })} />
          </p>
          <p className="note">{say(near.step)}</p>
        </div>
      )}
      {!near && !data.codes && <p className="note">{t('noEdge')}</p>}
    </>
  )
}

/** How those with the tag divide among its codes: nobody is in two, so the lines add up to the number above. */
function ByCode({ codes, tag, at }: { codes: NonNullable<RuleCount['codes']>; tag?: string; at: (of: string) => FoundPlace }) {
  const t = useWords()
  const say = useSay()
  const compared = codes.some(({ gain }) => gain !== undefined)
  return (
    <div className="preview-box">
      <table className="preview">
        <thead>
          <tr>
            <th scope="col">{t('codes')}</th>
            <th scope="col">{t('people')}</th>
            {compared && <th scope="col">{t('wouldGainShort')}</th>}
            {compared && <th scope="col">{t('wouldLoseShort')}</th>}
          </tr>
        </thead>
        <tbody>
          {codes.map((one) => (
            <tr key={one.code}>
              <th scope="row">
                {say(one.name)} <code className="note">{one.code}</code>
              </th>
              <td>{tag && one.has > 0 ? <AllWith tag={`${tag}.${one.code}`} text={count(one.has)} /> : <Counted n={one.has} place={at(one.ofHas)} text={count(one.has)} />}</td>
              {compared && (
                <td>
                  <Counted n={one.gain ?? 0} place={at(one.ofGain)} text={`+${count(one.gain ?? 0)}`} />
                </td>
              )}
              {compared && (
                <td>
                  <Counted n={one.lose ?? 0} place={at(one.ofLose)} text={`−${count(one.lose ?? 0)}`} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function AllWith({ tag, text }: { tag: string; text: string }) {
  return (
    <Link to="/people" search={{ tag: [tag] }}>
      {text}
    </Link>
  )
}
