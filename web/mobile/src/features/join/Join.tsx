import { useMutation } from '@tanstack/react-query'
import { useRef, useState, type ReactNode } from 'react'
import type { JoinPage } from '../../../../client/channels'
import { newKey, post } from '../../../../client/http'
import type { MyConsent } from '../../../../client/types'
import { setLanguage, useLanguage, useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { useJoinWords } from './strings'

interface Props {
  state: string
  page: JoinPage
  /** Parameters of the address; the server keeps those of ad platforms. */
  clicks: Record<string, string>
  /** One purpose, as the app asks for consents everywhere. */
  ask: (consent: MyConsent, ticked: boolean, missing: boolean, onTick: (yes: boolean) => void) => ReactNode
  onJoined: () => void
}

/** Join is what a code opens for somebody new: who invites, to what, their own consent, and only then who they are. */
export function Join({ state, page, clicks, ask, onJoined }: Props) {
  const t = useJoinWords()
  const say = useSay()
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const [name, setName] = useState('')
  const [phone, setPhone] = useState('')
  const [missing, setMissing] = useState<string>()
  const nameBox = useRef<HTMLInputElement>(null)
  const required = page.consents.filter((one) => one.required || one.purpose === 'basic_service')
  const lacks = required.find((one) => !ticked.has(one.purpose))
  const join = useMutation({
    mutationFn: () =>
      post(`/api/join/${state}`, {
        clicks,
        name: name.trim(),
        phone: phone.trim() || undefined,
        answers: page.consents.map(({ purpose, version }) => ({ purpose, version, granted: ticked.has(purpose) })),
      }, { idempotencyKey: newKey() }),
    onSuccess: onJoined,
  })
  if (!page.joinable) return <Closed page={page} />
  const submit = () => {
    if (lacks) return setMissing(lacks.purpose)
    if (!name.trim()) {
      setMissing('name')
      nameBox.current?.focus()
      return
    }
    setMissing(undefined)
    if (!join.isPending) join.mutate()
  }
  const host = page.inviter ? t('friend', { name: page.inviter }) : page.words || t('from', { name: page.name ?? say(page.kindText) })
  return (
    <main className="page">
      <Switch />
      <h1 className={page.words || page.name ? 'user-text' : undefined}>{host}</h1>
      {page.rehearsal && <p className="note">{t('rehearsal')}</p>}
      {page.standing === 'ended' && <p role="status">{t('moved')}</p>}
      <p>{t('what', { programme: say(page.programme) })}</p>
      <p className="soft">{t('stops')}</p>
      <h2>{t('consentTitle')}</h2>
      <p className="soft">{t('consentIntro')}</p>
      {page.consents.map((one) =>
        ask(one, ticked.has(one.purpose), missing === one.purpose, (yes) => {
          const next = new Set(ticked)
          if (yes) next.add(one.purpose)
          else next.delete(one.purpose)
          setTicked(next)
          if (yes && missing === one.purpose) setMissing(undefined)
        }),
      )}
      {!lacks && (
        <section className="card" aria-label={t('who')}>
          <h2>{t('who')}</h2>
          <label className="field">
            <span>{t('name')}</span>
            <input ref={nameBox} type="text" maxLength={60} autoComplete="name" value={name} aria-invalid={missing === 'name'} onChange={(event) => setName(event.target.value)} />
          </label>
          <label className="field">
            <span>{t('phone')}</span>
            <input type="tel" inputMode="tel" maxLength={20} autoComplete="tel" value={phone} onChange={(event) => setPhone(event.target.value.replace(/[^0-9+ -]/g, ''))} />
            <span className="note">{t('phoneHint')}</span>
          </label>
        </section>
      )}
      {join.error && <ErrorBox error={join.error} />}
      {missing && (
        <p className="field-error" role="alert">
          {missing === 'name' ? t('noName') : t('missing', { name: say(page.consents.find((one) => one.purpose === missing)?.name) })}
        </p>
      )}
      <button type="button" className="main-button" onClick={submit} aria-disabled={join.isPending}>
        {join.isPending ? t('joining') : t('join')}
      </button>
    </main>
  )
}

function Closed({ page }: { page: JoinPage }) {
  const t = useJoinWords()
  const kind = page.standing === 'paused' || page.standing === 'early' ? page.standing : 'ended'
  return (
    <main className="page lone">
      <Switch />
      <h1>{t(`${kind}Title`)}</h1>
      <p>{t(`${kind}Text`, { day: page.from ?? '' })}</p>
    </main>
  )
}

/** Unknown is what a state that never was opens. */
export function UnknownCode() {
  const t = useJoinWords()
  return (
    <main className="page lone">
      <Switch />
      <h1>{t('unknownTitle')}</h1>
      <p>{t('unknownText')}</p>
    </main>
  )
}

/** Here is what a code opens for somebody who is here. */
export function Here({ outcome, link }: { outcome?: 'self' | 'circle' | 'already_here'; link: (text: string) => ReactNode }) {
  const t = useJoinWords()
  return (
    <main className="page lone">
      <h1>{t('hereTitle')}</h1>
      <p>{t(outcome ?? 'here')}</p>
      {link(t('toToday'))}
    </main>
  )
}

function Switch() {
  const t = useJoinWords()
  const language = useLanguage()
  return (
    <button type="button" className="plain-button" lang={language === 'zh' ? 'en' : 'zh-CN'} onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}>
      {t('language')}
    </button>
  )
}
