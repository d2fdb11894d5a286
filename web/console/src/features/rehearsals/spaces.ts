import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { heardNow } from '../../../../client/clock'
import { ApiError, del, get, post } from '../../../../client/http'
import type { Draft } from '../../../../client/rules'
import type { BesideProgramme, Bring, MakeSpace, RehearsalSpace, RehearsalSpaces } from '../../../../client/spaces'
import type { Clock, ClockMove, Session } from '../../../../client/types'

const at = '/api/rehearsal-spaces'

export const spacesQuery = queryOptions({
  queryKey: ['rehearsal-spaces'] as const,
  queryFn: ({ signal }) => get<RehearsalSpaces>(at, { signal }),
  refetchInterval: ({ state }) => (state.data?.items.some((one) => one.state === 'making') ? 700 : 30_000),
})

export const clockQuery = queryOptions({
  queryKey: ['clock'] as const,
  queryFn: async ({ signal }) => {
    const clock = await get<Clock>('/api/clock', { signal })
    heardNow(clock.now)
    return clock
  },
  retry: (n, error) => !(error instanceof ApiError) && n < 2,
  refetchInterval: 30_000,
})

export const programmesQuery = (space: string) =>
  queryOptions({
    queryKey: ['programmes-beside', space] as const,
    queryFn: async ({ signal }) => (await get<{ items: BesideProgramme[] }>(`${at}/${encodeURIComponent(space)}/programmes`, { signal })).items,
  })

export type By = '1h' | '1d' | '1w' | 'next'

/** useMove moves the clock; everything on the screen is asked for again, for everything may have changed. */
export function useMove() {
  const client = useQueryClient()
  return useMutation({
    mutationKey: ['clock', 'move'],
    mutationFn: (by: By) => post<ClockMove>('/api/clock', { by }),
    onSuccess: (moved) => {
      heardNow(moved.after)
      client.setQueryData(['clock', 'moved'], moved)
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] !== 'moved' })
    },
  })
}

/** enter goes to another workspace, with a fresh page: nothing of the people seen here may stay in memory there. */
export async function enter(workspace: string, to = '/console/'): Promise<void> {
  await post<Session>('/api/session/workspace', { workspace })
  location.assign(to)
}

export function useSpaces() {
  const client = useQueryClient()
  const again = () => client.invalidateQueries({ queryKey: spacesQuery.queryKey })
  return {
    make: useMutation({ mutationFn: (space: MakeSpace) => post<RehearsalSpace>(at, space), onSuccess: again }),
    reset: useMutation({ mutationFn: (id: string) => post<RehearsalSpace>(`${at}/${encodeURIComponent(id)}/reset`), onSuccess: again }),
    remove: useMutation({ mutationFn: (id: string) => del(`${at}/${encodeURIComponent(id)}`), onSuccess: again }),
  }
}

export function useBring(from: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ row, what }: { row: BesideProgramme; what: Bring }) =>
      post<Draft>(`/api/programmes/${encodeURIComponent(row.key)}/draft/bring`, { from, what }, { ifMatch: row.here }),
    onSuccess: () => void client.invalidateQueries({ predicate: ({ queryKey }) => ['programmes-beside', 'draft', 'tags', 'programmes'].includes(String(queryKey[0])) }),
  })
}
