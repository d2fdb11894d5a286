import { queryOptions } from '@tanstack/react-query'
import { get } from '../../../../client/http'
import type { MyReadings } from '../../../../client/types'

export type Days = 7 | 30

export const historyQuery = (days: Days) =>
  queryOptions({
    queryKey: ['me', 'readings', days] as const,
    queryFn: ({ signal }) => get<MyReadings>('/api/me/readings', { signal, query: { days } }),
  })
