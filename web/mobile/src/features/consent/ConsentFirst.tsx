import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { newKey, post } from '../../../../client/http'
import type { MyConsent } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { Body } from '../../../../ui/Body'
import { useConsentWords } from './strings'
import { textVersion } from '../../parts/textVersion'

/**
 * ConsentFirst asks for each purpose apart. Nothing is ticked beforehand, the text is there to read, and what is not
 * ticked is answered with a no, never left open.
 */
export function ConsentFirst({ consents, onDone }: { consents: MyConsent[]; onDone: () => void }) {
  const t = useConsentWords()
  const say = useSay()
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const [missing, setMissing] = useState<string>()
  const [refused, setRefused] = useState(false)
  const again = consents.length > 0 && consents.every((one) => one.outdated)
  const boxes = useRef(new Map<string, HTMLInputElement>())

  const save = useMutation({
    mutationFn: async () => {
      for (const { purpose, version } of consents) {
        await post('/api/me/consents', { purpose, granted: ticked.has(purpose), version }, { idempotencyKey: newKey() })
      }
    },
    onSuccess: onDone,
  })

  const submit = () => {
    const first = consents.find((one) => one.required && !ticked.has(one.purpose))
    setMissing(first?.purpose)
    if (first) boxes.current.get(first.purpose)?.focus()
    else if (!save.isPending) save.mutate()
  }

  if (refused) {
    return (
      <main className="page lone">
        <h1>{t('refusedTitle')}</h1>
        <p>{t('refusedText')}</p>
        <button type="button" className="main-button" onClick={() => setRefused(false)}>
          {t('return')}
        </button>
      </main>
    )
  }

  return (
    <main className="page">
      <h1>{t(again ? 'againTitle' : 'title')}</h1>
      <p className="soft">{t(again ? 'againIntro' : 'intro')}</p>
      {consents.map((one) => (
        <ConsentItem
          key={one.purpose}
          consent={one}
          ticked={ticked.has(one.purpose)}
          missing={missing === one.purpose}
          box={(element) => {
            if (element) boxes.current.set(one.purpose, element)
          }}
          onTick={(yes) => {
            const next = new Set(ticked)
            if (yes) next.add(one.purpose)
            else next.delete(one.purpose)
            setTicked(next)
            if (yes && missing === one.purpose) setMissing(undefined)
          }}
        />
      ))}
      {save.error && <ErrorBox error={save.error} />}
      {missing && (
        <p className="field-error" role="alert">
          {t('missing', { name: say(consents.find((one) => one.purpose === missing)?.name) })}
        </p>
      )}
      <button type="button" className="main-button" onClick={submit} aria-disabled={save.isPending}>
        {save.isPending ? t('saving') : t(again ? 'againSave' : 'save')}
      </button>
      <button type="button" className="plain-button" onClick={() => setRefused(true)}>
        {t('refuse')}
      </button>
    </main>
  )
}

interface ItemProps {
  consent: MyConsent
  ticked: boolean
  missing: boolean
  box: (element: HTMLInputElement | null) => void
  onTick: (yes: boolean) => void
}

/** ConsentItem is one purpose with its text and its box. */
export function ConsentItem({ consent, ticked, missing, box, onTick }: ItemProps) {
  const t = useConsentWords()
  const say = useSay()
  const name = say(consent.name)
  return (
    <section className={`card consent${missing ? ' consent-missing' : ''}`} aria-label={name}>
      <h2>
        {name} <span className="chip">{consent.required ? t('required') : t('optional')}</span>
      </h2>
      {consent.outdated && <p role="status">{t('changed')}</p>}
      <p>{say(consent.summary)}</p>
      <p className="soft">{t(consent.required ? 'requiredWhy' : consent.purpose === 'health_data' ? 'healthWhy' : 'optionalWhy')}</p>
      <details open={consent.outdated}>
        <summary>{t('read')}</summary>
        <Body text={say(consent.text)} />
        <p className="note">{t('version', { version: textVersion(consent.version) })}</p>
      </details>
      <label className="tick">
        <input
          ref={box}
          type="checkbox"
          checked={ticked}
          aria-invalid={missing}
          onChange={(event) => onTick(event.target.checked)}
        />
        <span>{t('agree', { name })}</span>
      </label>
    </section>
  )
}
