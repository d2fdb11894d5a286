import dayjs from 'dayjs'
import { queryOptions } from '@tanstack/react-query'
import { ApiError, del, get, post } from '../../../../../client/http'
import type { Rehearsal, RehearsalAsk } from '../../../../../client/rehearsal'
import { dateIn } from '../../../../../ui/time'
import { isGone } from '../tags'

const at = (programme: string) => `/api/programmes/${encodeURIComponent(programme)}/draft/rehearsal`

/** With the id of the one last looked at, the server can say that it was not kept. */
export const rehearsalQuery = (programme: string, id?: string) =>
  queryOptions({
    queryKey: ['draft', programme, 'rehearsal'] as const,
    queryFn: ({ signal }) => get<Rehearsal>(at(programme), { signal, query: { id } }),
    retry: (n, error) => !isGone(error) && !(error instanceof ApiError && error.problem.status < 500) && n < 2,
    refetchInterval: ({ state }) => (state.data?.state === 'running' && !(state.error instanceof ApiError) ? 700 : false),
  })

export const beginRehearsal = (programme: string, ask: RehearsalAsk) => post<Rehearsal>(at(programme), ask)
export const stopRehearsal = (programme: string) => del(at(programme))

/** lastYear is the year until yesterday, by local days. */
export function lastYear(now: Date, zone: string): { from: string; to: string } {
  const to = dayjs(dateIn(now, zone)).subtract(1, 'day')
  return { from: to.subtract(1, 'year').add(1, 'day').format('YYYY-MM-DD'), to: to.format('YYYY-MM-DD') }
}
