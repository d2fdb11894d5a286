// What is asked about a child, of the guardian.
import { queryOptions } from '@tanstack/react-query'
import { get } from '../../../../client/http'
import type { List, MyConsent } from '../../../../client/types'

/** Asked about children of mine only: of somebody else the server knows no such address. */
export const childConsentsQuery = (id: string) =>
  queryOptions({
    queryKey: ['me', 'child', id] as const,
    queryFn: ({ signal }) => get<List<MyConsent>>(`/api/me/family/${encodeURIComponent(id)}/consents`, { signal }),
    retry: false,
  })
