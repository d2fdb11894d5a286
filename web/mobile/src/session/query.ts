import { queryOptions } from '@tanstack/react-query'
import { heardNow } from '../../../client/clock'
import { ApiError, get, setCsrf } from '../../../client/http'
import type { Catalogue, Me } from '../../../client/types'
import { setLanguage } from '../../../ui/i18n'
import { learnLimits } from '../../../ui/limits'
import { forgetMe, keepMe } from './kept'
import { keepMeasureForms } from './measureForms'

/** Who is signed in, their settings and their consents. A 401 means: show the way in. */
export const meQuery = queryOptions({
  queryKey: ['me'] as const,
  queryFn: async ({ signal }): Promise<Me> => {
    try {
      const me = await get<Me>('/api/me', { signal })
      setCsrf(me.csrf)
      heardNow(me.now)
      setLanguage(me.language)
      keepMe(me)
      return me
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) forgetMe()
      throw error
    }
  },
})

/** The figures the keypad and the phone's own safety card work with, asked for once a visit and kept on the phone. */
export const figuresQuery = queryOptions({
  queryKey: ['figures'] as const,
  queryFn: async ({ signal }): Promise<string> => {
    const catalogue = await get<Catalogue>('/api/catalogue', { signal })
    learnLimits(catalogue)
    keepMeasureForms(catalogue)
    return catalogue.version
  },
  staleTime: Infinity,
})
