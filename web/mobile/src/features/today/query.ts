import { queryOptions } from '@tanstack/react-query'
import { heardNow } from '../../../../client/clock'
import { get } from '../../../../client/http'
import type { Today } from '../../../../client/types'

export const todayQuery = queryOptions({
  queryKey: ['me', 'today'] as const,
  queryFn: async ({ signal }): Promise<Today> => {
    const today = await get<Today>('/api/me/today', { signal })
    heardNow(today.now)
    return today
  },
})
