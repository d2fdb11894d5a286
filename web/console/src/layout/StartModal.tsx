import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input, Modal, Progress, Radio } from 'antd'
import { Fragment, useEffect, useState } from 'react'
import { newKey } from '../../../client/http'
import { useSay } from '../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { continueStart, personStarts, start, type StartOutcome, type StartWhom, type Startable, startable, startJob, stopStart, tryStart } from './starts'
import { useStartWords } from './startWords'
import './decide.css'

const many = (n: number) => n.toLocaleString('en-US')

interface Props {
  /** Who, in words and for the server. */
  people?: readonly { id: string; name: string }[]
  segment?: { key: string; name: string; programme?: string }
  /** The journey, where it was chosen already. */
  at?: { programme: string; journey: string }
  onClose: () => void
}

/** StartModal puts people into a journey: which one, whom it would take in and whom not, and only then does it. */
export default function StartModal({ people, segment, at, onClose }: Props) {
  const t = useStartWords()
  const client = useQueryClient()
  const one = people?.length === 1 ? people[0] : undefined
  const mine = useQuery({ ...personStarts(one?.id ?? ''), enabled: one !== undefined })
  const all = useQuery({ ...startable(segment?.programme), enabled: one === undefined })
  const list = one ? mine : all
  const [chosen, setChosen] = useState<Startable>()
  const [reason, setReason] = useState('')
  const [key] = useState(newKey)
  const [job, setJob] = useState<number>()
  const whom: StartWhom = people ? { people: people.map(({ id }) => id) } : segment ? { segment: segment.key } : { everyone: true }
  const journey = chosen && { programme: chosen.programme, journey: chosen.journey }
  const counted = useMutation({ mutationFn: (of: Startable) => tryStart(of, whom) })
  const send = useMutation({
    mutationFn: () => start(journey ?? { programme: '', journey: '' }, whom, reason.trim(), key),
    onSuccess: (answer) => {
      for (const of of ['person', 'people', 'starts', 'programme', 'tasks']) void client.invalidateQueries({ queryKey: [of] })
      if (answer.job) setJob(answer.job.number)
    },
  })
  const choose = (next: Startable) => {
    setChosen(next)
    counted.mutate(next)
  }
  const items = (list.data?.items ?? []).filter((of) => !at || (of.programme === at.programme && of.journey === at.journey))
  const only = at && items.length === 1 ? items[0] : undefined
  useEffect(() => {
    if (only && !chosen) choose(only)
  }) // when the one journey has come
  const found = counted.data
  const put = send.data && !send.data.job ? send.data.enter : undefined
  const over = job !== undefined || put !== undefined
  return (
    <Modal
      open
      title={t('title')}
      onCancel={onClose}
      destroyOnHidden
      footer={
        over ? (
          <Button onClick={onClose}>{t('close')}</Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('cancel')}</Button>
            {(chosen || items.some(({ may }) => may !== false)) && (
              <Button type="primary" disabled={!found || found.enter === 0} loading={send.isPending} onClick={() => send.mutate()}>
                {found ? (found.enter === 0 ? t('goNone') : t('go', { n: many(found.enter) })) : t('count')}
              </Button>
            )}
          </>
        )
      }
    >
      <div className="decide">
        <p>{t('for', { who: people ? (people.length <= 5 ? people.map((p) => p.name).join(t('comma')) : t('several', { name: people[0]?.name ?? '', n: many(people.length) })) : segment ? t('ofTag', { name: segment.name }) : t('everyone') })}</p>
        {list.error ? (
          <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton lines={4} />
        ) : (
          !over && <Choices items={items} chosen={chosen} onChoose={choose} />
        )}
        {!over && chosen && (
          <label>
            <span>
              {t('reason')} <span className="note">{t('reasonMay')}</span>
            </span>
            <Input value={reason} maxLength={200} aria-label={t('reason')} onChange={(event) => setReason(event.target.value)} />
          </label>
        )}
        {!over && counted.isPending && <p role="status">{t('counting')}</p>}
        {!over && counted.error && <ErrorBox error={counted.error} />}
        {!over && found && <Counts of={found} />}
        {send.error && <ErrorBox error={send.error} />}
        {put !== undefined && <p role="status">{t('done', { n: many(put) })}</p>}
        {job !== undefined && <Work number={job} />}
      </div>
    </Modal>
  )
}

