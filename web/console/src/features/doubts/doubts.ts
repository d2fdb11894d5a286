// Doubtful data: the list whose filter lives in the address, one person's, and clearing.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Doubt, DoubtList } from '../../../../client/doubts'
import { address, get, newKey, post } from '../../../../client/http'

export const states = ['open', 'cleared', 'all'] as const
export type State = (typeof states)[number]

export interface DoubtFilter {
  reason?: string
  /** Undefined: open. */
  state?: State
  p?: number
}

export const pageSize = 50

const asQuery = ({ reason, state }: DoubtFilter) => ({ reason, state })

export const doubtsQuery = (filter: DoubtFilter) =>
  queryOptions({
    queryKey: ['people', 'doubts', filter] as const,
    queryFn: ({ signal }) => get<DoubtList>('/api/doubts', { signal, query: { ...asQuery(filter), limit: pageSize, cursor: (filter.p ?? 1) > 1 ? String(((filter.p ?? 1) - 1) * pageSize) : undefined } }),
    placeholderData: keepPreviousData,
  })

/** The same list as a file; the server writes down that it left. */
export const csvAddress = (filter: DoubtFilter): string => address('/api/doubts.csv', asQuery(filter))

export const doubtsOf = (id: string) =>
  queryOptions({
    queryKey: ['person', id, 'doubts'] as const,
    queryFn: ({ signal }) => get<DoubtList>(`/api/people/${id}/doubts`, { signal }),
  })

export const clearDoubt = (doubt: Doubt, why: string, note: string) =>
  post<Doubt>(`/api/people/${doubt.person.id}/doubts/${doubt.id}/clear`, { why, note: note || undefined }, { idempotencyKey: newKey() })
