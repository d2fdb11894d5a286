import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useRef, useState } from 'react'
import type { Relative, Relatives, SeenRow } from '../../../../client/family'
import { ApiError, del, get, newKey, OfflineError, post, put } from '../../../../client/http'
import { Body } from '../../../../ui/Body'
import { useSay } from '../../../../ui/i18n'
import { formatAt } from '../../../../ui/time'
import { Page } from '../../parts/Page'
import { useMoment } from '../../session/Session'
import { useFamilyWords } from './strings'

/** Family is who is around the person, what they may know, and the way to change or stop it. */
export function Family({ family }: { family: Relatives }) {
  const t = useFamilyWords()
  const say = useSay()
  const [editing, setEditing] = useState<Relative | 'new'>()
  const [ending, setEnding] = useState<string>()
  const client = useQueryClient()
  const end = useMutation({
    mutationFn: (id: string) => del<Relatives>(`/api/me/family/${encodeURIComponent(id)}`, { idempotencyKey: newKey() }),
    onSuccess: () => {
      setEnding(undefined)
      return client.invalidateQueries({ queryKey: ['me'] })
    },
  })
  if (editing) return <Form key={editing === 'new' ? 'new' : editing.id} family={family} one={editing === 'new' ? undefined : editing} onDone={() => setEditing(undefined)} />
  const scope = (key: string) => say(family.scopes.find((one) => one.key === key)?.name)
  return (
    <Page title={t('title')} back="/me">
      <p className="soft">{t('intro')}</p>
      {family.items.length === 0 && <p>{t('none')}</p>}
      {family.items.map((one) => (
        <section key={one.id} className="card stack" aria-label={one.name}>
          <h2>
            {one.name} <span className="soft">{say(one.kindName)}</span>
          </h2>
          <p>{one.scopes.length === 0 ? t('nothing') : one.scopes.map(scope).filter(Boolean).join(' · ')}</p>
          {one.scopes.length > 0 && !(one.shared ?? family.shared) && <p className="note">{t('notShared')}</p>}
          {ending === one.id ? (
            <>
              <p role="alert">{t('endAsk', { name: one.name })}</p>
              <div className="pair">
                <button type="button" className="plain-button" aria-disabled={end.isPending} onClick={() => !end.isPending && end.mutate(one.id)}>
                  {t('endSure')}
                </button>
                <button type="button" className="plain-button" onClick={() => setEnding(undefined)}>
                  {t('keep')}
                </button>
              </div>
              <Trouble error={end.error} />
            </>
          ) : (
            <div className="pair">
              <button type="button" className="plain-button" onClick={() => setEditing(one)}>
                {t('change')}
              </button>
              <button type="button" className="plain-button" onClick={() => setEnding(one.id)}>
                {t('end')}
              </button>
            </div>
          )}
        </section>
      ))}
      <button type="button" className="main-button" onClick={() => setEditing('new')}>
        {t('add')}
      </button>
      {family.items.length > 0 && <p className="note">{t('signIn')}</p>}
      {family.items.length > 0 && <SeenBy family={family} />}
    </Page>
  )
}

/** SeenBy tells who looked at what is shared. */
function SeenBy({ family }: { family: Relatives }) {
  const t = useFamilyWords()
  const say = useSay()
  const moment = useMoment()
  const seen = useQuery({ queryKey: ['me', 'seen'] as const, queryFn: ({ signal }) => get<{ items: SeenRow[] }>('/api/me/seen', { signal }) })
  if (!seen.data) return null
  return (
    <section className="card" aria-label={t('seen')}>
      <h2>{t('seen')}</h2>
      {seen.data.items.length === 0 && <p className="soft">{t('seenNone')}</p>}
      {seen.data.items.slice(0, 10).map((one) => (
        <p key={`${one.at} ${one.id}`}>
          <span className="nowrap">{formatAt(new Date(one.at), moment)}</span> {one.name}{' '}
          <span className="soft">{one.items.map((key) => say(family.scopes.find((x) => x.key === key)?.name)).filter(Boolean).join(' · ')}</span>
        </p>
      ))}
    </section>
  )
}

function Trouble({ error }: { error: unknown }) {
  const t = useFamilyWords()
  const say = useSay()
  if (!error) return null
  const problem = error instanceof ApiError ? error.problem : undefined
  return (
    <p className="field-error" role="alert">
      {error instanceof OfflineError ? t('offline') : [say(problem?.text), say(problem?.hintText)].filter(Boolean).join(' ')}
    </p>
  )
}

