import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { Person } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt, formatDay } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { Watched } from '../../layout/Watched'
import type { WhyQuery } from '../../layout/WhyDrawer'
import { mayWrite, useSession } from '../session/session'
import { MessageState } from './Course'
import { FamilyModal } from './FamilyModal'
import { KnowsModal } from './KnowsModal'
import { messageWhy, messagesQuery, personTasksQuery, runsQuery, taskWhy } from './person'
import { LastContact, Runs } from './pieces'
import { Referring } from './Referring'
import { Segments } from './Segments'
import { useWords } from './strings'

const StartModal = lazy(() => import('../../layout/StartModal'))
const ConsentsModal = lazy(async () => ({ default: (await import('./Consents')).ConsentsModal }))

/** RightNow is what runs, what waits and why, what is to be done, and who else is there. */
export function RightNow({ person, onWhy }: { person: Person; onWhy: (query: WhyQuery) => void }) {
  const t = useWords()
  const { id } = person
  const session = useSession()
  const [family, setFamily] = useState(false)
  const [knows, setKnows] = useState(false)
  const [starting, setStarting] = useState(false)
  return (
    <aside className="panel now" aria-label={t('now')}>
      <section>
        <h2>{t('openTasks')}</h2>
        <OpenTasks id={id} onWhy={onWhy} />
      </section>
      <section>
        <h2>{t('journeys')}</h2>
        <Running id={id} />
        {session.can.includes('people.write') && (
          <button type="button" className="link" onClick={() => setStarting(true)}>
            {t('journeyStart')}
          </button>
        )}
        {starting && (
          <Suspense fallback={null}>
            <StartModal people={[{ id, name: person.name }]} onClose={() => setStarting(false)} />
          </Suspense>
        )}
      </section>
      <section>
        <h2>{t('segments')}</h2>
        <Segments person={person} />
      </section>
      <section>
        <h2>{t('waiting')}</h2>
        <Waiting id={id} onWhy={onWhy} />
      </section>
      <section>
        <h2>{t('lastContact')}</h2>
        <p>
          <LastContact contact={person.lastContact} />
        </p>
      </section>
      <section>
        <h2>{t('family')}</h2>
        <Family person={person} />
        {mayWrite(session) && (
          <button type="button" className="link" onClick={() => setFamily(true)}>
            {t('familyManage')}
          </button>
        )}{' '}
        <button type="button" className="link" onClick={() => setKnows(true)}>
          {t('knowsOpen')}
        </button>
        {knows && <KnowsModal person={person} onClose={() => setKnows(false)} />}
        {family && <FamilyModal person={person} onClose={() => setFamily(false)} />}
      </section>
      <Referring person={person} />
      <section>
        <h2>{t('consents')}</h2>
        <Consents person={person} />
      </section>
    </aside>
  )
}

function OpenTasks({ id, onWhy }: { id: string; onWhy: (query: WhyQuery) => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const tasks = useQuery(personTasksQuery(id))
  if (tasks.error) return <ErrorBox error={tasks.error} onRetry={() => void tasks.refetch()} />
  if (!tasks.data) return <Skeleton lines={2} />
  const open = tasks.data.items.filter((task) => task.state === 'open')
  if (open.length === 0) return <p className="unknown">{t('noOpenTasks')}</p>
  return (
    <ul className="plain">
      {open.map((task) => {
        const due = new Date(task.due)
        const alert = open.find((one) => one.id === task.alert)
        return (
          <li key={task.id}>
            <b>{say(task.title)}</b>{' '}
            {alert && <span className="note">{t('ofAlert', { title: say(alert.title) })} </span>}
            {due < moment.now ? <span className="late">{t('late')}</span> : <span className="nowrap">{t('due', { at: formatAt(due, moment) })}</span>}{' '}
            <Watched task={task} />{' '}
            <button type="button" className="link" onClick={() => onWhy(taskWhy(id, task.id))}>
              {t('why')}
            </button>
          </li>
        )
      })}
    </ul>
  )
}

function Running({ id }: { id: string }) {
  const runs = useQuery(runsQuery(id))
  if (runs.error) return <ErrorBox error={runs.error} onRetry={() => void runs.refetch()} />
  if (!runs.data) return <Skeleton lines={2} />
  return <Runs runs={runs.data.items} />
}

function Waiting({ id, onWhy }: { id: string; onWhy: (query: WhyQuery) => void }) {
  const t = useWords()
  const say = useSay()
  const messages = useQuery(messagesQuery(id))
  if (messages.error) return <ErrorBox error={messages.error} onRetry={() => void messages.refetch()} />
  if (!messages.data) return <Skeleton lines={2} />
  const waiting = messages.data.items.filter((m) => m.state === 'held' || m.state === 'queued' || m.state === 'dead')
  if (waiting.length === 0) return <p className="unknown">{t('noWaiting')}</p>
  return (
    <ul className="plain">
      {waiting.map((message) => (
        <li key={message.id}>
          {say(message.title)} <MessageState message={message} />{' '}
          <button type="button" className="link" onClick={() => onWhy(messageWhy(id, message.id))}>
            {t('why')}
          </button>
        </li>
      ))}
    </ul>
  )
}

function Family({ person }: { person: Person }) {
  const t = useWords()
  const say = useSay()
  const family = person.family.filter((one) => one.active)
  if (family.length === 0) return <p className="unknown">{t('familyNone')}</p>
  const scopes = ['alerts', 'readings', 'targets', 'reminders', 'medicines', 'reports', 'plan', 'chats', 'progress'] as const
  return (
    <ul className="plain">
      {family.map((one) => {
        const who = `${say(one.kindName) || t('kin_other')} ${one.name} `
        const what = one.scopes
          .map((scope) => scopes.find((s) => s === scope))
          .map((scope) => t(scope ? `scope_${scope}` : 'scope_other'))
          .join(t('comma'))
        const text = what ? t('familySees', { who, what }) : who
        return (
          <li key={`${one.kind} ${one.id ?? one.name}`}>
            {one.id ? (
              <Link to="/people/$id" params={{ id: one.id }}>
                {text}
              </Link>
            ) : (
              text
            )}
          </li>
        )
      })}
    </ul>
  )
}

function Consents({ person }: { person: Person }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const [open, setOpen] = useState(false)
  return (
    <>
      <ul className="plain">
        {person.consents.map((one) => (
          <li key={one.purpose} className={one.granted ? undefined : 'unknown'}>
            {say(one.name)} {one.granted ? t('granted') : t('notGranted')}
            {one.at && <span className="note"> {formatDay(new Date(one.at), moment)}</span>}
          </li>
        ))}
      </ul>
      <button type="button" className="link" onClick={() => setOpen(true)}>
        {t('consentsOpen')}
      </button>
      {open && (
        <Suspense fallback={null}>
          <ConsentsModal person={person} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
