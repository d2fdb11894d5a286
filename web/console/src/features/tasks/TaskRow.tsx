import { Link } from '@tanstack/react-router'
import { Button, Popover } from 'antd'
import type { ReactNode, Ref } from 'react'
import type { Task, TaskStep } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { useSlotName } from '../../../../ui/slots'
import { formatAgo, formatAt, formatClock, formatDay } from '../../../../ui/time'
import { Value } from '../../../../ui/Value'
import { Facts } from '../../layout/Facts'
import { Watched } from '../../layout/Watched'
import { unit, useMoment } from '../../layout/now'
import { mayWrite, useSession } from '../session/session'
import { Late } from './Late'
import { TaskActions } from './TaskActions'
import type { Act } from './tasks'
import { useWords } from './strings'

interface Props {
  task: Task
  current: boolean
  busy: boolean
  recording: boolean
  rowRef?: Ref<HTMLLIElement>
  call: ReactNode
  onPick: (id: string) => void
  onAct: (task: Task, act: Act) => void
  onWhy: (task: Task) => void
  onRecording: (id: string | undefined) => void
  /** Nothing: rows are not chosen here. */
  chosen?: boolean
  onChoose?: (id: string) => void
  /** By key: the dialog that is open for this row. */
  asked?: 'skip' | 'postpone'
  onAsked?: (id: string | undefined) => void
}

/** TaskRow says who, what was measured, what to do and why, with the things one does next at its end. */
export function TaskRow({ task, current, busy, recording, rowRef, call, onPick, onAct, onWhy, onRecording, chosen, onChoose, asked, onAsked }: Props) {
  const t = useWords()
  const say = useSay()
  const slot = useSlotName()
  const moment = useMoment()
  const session = useSession()
  const { reading, person } = task
  const safety = task.priority === 'safety'
  const open = task.state === 'open'
  return (
    <li
      ref={rowRef}
      className={`task${safety && open ? ' task-safety' : ''}`}
      aria-current={current ? 'true' : undefined}
      tabIndex={-1}
      onClick={() => onPick(task.id)}
      onFocus={() => onPick(task.id)}
    >
      <div className="task-when">
        {onChoose && open && (
          <input
            type="checkbox"
            className="task-choose"
            aria-label={t('chooseRow', { name: person.name })}
            checked={chosen}
            onClick={(e) => e.stopPropagation()}
            onChange={() => onChoose(task.id)}
          />
        )}
        <When task={task} />
        {task.place?.over && <span className="badge task-over">{t('noTime')}</span>}
      </div>
      <div className="task-body" role={safety && open ? 'alert' : undefined}>
        <div className="task-line">
          <Link className="task-name" to="/people/$id" params={{ id: person.id }} aria-label={t('open', { name: person.name })}>
            <Facts person={person} />
          </Link>
          {reading && (
            <span className="task-reading">
              <Value reading={reading} unit={unit} />{' '}
              <span className="note nowrap">
                {t('readingAt', { slot: reading.context ? slot(reading.context) : '', at: formatAt(new Date(reading.at), moment) })}
                {safety && ` · ${formatAgo(new Date(reading.at), moment.now, moment.language)}`}
              </span>
            </span>
          )}
        </div>
        <div className="task-line">
          <b className="task-title">{say(task.title)}</b>
          {/* One piece of text: the word that asks for more follows the sentence and never stands in a line alone. */}
          <span className="task-detail">
            {task.detail && <>{say(task.detail)} </>}
            <button type="button" className="link" onClick={() => onWhy(task)}>
              {t('why')}
            </button>{' '}
            {open && task.place && <Place place={task.place} />}
          </span>
          {open && task.claimedBy && (
            <span className="badge">
              {task.claimedBy.id === session.staff.id ? t('claimedMe') : t('claimed', { name: task.claimedBy.name })}
            </span>
          )}
          {open && <Watched task={task} />}
          {task.note && !open && <span className="task-detail user-text">{task.note}</span>}
        </div>
        {task.steps?.map((step) => <Step key={step.id} step={step} />)}
      </div>
      <div className="task-acts" onClick={(e) => e.stopPropagation()}>
        {open && call}
        {open && mayWrite(session) && (
          <TaskActions
            task={task}
            busy={busy}
            onAct={(act) => onAct(task, act)}
            asked={asked}
            onAsked={(what) => onAsked?.(what ? task.id : undefined)}
            recording={recording}
            onRecording={(is) => onRecording(is ? task.id : undefined)}
          />
        )}
        {!open && (
          <>
            <span className="note task-closed">
              {task.outcomeText ? say(task.outcomeText) : task.state === 'skipped' ? t('skip') : ''}
              {task.by && ` · ${task.by.name}`}
              {task.closed && ` ${formatDay(new Date(task.closed), moment)} ${formatClock(new Date(task.closed), moment)}`}
            </span>
            {undoable(task, moment.now) && mayWrite(session) && (
              <Button loading={busy} onClick={() => onAct(task, { verb: 'reopen' })}>
                {t('undo')}
              </Button>
            )}
          </>
        )}
      </div>
    </li>
  )
}

