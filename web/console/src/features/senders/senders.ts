import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { del, get, newKey, patch, post, put } from '../../../../client/http'
import type { Outlet, OutletChange, Outlets } from '../../../../client/outlets'

const at = '/api/outlets'

export const sendersQuery = queryOptions({
  queryKey: ['senders'] as const,
  queryFn: ({ signal }) => get<Outlets>(at, { signal }),
})

/** useSender is what can be done with a way out; what is shown is asked for again after each. */
export function useSender(one?: Outlet) {
  const client = useQueryClient()
  const onSettled = () => client.invalidateQueries({ queryKey: sendersQuery.queryKey })
  const place = `${at}/${one?.id ?? ''}`
  const based = { ifMatch: one?.version }
  return {
    save: useMutation({ mutationFn: (body: OutletChange) => (one ? patch<Outlet>(place, body, based) : post<Outlet>(at, body, { idempotencyKey: newKey() })), onSettled }),
    remove: useMutation({ mutationFn: () => del(place, based), onSettled }),
    attempt: useMutation({ mutationFn: () => post<{ ok: boolean }>(`${place}/try`) }),
  }
}

/** useOrder keeps the order in which channels are tried. */
export function useOrder(version: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (order: string[]) => put('/api/outlet-order', { order }, { ifMatch: version }),
    onSettled: () => client.invalidateQueries({ queryKey: sendersQuery.queryKey }),
  })
}
