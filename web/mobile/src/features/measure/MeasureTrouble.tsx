import { Link } from '@tanstack/react-router'
import { ApiError, OfflineError } from '../../../../client/http'
import { useSay } from '../../../../ui/i18n'
import { useMeasureWords } from './strings'

/** MeasureTrouble says why something was not stored and what to do. */
export function MeasureTrouble({ error }: { error: unknown }) {
  const t = useMeasureWords()
  const say = useSay()
  if (!error) return null
  if (error instanceof OfflineError) {
    return (
      <p className="field-error" role="alert">
        {t('offline')}
      </p>
    )
  }
  const problem = error instanceof ApiError ? error.problem : undefined
  if (problem?.code === 'consent_needed') {
    return (
      <div role="alert">
        <p className="field-error">{t('noConsent')}</p>
        <Link to="/me" className="plain-button">
          {t('toConsent')}
        </Link>
      </div>
    )
  }
  return (
    <p className="field-error" role="alert">
      {problem?.status === 412 ? t('moved') : [say(problem?.text), say(problem?.hintText)].filter(Boolean).join(' ')}
    </p>
  )
}
