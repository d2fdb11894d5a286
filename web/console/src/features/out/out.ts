// What goes to other systems: its queries and what is sent.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { del, get, newKey, patch, post } from '../../../../client/http'
import type { ApiKey, Attempt, NewApiKey, NewWebhook, OutChange, Outs, Webhook } from '../../../../client/outs'
import type { Listing } from '../../../../client/sources'
import type { Moment } from '../../../../ui/time'
import { useMoment } from '../../layout/now'

export const outsQuery = queryOptions({
  queryKey: ['out', 'all'] as const,
  queryFn: ({ signal }) => get<Outs>('/api/out', { signal }),
  refetchInterval: 10_000,
})

export const attemptsQuery = (id: string, outcome: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['out', 'attempts', id, outcome] as const,
    queryFn: ({ signal, pageParam }) => get<Listing<Attempt>>(`/api/out/webhooks/${id}/attempts`, { signal, query: { outcome, limit: 50, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor || undefined,
    refetchInterval: 10_000,
  })

export const addKey = (body: OutChange) => post<NewApiKey>('/api/out/keys', body, { idempotencyKey: newKey() })
export const changeKey = (id: string, body: OutChange) => patch<ApiKey>(`/api/out/keys/${id}`, body)
export const rotateKey = (id: string, hours: number) => post<NewApiKey>(`/api/out/keys/${id}/rotate`, { hours })
export const revokeKey = (id: string) => post<ApiKey>(`/api/out/keys/${id}/revoke`)

export const addWebhook = (body: OutChange) => post<NewWebhook>('/api/out/webhooks', body, { idempotencyKey: newKey() })
export const changeWebhook = (id: string, body: OutChange) => patch<Webhook>(`/api/out/webhooks/${id}`, body)
export const rotateWebhook = (id: string, hours: number) => post<NewWebhook>(`/api/out/webhooks/${id}/rotate`, { hours })
export const testWebhook = (id: string) => post<Attempt>(`/api/out/webhooks/${id}/test`)
export const replayWebhook = (id: string, body: { attempt?: number; from?: string; to?: string }) => post<Webhook>(`/api/out/webhooks/${id}/replay`, body)
export const dropWebhook = (id: string) => del(`/api/out/webhooks/${id}`)

/** useMachineMoment: keys and requests are told by the machine's clock, which a rehearsal's moved clock would misname. */
export const useMachineMoment = (): Moment => ({ ...useMoment(), now: new Date() })

/** streamOf is where the stream is read, as a client reaches it. */
export const streamOf = (address: string): string => (/^https?:/.test(address) ? address : location.origin + address)

/** curlOf reads the first page of the stream. */
export const curlOf = (address: string, key: string): string => `curl -H 'Authorization: Bearer ${key}' '${streamOf(address)}?limit=10'`

/** How bad an outcome of a request is. */
export const failed = (outcome: string): boolean => outcome !== 'taken'
