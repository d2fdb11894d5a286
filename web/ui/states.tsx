import { useEffect, useState, type ReactNode } from 'react'
import { ApiError, OfflineError } from '../client/http'
import { useSay } from './i18n'
import { useUiWords } from './strings'
import './states.css'

/** useWaited turns true once `ms` have passed. */
function useWaited(ms: number): boolean {
  const [over, setOver] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), ms)
    return () => clearTimeout(timer)
  }, [ms])
  return over
}

/** Skeleton shows nothing for 300 ms, then grey lines in the layout to come, and after 5 s says it is still at work. */
export function Skeleton({ lines = 4, onCancel }: { lines?: number; onCancel?: () => void }) {
  const t = useUiWords()
  const visible = useWaited(300)
  const slow = useWaited(5000)
  if (!visible) return null
  return (
    <div className="skeleton" role="status" aria-label={t('loading')}>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} style={{ width: `${i % 2 ? 62 : 92}%` }} />
      ))}
      {slow && <p>{t('slow')}</p>}
      {slow && onCancel && (
        <button type="button" onClick={onCancel}>
          {t('cancel')}
        </button>
      )}
    </div>
  )
}

/** Empty says why there is nothing and offers one next step. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  )
}

/**
 * ErrorBox says what happened, that the data are safe, one thing to do, and a short code for staff. Where trying again
 * does not help, the one thing is away: the link out.
 */
export function ErrorBox({ error, onRetry, away }: { error: unknown; onRetry?: () => void; away?: ReactNode }) {
  const t = useUiWords()
  const say = useSay()
  const offline = error instanceof OfflineError
  const problem = error instanceof ApiError ? error.problem : undefined
  const status = problem?.status ?? 0
  const title = offline
    ? t('offlineTitle')
    : say(problem?.text) || t(status === 403 ? 'forbiddenTitle' : status === 404 ? 'goneTitle' : 'errorTitle')
  const safe = offline
    ? t('offlineSafe')
    : status === 404
      ? t('goneSafe')
      : say(problem?.hintText) || (status === 403 ? '' : t('errorSafe'))
  const code = problem?.code ?? (status ? String(status) : '')
  return (
    <div className="state" role="alert">
      <h2>{title}</h2>
      {safe && <p>{safe}</p>}
      {onRetry && status !== 403 && status !== 404 && (
        <button type="button" onClick={onRetry}>
          {t('retry')}
        </button>
      )}
      {(status === 403 || status === 404) && away}
      {code && !offline && status !== 404 && <p className="state-code">{t('code', { code })}</p>}
    </div>
  )
}

/** NotEnoughData stands where a figure would be: no mean, no trend, no colour, never 0. */
export function NotEnoughData({ have, need }: { have?: number; need?: number }) {
  const t = useUiWords()
  return (
    <span className="not-enough">
      {have !== undefined && need !== undefined && need > have
        ? t('notEnough', { have, need: need - have })
        : t('notEnoughPlain')}
    </span>
  )
}
