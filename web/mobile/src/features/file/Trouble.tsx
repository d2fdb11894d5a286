import { Link } from '@tanstack/react-router'
import { ApiError, OfflineError } from '../../../../client/http'
import { useSay } from '../../../../ui/i18n'
import { useFileWords } from './strings'

/** Trouble says why something was not stored and what to do, in the server's own words where it has some. */
export function Trouble({ error }: { error: unknown }) {
  const t = useFileWords()
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
  const consent = problem?.code === 'consent_needed'
  return (
    <div role="alert">
      <p className="field-error">
        {consent ? t('noConsent') : problem?.status === 412 ? t('moved') : say(problem?.text)}
        {!consent && problem?.hintText && problem.status !== 412 && <> {say(problem.hintText)}</>}
      </p>
      {consent && (
        <Link to="/me" className="plain-button">
          {t('toConsent')}
        </Link>
      )}
    </div>
  )
}
