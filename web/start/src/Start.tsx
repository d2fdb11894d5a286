import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { serverNow } from '../../client/clock'
import type { ClockMove, Demo } from '../../client/types'
import { setLanguage, useLanguage, useSay } from '../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../ui/states'
import { ApiError } from '../../client/http'
import { clockIn, formatAt, partsIn } from '../../ui/time'
import { clockQuery, demoQuery, moveClock } from './demo'
import { Happened } from './Happened'
import { Phone, PhoneDoor, usePhone } from './Phone'
import { useWords } from './strings'
import './start.css'

/** The demo lives in the zone of its programme. */
export const zone = 'Asia/Shanghai'

/** Start has three doors: the console, a phone, and a clock that makes things happen. */
export function Start() {
  const t = useWords()
  const demo = useQuery(demoQuery)
  if (demo.error instanceof ApiError && demo.error.status === 404)
    return (
      <main className="start">
        <Empty title={t('noDemo')} action={<a href="/console/">{t('enter')}</a>}>
          {t('noDemoLine')}
        </Empty>
      </main>
    )
  if (demo.error) return <ErrorBox error={demo.error} onRetry={() => void demo.refetch()} />
  if (!demo.data) return <Skeleton lines={8} />
  return <Doors demo={demo.data} />
}

function Doors({ demo }: { demo: Demo }) {
  const t = useWords()
  const [moved, setMove] = useState<ClockMove>()
  const phone = usePhone(demo.people)
  return (
    <main className="start">
      <header className="start-head">
        <h1>
          {t('product')} <span>{t('demo')}</span>
        </h1>
        <p>{t('line')}</p>
        <Language />
      </header>
      <div className="start-cols">
        <Phone phone={phone} />
        <div className="start-main">
          <section className="card door">
            <div className="door-text">
              <h2>{t('console')}</h2>
              <p>{t('consoleLine')}</p>
              <a className="button button-main" href="/console/">
                {t('enter')}
              </a>
            </div>
            <Accounts accounts={demo.accounts} />
          </section>
          <PhoneDoor people={demo.people} phone={phone} />
          <ClockCard onMoved={setMove} />
          <Happened move={moved ?? demo.last} />
          <section className="card try">
            <h2>{t('try')}</h2>
            <ol>
              <li>{t('try1')}</li>
              <li>{t('try2')}</li>
              <li>{t('try3')}</li>
              <li>{t('try4')}</li>
            </ol>
            <p className="faint">{t('reset')}</p>
          </section>
        </div>
      </div>
    </main>
  )
}

function Language() {
  const language = useLanguage()
  const other = language === 'zh' ? 'en' : 'zh'
  return (
    <button type="button" className="button start-language" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => setLanguage(other)}>
      {other === 'zh' ? '中文' : 'English'}
    </button>
  )
}

const roles = ['admin', 'manager', 'health_manager', 'pharmacist', 'viewer'] as const

function Accounts({ accounts }: { accounts: Demo['accounts'] }) {
  const t = useWords()
  const [copied, setCopied] = useState<string>()
  return (
    <table className="accounts">
      <caption className="visually-hidden">{t('accounts')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('login')}</th>
          <th scope="col">{t('password')}</th>
          <th scope="col">{t('role')}</th>
        </tr>
      </thead>
      <tbody>
        {accounts.map((one) => {
          const role = roles.find((r) => r === one.role)
          return (
            <tr key={one.login}>
              <td>
                <b>{one.login}</b>
              </td>
              <td>
                <code>{one.password}</code>{' '}
                {navigator.clipboard && (
                  <button
                    type="button"
                    className="link"
                    aria-label={`${t('copy')} ${one.login}`}
                    onClick={(e) => {
                      const code = e.currentTarget.parentElement?.querySelector('code')
                      // Where the browser will not copy, the password is marked, ready to be copied by hand.
                      const markIt = () => code && getSelection()?.selectAllChildren(code)
                      void navigator.clipboard.writeText(one.password).then(() => setCopied(one.login), markIt)
                    }}
                  >
                    {copied === one.login ? t('copied') : t('copy')}
                  </button>
                )}
              </td>
              <td>
                {one.name} {role && <span className="faint">{t(`r_${role}`)}</span>}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

const zhDays = ['周日', '周一', '周二', '周三', '周四', '周五', '周六']
const enDays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const enMonths = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

function ClockCard({ onMoved }: { onMoved: (move: ClockMove) => void }) {
  const t = useWords()
  const say = useSay()
  const language = useLanguage()
  const client = useQueryClient()
  const clock = useQuery(clockQuery)
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), 5_000)
    return () => clearInterval(timer)
  }, [])
  useEffect(() => setNow(serverNow()), [clock.dataUpdatedAt])
  const move = useMutation({
    mutationFn: moveClock,
    onSuccess: (moved) => {
      onMoved(moved)
      void client.invalidateQueries({ queryKey: clockQuery.queryKey })
    },
  })
  const p = partsIn(now, zone)
  const next = clock.data?.next
  return (
    <section className="card door">
      <div className="door-text">
        <h2>{t('clock')}</h2>
        <p>{t('clockLine')}</p>
      </div>
      <div className="clock">
        {clock.data ? (
          <time className="clock-now" dateTime={now.toISOString()}>
            {language === 'en'
              ? `${enDays[p.weekday]} ${p.day} ${enMonths[p.month - 1]}`
              : `${p.month}月${p.day}日 ${zhDays[p.weekday]}`}{' '}
            <b>{clockIn(now, zone)}</b>
          </time>
        ) : clock.error ? (
          <ErrorBox error={clock.error} onRetry={() => void clock.refetch()} />
        ) : (
          <Skeleton lines={1} />
        )}
        <div className="clock-moves">
          <button type="button" className="button" disabled={move.isPending} onClick={() => move.mutate('1h')}>
            {t('hour')}
          </button>
          <button type="button" className="button" disabled={move.isPending} onClick={() => move.mutate('1d')}>
            {t('day')}
          </button>
          {next ? (
            <button type="button" className="button" disabled={move.isPending} onClick={() => move.mutate('next')}>
              {t('next', { at: formatAt(new Date(next.at), { now, zone, language }), what: say(next.text) })}
            </button>
          ) : (
            clock.data && <span className="faint">{t('noNext')}</span>
          )}
        </div>
        <p role="status" className="faint">
          {move.isPending && t('moving')}
        </p>
        {move.error && (
          <p role="alert" className="wrong">
            {t('failed')}
          </p>
        )}
      </div>
    </section>
  )
}
