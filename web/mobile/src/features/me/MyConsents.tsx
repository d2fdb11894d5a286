import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { newKey, post } from '../../../../client/http'
import type { MyConsent } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { formatAt } from '../../../../ui/time'
import { Body } from '../../../../ui/Body'
import { useMoment } from '../../session/Session'
import { useMeWords } from './strings'
import { textVersion } from '../../parts/textVersion'

/** MyConsents shows what was agreed to; withdrawing takes two taps and nothing else. */
export function MyConsents({ consents, onChanged }: { consents: MyConsent[]; onChanged: () => void }) {
  const t = useMeWords()
  const say = useSay()
  const moment = useMoment()
  const [sure, setSure] = useState<string>()
  const change = useMutation({
    mutationFn: ({ consent, granted }: { consent: MyConsent; granted: boolean }) =>
      post<unknown>(
        '/api/me/consents',
        { purpose: consent.purpose, granted, version: consent.version },
        { idempotencyKey: newKey() },
      ),
    onSuccess: () => {
      setSure(undefined)
      onChanged()
    },
  })
  return (
    <section>
      <h2>{t('consents')}</h2>
      {consents.map((consent) => (
        <section key={consent.purpose} className="card" aria-label={say(consent.name)}>
          <h3>{say(consent.name)}</h3>
          <p className="soft">
            {consent.granted
              ? t('granted', { time: consent.at ? formatAt(new Date(consent.at), moment) : '' })
              : t('notGranted')}
          </p>
          <details>
            <summary>{t('read')}</summary>
            <p>{say(consent.summary)}</p>
            <Body text={say(consent.text)} />
            <p className="note">{t('version', { version: textVersion(consent.version) })}</p>
          </details>
          {!consent.granted && (
            <button type="button" className="plain-button" onClick={() => change.mutate({ consent, granted: true })}>
              {t('agree')}
            </button>
          )}
          {consent.granted && sure !== consent.purpose && (
            <button type="button" className="plain-button" onClick={() => setSure(consent.purpose)}>
              {t('withdraw')}
            </button>
          )}
          {consent.granted && sure === consent.purpose && (
            <div className="stack" role="group" aria-label={t('withdraw')}>
              <p>{consent.required ? t('withdrawRequired') : t('withdrawWhy')}</p>
              <button type="button" className="danger-button" onClick={() => change.mutate({ consent, granted: false })}>
                {t('withdrawSure')}
              </button>
              <button type="button" className="plain-button" onClick={() => setSure(undefined)}>
                {t('keep')}
              </button>
            </div>
          )}
          {change.error && change.variables.consent.purpose === consent.purpose && (
            <p className="field-error" role="alert">
              {t('failed')}
            </p>
          )}
        </section>
      ))}
    </section>
  )
}
