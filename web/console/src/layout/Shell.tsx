import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { App as Antd, Button, Input, type InputRef, Tooltip } from 'antd'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { ApiError } from '../../../client/http'
import { useStream } from '../../../client/stream'
import type { Change, Session } from '../../../client/types'
import { setLanguage, useLanguage } from '../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { clockIn, partsIn } from '../../../ui/time'
import { SignIn } from '../features/session/SignIn'
import { SessionProvider, sessionQuery, signOut } from '../features/session/session'
import { InboxCount } from './InboxCount'
import { LanguageSwitch } from './LanguageSwitch'
import { Stopped } from './Stopped'
import { keysOn, typing } from './keys'
import { useNow } from './now'
import { useWords } from './strings'
import './layout.css'

const SpaceBar = lazy(async () => ({ default: (await import('../features/rehearsals/SpaceBar')).SpaceBar }))

/** Shell stands around every screen: it knows who is signed in, and asks where nobody is, keeping the address. */
export function Shell() {
  const session = useQuery(sessionQuery)
  if (session.data) return <Signed session={session.data} />
  if (session.error instanceof ApiError && session.error.status === 401) return <SignIn />
  if (session.error) return <ErrorBox error={session.error} onRetry={() => void session.refetch()} />
  return <Skeleton lines={6} />
}

function Signed({ session }: { session: Session }) {
  const t = useWords()
  useLive()
  useStaffLanguage(session)
  const { message } = Antd.useApp()
  const client = useQueryClient()
  const [leaving, setLeaving] = useState(false)
  const leave = async () => {
    // The screen goes first: what it still asks would come without a session.
    setLeaving(true)
    await client.cancelQueries()
    try {
      await signOut()
    } catch (error) {
      if (!(error instanceof ApiError)) {
        setLeaving(false)
        void message.error(String(error))
        return
      }
    }
    // A fresh page: nothing of the people seen may stay in memory for the next one at this desk.
    location.assign('/console/')
  }
  if (leaving) return <Skeleton lines={6} />
  return (
    <SessionProvider value={session}>
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <div className="shell">
        <header className="top">
          <span className="top-product">{t('product')}</span>
          <nav className="top-nav" aria-label={t('product')}>
            <Link to="/today" activeProps={{ 'aria-current': 'page' }}>
              {t('today')}
            </Link>
            <Link to="/inbox" activeProps={{ 'aria-current': 'page' }}>
              {t('inbox')}
              <InboxCount />
            </Link>
            <Link to="/people" activeProps={{ 'aria-current': 'page' }}>
              {t('people')}
            </Link>
            <Link to="/layers" activeProps={{ 'aria-current': 'page' }}>
              {t('layers')}
            </Link>
            <Link to="/effect" activeProps={{ 'aria-current': 'page' }}>
              {t('effect')}
            </Link>
            {(session.can.includes('people.assign') || session.can.includes('tasks.work')) && (
              <Link to="/owners" activeProps={{ 'aria-current': 'page' }}>
                {t('owners')}
              </Link>
            )}
            {session.staff.role !== 'viewer' && (
              <Link to="/channels" activeProps={{ 'aria-current': 'page' }}>
                {t('channels')}
              </Link>
            )}
            <Link to="/referrals" activeProps={{ 'aria-current': 'page' }}>
              {t('referrals')}
            </Link>
            <Link to="/doubts" activeProps={{ 'aria-current': 'page' }}>
              {t('doubts')}
            </Link>
            <Link to="/tags" activeProps={{ 'aria-current': 'page' }}>
              {t('tags')}
            </Link>
            <Link to="/programmes" activeProps={{ 'aria-current': 'page' }}>
              {t('programmes')}
            </Link>
            {session.can.includes('intake.read') ? (
              <Link to="/data" activeProps={{ 'aria-current': 'page' }}>
                {t('data')}
                <Stopped />
              </Link>
            ) : (
              session.can.includes('people.names') && (
                <Link to="/data/receipts" activeProps={{ 'aria-current': 'page' }}>
                  {t('receipts')}
                </Link>
              )
            )}
          </nav>
          <Find />
          <div className="top-right">
            <span className="top-space">
              <span className="top-space-name">{session.workspace.name}</span>
              {session.workspace.kind === 'rehearsal' && (
                <Tooltip title={t('rehearsalHint')}>
                  <span className="badge" tabIndex={0}>
                    {t('rehearsal')}
                  </span>
                </Tooltip>
              )}
            </span>
            <Clock zone={session.workspace.zone} />
            <LanguageSwitch />
            <Account session={session} onLeave={() => void leave()} />
          </div>
        </header>
        {session.workspace.beside && (
          <Suspense fallback={<div className="space-bar" />}>
            <SpaceBar />
          </Suspense>
        )}
        <main id="main" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
    </SessionProvider>
  )
}

