// Who agreed to what: the page's queries, and opening its numbers.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Caps, ConsentCoverage, ConsentState, MessageCaps, StopLists, StopWords } from '../../../../client/consents'
import { get, post, put } from '../../../../client/http'
import type { Found } from '../../../../client/rules'
import type { List } from '../../../../client/types'

export const states = ['given', 'outdated', 'withdrawn', 'never'] as const satisfies readonly ConsentState[]

export interface ConsentsView {
  /** Undefined is who agreed to what. */
  page?: 'words' | 'caps'
  /** The purpose whose texts are open. */
  purpose?: string
}

export const coverageQuery = queryOptions({
  queryKey: ['people', 'consents'] as const,
  queryFn: ({ signal }) => get<List<ConsentCoverage>>('/api/consents', { signal }),
  placeholderData: keepPreviousData,
})

export const consentPeople = (purpose: string, state: ConsentState) => post<Found>('/api/consents/people', { purpose, state })

export const stopsQuery = queryOptions({ queryKey: ['stop-words'] as const, queryFn: ({ signal }) => get<StopWords>('/api/stop-words', { signal }) })

export const saveStops = ({ own, version }: { own: StopLists; version: number }) => put<StopWords>('/api/stop-words', own, { ifMatch: version })

export const tryStops = (text: string, own: StopLists) => post<{ stops: 'nothing' | 'marketing' | 'all' }>('/api/stop-words/try', { text, own })

export const capsQuery = queryOptions({ queryKey: ['message-caps'] as const, queryFn: ({ signal }) => get<MessageCaps>('/api/message-caps', { signal }) })

export const saveCaps = ({ caps, version }: { caps: Caps; version: number }) => put<MessageCaps>('/api/message-caps', caps, { ifMatch: version })

export const capFields = ['perDay', 'perWeek', 'firstDays', 'firstPerDay', 'askedPerDay'] as const satisfies readonly (keyof Caps)[]

/** What the server takes; message.Caps holds the same. */
const capBounds: Record<keyof Caps, [number, number]> = { perDay: [1, 10], perWeek: [1, 40], firstDays: [0, 30], firstPerDay: [1, 10], askedPerDay: [1, 20] }

type CapWrong = { field: keyof Caps; says: 'capBounds' | 'capWeekBelow' | 'capWeekNever' | 'capFirstAbove'; bounds: { least: number; most: number } }

/** wrongCap is the first thing that cannot be about what was typed, at its field. */
export function wrongCap(typed: Partial<Caps>): CapWrong | undefined {
  for (const field of capFields) {
    const [least, most] = capBounds[field]
    const n = typed[field]
    if (n === undefined || !Number.isInteger(n) || n < least || n > most) return { field, says: 'capBounds', bounds: { least, most } }
  }
  const { perDay = 0, perWeek = 0, firstPerDay = 0 } = typed
  const bounds = { least: perDay, most: 7 * perDay }
  if (perWeek < perDay) return { field: 'perWeek', says: 'capWeekBelow', bounds }
  if (perWeek > 7 * perDay) return { field: 'perWeek', says: 'capWeekNever', bounds }
  if (firstPerDay > perDay) return { field: 'firstPerDay', says: 'capFirstAbove', bounds }
  return undefined
}

/** share is a whole percentage; what is above none and below one in a hundred says so. */
export function share(n: number, of: number): string {
  if (of === 0) return ''
  const percent = (n / of) * 100
  if (n > 0 && percent < 1) return '<1%'
  if (n < of && percent > 99) return '>99%'
  return `${Math.round(percent)}%`
}

export const count = (n: number): string => n.toLocaleString('en-US')

/** wordsOf reads what was typed: one word a line, empty lines left out. */
export const wordsOf = (text: string): string[] =>
  text
    .split(/[\n,，、;；]/)
    .map((word) => word.trim())
    .filter(Boolean)
