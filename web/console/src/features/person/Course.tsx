import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Tabs } from 'antd'
import type { Message, Task, TimelineItem } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Value } from '../../../../ui/Value'
import { useSlotName } from '../../../../ui/slots'
import { unit, useMoment } from '../../layout/now'
import type { WhyQuery } from '../../layout/WhyDrawer'
import type { PersonView } from './PersonPage'
import { type At, messageWhy, messagesQuery, personTasksQuery, stageWhy, tagWhy, taskWhy, timelineQuery } from './person'
import { useWords } from './strings'

interface Props {
  id: string
  at: At
  view: PersonView
  onView: (change: Partial<PersonView>) => void
  onWhy: (query: WhyQuery) => void
}

/** Course is what happened and what was done, one line in time, or messages and tasks alone. */
export function Course({ id, at, view, onView, onWhy }: Props) {
  const t = useWords()
  if (at) {
    return (
      <section className="panel course" aria-label={t('timeline')}>
        <Tabs
          activeKey={view.tab === 'tasks' ? 'tasks' : 'timeline'}
          onChange={(tab) => onView({ tab: tab as PersonView['tab'] })}
          items={[
            { key: 'timeline', label: t('timeline'), children: <Timeline id={id} at={at} kind={view.kind} onKind={(kind) => onView({ kind })} onWhy={onWhy} /> },
            { key: 'tasks', label: t('tasks'), children: <TaskList id={id} at={at} onWhy={onWhy} /> },
          ]}
        />
      </section>
    )
  }
  return (
    <section className="panel course" aria-label={t('work')}>
      <Tabs
        activeKey={view.tab}
        onChange={(tab) => onView({ tab: tab as PersonView['tab'] })}
        items={[
          { key: 'timeline', label: t('timeline'), children: <Timeline id={id} at={at} kind={view.kind} onKind={(kind) => onView({ kind })} onWhy={onWhy} /> },
          { key: 'messages', label: t('messages'), children: <Messages id={id} onWhy={onWhy} /> },
          { key: 'tasks', label: t('tasks'), children: <TaskList id={id} onWhy={onWhy} /> },
        ]}
      />
    </section>
  )
}

const kinds = ['event', 'message', 'task', 'tag', 'stage'] as const

