import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App as Antd, Button, Modal, Segmented, Select } from 'antd'
import { useId, useState } from 'react'
import { address, ApiError } from '../../../../client/http'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { clockIn, dateIn, formatAt, instantOf } from '../../../../ui/time'
import { workspaceQuery } from '../../layout/catalogue'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { useSession } from '../session/session'
import { type Calendar, type Campaign, calendarQuery, type Item, plus, useCalendarActs, weekday, weeksOf } from './calendar'
import { CampaignForm } from './CampaignForm'
import { FeedModal } from './FeedModal'
import { useWords } from './strings'
import './calendar.css'

export interface CalendarView {
  view?: 'week' | 'list'
  day?: string
  owner?: string
  programme?: string
}

/** CalendarPage is what is on which day, by month in numbers, by week and as a list one by one. What may be moved is dragged or moved by a button. */
export function CalendarPage({ at, onAt }: { at: CalendarView; onAt: (change: CalendarView) => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const session = useSession()
  const { message } = Antd.useApp()
  const today = dateIn(moment.now, moment.zone)
  const day = at.day ?? today
  const view = at.view ?? 'month'
  const span = view === 'month' ? weeksOf(day) : view === 'week' ? { from: plus(day, -weekday(day)), to: plus(day, 6 - weekday(day)) } : { from: day, to: plus(day, 30) }
  const calendar = useQuery(calendarQuery({ ...span, owner: at.owner, programme: at.programme, items: view !== 'month' }))
  const space = useQuery(workspaceQuery).data
  const { move } = useCalendarActs()
  const [editing, setEditing] = useState<Campaign | 'new'>()
  const [moving, setMoving] = useState<Item>()
  const [feed, setFeed] = useState(false)
  const [held, setHeld] = useState<{ item?: Item; campaign?: Campaign }>()
  const mayPlan = session.can.includes('programme.edit')

  const to = (what: { item?: Item; campaign?: Campaign }, target: string) => {
    if (what.item && (!what.item.moves || what.item.day === target)) return
    if (what.campaign && what.campaign.from === target) return
    const until = what.item && instantOf(target, clockIn(new Date(what.item.at), moment.zone), moment.zone).toISOString()
    move.mutate(
      { ...what, to: target, until },
      {
        onSuccess: () => void message.success(t('moved', { day: target })),
        onError: (error) => void message.error(t('notMoved', { why: error instanceof ApiError ? say(error.problem.text) : t('failed') })),
      },
    )
  }
  const step = (by: 1 | -1) => {
    const next = view === 'month' ? (by > 0 ? plus(`${day.slice(0, 8)}01`, 31) : plus(`${day.slice(0, 8)}01`, -1)) : plus(day, by * (view === 'week' ? 7 : 30))
    onAt({ ...at, day: view === 'month' ? `${next.slice(0, 8)}01` : next })
  }
  return (
    <div className="cal">
      <div className="cal-head">
        <h1 className="page-title">{t('title')}</h1>
        <Segmented
          aria-label={t('view')}
          value={view}
          onChange={(v) => onAt({ ...at, view: v === 'month' ? undefined : (v as 'week' | 'list') })}
          options={(['month', 'week', 'list'] as const).map((v) => ({ value: v, label: t(v) }))}
        />
        <span className="cal-steps">
          <Button onClick={() => step(-1)} aria-label={t('before')}>
            ‹
          </Button>
          <b className="nowrap" aria-live="polite">
            {view === 'month' ? t('monthOf', { y: Number(day.slice(0, 4)), m: Number(day.slice(5, 7)) }) : t('span', { from: span.from, to: span.to })}
          </b>
          <Button onClick={() => step(1)} aria-label={t('after')}>
            ›
          </Button>
          <Button onClick={() => onAt({ ...at, day: undefined })}>{t('today')}</Button>
        </span>
        <Select
          aria-label={t('whose')}
          className="cal-pick"
          value={at.owner ?? ''}
          onChange={(owner) => onAt({ ...at, owner: owner || undefined })}
          options={[{ value: '', label: t('everybody') }, { value: 'me', label: t('me') }, ...(session.can.includes('people.all') ? (space?.owners ?? []).map((one) => ({ value: one.id, label: one.name })) : [])]}
        />
        <Select
          aria-label={t('programme')}
          className="cal-pick"
          value={at.programme ?? ''}
          onChange={(programme) => onAt({ ...at, programme: programme || undefined })}
          options={[{ value: '', label: t('allProgrammes') }, ...(space?.programmes ?? []).map((p) => ({ value: p.key, label: say(p.name) }))]}
        />
        <span className="cal-right">
          {view === 'list' && session.can.includes('people.export') && <Download href={address('/api/calendar.csv', { ...span, owner: at.owner, programme: at.programme })} />}
          {mayPlan && <Button onClick={() => setEditing('new')}>{t('add')}</Button>}
          <Button onClick={() => setFeed(true)}>{t('feed')}</Button>
          <Link to="/today">{t('back')}</Link>
        </span>
      </div>
      {calendar.error && <ErrorBox error={calendar.error} onRetry={() => void calendar.refetch()} />}
      {!calendar.data && !calendar.error && <Skeleton lines={14} />}
      {calendar.data && view !== 'list' && (
        <Grid calendar={calendar.data} today={today} month={view === 'month' ? day.slice(0, 7) : undefined} mayPlan={mayPlan} onEdit={setEditing} onMove={setMoving} onHold={setHeld} onDrop={(target) => held && to(held, target)} />
      )}
      {calendar.data && view === 'list' && <List calendar={calendar.data} onEdit={setEditing} onMove={setMoving} />}
      {calendar.data?.items && calendar.data.total > calendar.data.items.length && <p className="note">{t('more', { n: calendar.data.items.length, total: calendar.data.total })}</p>}
      {calendar.data && <p className="note">{t('asOf', { at: formatAt(new Date(calendar.data.asOf), moment) })}</p>}
      {editing && <CampaignForm campaign={editing === 'new' ? undefined : editing} day={day < today ? today : day} onClose={() => setEditing(undefined)} />}
      {moving && (
        <MoveModal
          item={moving}
          today={today}
          onClose={() => setMoving(undefined)}
          onMove={(target) => {
            to({ item: moving }, target)
            setMoving(undefined)
          }}
        />
      )}
      <FeedModal open={feed} onClose={() => setFeed(false)} />
    </div>
  )
}

interface Deeds {
  onEdit: (campaign: Campaign) => void
  onMove: (item: Item) => void
}

function Grid({ calendar, today, month, mayPlan, onEdit, onMove, onHold, onDrop }: Deeds & { calendar: Calendar; today: string; month?: string; mayPlan: boolean; onHold: (what?: { item?: Item; campaign?: Campaign }) => void; onDrop: (day: string) => void }) {
  const t = useWords()
  const say = useSay()
  return (
    <div className={`cal-grid${month ? '' : ' cal-week'}`}>
      {t('days').split(',').map((name) => (
        <div key={name} className="cal-name" aria-hidden="true">
          {name}
        </div>
      ))}
      {calendar.days.map(({ day, off, work, festivals, counts }) => (
        <section
          key={day}
          className={`cal-day${day === today ? ' cal-today' : ''}${month && !day.startsWith(month) ? ' cal-other' : ''}`}
          aria-label={day}
          aria-current={day === today ? 'date' : undefined}
          onDragOver={(e) => e.preventDefault()}
          onDrop={(e) => {
            e.preventDefault()
            onDrop(day)
            onHold(undefined)
          }}
        >
          <p className="cal-date">
            <b>{Number(day.slice(8))}</b>{' '}
            {(off || work) && <span className={off ? 'cal-off' : 'cal-worked'}>{t(off ? 'off' : 'worked')}</span>}
            {festivals.map((f) => (
              <span key={f.key} className="cal-fest">
                {say(f.name)}
              </span>
            ))}
          </p>
          {calendar.campaigns
            .filter((c) => c.from <= day && day <= c.to)
            .map((c) => (
              <button
                key={c.id}
                type="button"
                className={`cal-campaign${c.state === 'cancelled' ? ' cal-gone' : ''}`}
                draggable={mayPlan && c.state === 'planned'}
                onDragStart={() => onHold({ campaign: c })}
                onClick={() => onEdit(c)}
              >
                {c.name} · {t('people', { n: c.people })}
              </button>
            ))}
          {counts.map((n) => (
            <Link key={n.kind} className={`cal-count cal-${n.kind}${n.safety ? ' cal-safety' : ''}`} to="/people" search={{ found: calendar.found, of: `${n.kind}@${day}` }} aria-label={t('open', { day, kind: t(n.kind), n: n.items, people: n.people })}>
              {t('count', { kind: t(n.kind), n: n.items })}
              {n.safety ? t('safetyOf', { n: n.safety }) : ''}
            </Link>
          ))}
          {calendar.items
            ?.filter((item) => item.day === day)
            .map((item, i) => (
              <div key={`${item.kind}${item.person.id}${i}`} className={`cal-item cal-${item.kind}`} draggable={item.moves} onDragStart={() => onHold({ item })} title={item.moves ? t('drag') : t('cannot')}>
                <Link to="/people/$id" params={{ id: item.person.id }}>
                  {item.person.name}
                </Link>{' '}
                {say(item.title)}{' '}
                {item.moves && (
                  <button type="button" className="link" onClick={() => onMove(item)}>
                    {t('move')}
                  </button>
                )}
              </div>
            ))}
        </section>
      ))}
    </div>
  )
}

function List({ calendar, onEdit, onMove }: Deeds & { calendar: Calendar }) {
  const t = useWords()
  const say = useSay()
  const items = calendar.items ?? []
  if (items.length + calendar.campaigns.length === 0) return <Empty title={t('empty')}>{t('emptyBody')}</Empty>
  return (
    <table className="cal-list panel">
      <thead>
        <tr>
          {(['when', 'kind', 'who', 'what'] as const).map((key) => (
            <th key={key} scope="col">
              {t(key)}
            </th>
          ))}
          <th />
        </tr>
      </thead>
      <tbody>
        {calendar.campaigns.map((c) => (
          <tr key={c.id}>
            <td className="nowrap">{c.from === c.to ? c.from : t('span', { from: c.from, to: c.to })}</td>
            <td>{t('campaign')}</td>
            <td>
              <Link to="/people" search={{ found: calendar.found, of: `campaign@${c.id}` }}>
                {t('people', { n: c.people })}
              </Link>
            </td>
            <td>
              {c.name} {c.state === 'cancelled' && <span className="badge">{t('cancelled')}</span>}
            </td>
            <td>
              <button type="button" className="link" onClick={() => onEdit(c)}>
                {t('move')}
              </button>
            </td>
          </tr>
        ))}
        {items.map((item, i) => (
          <tr key={`${item.kind}${item.person.id}${item.at}${i}`}>
            <td className="nowrap">{item.day}</td>
            <td>
              {t(`one_${item.kind}`)} {item.late && <span className="badge">{t('late')}</span>}
            </td>
            <td>
              <Link to="/people/$id" params={{ id: item.person.id }}>
                {item.person.name}
              </Link>
            </td>
            <td>{say(item.title)}</td>
            <td>
              {item.moves && (
                <button type="button" className="link" onClick={() => onMove(item)}>
                  {t('move')}
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function MoveModal({ item, today, onClose, onMove }: { item: Item; today: string; onClose: () => void; onMove: (day: string) => void }) {
  const t = useWords()
  const say = useSay()
  const id = useId()
  const [day, setDay] = useState(item.day > today ? item.day : plus(today, 1))
  return (
    <Modal open title={`${item.person.name} · ${say(item.title)}`} okText={t('move')} cancelText={t('cancel')} onCancel={onClose} onOk={() => onMove(day)} width={400}>
      <label htmlFor={id}>{t('moveTo')}</label> <input id={id} type="date" className="cal-input" min={plus(today, 1)} value={day} onChange={(e) => setDay(e.target.value)} />
    </Modal>
  )
}