function Choices({ items, chosen, onChoose }: { items: readonly Startable[]; chosen?: Startable; onChoose: (one: Startable) => void }) {
  const t = useStartWords()
  const say = useSay()
  const may = items.filter((one) => one.may !== false)
  const not = items.filter((one) => one.may === false)
  const several = new Set(items.map(({ programme }) => programme)).size > 1 // journeys of two programmes may have one name
  return (
    <>
      {may.length === 0 ? (
        <p className="unknown">
          {t('none')}
          <br />
          <span className="note">{t('noneBody')}</span>
        </p>
      ) : (
        <Radio.Group aria-label={t('which')} value={chosen && may.indexOf(chosen)} onChange={(event) => onChoose(may[event.target.value as number] as Startable)} className="start-choices">
          {may.map((one, i) => (
            <Fragment key={`${one.programme} ${one.journey}`}>
              {several && one.programme !== may[i - 1]?.programme && <h3>{say(one.programmeName)}</h3>}
              <Radio value={i}>
                {say(one.name)} <span className="note">{t('enters', { how: say(one.enters) })}</span>
              </Radio>
            </Fragment>
          ))}
        </Radio.Group>
      )}
      {not.length > 0 && (
        <details>
          <summary>{t('cannot')}</summary>
          <ul>
            {not.map((one) => (
              <li key={`${one.programme} ${one.journey}`}>
                {several && `${say(one.programmeName)} · `}
                {say(one.name)} <span className="note">{say(one.whyText)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

/** Counts is whom the journey would take in and whom not; each number opens its people. */
function Counts({ of }: { of: StartOutcome }) {
  const t = useStartWords()
  const say = useSay()
  const open = (set: string) => (
    <Link to="/people" search={{ found: of.found, of: set }} target="_blank">
      {t('openThem')}
    </Link>
  )
  return (
    <div role="status">
      <ul>
        <li>
          <b>{t('would', { n: many(of.enter) })}</b> {of.enter > 0 && open('enter')}
        </li>
        {of.silent > 0 && <li>{t('silent', { n: many(of.silent) })} {open('silent')}</li>}
        {of.inside > 0 && <li>{t('inside', { n: many(of.inside) })} {open('inside')}</li>}
        {of.held > 0 && <li>{t('held', { n: many(of.held) })}</li>}
        {of.cannot.map((one) => (
          <li key={one.code}>
            {t('not', { why: say(one.text), n: many(one.people) })} {open(one.code)}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Work is how far many people are; it can be stopped and gone on with. */
function Work({ number }: { number: number }) {
  const t = useStartWords()
  const say = useSay()
  const client = useQueryClient()
  const job = useQuery(startJob(number))
  const act = useMutation({ mutationFn: (go: boolean) => (go ? continueStart(number) : stopStart(number)), onSuccess: () => void client.invalidateQueries({ queryKey: ['starts', 'job', number] }) })
  if (job.error) return <ErrorBox error={job.error} onRetry={() => void job.refetch()} />
  if (!job.data) return <Skeleton lines={2} />
  const j = job.data
  const busy = j.state === 'waiting' || j.state === 'running' || j.state === 'draft'
  const said = { done: many(j.done), of: many(j.of), n: many(j.enter) }
  return (
    <div>
      <p role="status">{busy ? t('working', said) : j.state === 'done' ? t('finished', said) : j.state === 'failed' ? t('failed', said) : t('stopped', said)}</p>
      <Progress percent={j.of > 0 ? Math.floor((100 * j.done) / j.of) : 100} size="small" />
      {j.not.length > 0 && (
        <ul>
          {j.not.map((one) => (
            <li key={one.code}>{t('not', { why: say(one.text), n: many(one.people) })}</li>
          ))}
        </ul>
      )}
      {j.failed > 0 && <p>{t('failedSome', { n: many(j.failed) })}</p>}
      {j.problem && <p role="alert">{say(j.problem)}</p>}
      {busy ? (
        <>
          <Button size="small" disabled={j.stopping} onClick={() => act.mutate(false)}>
            {t(j.stopping ? 'stopping' : 'stop')}
          </Button>{' '}
          <span className="note">{t('leave')}</span>
        </>
      ) : (
        (j.state === 'stopped' || j.state === 'failed') && (
          <Button size="small" onClick={() => act.mutate(true)}>
            {t('goOn')}
          </Button>
        )
      )}
      {act.error && <ErrorBox error={act.error} />}
    </div>
  )
}