function Timeline({ id, at, kind, onKind, onWhy }: { id: string; at: At; kind?: string; onKind: (kind: string | undefined) => void; onWhy: (query: WhyQuery) => void }) {
  const t = useWords()
  const items = useInfiniteQuery(timelineQuery(id, kind, at))
  const list = items.data?.pages.flatMap((page) => page.items)
  const ask = (item: TimelineItem): WhyQuery | undefined => {
    if (item.kind === 'tag') return tagWhy(id, item.key ?? '', item.programme, item.at)
    if (item.kind === 'stage') return stageWhy(id, item.programme, item.at)
    if (item.kind === 'message') return messageWhy(id, item.id)
    if (item.kind === 'task') return taskWhy(id, item.id)
    return undefined
  }
  return (
    <>
      <div className="chips course-kinds" role="group" aria-label={t('timeline')}>
        <button type="button" className="chip" aria-pressed={!kind} onClick={() => onKind(undefined)}>
          {t('all')}
        </button>
        {kinds.map((one) => (
          <button key={one} type="button" className="chip" aria-pressed={kind === one} onClick={() => onKind(one)}>
            {t(`k_${one}`)}
          </button>
        ))}
      </div>
      {items.error ? (
        <ErrorBox error={items.error} onRetry={() => void items.refetch()} />
      ) : !list ? (
        <Skeleton lines={6} />
      ) : list.length === 0 ? (
        <Empty title={t('noTimeline')}>{t('noTimelineBody')}</Empty>
      ) : (
        <ol className="line">
          {list.map((item) => {
            const query = item.why ? ask(item) : undefined
            return <Item key={`${item.kind} ${item.id} ${item.at}`} item={item} onWhy={query && (() => onWhy(query))} />
          })}
        </ol>
      )}
      {items.hasNextPage && (
        <Button className="course-more" loading={items.isFetchingNextPage} onClick={() => void items.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </>
  )
}

function Item({ item, onWhy }: { item: TimelineItem; onWhy?: () => void }) {
  const t = useWords()
  const say = useSay()
  const slotName = useSlotName()
  const moment = useMoment()
  return (
    <li className="line-item">
      <time className="line-at" dateTime={item.at}>
        {formatAt(new Date(item.at), moment)}
      </time>
      <span className={`line-kind line-kind-${item.kind}`}>{t(`k_${item.kind}`)}</span>
      <span className="line-text">
        {item.hidden ? (
          <span className="unknown">{t('hiddenEvent')}</span>
        ) : item.reading ? (
          <>
            {slotName(item.reading.context)} <Value reading={item.reading} unit={unit} />
          </>
        ) : (
          say(item.text)
        )}
        {item.actor && <span className="note"> {say(item.actor)}</span>}
        {item.imported && <span className="note"> {t('imported')}</span>}
      </span>
      {onWhy && (
        <button type="button" className="link" onClick={onWhy}>
          {t('why')}
        </button>
      )}
    </li>
  )
}

export function MessageState({ message }: { message: Message }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const state = message.state === 'sent' && message.readAt ? 'm_read' : (`m_${message.state}` as const)
  return (
    <span className="message-state">
      <b>{t(state)}</b>
      {message.reasonText && <span> {say(message.reasonText)}</span>}
      {message.next && (message.state === 'held' || message.state === 'queued') && (
        <span className="note"> {t('nextTry', { at: formatAt(new Date(message.next), moment) })}</span>
      )}
    </span>
  )
}

function Messages({ id, onWhy }: { id: string; onWhy: (query: WhyQuery) => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const messages = useQuery(messagesQuery(id))
  if (messages.error) return <ErrorBox error={messages.error} onRetry={() => void messages.refetch()} />
  if (!messages.data) return <Skeleton lines={5} />
  if (messages.data.items.length === 0) return <Empty title={t('noMessages')}>{t('noMessagesBody')}</Empty>
  return (
    <ol className="line">
      {messages.data.items.map((message) => (
        <li key={message.id} className="line-item line-message">
          <time className="line-at" dateTime={message.sentAt ?? message.due}>
            {formatAt(new Date(message.sentAt ?? message.due), moment)}
          </time>
          <span className={message.class === 'safety' ? 'line-kind line-kind-safety' : 'line-kind'}>{t(`mc_${message.class}`)}</span>
          <span className="line-text">
            <b>{say(message.title)}</b>
            {message.to === 'family' && <span className="note"> {t('toFamily', { name: message.toName ? ` ${message.toName}` : '' })}</span>}
            <span className="line-body user-text">{say(message.body)}</span>
            <MessageState message={message} />
            {message.answer && (
              <span> {t('answered', { text: say(message.answers?.find((a) => a.key === message.answer)?.text) || message.answer })}</span>
            )}
          </span>
          <span className="line-acts">
            <button type="button" className="link" onClick={() => onWhy(messageWhy(id, message.id))}>
              {t('why')}
            </button>
            <Link to="/proof/$id" params={{ id: message.id }}>
              {t('replay')}
            </Link>
          </span>
        </li>
      ))}
    </ol>
  )
}

function TaskList({ id, at, onWhy }: { id: string; at?: At; onWhy: (query: WhyQuery) => void }) {
  const t = useWords()
  const tasks = useQuery(personTasksQuery(id, at))
  if (tasks.error) return <ErrorBox error={tasks.error} onRetry={() => void tasks.refetch()} />
  if (!tasks.data) return <Skeleton lines={4} />
  if (tasks.data.items.length === 0) return <Empty title={t('noTasks')}>{t('noTasksBody')}</Empty>
  return (
    <ol className="line">
      {tasks.data.items.map((task) => (
        <TaskLine key={task.id} task={task} at={at} alert={tasks.data.items.find((one) => one.id === task.alert)} onWhy={() => onWhy(taskWhy(id, task.id))} />
      ))}
    </ol>
  )
}

function TaskLine({ task, at, alert, onWhy }: { task: Task; at?: At; alert?: Task; onWhy: () => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const late = at ? task.late : task.state === 'open' && Date.parse(task.due) < moment.now.getTime()
  // A task that was put off since was due at a moment nobody may know any more.
  const when = task.closed || task.due || task.opened
  return (
    <li className="line-item">
      <time className="line-at" dateTime={when}>
        {formatAt(new Date(when), moment)}
      </time>
      <span className={late ? 'late' : 'line-kind'}>{late ? t('late') : t(`st_${task.state}`)}</span>
      <span className="line-text">
        <b>{say(task.title)}</b> {task.detail && <span>{say(task.detail)}</span>}
        {alert && <span className="note"> {t('ofAlert', { title: say(alert.title) })}</span>}
        {task.outcomeText && <span> · {say(task.outcomeText)}</span>}
        {task.by && <span className="note"> {task.by.name}</span>}
        {task.note && <span className="line-body user-text">{task.note}</span>}
      </span>
      <button type="button" className="link" onClick={onWhy}>
        {t('why')}
      </button>
    </li>
  )
}
