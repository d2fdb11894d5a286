// Who is signed in, and what they may do.
import { queryOptions } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { heardNow } from '../../../../client/clock'
import { ApiError, del, get, post, setCsrf } from '../../../../client/http'
import type { Session } from '../../../../client/types'

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => take(await get<Session>('/api/session', { signal })),
  // A wrong or missing session does not become right by asking again.
  retry: (count, error) => !(error instanceof ApiError) && count < 2,
  staleTime: 60_000,
})

export async function signIn(login: string, password: string): Promise<Session> {
  return take(await post<Session>('/api/session', { login, password }))
}

export async function signOut(): Promise<void> {
  await del('/api/session')
  setCsrf('')
}

function take(session: Session): Session {
  setCsrf(session.csrf)
  heardNow(session.workspace.now)
  return session
}

const Current = createContext<Session | undefined>(undefined)
export const SessionProvider = Current.Provider

/** useSession is the signed-in staff member; only screens inside the shell call it. */
export function useSession(): Session {
  const session = useContext(Current)
  if (!session) throw new Error('no session around this screen')
  return session
}

/** mayWrite: viewers look and change nothing. What the server refuses it refuses anyway; this spares a dead button. */
export function mayWrite(session: Session): boolean {
  return session.staff.role !== 'viewer'
}
