import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Segmented } from 'antd'
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { address } from '../../../../client/http'
import type { Task } from '../../../../client/types'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { useUiWords } from '../../../../ui/strings'
import { Download } from '../../layout/Download'
import { workspaceQuery } from '../../layout/catalogue'
import { keysOn, typing } from '../../layout/keys'
import { WhyDrawer } from '../../layout/WhyDrawer'
import { mayWrite, useSession } from '../session/session'
import { useSteady } from './steady'
import { BriefPanel, Rest } from './BriefPanel'
import { TaskRow } from './TaskRow'
import { type Act, groups, mostRows, someRows, type TaskFilter, tasksQuery, taskWhyQuery } from './tasks'
import { useTaskActs } from './useTaskActs'
import { useWords } from './strings'
import './tasks.css'

// Not part of the first screen.
const BulkBar = lazy(async () => ({ default: (await import('./BulkBar')).BulkBar }))
const KeysHelp = lazy(async () => ({ default: (await import('./KeysHelp')).KeysHelp }))
const LoadDrawer = lazy(async () => ({ default: (await import('./LoadDrawer')).LoadDrawer }))

interface Props {
  filter: TaskFilter
  onFilter: (change: Partial<TaskFilter>) => void
  /** What other features know about the person of a row. */
  quick: (task: Task) => ReactNode
  call: (task: Task) => ReactNode
  onOpenPerson: (id: string) => void
  peopleLink: ReactNode
}

