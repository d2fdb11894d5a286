import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import type { RuleCount } from '../../../../client/rules'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { useUiWords } from '../../../../ui/strings'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { Counted } from './FoundList'
import { count } from './Names'
import { useWords } from './strings'
import { type Asked, countQuery } from './tags'

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

/** CountAll asks a rule of everyone: who has it, who has not, of whom too little is known, and who stands at the edge. */
export function CountAll({ asked, compare, tag, eager = false, blocked }: Props) {
  const t = useWords()
  const client = useQueryClient()
  const query = countQuery(asked, compare)
  const answer = useQuery(query)
  const { refetch, isFetching, data } = answer
  const key = JSON.stringify(query.queryKey)
  const [stopped, setStopped] = useState(false)
  const start = () => {
    setStopped(false)
    void refetch()
  }
  const stop = () => {
    setStopped(true)
    void client.cancelQueries({ queryKey: query.queryKey })
  }
  useEffect(() => {
    setStopped(false)
    if (eager) void refetch()
    // Whoever leaves, or changes the rule, no longer waits for the old count.
    return () => void client.cancelQueries({ queryKey: query.queryKey })
  }, [key, eager])
  return (
    <div className="counted">
      {isFetching ? (
        <Working onStop={stop} />
      ) : (
        !(eager && data) && (
          <div className="row">
            <Button onClick={start} disabled={blocked !== undefined}>
              {t(data ? 'countAgain' : 'countAll')}
            </Button>
            {blocked ? <span className="note">{blocked}</span> : stopped && !data && <span className="note">{t('stopped')}</span>}
          </div>
        )
      )}
      {answer.error && !isFetching && <ErrorBox error={answer.error} onRetry={start} />}
      {data && !isFetching && <Numbers data={data} tag={tag} compared={compare !== undefined} />}
    </div>
  )
}

/** Working says that it works, for how long already, and lets one stop it. */
export function Working({ onStop, done, of }: { onStop: () => void; done?: number; of?: number }) {
  const t = useWords()
  const ui = useUiWords()
  const [seconds, set] = useState(0)
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

function Numbers({ data, tag, compared }: { data: RuleCount; tag?: string; compared: boolean }) {
  const t = useWords()
  const say = useSay()
  const ui = useUiWords()
  const moment = useMoment()
  const { near } = data
  const at = (of: string) => ({ found: data.found, of })
  return (
    <>
      <p className="totals">
        {tag ? <AllWith tag={tag} text={t('nHave', { n: count(data.has) })} /> : <Counted n={data.has} place={at('has')} text={t('nHave', { n: count(data.has) })} />}
        <Counted n={data.no} place={at('no')} text={t('nHaveNot', { n: count(data.no) })} />
        <Counted n={data.unknown} place={at('unknown')} text={t('nUnknown', { n: count(data.unknown) })} />
      </p>
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
      {!near && <p className="note">{t('noEdge')}</p>}
    </>
  )
}

function AllWith({ tag, text }: { tag: string; text: string }) {
  return (
    <Link to="/people" search={{ tag: [tag] }}>
      {text}
    </Link>
  )
}
