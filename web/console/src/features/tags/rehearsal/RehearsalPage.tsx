import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, Button, DatePicker, Select } from 'antd'
import dayjs from 'dayjs'
import { useEffect, useState } from 'react'
import type { Rehearsal, RehearsalAsk } from '../../../../../client/rehearsal'
import type { Draft } from '../../../../../client/rules'
import { useSay } from '../../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../../ui/states'
import { dateIn } from '../../../../../ui/time'
import { useMoment } from '../../../layout/now'
import { useSession } from '../../session/session'
import { Working } from '../CountAll'
import { Gone } from '../Gone'
import { numbersQuery } from '../programme/programmes'
import { draftQuery, isGone, mayEdit } from '../tags'
import { beginRehearsal, lastYear, rehearsalQuery, stopRehearsal } from './rehearsal'
import { Result } from './Result'
import { useWords } from './strings'
import '../programme/programme.css'
import '../tags.css'
import './rehearsal.css'

interface Props {
  programme: string
  /** The rehearsal last looked at. */
  run?: string
  /** The journey to begin with, of who comes from its drawing. */
  journey?: string
  onRun: (run: string | undefined) => void
}

/** RehearsalPage is what a draft would have done had it been in force over a stretch of time that really was. */
export function RehearsalPage({ programme, run, journey, onRun }: Props) {
  const t = useWords()
  const say = useSay()
  const draft = useQuery(draftQuery(programme))
  const numbers = useQuery(numbersQuery(programme))
  const error = draft.error ?? numbers.error
  if (error) return <ErrorBox error={error} onRetry={() => void Promise.all([draft.refetch(), numbers.refetch()])} />
  if (!draft.data || !numbers.data) return <Skeleton lines={12} />
  return (
    <div className="again">
      <header className="programme-head">
        <Link to="/programmes/$key/edit" params={{ key: programme }}>
          {t('back')}
        </Link>
        <h1>{t('title', { name: say(numbers.data.name) || programme })}</h1>
        <p className="note">{t('lead')}</p>
      </header>
      {draft.data.exists ? (
        <Asked draft={draft.data} run={run} journey={journey} onRun={onRun} />
      ) : (
        <section className="panel">
          <Empty
            title={t('noDraft')}
            action={
              <Link to="/programmes/$key/edit" params={{ key: programme }}>
                {t('toEdit')}
              </Link>
            }
          >
            {t('noDraftBody')}
          </Empty>
        </section>
      )}
      <section className="panel again-part" aria-label={t('assumes')}>
        <h2>{t('assumes')}</h2>
        <ul className="again-assumes">
          {(['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'] as const).map((key) => (
            <li key={key}>{t(key)}</li>
          ))}
        </ul>
      </section>
    </div>
  )
}

function Asked({ draft, run, journey, onRun }: { draft: Draft; run?: string; journey?: string; onRun: Props['onRun'] }) {
  const t = useWords()
  const client = useQueryClient()
  const query = rehearsalQuery(draft.programme, run)
  const asked = useQuery(query)
  const begin = useMutation({
    mutationFn: (ask: RehearsalAsk) => beginRehearsal(draft.programme, ask),
    onSuccess: (next) => {
      client.setQueryData(query.queryKey, next)
      onRun(next.id)
    },
  })
  const stop = useMutation({ mutationFn: () => stopRehearsal(draft.programme), onSuccess: () => client.invalidateQueries({ queryKey: query.queryKey }) })
  // One that was not kept is forgotten: the days are chosen anew.
  const forget = useMutation({ mutationFn: () => client.fetchQuery(rehearsalQuery(draft.programme)), onSuccess: (next) => onRun(next.id) })
  const id = asked.data?.id
  // Whoever comes while another tries looks at the same one, and misses it as much.
  useEffect(() => {
    if (id && id !== run) onRun(id)
  }, [id])
  const gone = isGone(asked.error) ? asked.error : undefined
  if (gone)
    return (
      <>
        <Gone error={gone} again={t('anew')} busy={forget.isPending} onAgain={() => forget.mutate()} />
        {forget.error && <ErrorBox error={forget.error} />}
      </>
    )
  if (asked.error && !asked.data) return <ErrorBox error={asked.error} onRetry={() => void asked.refetch()} />
  if (!asked.data) return <Skeleton lines={6} />
  const v = asked.data
  return (
    <>
      <section className="panel again-part" aria-label={t('which')}>
        <Form draft={draft} v={v} first={journey} busy={begin.isPending} onBegin={(ask) => begin.mutate(ask)} />
        {begin.error && <ErrorBox error={begin.error} />}
        {v.state === 'running' && <Working done={v.done} of={v.of} onStop={() => stop.mutate()} />}
        {stop.error && <ErrorBox error={stop.error} />}
        {asked.error && <ErrorBox error={asked.error} onRetry={() => void asked.refetch()} />}
      </section>
      <Outcome v={v} onAgain={draft.sound && v.from && v.to ? () => begin.mutate({ from: v.from ?? '', to: v.to ?? '', journey: v.journey }) : undefined} />
    </>
  )
}

