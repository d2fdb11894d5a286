import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useId, useState } from 'react'
import type { MyPreferences, Preferences as Chosen } from '../../../../client/consents'
import { get, put } from '../../../../client/http'
import { Page } from '../../parts/Page'
import { usePreferenceWords } from './preferenceWords'

const path = '/api/me/preferences'

export const preferencesQuery = queryOptions({ queryKey: ['me', 'preferences'] as const, queryFn: ({ signal }) => get<MyPreferences>(path, { signal }) })

const clock = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** minuteOf reads 07:30 as minutes of the day; undefined is no time. */
export function minuteOf(time: string): number | undefined {
  const found = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time)
  return found ? Number(found[1]) * 60 + Number(found[2]) : undefined
}

/** Preferences is how somebody wants to be written to: how often, when, where, and whether things are chosen for them. */
export function Preferences({ held }: { held: MyPreferences }) {
  const t = usePreferenceWords()
  const id = useId()
  const client = useQueryClient()
  const [perWeek, setPerWeek] = useState(held.perWeek ?? 0)
  const [chosen, setChosen] = useState(held.hours !== undefined)
  const [from, setFrom] = useState(clock(held.hours?.from ?? held.usual.quiet.to))
  const [to, setTo] = useState(clock(held.hours?.to ?? held.usual.quiet.from))
  const [inAppOnly, setInAppOnly] = useState(held.inAppOnly ?? false)
  const [notPersonal, setNotPersonal] = useState(held.notPersonal)
  const save = useMutation({
    mutationFn: (body: Chosen) => put<MyPreferences>(path, body),
    onSuccess: (next) => client.setQueryData(preferencesQuery.queryKey, next),
  })
  const hours = { from: minuteOf(from), to: minuteOf(to) }
  const wrong = chosen && (hours.from === undefined || hours.to === undefined || hours.from === hours.to)
  const submit = () => {
    if (wrong || save.isPending) return
    save.mutate({ hours: chosen && hours.from !== undefined && hours.to !== undefined ? { from: hours.from, to: hours.to } : undefined, perWeek: perWeek || undefined, inAppOnly: inAppOnly || undefined, notPersonal })
  }
  const counts = [1, 2, 3].filter((n) => n < held.usual.perWeek)
  return (
    <Page title={t('title')} back="/me">
      <p className="soft">{t('intro')}</p>
      <section className="card">
        <Choice label={t('often')}>
          <Option on={perWeek === 0} onClick={() => setPerWeek(0)}>
            {t('usual', { day: held.usual.perDay, week: held.usual.perWeek })}
          </Option>
          {counts.map((n) => (
            <Option key={n} on={perWeek === n} onClick={() => setPerWeek(n)}>
              {t('n', { n })}
            </Option>
          ))}
        </Choice>
        <Choice label={t('hours')}>
          <Option on={!chosen} onClick={() => setChosen(false)}>
            {t('usualHours', { from: clock(held.usual.quiet.from), to: clock(held.usual.quiet.to) })}
          </Option>
          <Option on={chosen} onClick={() => setChosen(true)}>
            {t('chosen')}
          </Option>
        </Choice>
        {chosen && (
          <div className="pair">
            <label htmlFor={`${id}-from`} className="stack">
              {t('from')}
              <input id={`${id}-from`} type="time" className="time-field" value={from} onChange={(e) => setFrom(e.target.value)} />
            </label>
            <label htmlFor={`${id}-to`} className="stack">
              {t('to')}
              <input id={`${id}-to`} type="time" className="time-field" value={to} onChange={(e) => setTo(e.target.value)} />
            </label>
          </div>
        )}
        {wrong && (
          <p className="field-error" role="alert">
            {t('sameTime')}
          </p>
        )}
        {held.channels && (
          <Choice label={t('where')}>
            <Option on={!inAppOnly} onClick={() => setInAppOnly(false)}>
              {t('everywhere')}
            </Option>
            <Option on={inAppOnly} onClick={() => setInAppOnly(true)}>
              {t('here')}
            </Option>
          </Choice>
        )}
        <Choice label={t('personal')}>
          <Option on={!notPersonal} onClick={() => setNotPersonal(false)}>
            {t('personalYes')}
          </Option>
          <Option on={notPersonal} onClick={() => setNotPersonal(true)}>
            {t('personalNo')}
          </Option>
        </Choice>
      </section>
      {save.error && (
        <p className="field-error" role="alert">
          {t('failed')}
        </p>
      )}
      <button type="button" className="main-button" aria-disabled={save.isPending || wrong} onClick={submit}>
        {save.isPending ? t('saving') : t('save')}
      </button>
      <p role="status" className="soft">
        {save.isSuccess ? t('saved') : ''}
      </p>
      <p className="note">{t('stop')}</p>
    </Page>
  )
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="choice" role="radiogroup" aria-label={label}>
      <span className="choice-label">{label}</span>
      <span className="chips">{children}</span>
    </div>
  )
}

function Option({ on, onClick, children }: { on: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" role="radio" aria-checked={on} className="slot" onClick={onClick}>
      {children}
    </button>
  )
}
