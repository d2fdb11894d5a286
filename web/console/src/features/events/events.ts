// Events of all timelines as they stand: what is asked of the server.
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import type { EventRecords } from '../../../../client/audit'
import { get } from '../../../../client/http'

export interface EventsFilter {
  type?: string[]
  /** Number of the source; 0 is peiban itself. */
  source?: string
  /** First and last day, as 2026-03-08. */
  from?: string
  to?: string
}

export const eventsQuery = (filter: EventsFilter) =>
  infiniteQueryOptions({
    queryKey: ['events', filter] as const,
    queryFn: ({ signal, pageParam }) => get<EventRecords>('/api/event-records', { signal, query: { ...filter, limit: 50, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor || undefined,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false, // each look is on record
  })
