// Who looks after whom: the queries and deeds that several screens share.
import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { get, newKey, post } from '../../../client/http'
import type { Balance, Handed, HandOrder } from '../../../client/owners'

export const balanceQuery = queryOptions({
  queryKey: ['people', 'owners'] as const, // invalidated with every change of people or tasks
  queryFn: ({ signal }) => get<Balance>('/api/owners', { signal }),
})

/** How many people are handed over at once; more are a hand-over in the background. */
export const handAtOnce = 1000

export const assign = (people: readonly string[], order: HandOrder) => post<Handed>('/api/owners/assign', { people, ...order }, { idempotencyKey: newKey() })

/** useOwnersChanged has everything read again that tells of owners. */
export function useOwnersChanged() {
  const client = useQueryClient()
  return useCallback(() => {
    for (const key of ['people', 'person', 'tasks', 'workspace', 'owners']) void client.invalidateQueries({ queryKey: [key] })
  }, [client])
}