function Outcome({ v, onAgain }: { v: Rehearsal; onAgain?: () => void }) {
  const t = useWords()
  const say = useSay()
  switch (v.state) {
    case 'none':
      return (
        <section className="panel">
          <Empty title={t('noneYet')}>{t('noneYetBody')}</Empty>
        </section>
      )
    case 'cancelled':
      return <Alert type="info" showIcon role="status" title={t('stopped')} />
    case 'failed':
      return <Alert type="error" showIcon role="alert" title={t('failed')} description={v.failure && say(v.failure)} />
    case 'done':
      return (
        <>
          {v.stale && <Alert type="warning" showIcon title={t('stale')} />}
          {v.result && <Result rehearsal={v} again={v.result} onAgain={onAgain} />}
        </>
      )
    default:
      return null
  }
}

function Form({ draft, v, first, busy, onBegin }: { draft: Draft; v: Rehearsal; first?: string; busy: boolean; onBegin: (ask: RehearsalAsk) => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const editor = mayEdit(useSession())
  const usual = lastYear(moment.now, moment.zone)
  const [from, setFrom] = useState<string | undefined>(v.from ?? usual.from)
  const [to, setTo] = useState<string | undefined>(v.to ?? usual.to)
  const [chosen, setJourney] = useState(first ?? v.journey ?? '')
  // A journey may have gone from the draft since.
  const journey = v.journeys.some(({ key }) => key === chosen) ? chosen : ''
  const today = dayjs(dateIn(moment.now, moment.zone))
  const days = from !== undefined && to !== undefined && from <= to
  return (
    <>
      <div className="again-ask">
        <label>
          {t('from')} <DatePicker aria-label={t('from')} allowClear={false} value={from ? dayjs(from) : null} maxDate={to ? dayjs(to) : today} onChange={(day) => setFrom(day?.format('YYYY-MM-DD'))} />
        </label>
        <label>
          {t('to')} <DatePicker aria-label={t('to')} allowClear={false} value={to ? dayjs(to) : null} minDate={from ? dayjs(from) : undefined} maxDate={today} onChange={(day) => setTo(day?.format('YYYY-MM-DD'))} />
        </label>
        <Select
          aria-label={t('which')}
          popupMatchSelectWidth={false}
          showSearch={{ optionFilterProp: 'label' }}
          value={journey}
          onChange={(next: string) => setJourney(next)}
          options={[{ value: '', label: t('whole') }, ...v.journeys.map(({ key, name }) => ({ value: key, label: say(name) }))]}
        />
        {editor && v.state !== 'running' && (
          <Button type="primary" loading={busy} disabled={!draft.sound || !days} onClick={() => from && to && onBegin({ from, to, journey: journey || undefined })}>
            {t(v.state === 'none' ? 'begin' : 'again')}
          </Button>
        )}
      </div>
      {!draft.sound && (
        <p className="note">
          {t('soundFirst', { n: draft.problems.length })}{' '}
          <Link to="/programmes/$key/edit" params={{ key: draft.programme }}>
            {t('toEdit')}
          </Link>
        </p>
      )}
      {!days && <p className="note">{t('daysFirst')}</p>}
    </>
  )
}
