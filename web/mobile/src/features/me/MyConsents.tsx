import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, newKey, post } from '../../../../client/http'
import type { MyConsent } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { formatAt } from '../../../../ui/time'
import { Body } from '../../../../ui/Body'
import { Page } from '../../parts/Page'
import { useMoment } from '../../session/Session'
import { useMeWords } from './strings'
import { textVersion } from '../../parts/textVersion'

interface Props {
  consents: MyConsent[]
  onChanged: () => void
  /** Where somebody answers for a child: who it is about, and where the answers go. */
  title?: string
  intro?: string
  address?: string
}

/** MyConsents is each purpose with its text: agreed to, withdrawn in two taps, and read again where the text has changed. */
export function MyConsents({ consents, onChanged, title, intro, address = '/api/me/consents' }: Props) {
  const t = useMeWords()
  const changed = consents.filter((one) => one.outdated)
  const rest = consents.filter((one) => !one.outdated)
  return (
    <Page title={title ?? t('consents')} back="/me">
      <p className="soft">{intro ?? t('consentsIntro')}</p>
      {consents.length === 0 && <p>{t('consentsNone')}</p>}
      {changed.length > 0 && <h2>{t('toRenew', { n: changed.length })}</h2>}
      {[...changed, ...rest].map((consent) => (
        <One key={consent.purpose} consent={consent} address={address} onChanged={onChanged} />
      ))}
    </Page>
  )
}

function One({ consent, address, onChanged }: { consent: MyConsent; address: string; onChanged: () => void }) {
  const t = useMeWords()
  const say = useSay()
  const moment = useMoment()
  const [sure, setSure] = useState(false)
  const change = useMutation({
    mutationFn: (granted: boolean) => post<unknown>(address, { purpose: consent.purpose, granted, version: consent.version }, { idempotencyKey: newKey() }),
    onSuccess: () => {
      setSure(false)
      onChanged()
    },
  })
  const at = consent.at ? formatAt(new Date(consent.at), moment) : ''
  return (
    <section className={consent.outdated ? 'card stack consent-missing' : 'card stack'} aria-label={say(consent.name)}>
      <h3>
        {say(consent.name)} {consent.required && <span className="chip">{t('required')}</span>}
      </h3>
      <p className="soft">{consent.granted ? t('granted', { time: at }) : at ? t('refused', { time: at }) : t('notGranted')}</p>
      {consent.outdated && <p role="status">{t(consent.waits ? (consent.required ? 'changedService' : 'changedWaits') : 'changed')}</p>}
      <p>{say(consent.summary)}</p>
      <details open={consent.outdated}>
        <summary>{t('read')}</summary>
        <Body text={say(consent.text)} />
        <p className="note">{t('version', { version: textVersion(consent.version) })}</p>
      </details>
      {(!consent.granted || consent.outdated) && (
        <button type="button" className={consent.outdated ? 'main-button' : 'plain-button'} aria-disabled={change.isPending} onClick={() => !change.isPending && change.mutate(true)}>
          {t(consent.outdated ? 'renew' : 'agree')}
        </button>
      )}
      {consent.granted && !sure && (
        <button type="button" className="plain-button" onClick={() => setSure(true)}>
          {t('withdraw')}
        </button>
      )}
      {consent.granted && sure && (
        <div className="stack" role="group" aria-label={t('withdraw')}>
          <p>{consent.required ? t('withdrawRequired') : t('withdrawWhy')}</p>
          <button type="button" className="danger-button" aria-disabled={change.isPending} onClick={() => !change.isPending && change.mutate(false)}>
            {t('withdrawSure')}
          </button>
          <button type="button" className="plain-button" onClick={() => setSure(false)}>
            {t('keep')}
          </button>
        </div>
      )}
      {change.error && (
        <p className="field-error" role="alert">
          {(change.error instanceof ApiError && [say(change.error.problem.text), say(change.error.problem.hintText)].filter(Boolean).join(' ')) || t('failed')}
        </p>
      )}
    </section>
  )
}
