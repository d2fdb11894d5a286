// Who read or wrote what about whom: what is asked of the server.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { AuditChoices, AuditList } from '../../../../client/audit'
import { get } from '../../../../client/http'

export interface AuditFilter {
  /** First and last day, as 2026-03-08. */
  from?: string
  to?: string
  /** Id of a member of staff. */
  actor?: string
  action?: string
  /** Id of the person it was about. */
  person?: string
}

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', filter] as const,
    queryFn: ({ signal, pageParam }) => get<AuditList>('/api/audit', { signal, query: { ...filter, limit: 50, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor || undefined,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false, // each look is a line of its own
  })

/** By whom and which deeds may be asked for. */
export const choicesQuery = queryOptions({ queryKey: ['audit-choices'] as const, queryFn: ({ signal }) => get<AuditChoices>('/api/audit/choices', { signal }) })

/** A few people a name may mean. */
export const namedQuery = (q: string) =>
  queryOptions({
    queryKey: ['people', 'named', q] as const,
    queryFn: async ({ signal }) => (await get<{ items: { id: string; name: string }[] }>('/api/people', { signal, query: { q, limit: 8 } })).items,
    enabled: q !== '',
    placeholderData: keepPreviousData,
  })

/** secondOf is a moment to the second, in the zone the server tells it in: proof has no “yesterday”. */
export const secondOf = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)}`

/** partsOf are the codes and counts of a line; of before and after only what differs. The digest of what was sent is in the file, for who compares it. */
export const partsOf = (detail: Record<string, unknown> | undefined): [key: string, value: string][] => {
  const { before, after, digest: _, ...rest } = detail ?? {}
  if (isRecord(before) && isRecord(after)) {
    const changed = Object.keys(after).filter((key) => before[key] !== after[key])
    return [...partsOf(rest), ...changed.map((key): [string, string] => [key, `${String(before[key] ?? '–')} → ${String(after[key])}`])]
  }
  return Object.entries({ ...rest, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) })
    .filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => [key, Array.isArray(value) ? value.map(String).join(' ') : typeof value === 'object' ? JSON.stringify(value) : String(value)])
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
