import { useMutation, useQueryClient } from '@tanstack/react-query'
import { del, put, setCsrf } from '../../../client/http'
import type { Me } from '../../../client/types'
import { meQuery } from './query'

/** useSettings changes the screen at once and takes it back when the server says no. */
export function useSettings() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: Partial<Pick<Me, 'elder' | 'language' | 'unit'>>) => put<unknown>('/api/me/settings', change),
    onMutate: (change) => {
      const before = client.getQueryData(meQuery.queryKey)
      if (before) client.setQueryData(meQuery.queryKey, { ...before, ...change })
      return before
    },
    onError: (_error, _change, before) => {
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
        client.clear()
        window.location.assign(import.meta.env.BASE_URL + 'm/')
      })
}
