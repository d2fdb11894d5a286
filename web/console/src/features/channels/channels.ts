// Entry codes: the list, one of them, regions, costs and inviters; how money and shares are written, apart from drawing.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { ContactWaySaid, Cost, CostsRead, Entrance, EntrancePage, Entrances, EntranceSaid, Inviters, RegionRow } from '../../../../client/channels'
import { address, del, get, newKey, post, put } from '../../../../client/http'
import { upload } from '../../../../client/upload'

export const pageSize = 50

export type View = 'regions' | 'inviters'

export interface ChannelFilter {
  q?: string
  kind?: string
  standing?: string
  province?: string
  owner?: string
  from?: string
  to?: string
  sort?: string
  view?: View
  p?: number
}

const asked = ({ q, kind, standing, province, owner, from, to, sort }: ChannelFilter) => ({ q, kind, standing, province, owner, from, to, sort })

const cursor = (p: number | undefined) => ((p ?? 1) > 1 ? String(((p ?? 1) - 1) * pageSize) : undefined)

export const entrancesQuery = (filter: ChannelFilter) =>
  queryOptions({
    queryKey: ['channels', 'list', asked(filter), filter.p ?? 1] as const,
    queryFn: ({ signal }) => get<Entrances>('/api/entrances', { signal, query: { ...asked(filter), limit: pageSize, cursor: cursor(filter.p) } }),
    placeholderData: keepPreviousData,
  })

export const fileAddress = (filter: ChannelFilter): string => address('/api/entrances.csv', asked(filter))

export const entranceQuery = (id: string, from?: string, to?: string) =>
  queryOptions({
    queryKey: ['channels', 'one', id, from, to] as const,
    queryFn: ({ signal }) => get<EntrancePage>(`/api/entrances/${id}`, { signal, query: { from, to } }),
    placeholderData: keepPreviousData,
  })

export const regionsQuery = (from?: string, to?: string) =>
  queryOptions({ queryKey: ['channels', 'regions', from, to] as const, queryFn: ({ signal }) => get<{ items: RegionRow[] }>('/api/entrances/regions', { signal, query: { from, to } }) })

export const invitersQuery = (p?: number) =>
  queryOptions({ queryKey: ['channels', 'inviters', p ?? 1] as const, queryFn: ({ signal }) => get<Inviters>('/api/inviters', { signal, query: { limit: pageSize, cursor: cursor(p) } }) })

export const addEntrance = (body: EntranceSaid) => post<Entrance>('/api/entrances', body, { idempotencyKey: newKey() })
export const changeEntrance = ({ id, version }: Entrance, body: EntranceSaid) => put<Entrance>(`/api/entrances/${id}`, body, { ifMatch: version })
export const putContactWay = (id: string, body: ContactWaySaid) => put<Entrance>(`/api/entrances/${id}/contact-way`, body)
export const dropContactWay = (id: string) => del<Entrance>(`/api/entrances/${id}/contact-way`)
export const setDefault = (id: string) => put<void>('/api/entrances/setting', { default: id })

export interface CostSaid {
  from: string
  to?: string
  fen: number
  what: string
  voided?: boolean
}

export const addCost = (entrance: string, body: CostSaid) => post<Cost>(`/api/entrances/${entrance}/costs`, body, { idempotencyKey: newKey() })
export const changeCost = ({ id, version }: Cost, body: CostSaid) => put<Cost>(`/api/entrance-costs/${id}`, body, { ifMatch: version })
export const readCosts = (file: File) => upload<CostsRead>('/api/entrance-costs/file', file, { idempotencyKey: newKey() })

export const saidOf = ({ kind, name, channel, programme, province, city, district, place, owner, from, to, paused, ended, successor, words }: EntranceSaid): EntranceSaid => ({
  kind, name, channel, programme, province, city, district, place, owner, from, to, paused, ended, successor, words,
})

/** yuan writes fen as 1,234.50. */
export const yuan = (fen: number): string => (fen / 100).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** share is a part of a whole in percent, without decimals. */
export const share = (n: number, of: number): string => (of > 0 ? `${Math.round((100 * n) / of)}%` : '')

/** wholeDay tells whether a text is a day that there is. */
export const wholeDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))

/** pictureOf is the address of a code's picture. */
export const pictureOf = (id: string, format: 'png' | 'svg', cm: number, dpi: number, caption: boolean): string =>
  address(`/api/entrances/${id}/code.${format}`, { cm, dpi, caption: caption ? 1 : undefined })

export const zipOf = (ids: readonly string[] | undefined, cm: number, dpi: number): string => address('/api/entrances/codes.zip', { ids: ids?.join(','), cm, dpi, caption: 1 })
