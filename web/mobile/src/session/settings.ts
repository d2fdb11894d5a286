import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { ApiError, del, put, setCsrf } from '../../../client/http'
import type { Me } from '../../../client/types'
import { dropDrafts } from './drafts'
import { forgetMe } from './kept'
import { meQuery } from './query'

type Settings = Partial<Pick<Me, 'elder' | 'language' | 'unit'>>

/**
 * change sends settings with the version they are based on. Each says one thing of one's own, so where something else
 * changed meanwhile, or this phone only remembers who it is, it is read and the same is said once more.
 */
async function change(client: QueryClient, settings: Settings): Promise<Me> {
  const send = ({ version }: Me) => put<Me>('/api/me/settings', settings, { ifMatch: version })
  try {
    return await send(await client.ensureQueryData(meQuery))
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 412 && error.status !== 428)) throw error
    return send(await client.fetchQuery({ ...meQuery, staleTime: 0 }))
  }
}

/** useSettings changes the screen at once and takes it back when the server says no. */
export function useSettings() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (settings: Settings) => change(client, settings),
    onMutate: (settings) => {
      const before = client.getQueryData(meQuery.queryKey)
      if (before) client.setQueryData(meQuery.queryKey, { ...before, ...settings })
      return before
    },
    onError: (_error, _settings, before) => {
      if (before) client.setQueryData(meQuery.queryKey, before)
    },
    onSettled: () => client.invalidateQueries({ queryKey: meQuery.queryKey }),
  })
}

/** useSignOut forgets everything this page knows; the next person must not see a trace. */
export function useSignOut(): () => void {
  const client = useQueryClient()
  return () =>
    void del<unknown>('/api/me/session')
      .catch(() => undefined)
      .then(() => {
        setCsrf('')
        forgetMe()
        dropDrafts()
        client.clear()
        window.location.assign(import.meta.env.BASE_URL + 'm/')
      })
}
