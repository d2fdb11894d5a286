import { queryOptions } from '@tanstack/react-query'
import { heardNow } from '../../../client/clock'
import { get, setCsrf } from '../../../client/http'
import type { Me } from '../../../client/types'
import { setLanguage } from '../../../ui/i18n'

/** Who is signed in, their settings and their consents. A 401 means: show the way in. */
export const meQuery = queryOptions({
  queryKey: ['me'] as const,
  queryFn: async ({ signal }): Promise<Me> => {
    const me = await get<Me>('/api/me', { signal })
    setCsrf(me.csrf)
    heardNow(me.now)
    setLanguage(me.language)
    return me
  },
})
