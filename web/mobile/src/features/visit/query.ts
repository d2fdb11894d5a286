import { queryOptions } from '@tanstack/react-query'
import type { Stated } from '../../../../client/file'
import { get, newKey, post } from '../../../../client/http'
import type { List } from '../../../../client/types'
import type { MyVisit, VisitLink } from '../../../../client/visit'

export const visitQuery = queryOptions({
  queryKey: ['me', 'visit'] as const,
  queryFn: ({ signal }) => get<MyVisit>('/api/me/visit-page', { signal }),
})

export const linksQuery = queryOptions({
  queryKey: ['me', 'visit-links'] as const,
  queryFn: ({ signal }) => get<List<VisitLink>>('/api/me/visit-links', { signal, query: { limit: 20 } }),
})

export const choose = (question: string) =>
  post<Stated>('/api/me/file', { type: 'visit_question', properties: { status: 'open', question } }, { idempotencyKey: newKey() })

export const drop = (id: string, reason: string) => post<undefined>(`/api/me/file/${id}/retract`, { reason })
export const makeLink = () => post<VisitLink>('/api/me/visit-links', {}, { idempotencyKey: newKey() })
export const revokeLink = (id: string) => post<undefined>(`/api/me/visit-links/${id}/revoke`)