/** Today is one list in one order: safety, promises, what is due; with the person under the cursor beside it. */
export function Today({ filter, onFilter, quick, call, onOpenPerson, peopleLink }: Props) {
  const t = useWords()
  const ui = useUiWords()
  const [rowsAsked, setRowsAsked] = useState(someRows)
  const tasks = useQuery(tasksQuery(filter, rowsAsked))
  const list = `${filter.state} ${filter.owner} ${filter.group ?? ''} ${rowsAsked}`
  const { visible, waiting, accept, admit } = useSteady(list, tasks.isPlaceholderData ? undefined : tasks.data?.items)
  const [picked, setPicked] = useState<string>()
  const [recording, setRecording] = useState<string>()
  const [why, setWhy] = useState<Task>()
  const [help, setHelp] = useState(false)
  const [asked, setAsked] = useState<{ id: string; what: 'skip' | 'postpone' }>()
  const [chosenIds, setChosenIds] = useState<readonly string[]>([])
  const [load, setLoad] = useState(false)
  const choose = useCallback((id: string) => setChosenIds((ids) => (ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id])), [])
  const { run, busy } = useTaskActs(admit)
  const act = useCallback((task: Task, what: Act) => runNow.current(task, what), [])
  const runNow = useRef(run)
  useEffect(() => {
    runNow.current = run
  })
  const session = useSession()
  const { can } = session
  const may = mayWrite(session)
  const rows = useRef(new Map<string, HTMLLIElement>())

  const at = Math.max(
    0,
    visible.findIndex((task) => task.id === picked),
  )
  const current = visible[at]
  useRowKeys({
    move: (by) => {
      const next = visible[Math.min(Math.max(at + by, 0), visible.length - 1)]
      if (!next) return
      setPicked(next.id)
      rows.current.get(next.id)?.focus()
    },
    record: () => current?.state === 'open' && setRecording(current.id),
    open: () => current && onOpenPerson(current.person.id),
    help: () => setHelp(true),
    choose: () => current?.state === 'open' && may && choose(current.id),
    skip: () => current?.state === 'open' && may && setAsked({ id: current.id, what: 'skip' }),
    postpone: () => current?.state === 'open' && may && setAsked({ id: current.id, what: 'postpone' }),
  })
  const chosen = visible.filter((task) => task.state === 'open' && chosenIds.includes(task.id))

  const counts = tasks.data?.counts
  const day = tasks.data?.day
  return (
    <div className="today">
      <div className="today-head">
        <h1>{t('title')}</h1>
        <div className="chips" role="group" aria-label={t('groups')}>
          <Chip text={t('all')} n={filter.state === 'open' ? counts?.all : undefined} on={!filter.group && filter.state === 'open'} onPick={() => onFilter({ group: undefined, state: 'open' })} />
          {groups.filter((group) => group !== 'over' || filter.group === 'over' || (counts?.over ?? 0) > 0).map((group) => (
            <Chip
              key={group}
              text={t(group)}
              n={filter.state === 'open' ? (group === 'later' ? counts?.postponable : counts?.[group]) : undefined}
              on={filter.group === group && filter.state === 'open'}
              safety={group === 'safety'}
              onPick={() => onFilter({ group, state: 'open' })}
            />
          ))}
          <Chip text={t('done')} on={filter.state === 'closed'} onPick={() => onFilter({ group: undefined, state: 'closed' })} />
        </div>
        <Whose owner={filter.owner} onChange={(owner) => onFilter({ owner })} />
        <span className="today-left">
          {tasks.isFetching && tasks.data && <span className="note">{ui('updating')}</span>}
          {filter.state === 'open' && tasks.data && tasks.data.minutesLeft > 0 && (
            <span className="nowrap">
              {tasks.data.minutesLeft > aDay ? t('leftTooMuch') : t('left', { time: timeText(t, tasks.data.minutesLeft) })}
            </span>
          )}
          {day && filter.state === 'open' && (
            <span className={day.over > 0 ? 'day-over nowrap' : 'nowrap'}>
              {day.away ? t('dayAway') : day.over > 0 ? t('dayOver', { time: timeText(t, day.over) }) : t('dayFits', { time: timeText(t, Math.max(0, day.minutes - day.done - day.needed)) })}
            </span>
          )}
          <Link to="/calendar">{t('calendar')}</Link>
          <Link to="/overdue">{t('overdue')}</Link>
          {can.includes('people.assign') && (
            <Button size="small" onClick={() => setLoad(true)}>
              {t('load')}
            </Button>
          )}
          {can.includes('people.export') && (
            <Download href={address('/api/tasks.csv', { group: filter.group, owner: filter.owner, state: filter.state })} label={t('file')} />
          )}
          <button type="button" className="link" onClick={() => setHelp(true)}>
            {t('keysTitle')} ?
          </button>
        </span>
      </div>
      <BriefPanel />
      {chosen.length > 0 && (
        <Suspense>
          <BulkBar chosen={chosen} onClear={() => setChosenIds([])} />
        </Suspense>
      )}
      <div className="today-cols">
        <section className="panel today-list" aria-label={t('title')}>
          <div aria-live="polite">
            {waiting.length > 0 && (
              <button type="button" className="fresh" onClick={accept}>
                {t('fresh', { n: waiting.length })}
              </button>
            )}
          </div>
          {tasks.error && <ErrorBox error={tasks.error} onRetry={() => void tasks.refetch()} />}
          {!tasks.data && !tasks.error && <Skeleton lines={12} />}
          {tasks.data && visible.length === 0 && waiting.length === 0 && !tasks.isPlaceholderData && (
            <Nothing filter={filter} onAll={() => onFilter({ group: undefined, state: 'open' })} peopleLink={peopleLink} />
          )}
          {visible.length > 0 && (
            <ul className="tasks">
              {visible.map((task) => (
                <TaskRow
                  key={task.id}
                  task={task}
                  current={task.id === current?.id}
                  busy={busy === task.id}
                  recording={recording === task.id}
                  rowRef={(el) => {
                    if (el) rows.current.set(task.id, el)
                    else rows.current.delete(task.id)
                  }}
                  call={call(task)}
                  onPick={setPicked}
                  onAct={act}
                  onWhy={setWhy}
                  onRecording={setRecording}
                  chosen={chosenIds.includes(task.id)}
                  onChoose={may ? choose : undefined}
                  asked={asked?.id === task.id ? asked.what : undefined}
                  onAsked={() => setAsked(undefined)}
                />
              ))}
            </ul>
          )}
          {filter.state === 'open' && tasks.data && <Rest />}
          {tasks.data?.total !== undefined && visible.length > 0 && tasks.data.total > tasks.data.items.length && (
            <p className="today-rest">
              {t('shown', { n: tasks.data.items.length, total: tasks.data.total })}{' '}
              {rowsAsked < mostRows && (
                <Button loading={tasks.isFetching} onClick={() => setRowsAsked(rowsAsked + someRows)}>
                  {t('moreRows', { n: someRows })}
                </Button>
              )}
            </p>
          )}
        </section>
        <aside className="panel today-quick" aria-label={t('quick')}>
          {current ? quick(current) : <p className="today-choose">{t('choose')}</p>}
        </aside>
      </div>
      <WhyDrawer query={why && taskWhyQuery(why)} onClose={() => setWhy(undefined)} />
      {load && (
        <Suspense>
          <LoadDrawer open onClose={() => setLoad(false)} />
        </Suspense>
      )}
      {help && (
        <Suspense>
          <KeysHelp open onClose={() => setHelp(false)} />
        </Suspense>
      )}
    </div>
  )
}

