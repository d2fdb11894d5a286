// People who did not come when they were expected, and how many came back, on the wire.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { address, get, newKey, post } from '../../../../client/http'
import type { List, Text } from '../../../../client/types'

export type State = 'due' | 'later' | 'closed'

export interface Choice {
  key: string
  text: Text
}

export interface OverdueRow {
  person: { id: string; name: string }
  owner?: { id: string; name: string }
  kind: string
  kindText: Text
  what: Text
  due: string
  days: number
  state: State
  tries: number
  last?: { at: string; by?: Text; resultText: Text; reasonText?: Text; next?: string }
  contact?: { at: string; kind: string }
}

export interface OverdueList extends List<OverdueRow> {
  counts: Record<State, number>
  kinds: Choice[]
  results: Choice[]
  reasons: Choice[]
  closing: string[]
}

export interface ReturnedRow {
  key: string
  name: Text
  became: number
  back: number
  share?: number
  pending: number
  left: number
}

export interface Returned {
  months: ReturnedRow[]
  kinds: ReturnedRow[]
  owners: ReturnedRow[]
  programmes: ReturnedRow[]
  definition: Text
  found: string
}

export interface OverdueView {
  kind?: string
  owner?: string
  programme?: string
  days?: number
  state?: State
  page?: number
}

export const pageSize = 50

const query = (at: OverdueView) => ({ kind: at.kind, owner: at.owner, programme: at.programme, days: at.days, state: at.state })

export const overdueQuery = (at: OverdueView) =>
  queryOptions({
    queryKey: ['overdue', 'list', at] as const,
    queryFn: ({ signal }) => get<OverdueList>('/api/overdue', { signal, query: { ...query(at), cursor: at.page && at.page > 1 ? String((at.page - 1) * pageSize) : undefined, limit: pageSize } }),
    placeholderData: keepPreviousData,
  })

export const returnedQuery = (at: OverdueView) =>
  queryOptions({
    queryKey: ['overdue', 'returned', at.kind, at.owner, at.programme] as const,
    queryFn: ({ signal }) => get<Returned>('/api/overdue/returned', { signal, query: { kind: at.kind, owner: at.owner, programme: at.programme, months: 6 } }),
    placeholderData: keepPreviousData,
  })

export const fileOf = (at: OverdueView) => address('/api/overdue.csv', { ...query(at) })

export interface Outcome {
  result: string
  reason?: string
  next?: string
  note?: string
}

export const tell = (row: OverdueRow, outcome: Outcome) =>
  post<OverdueList>(`/api/people/${row.person.id}/overdue`, { kind: row.kind, due: row.due, ...outcome }, { idempotencyKey: newKey() })
