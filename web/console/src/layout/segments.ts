// Segments decided by hand: what is asked of the server by every screen that puts people in or takes them out.
import { queryOptions } from '@tanstack/react-query'
import { get, newKey, post } from '../../../client/http'
import type { SegmentState, TagLine } from '../../../client/rules'
import type { Text, Workspace } from '../../../client/types'

export type Decision = 'in' | 'out' | 'rule'

/** The segments people may be put into by hand. */
export const handSegments = queryOptions({
  queryKey: ['tags', 'hand-segments'] as const,
  queryFn: async ({ signal }) => {
    const { programmes } = await get<Workspace>('/api/workspace', { signal })
    const lists = await Promise.all(programmes.map(({ key }) => get<{ items: TagLine[] }>('/api/segments', { signal, query: { programme: key } })))
    const all = lists.flatMap(({ items }) => items.filter(({ byHand }) => byHand))
    return all.filter(({ key }, i) => all.findIndex((one) => one.key === key) === i)
  },
  staleTime: 300_000,
})

export const segmentsOf = (person: string) =>
  queryOptions({
    queryKey: ['person', person, 'segments'] as const,
    queryFn: ({ signal }) => get<{ items: SegmentState[] }>(`/api/people/${person}/segments`, { signal }),
  })

export interface Decided {
  done: number
  refused: { id: string; code: string; detail: Text }[]
}

/** The most people one request decides about. */
export const atOnce = 500

export const decide = (segment: string, people: readonly string[], state: Decision, reason: string, until?: string) =>
  post<Decided>(`/api/segments/${encodeURIComponent(segment)}/people`, { people, state, reason: reason || undefined, until }, { idempotencyKey: newKey() })
