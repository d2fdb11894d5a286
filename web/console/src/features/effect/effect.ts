// What journeys did and changed: the page's queries, and opening its numbers.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get, post, put } from '../../../../client/http'
import type { EffectAsk, EffectBy, EffectSettings, JourneyEffect, JourneysEffect } from '../../../../client/journeys'
import type { Found } from '../../../../client/rules'

export const spans = [28, 90, 180, 365] as const
export type Span = (typeof spans)[number]
export const ways = ['stage', 'segment', 'tag', 'staff'] as const

export interface EffectView {
  programme?: string
  /** Undefined is the list of all. */
  journey?: string
  /** How many days back work is counted; undefined is 90. */
  days?: Span
  by?: EffectBy
}

/** firstDay is so many local days back from the day of a moment, that day among them, as 2026-03-08. */
export function firstDay(now: Date, days: number, zone: string): string {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(now)
  const at = new Date(`${today}T12:00:00Z`)
  at.setUTCDate(at.getUTCDate() + 1 - days)
  return at.toISOString().slice(0, 10)
}

export const journeysQuery = (programme: string | undefined, from: string) =>
  queryOptions({
    queryKey: ['people', 'effect', programme, from] as const,
    queryFn: ({ signal }) => get<JourneysEffect>('/api/journeys/effect', { signal, query: { programme, from } }),
    placeholderData: keepPreviousData,
  })

export const journeyQuery = (programme: string | undefined, journey: string, from: string, by: EffectBy | undefined) =>
  queryOptions({
    queryKey: ['people', 'effect', programme, journey, from, by] as const,
    queryFn: ({ signal }) => get<JourneyEffect>(`/api/journeys/${encodeURIComponent(journey)}/effect`, { signal, query: { programme, from, by } }),
    placeholderData: keepPreviousData,
  })

export const effectPeople = (of: { programme: string; key: string; from: string; to: string }, ask: EffectAsk) =>
  post<Found>(`/api/journeys/${encodeURIComponent(of.key)}/effect/people`, { programme: of.programme, from: of.from, to: of.to, ...ask })

export const settingsQuery = queryOptions({ queryKey: ['effect-settings'] as const, queryFn: ({ signal }) => get<EffectSettings>('/api/effect-settings', { signal }) })

export const saveSettings = ({ smallest, version }: { smallest: number; version: number }) => put<EffectSettings>('/api/effect-settings', { smallest }, { ifMatch: version })

export const count = (n: number): string => n.toLocaleString('en-US')

/** share is a whole percentage; what is above none and below one in a hundred says so. Of few people there is no percentage. */
export function share(n: number, of: number, fewest = 10): string {
  if (of < fewest) return ''
  const percent = (n / of) * 100
  if (n > 0 && percent < 1) return '<1%'
  if (n < of && percent > 99) return '>99%'
  return `${Math.round(percent)}%`
}

/** signed is a difference with its sign and one decimal: +4.2, −1.0, 0.0. */
export const signed = (x: number): string => (x > 0 ? `+${x.toFixed(1)}` : x < 0 ? `−${Math.abs(x).toFixed(1)}` : '0.0')

/** ticks are round numbers from low to high, at most so many. */
export function ticks(low: number, high: number, most = 6): number[] {
  const wide = Math.max(1e-9, high - low)
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100].find((one) => wide / one <= most) ?? 100
  const out: number[] = []
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + 1e-9; at++) out.push(Math.round(at * step * 10) / 10 + 0)
  return out
}
