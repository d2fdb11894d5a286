// What goes to other systems: its queries and what is sent.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { del, get, newKey, patch, post } from '../../../../client/http'
import type { ApiKey, Attempt, Deliveries, Delivery, DeliveryChange, DeliveryPlace, DeliveryProblem, DeliveryRun, NewApiKey, NewWebhook, OutChange, Outs, Webhook } from '../../../../client/outs'
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

/** over: nothing is worked on any more. */
export const over = (run: DeliveryRun | undefined): boolean => !run || (run.state !== 'waiting' && run.state !== 'running')

export const deliveriesQuery = queryOptions({
  queryKey: ['out', 'deliveries'] as const,
  queryFn: ({ signal }) => get<Deliveries>('/api/out/deliveries', { signal }),
  // A run in hand is followed closely.
  refetchInterval: ({ state }) => (state.data?.items.some(({ last }) => !over(last)) ? 1500 : 15_000),
})

export const runsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['out', 'runs', id] as const,
    queryFn: ({ signal, pageParam }) => get<Listing<DeliveryRun>>(`/api/out/deliveries/${id}/runs`, { signal, query: { limit: 30, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor || undefined,
    refetchInterval: ({ state }) => (over(state.data?.pages[0]?.items[0]) ? 15_000 : 1500),
  })

export const addDelivery = (body: DeliveryChange) => post<Delivery>('/api/out/deliveries', body, { idempotencyKey: newKey() })
export const changeDelivery = (id: string, body: DeliveryChange) => patch<Delivery>(`/api/out/deliveries/${id}`, body)
export const dropDelivery = (id: string) => del(`/api/out/deliveries/${id}`)
export const runDelivery = (id: string) => post<Delivery>(`/api/out/deliveries/${id}/run`)
export const stopDelivery = (id: string) => post<Delivery>(`/api/out/deliveries/${id}/stop`)
export const testDelivery = (where: DeliveryPlace, delivery?: string) => post<{ good: boolean; problem?: DeliveryProblem }>('/api/out/deliveries/test', { where, delivery })

/** sizeOf is a number of bytes as people read it. */
export const sizeOf = (bytes: number): string => (bytes < 1024 ? `${bytes} B` : bytes < 1_048_576 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`)

/** useMachineMoment: keys and requests are told by the machine's clock, which a rehearsal's moved clock would misname. */
export const useMachineMoment = (): Moment => ({ ...useMoment(), now: new Date() })

/** streamOf is where the stream is read, as a client reaches it. */
export const streamOf = (address: string): string => (/^https?:/.test(address) ? address : location.origin + address)

/** curlOf reads the first page of the stream. */
export const curlOf = (address: string, key: string): string => `curl -H 'Authorization: Bearer ${key}' '${streamOf(address)}?limit=10'`

/** How bad an outcome of a request is. */
export const failed = (outcome: string): boolean => outcome !== 'taken'
