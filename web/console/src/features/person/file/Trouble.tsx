import { Alert } from 'antd'
import { ApiError, OfflineError } from '../../../../../client/http'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox } from '../../../../../ui/states'
import { useWords } from './sentences'

/** moved tells that the entry was corrected or taken back meanwhile: its id is its version. */
export const moved = (error: unknown): boolean => error instanceof ApiError && (error.status === 412 || error.status === 409)

/** Trouble says why something was not stored and what to do: mend it, look at the latest, or try again. */
export function Trouble({ error, onLatest }: { error: unknown; onLatest: () => void }) {
  const t = useWords()
  const say = useSay()
  if (!error) return null
  if (moved(error)) {
    return (
      <Alert
        type="warning"
        role="alert"
        showIcon
        title={t('movedTitle')}
        description={
          <>
            <p>{t('movedBody')}</p>
            <button type="button" className="link" onClick={onLatest}>
              {t('seeLatest')}
            </button>
          </>
        }
      />
    )
  }
  if (error instanceof OfflineError) return <Alert type="warning" role="alert" showIcon title={t('offlineKept')} />
  if (error instanceof ApiError && error.status === 422) {
    const { problem } = error
    return <Alert type="error" role="alert" showIcon title={say(problem.text) || t('notSaved')} description={say(problem.hintText) || undefined} />
  }
  return <ErrorBox error={error} />
}
