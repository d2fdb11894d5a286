import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, OfflineError } from '../../../../client/http'
import type { MyVisit } from '../../../../client/visit'
import { useSay } from '../../../../ui/i18n'
import { VisitSheet } from '../../../../ui/sheet/Sheet'
import { formatAt } from '../../../../ui/time'
import { Page } from '../../parts/Page'
import { useMoment } from '../../session/Session'
import { choose, drop, linksQuery, makeLink, revokeLink, visitQuery } from './query'
import { useVisitWords } from './strings'
import './visit.css'

/** VisitMine: choose what to ask, see the page, print it, and let the doctor answer by a code. */
export function VisitMine({ visit }: { visit: MyVisit }) {
  const t = useVisitWords()
  const say = useSay()
  const moment = useMoment()
  const make = useMutation({ mutationFn: makeLink })
  const links = useQuery(linksQuery)
  const client = useQueryClient()
  const open = links.data?.items.filter((one) => one.state === 'open') ?? []
  const end = useMutation({
    mutationFn: () => Promise.all(open.map((one) => revokeLink(one.id))),
    onSuccess: () => make.reset(),
    onSettled: () => void client.invalidateQueries({ queryKey: linksQuery.queryKey }),
  })
  const link = make.data?.qr ? { qr: make.data.qr, expires: make.data.expires } : undefined
  return (
    <Page title={t('title')} back="/glucose">
      <p>{t('intro')}</p>
      <Questions visit={visit} />

      <section className="card">
        <h2>{t('qr')}</h2>
        {link ? (
          <>
            <img className="visit-qr" src={link.qr} alt={t('qr')} />
            <p>{t('qrText', { at: formatAt(new Date(link.expires), moment) })}</p>
          </>
        ) : (
          <p className="soft">{end.isSuccess ? t('qrGone') : t('qrWhat')}</p>
        )}
        <Wrong error={make.error ?? end.error} />
        <button
          type="button"
          className={link ? 'plain-button' : 'main-button'}
          disabled={make.isPending}
          onClick={() => make.mutate(undefined, { onSuccess: () => void client.invalidateQueries({ queryKey: linksQuery.queryKey }) })}
        >
          {t(link ? 'qrAgain' : 'qrMake')}
        </button>
        {open.length > 0 && (
          <>
            <p className="soft">{t('open', { n: open.length })}</p>
            <button type="button" className="plain-button" disabled={end.isPending} onClick={() => end.mutate()}>
              {t('offAll')}
            </button>
          </>
        )}
      </section>

      <section className="card">
        <h2>{t('page')}</h2>
        <VisitSheet page={visit.page} link={link} />
        <button type="button" className="main-button" onClick={() => print()}>
          {t('print')}
        </button>
      </section>

      {visit.answered.length > 0 && (
        <section className="card">
          <h2>{t('answered')}</h2>
          {visit.answered.map((one) => (
            <p key={one.id} className="user-text">
              <b>{one.text}</b>
              <br />
              {one.answer}
            </p>
          ))}
        </section>
      )}
      <span className="visually-hidden">{say(visit.page.pattern.sentence)}</span>
    </Page>
  )
}

function Questions({ visit }: { visit: MyVisit }) {
  const t = useVisitWords()
  const say = useSay()
  const client = useQueryClient()
  const [own, setOwn] = useState('')
  const after = { onSettled: () => void client.invalidateQueries({ queryKey: visitQuery.queryKey }) }
  const add = useMutation({ mutationFn: choose, ...after, onSuccess: () => setOwn('') })
  const remove = useMutation({ mutationFn: (id: string) => drop(id, t('removed')), ...after })
  const chosen = visit.page.questions
  const full = chosen.length >= visit.most
  const busy = add.isPending || remove.isPending
  return (
    <section className="card">
      <h2>{t('questions')}</h2>
      {chosen.length === 0 ? <p className="soft">{t('none')}</p> : null}
      <ol className="visit-chosen">
        {chosen.map((one) => (
          <li key={one.id}>
            <span className="user-text">{one.text}</span>
            <button type="button" className="text-button" disabled={busy} aria-label={`${t('remove')} ${one.text}`} onClick={() => remove.mutate(one.id)}>
              {t('remove')}
            </button>
          </li>
        ))}
      </ol>
      <Wrong error={add.error ?? remove.error} />
      {full ? (
        <p className="soft">{t('full', { n: visit.most })}</p>
      ) : (
        <>
          <h3>{t('suggest')}</h3>
          <div className="visit-suggest">
            {visit.suggestions.slice(0, 6).map((one) => (
              <button key={one.key} type="button" className="plain-button" disabled={busy} onClick={() => add.mutate(say(one.text))}>
                {say(one.text)}
              </button>
            ))}
          </div>
          <form
            className="field"
            onSubmit={(event) => {
              event.preventDefault()
              if (own.trim()) add.mutate(own.trim())
            }}
          >
            <label htmlFor="visit-own">{t('own')}</label>
            <input id="visit-own" value={own} maxLength={80} onChange={(event) => setOwn(event.target.value)} />
            <button type="submit" className="plain-button" disabled={busy || own.trim() === ''}>
              {t('add')}
            </button>
          </form>
        </>
      )}
    </section>
  )
}

function Wrong({ error }: { error: Error | null }) {
  const t = useVisitWords()
  const say = useSay()
  if (!error) return null
  return (
    <p className="field-error" role="alert">
      {error instanceof OfflineError ? t('offline') : (error instanceof ApiError && say(error.problem.text)) || t('failed')}
    </p>
  )
}