/** Without a choice made in this browser, the member's own language holds. */
function useStaffLanguage(session: Session) {
  useEffect(() => {
    if (!localStorage.getItem('peiban.language') && session.language) setLanguage(session.language)
  }, [session.language])
}

/** useLive refetches what a change touches; lists decide themselves how new rows come in. */
function useLive() {
  const client = useQueryClient()
  useStream('/api/stream', (change: Change) => {
    const kinds = new Set(change.kinds)
    const again = (key: readonly unknown[]) => void client.invalidateQueries({ queryKey: key })
    if (kinds.has('clock')) {
      void client.invalidateQueries()
      return
    }
    if (kinds.has('task')) again(['tasks'])
    if (kinds.has('proposal')) again(['reviews'])
    if (kinds.has('task') || kinds.has('person')) {
      again(['people'])
      again(['workspace'])
    }
    for (const id of change.people ?? []) again(['person', id])
  })
}

function Find() {
  const t = useWords()
  const go = useNavigate()
  const box = useRef<InputRef>(null)
  const [text, setText] = useState('')
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== '/' || !keysOn() || typing(event)) return
      event.preventDefault()
      box.current?.focus()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
  return (
    <div role="search" className="top-find">
      <Input
        ref={box}
        value={text}
        allowClear
        placeholder={t('find')}
        aria-label={t('find')}
        title={t('findHint')}
        onChange={(e) => setText(e.target.value)}
        onPressEnter={() => {
          if (!text.trim()) return
          void go({ to: '/people', search: { q: text.trim(), owner: undefined } })
          setText('')
        }}
      />
    </div>
  )
}

const zhDays = ['周日', '周一', '周二', '周三', '周四', '周五', '周六']
const enDays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const enMonths = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Clock is the workspace's time, which a rehearsal may move: 3月8日 周日 11:30. */
function Clock({ zone }: { zone: string }) {
  const t = useWords()
  const language = useLanguage()
  const now = useNow()
  const p = partsIn(now, zone)
  const day =
    language === 'en' ? `${enDays[p.weekday]} ${p.day} ${enMonths[p.month - 1]}` : `${p.month}月${p.day}日 ${zhDays[p.weekday]}`
  return (
    <time className="nowrap top-clock" dateTime={now.toISOString()} aria-label={t('clock')} role="timer" aria-live="off">
      {day} {clockIn(now, zone)}
    </time>
  )
}

function Account({ session, onLeave }: { session: Session; onLeave: () => void }) {
  const t = useWords()
  const role = session.staff.role
  const known = role === 'admin' || role === 'manager' || role === 'health_manager' || role === 'pharmacist' || role === 'doctor' || role === 'viewer'
  return (
    <span className="top-account">
      <span className="nowrap" title={t('signedIn', { name: session.staff.name })}>
        <b>{session.staff.name}</b> {known && <span className="note">{t(role)}</span>}
      </span>
      <Button size="small" onClick={onLeave}>
        {t('signOut')}
      </Button>
    </span>
  )
}