function Chip({ text, n, on, safety, onPick }: { text: string; n?: number; on: boolean; safety?: boolean; onPick: () => void }) {
  return (
    <button type="button" className={`chip${safety && n ? ' chip-safety' : ''}`} aria-pressed={on} onClick={onPick}>
      {text} {n !== undefined && <b>{n}</b>}
    </button>
  )
}

function Whose({ owner, onChange }: { owner: string; onChange: (owner: string) => void }) {
  const t = useWords()
  const colleague = useQuery(workspaceQuery).data?.owners.find((one) => one.id === owner)
  const { role } = useSession().staff
  // A health manager sees only own people, so there is nothing to choose.
  if (role === 'health_manager') return null
  return (
    <Segmented<string>
      aria-label={t('whose')}
      value={owner}
      onChange={onChange}
      options={[
        { value: 'me', label: t('mine') },
        { value: 'all', label: t('team') },
        ...(colleague ? [{ value: owner, label: colleague.name }] : []),
      ]}
    />
  )
}

/** Minutes of work nobody does in a day: the figure would say less than the words. */
const aDay = 12 * 60

function timeText(t: ReturnType<typeof useWords>, minutes: number): string {
  const h = Math.floor(minutes / 60)
  return h > 0 ? t('hours', { h, m: minutes % 60 }) : t('minutes', { m: minutes })
}

function Nothing({ filter, onAll, peopleLink }: { filter: TaskFilter; onAll: () => void; peopleLink: ReactNode }) {
  const t = useWords()
  if (filter.state === 'closed') return <Empty title={t('emptyDone')}>{t('emptyDoneBody')}</Empty>
  if (filter.group)
    return (
      <Empty title={t('emptyGroup')} action={<Button onClick={onAll}>{t('showAll')}</Button>}>
        {t('emptyGroupBody')}
      </Empty>
    )
  return (
    <Empty title={t('emptyTitle')} action={peopleLink}>
      {t('emptyBody')}
    </Empty>
  )
}

interface RowKeys {
  move: (by: 1 | -1) => void
  record: () => void
  choose: () => void
  skip: () => void
  postpone: () => void
  open: () => void
  help: () => void
}

function useRowKeys(keys: RowKeys) {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!keysOn() || typing(event)) return
      const on = event.target instanceof Element ? event.target : undefined
      const k = latest.current
      const key = event.key.toLowerCase()
      if (key === 'j') k.move(1)
      else if (key === 'k') k.move(-1)
      else if (key === 'e') k.record()
      else if (key === 'x') k.choose()
      else if (key === 's') k.skip()
      else if (key === 'p') k.postpone()
      else if (key === '?') k.help()
      else if (key === 'enter' && !on?.closest('a, button, input, summary')) k.open()
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
}