/** Form adds a relative or changes what one may know. Sharing anything needs the consent to it, which is read and ticked here. */
function Form({ family, one, onDone }: { family: Relatives; one?: Relative; onDone: () => void }) {
  const t = useFamilyWords()
  const say = useSay()
  const id = useId()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [phone, setPhone] = useState('')
  const [kind, setKind] = useState(one?.kind ?? '')
  const [scopes, setScopes] = useState<string[]>(one?.scopes ?? [])
  const [agreed, setAgreed] = useState(false)
  const [wrong, setWrong] = useState<Partial<Record<'name' | 'phone' | 'kind' | 'agree', string>>>({})
  const key = useRef({ of: '', key: '' })
  const rule = family.kinds.find((x) => x.key === kind)
  const offered = family.scopes.filter((x) => !rule?.items || rule.items.includes(x.key))
  const chosen = scopes.filter((key) => offered.some((x) => x.key === key))
  const text = rule?.text ?? family.text
  const asks = !(rule?.shared ?? family.shared) && chosen.length > 0
  const save = useMutation({
    mutationFn: (body: Record<string, unknown>) => {
      const of = JSON.stringify(body)
      if (key.current.of !== of) key.current = { of, key: newKey() }
      const once = { idempotencyKey: key.current.key }
      return one ? put<Relatives>(`/api/me/family/${encodeURIComponent(one.id)}`, body, once) : post<Relatives>('/api/me/family', body, once)
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['me'] })
      onDone()
    },
  })
  const submit = () => {
    const next: typeof wrong = {}
    if (!one && !name.trim()) next.name = t('needName')
    if (!one && phone.replace(/\D/g, '').length < 5) next.phone = t('needPhone')
    if (!kind) next.kind = t('needKind')
    if (asks && !agreed) next.agree = t(text ? 'needAgree' : 'noText')
    setWrong(next)
    if (Object.keys(next).length > 0 || save.isPending) return
    save.mutate({ ...(!one && { name: name.trim(), phone: phone.trim() }), kind, scopes: chosen, agree: asks ? text?.version : undefined })
  }
  return (
    <Page title={one ? one.name : t('add')} key={one?.id ?? 'new'}>
      <form
        className="measure-form"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        {!one && (
          <>
            <div className="field">
              <label htmlFor={`${id}-name`}>{t('name')}</label>
              <input id={`${id}-name`} value={name} maxLength={60} autoComplete="off" onChange={(event) => setName(event.target.value)} />
              {wrong.name && <p className="field-error">{wrong.name}</p>}
            </div>
            <div className="field">
              <label htmlFor={`${id}-phone`}>{t('phone')}</label>
              <input id={`${id}-phone`} value={phone} maxLength={20} inputMode="tel" autoComplete="off" onChange={(event) => setPhone(event.target.value)} />
              {wrong.phone && <p className="field-error">{wrong.phone}</p>}
            </div>
          </>
        )}
        <div className="choice" role="radiogroup" aria-labelledby={`${id}-kind`}>
          <span className="choice-label" id={`${id}-kind`}>
            {t('kind')}
          </span>
          <span className="chips">
            {family.kinds.map((x) => (
              <button key={x.key} type="button" role="radio" aria-checked={kind === x.key} className="slot" onClick={() => setKind(x.key)}>
                {say(x.name)}
              </button>
            ))}
          </span>
          {wrong.kind && <p className="field-error">{wrong.kind}</p>}
        </div>
        <fieldset className="family-scopes">
          <legend>{t('scopes')}</legend>
          {offered.map((x) => (
            <label key={x.key}>
              <input
                type="checkbox"
                checked={scopes.includes(x.key)}
                onChange={(event) => setScopes((before) => (event.target.checked ? [...before, x.key] : before.filter((y) => y !== x.key)))}
              />
              {say(x.name)}
            </label>
          ))}
        </fieldset>
        {asks && (
          <section className="card stack">
            {text && <Body text={say(text.text)} />}
            <label className="family-agree">
              <input type="checkbox" checked={agreed} onChange={(event) => setAgreed(event.target.checked)} />
              {t('agree')}
            </label>
            {wrong.agree && (
              <p className="field-error" role="alert">
                {wrong.agree}
              </p>
            )}
          </section>
        )}
        <Trouble error={save.error} />
        <button type="submit" className="main-button" aria-disabled={save.isPending}>
          {t('save')}
        </button>
        <button type="button" className="plain-button" onClick={onDone}>
          {t('cancel')}
        </button>
      </form>
    </Page>
  )
}
