// The page for a visit, its links and what came back by them. Keys begin with ["person", id] as all of a person's do.
import { queryOptions } from '@tanstack/react-query'
import { get, newKey, post } from '../../../../client/http'
import type { List } from '../../../../client/types'
import type { VisitAnswer, VisitLink, VisitPage } from '../../../../client/visit'

export const pageQuery = (id: string) =>
  queryOptions({
    queryKey: ['person', id, 'visit-page'] as const,
    queryFn: ({ signal }) => get<VisitPage>(`/api/people/${id}/visit-page`, { signal }),
  })

export const linksQuery = (id: string) =>
  queryOptions({
    queryKey: ['person', id, 'visit-links'] as const,
    queryFn: ({ signal }) => get<List<VisitLink>>(`/api/people/${id}/visit-links`, { signal, query: { limit: 20 } }),
  })

export const answersQuery = (id: string) =>
  queryOptions({
    queryKey: ['person', id, 'visit-answers'] as const,
    queryFn: ({ signal }) => get<List<VisitAnswer>>(`/api/people/${id}/visit-answers`, { signal, query: { limit: 20 } }),
  })

export const makeLink = (id: string) => post<VisitLink>(`/api/people/${id}/visit-links`, {}, { idempotencyKey: newKey() })
export const revokeLink = (id: string, link: string) => post<undefined>(`/api/people/${id}/visit-links/${link}/revoke`)
export const confirmAnswer = (id: string, answer: string, items: number[]) => post<undefined>(`/api/people/${id}/visit-answers/${answer}/confirm`, { items })
export const refuseAnswer = (id: string, answer: string, reason: string) => post<undefined>(`/api/people/${id}/visit-answers/${answer}/refuse`, { reason })
