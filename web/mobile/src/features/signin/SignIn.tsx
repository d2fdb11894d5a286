import { useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ApiError, newKey, post } from '../../../../client/http'
import { setLanguage, useLanguage } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { useSignInWords } from './strings'

/** SignInByLink trades the one-time token of a link for a session. The token leaves the address bar in any case. */
export function SignInByLink({ token, onDone }: { token: string; onDone: () => void }) {
  const enter = useMutation({
    mutationFn: () => post<unknown>('/api/me/session', { token }, { idempotencyKey: `${token.slice(0, 8)}${newKey()}` }),
    onSuccess: onDone,
  })
  const { mutate } = enter
  useEffect(() => mutate(), [mutate])
  if (enter.isError) {
    const refused = enter.error instanceof ApiError && enter.error.status < 500
    return refused ? <SignedOut expired /> : <ErrorBox error={enter.error} onRetry={() => mutate()} />
  }
  return <Skeleton lines={5} />
}

/** SignedOut tells the way in: a link from the nurse, never a password. */
export function SignedOut({ expired = false }: { expired?: boolean }) {
  const t = useSignInWords()
  const language = useLanguage()
  return (
    <main className="page lone">
      <h1>{expired ? t('expiredTitle') : t('title')}</h1>
      <p>{expired ? t('expiredText') : t('text')}</p>
      <button
        type="button"
        className="plain-button"
        lang={language === 'zh' ? 'en' : 'zh-CN'}
        onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
      >
        {t('language')}
      </button>
    </main>
  )
}
