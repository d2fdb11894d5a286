import { useQuery } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import type { Conversation } from '../../../../client/conversations'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { keysOn, typing } from '../../layout/keys'
import { useMoment } from '../../layout/now'
import { PersonName } from '../../layout/PersonName'
import { inboxQuery, type InboxView, type Tab, tabs } from './inbox'
import { span } from './span'
import { useWords } from './strings'
import { Talk } from './Talk'
import './inbox.css'

const KnowledgePage = lazy(async () => ({ default: (await import('./KnowledgePage')).KnowledgePage }))
const QuestionsPage = lazy(async () => ({ default: (await import('./QuestionsPage')).QuestionsPage }))
const SettingsPage = lazy(async () => ({ default: (await import('./SettingsPage')).SettingsPage }))

interface Props {
  at: InboxView
  onAt: (at: InboxView) => void
}

interface Around extends Props {
  /** What is shown about a person beside their conversation. */
  about: (id: string) => ReactNode
}

/** InboxPage is who waits for an answer, the most urgent first, what was said with them, and what helps to answer. */
export function InboxPage({ at, onAt, about }: Around) {
  const t = useWords()
  const page = at.page
  return (
    <div className="inbox">
      <div className="inbox-head">
        <h1 className="page-title">{t('title')}</h1>
        {page ? (
          <Button onClick={() => onAt({ ...at, page: undefined, q: undefined })}>{t('back')}</Button>
        ) : (
          <Tabs at={at} onAt={onAt} />
        )}
        <nav className="inbox-pages" aria-label={t('knowledge')}>
          {(['knowledge', 'questions', 'settings'] as const).map((one) => (
            <button key={one} type="button" className="link" aria-current={page === one ? 'page' : undefined} onClick={() => onAt({ ...at, page: one, q: undefined })}>
              {t(one)}
            </button>
          ))}
        </nav>
      </div>
      {page ? (
        <Suspense fallback={<Skeleton lines={10} />}>
          {page === 'knowledge' && <KnowledgePage q={at.q ?? ''} onQ={(q) => onAt({ ...at, q: q || undefined })} />}
          {page === 'questions' && <QuestionsPage />}
          {page === 'settings' && <SettingsPage />}
        </Suspense>
      ) : (
        <Columns at={at} onAt={onAt} about={about} />
      )}
    </div>
  )
}

function Tabs({ at, onAt }: Props) {
  const t = useWords()
  const { data } = useQuery(inboxQuery(at))
  const n = (tab: Tab) => (data ? data.tabs[tab].toLocaleString('en-US') : '')
  return (
    <>
      <Segmented<Tab>
        aria-label={t('tabsLabel')}
        value={at.tab ?? 'mine'}
        onChange={(tab) => onAt({ ...at, tab: tab === 'mine' ? undefined : tab, id: undefined })}
        options={tabs.map((tab) => ({ value: tab, label: t(tab, { n: n(tab) }) }))}
      />
      <button type="button" className="chip" aria-pressed={at.safety === true} onClick={() => onAt({ ...at, safety: at.safety ? undefined : true })}>
        {t('safetyOnly', { n: data?.tabs.safety ?? '' })}
      </button>
    </>
  )
}

/** Columns: the list never sorts again under the cursor; what is new waits behind a line, and only safety comes in at once. */
function Columns({ at, onAt, about }: Around) {
  const t = useWords()
  const inbox = useQuery(inboxQuery(at))
  const { rows, waiting, take } = useSteady(inbox.isPlaceholderData ? undefined : inbox.data?.items, JSON.stringify([at.tab, at.channel, at.safety]))
  const select = (id: string | undefined) => onAt({ ...at, id })
  useListKeys(rows, at.id, select)
  const first = (at.tab ?? 'mine') === 'mine'
  return (
    <div className="inbox-columns">
      <section className="panel inbox-list" aria-label={t('title')} aria-busy={inbox.isFetching}>
        <p className="note inbox-order">{t('order')}</p>
        {waiting && (
          <button type="button" className="inbox-newer" onClick={take}>
            {t('newer')}
          </button>
        )}
        {inbox.error && !inbox.data ? (
          <ErrorBox error={inbox.error} onRetry={() => void inbox.refetch()} />
        ) : !rows ? (
          <Skeleton lines={10} />
        ) : rows.length === 0 ? (
          <Empty title={t(first ? 'none' : 'noneTab')}>{first ? t('noneBody') : null}</Empty>
        ) : (
          <ul className={inbox.isPlaceholderData ? 'faded' : undefined}>
            {rows.map((row) => (
              <Row key={row.person.id} row={row} here={row.person.id === at.id} onOpen={() => select(row.person.id)} />
            ))}
          </ul>
        )}
      </section>
      {at.id ? (
        <Talk key={at.id} id={at.id} about={about(at.id)} onGone={() => select(undefined)} />
      ) : (
        <section className="panel inbox-empty">
          <Empty title={t('choose')}>{t('chooseBody')}</Empty>
        </section>
      )}
    </div>
  )
}

