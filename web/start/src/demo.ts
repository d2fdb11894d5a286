// What the start page asks of the server: the demo's people and accounts, and its clock.
import { queryOptions } from '@tanstack/react-query'
import { heardNow } from '../../client/clock'
import { ApiError, get, post, setCsrf } from '../../client/http'
import type { Clock, ClockMove, Demo, Session } from '../../client/types'

export const demoQuery = queryOptions({
  queryKey: ['demo'],
  queryFn: ({ signal }) => get<Demo>('/api/demo', { signal }),
  retry: (count, error) => !(error instanceof ApiError) && count < 3,
})

export const clockQuery = queryOptions({
  queryKey: ['clock'],
  queryFn: async ({ signal }) => {
    const clock = await get<Clock>('/api/clock', { signal })
    heardNow(clock.now)
    return clock
  },
  refetchInterval: 20_000,
})

/**
 * write sends a change. The page itself needs no sign-in, but where this browser is signed in to the console the server
 * wants that session's token, which may have come after the page was opened.
 */
async function write<T>(path: string, body: unknown): Promise<T> {
  try {
    return await post<T>(path, body)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error
    setCsrf((await get<Session>('/api/session')).csrf)
    return post<T>(path, body)
  }
}

export const moveClock = (by: '1h' | '1d' | 'next') => write<ClockMove>('/api/clock', { by })
export const choosePhone = (person: string) => write<void>('/api/demo/phone', { person })
