import { useMutation } from '@tanstack/react-query'
import { newKey, OfflineError, post } from '../../../../client/http'
import type { Text } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { useFileWords } from './strings'

/** AskDoctor is there for everybody, whatever a doctor decided: it does not tell whether something is kept back. */
export function AskDoctor() {
  const t = useFileWords()
  const say = useSay()
  const ask = useMutation({ mutationFn: () => post<{ text: Text }>('/api/me/ask-doctor', {}, { idempotencyKey: newKey() }) })
  return (
    <section className="card stack" aria-label={t('askTitle')}>
      <h2>{t('askTitle')}</h2>
      <p role="status">{ask.data ? say(ask.data.text) : t('askText')}</p>
      {!ask.data && (
        <button type="button" className="plain-button" aria-disabled={ask.isPending} onClick={() => !ask.isPending && ask.mutate()}>
          {t('ask')}
        </button>
      )}
      {ask.error && (
        <p className="field-error" role="alert">
          {ask.error instanceof OfflineError ? t('offline') : ask.error.message}
        </p>
      )}
    </section>
  )
}
