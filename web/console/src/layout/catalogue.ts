import { queryOptions, useQuery } from '@tanstack/react-query'
import { get } from '../../../client/http'
import type { Catalogue, Workspace } from '../../../client/types'

/** The catalogue changes with a new version of the server only. */
export const catalogueQuery = queryOptions({
  queryKey: ['catalogue'],
  queryFn: ({ signal }) => get<Catalogue>('/api/catalogue', { signal }),
  staleTime: Infinity,
})

export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: ({ signal }) => get<Workspace>('/api/workspace', { signal }),
  staleTime: 60_000,
})

/** useOutcome gives the catalogue's word for an outcome; a strange one is left out rather than shown raw. */
export function useOutcome() {
  const { data } = useQuery(catalogueQuery)
  return (key: string | undefined) => (key ? data?.outcomes?.[key] : undefined)
}