function Row({ row, here, onOpen }: { row: Conversation; here: boolean; onOpen: () => void }) {
  const t = useWords()
  return (
    <li>
      <button type="button" className={row.safety ? 'talk-row talk-safety' : 'talk-row'} aria-current={here ? 'true' : undefined} onClick={onOpen}>
        <span className="talk-row-top">
          <PersonName of={row.person} className="talk-row-name" />
          <Clock row={row} />
        </span>
        <span className="talk-row-last">
          {row.safety && <b className="talk-alarm">{t('safety')} </b>}
          {row.last && row.last.from !== 'person' && <span className="note">{t(row.last.from)}：</span>}
          <span className="user-text">{row.last?.text}</span>
        </span>
        <span className="note talk-row-foot">
          <Whose row={row} /> {row.unanswered > 0 && <span>· {t('lacking')}</span>}
        </span>
      </button>
    </li>
  )
}

/** Clock is what the list is sorted by: what a row shows is its place. */
function Clock({ row }: { row: Conversation }) {
  const t = useWords()
  const moment = useMoment()
  const now = moment.now.getTime()
  if (row.state === 'snoozed' && row.until) return <span className="note nowrap">{t('until', { at: formatAt(new Date(row.until), moment) })}</span>
  if (row.state === 'closed' && row.closed) return <span className="note nowrap">{t('doneAt', { at: formatAt(new Date(row.closed), moment) })}</span>
  if (row.state === 'theirs') return <span className="note nowrap">{row.last && formatAt(new Date(row.last.at), moment)}</span>
  if (!row.due) return <span className="note nowrap">{row.since && t('waits', { time: span(now - Date.parse(row.since), t) })}</span>
  const left = Date.parse(row.due) - now
  return (
    <span className="nowrap talk-row-clock">
      {row.promised && <span className="note">{t('promise')} </span>}
      {left < 0 ? <b className="talk-over">{t('over', { time: span(-left, t) })}</b> : <span>{t('left', { time: span(left, t) })}</span>}
    </span>
  )
}

/** Whose says who has it, and who stands in. */
export function Whose({ row }: { row: Conversation }) {
  const t = useWords()
  const say = useSay()
  const whose = row.owner
    ? row.acts && row.acts.id !== row.owner.id
      ? t('away', { owner: row.owner.name, acts: row.acts.name })
      : row.handed
        ? t('handedTo', { name: row.owner.name })
        : row.owner.name
    : t('nobody')
  return (
    <>
      {say(row.channel.text)} · {whose}
    </>
  )
}

/** useSteady keeps the order of a list while it is looked at: rows change in place, new ones wait, safety does not. */
function useSteady(fresh: Conversation[] | undefined, view: string) {
  const [shown, setShown] = useState<{ view: string; ids: string[] } | undefined>()
  if (fresh && (!shown || shown.view !== view || shown.ids.length === 0)) {
    const ids = fresh.map((row) => row.person.id)
    if (shown?.view !== view || ids.length > 0) setShown({ view, ids })
  }
  if (!fresh || !shown) return { rows: fresh, waiting: false, take: () => {} }
  const by = new Map(fresh.map((row) => [row.person.id, row]))
  const urgent = fresh.filter((row) => row.safety && !shown.ids.includes(row.person.id))
  const rows = [...urgent, ...shown.ids.flatMap((id) => by.get(id) ?? [])]
  const order = fresh.map((row) => row.person.id).join()
  return { rows, waiting: rows.map((row) => row.person.id).join() !== order, take: () => setShown({ view, ids: fresh.map((row) => row.person.id) }) }
}

/** useListKeys: J and K move through the list. */
function useListKeys(rows: Conversation[] | undefined, id: string | undefined, select: (id: string) => void) {
  const latest = useRef({ rows, id, select })
  latest.current = { rows, id, select }
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!keysOn() || typing(event) || (event.key !== 'j' && event.key !== 'k')) return
      const { rows: all, id: at, select: go } = latest.current
      if (!all?.length) return
      const i = all.findIndex((row) => row.person.id === at)
      const next = all[Math.min(all.length - 1, Math.max(0, i + (event.key === 'j' ? 1 : -1)))]
      if (next) go(next.person.id)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
}
