// Match review: the queue whose filter lives in the address, one pair, searches, and how people are known.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { address, get, newKey, post, put } from '../../../../client/http'
import type { IdentifierType, IdentityPolicy, MatchRuns, Members, PolicyProblem, Review, Reviews, ReviewState } from '../../../../client/reviews'

export const states = ['open', 'later', 'same', 'different', 'family'] as const satisfies readonly ReviewState[]

export interface ReviewFilter {
  /** Undefined: open. */
  state?: ReviewState
  origin?: 'intake' | 'matched'
  q?: string
  p?: number
}

export const pageSize = 50

const asQuery = ({ state, origin, q }: ReviewFilter) => ({ state, origin, q })

export const reviewsQuery = (filter: ReviewFilter) =>
  queryOptions({
    queryKey: ['reviews', 'list', filter] as const,
    queryFn: ({ signal }) => get<Reviews>('/api/reviews', { signal, query: { ...asQuery(filter), limit: pageSize, cursor: (filter.p ?? 1) > 1 ? String(((filter.p ?? 1) - 1) * pageSize) : undefined } }),
    placeholderData: keepPreviousData,
  })

export const fileAddress = (filter: ReviewFilter): string => address('/api/reviews.csv', asQuery(filter))

export const reviewQuery = (id: string) => queryOptions({ queryKey: ['reviews', 'one', id] as const, queryFn: ({ signal }) => get<Review>(`/api/reviews/${id}`, { signal }) })

export type Decision = 'same' | 'different' | 'family' | 'later'

export const decide = (review: Review, decision: Decision, why: string, kind?: string) =>
  post<Review>(`/api/reviews/${review.id}/decision`, { decision, why: why || undefined, kind }, { idempotencyKey: newKey(), ifMatch: review.version })

export const undo = (review: { id: string; version: number }) => post<Review>(`/api/reviews/${review.id}/undo`, {}, { idempotencyKey: newKey(), ifMatch: review.version })

/** Searches are asked again every second while one is on. */
export const runsQuery = queryOptions({
  queryKey: ['reviews', 'runs'] as const,
  queryFn: ({ signal }) => get<MatchRuns>('/api/match-runs', { signal }),
  refetchInterval: (query) => (query.state.data?.running ? 1000 : false),
})

export const startRun = () => post<MatchRuns>('/api/match-runs', {}, { idempotencyKey: newKey() })
export const stopRun = (number: number) => post<MatchRuns>(`/api/match-runs/${number}/stop`, {}, { idempotencyKey: newKey() })

export const policyQuery = queryOptions({ queryKey: ['reviews', 'policy'] as const, queryFn: ({ signal }) => get<IdentityPolicy>('/api/identity-policy', { signal }) })
export const checkPolicy = (text: string, signal?: AbortSignal) => post<{ problems: PolicyProblem[]; types: IdentifierType[] }>('/api/identity-policy/check', { text }, { signal })
export const savePolicy = (text: string, revision: number) => put<IdentityPolicy>('/api/identity-policy', { text }, { idempotencyKey: newKey(), ifMatch: revision })

export const membersQuery = (id: string) => queryOptions({ queryKey: ['person', id, 'members'] as const, queryFn: ({ signal }) => get<Members>(`/api/people/${id}/members`, { signal }) })
export const mergePeople = (id: string, other: string, why: string) => post<Members>(`/api/people/${id}/merge`, { other, why }, { idempotencyKey: newKey() })
export const unmerge = (id: string, member: string) => post<Members>(`/api/people/${id}/unmerge`, { member }, { idempotencyKey: newKey() })
export const split = (id: string, member: string, identifiers: string[]) => post<Members>(`/api/people/${id}/split`, { member, identifiers }, { idempotencyKey: newKey() })

export const unsplit = (id: string, other: string) => post<Members>(`/api/people/${id}/unsplit`, { other }, { idempotencyKey: newKey() })

/** bits writes evidence with its sign: +9.4, −2.1, 0. */
export const bits = (n: number): string => {
  const shown = Math.abs(n).toFixed(1)
  return shown === '0.0' ? '0' : `${n < 0 ? '−' : '+'}${shown}`
}
