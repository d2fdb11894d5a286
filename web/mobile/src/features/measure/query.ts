// What is measured or felt at home beside glucose: what is asked of the server and what is sent.
import { queryOptions } from '@tanstack/react-query'
import { get, post } from '../../../../client/http'
import type { Measured, Measures, NewMeasure } from '../../../../client/measures'
import type { Catalogue } from '../../../../client/types'

export const measuresQuery = queryOptions({
  queryKey: ['me', 'measures'] as const,
  queryFn: ({ signal }) => get<Measures>('/api/me/measures', { signal, query: { days: 30 } }),
})

export const measureCatalogueQuery = queryOptions({
  queryKey: ['catalogue'] as const,
  queryFn: ({ signal }) => get<Catalogue>('/api/catalogue', { signal }),
  staleTime: Infinity,
})

/** A correction names what it replaces. The key is repeated when the same is sent again, so that nothing is stored twice. */
export const saveMeasure = (body: NewMeasure, key: string, fix?: string): Promise<Measured> =>
  post<Measured>(fix ? `/api/me/measures/${encodeURIComponent(fix)}/correct` : '/api/me/measures', body, { idempotencyKey: key })

export const takeBackMeasure = (id: string, key: string): Promise<undefined> =>
  post<undefined>(`/api/me/file/${encodeURIComponent(id)}/retract`, { reason: 'undo' }, { idempotencyKey: key })