/** Place says why a row stands where it does: each reason with its points. */
function Place({ place }: { place: NonNullable<Task['place']> }) {
  const t = useWords()
  const say = useSay()
  return (
    <Popover
      trigger="click"
      title={t('placeTitle')}
      content={
        <dl className="task-place">
          {place.parts.map((part) => (
            <div key={part.key}>
              <dt>{say(part.text)}</dt>
              <dd>{part.points > 0 ? `+${part.points}` : part.points}</dd>
            </div>
          ))}
          <div>
            <dt>{t('placeSum')}</dt>
            <dd>
              <b>{place.points}</b>
            </dd>
          </div>
          <div>
            <dt>{t('placeMinutes')}</dt>
            <dd>{t('minutes', { m: place.minutes })}</dd>
          </div>
        </dl>
      }
    >
      <button type="button" className="link" onClick={(e) => e.stopPropagation()}>
        {t('place')}
      </button>
    </Popover>
  )
}

/** Step is a call that answers the alert of the row: what to do by when, or how it went. */
function Step({ step }: { step: TaskStep }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const open = step.state === 'open'
  const when = open ? step.due : step.closed
  return (
    <div className="task-line task-step">
      <span className={open ? undefined : 'task-detail'}>{say(step.title)}</span>
      <span className="task-detail">
        {when && t(open ? 'stepDue' : 'stepDone', { at: formatAt(new Date(when), moment) })}
        {step.outcomeText && ` ${say(step.outcomeText)}`}
        {step.by && ` · ${step.by.name}`}
      </span>
      {step.note && <span className="task-detail user-text">{step.note}</span>}
    </div>
  )
}

/** The server takes a result back for ten minutes. */
export function undoable(task: Task, now: Date): boolean {
  return task.state !== 'void' && task.closed !== undefined && now.getTime() - Date.parse(task.closed) < 10 * 60_000
}

function When({ task }: { task: Task }) {
  const t = useWords()
  const moment = useMoment()
  const due = new Date(task.due)
  const minutes = Math.ceil((due.getTime() - moment.now.getTime()) / 60_000)
  const kind = task.priority === 'safety' || task.priority === 'promise' ? t(task.priority) : undefined
  const late = task.state === 'open' && due.getTime() < moment.now.getTime()
  const sameDay = formatDay(due, moment) === formatDay(moment.now, moment)
  return (
    <>
      {kind && <b className={`kind kind-${task.priority}`}>{kind}</b>}
      {late ? (
        <Late due={due} now={moment.now} />
      ) : task.priority === 'safety' && minutes < 60 && task.state === 'open' ? (
        <span className="nowrap">{t('remains', { n: minutes })}</span>
      ) : (
        <span className="nowrap">{sameDay ? formatClock(due, moment) : formatAt(due, moment)}</span>
      )}
    </>
  )
}
