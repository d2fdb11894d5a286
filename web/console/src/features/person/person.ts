// Everything about one person, as of now or as of another moment. All keys begin with ["person", id], so that a change
// told by the stream refreshes whatever of that person is on screen.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get, newKey, post } from '../../../../client/http'
import type { Measured, Measures as PersonMeasures, NewMeasure } from '../../../../client/measures'
import type { TagMove } from '../../../../client/rules'
import type { List, Message, NewReading, Person, ReadingsAnswer, Recorded, Run, Task, TimelineItem, Why } from '../../../../client/types'
import type { WhyQuery } from '../../layout/WhyDrawer'

/** A moment in the past, RFC 3339; undefined is now. */
export type At = string | undefined

export const personQuery = (id: string, at?: At) =>
  queryOptions({
    queryKey: ['person', id, 'facts', at] as const,
    queryFn: ({ signal }) => get<Person>(`/api/people/${id}`, { signal, query: { at } }),
  })

export const readingsQuery = (id: string, from: string, to: string, at?: At) =>
  queryOptions({
    queryKey: ['person', id, 'readings', from, to, at] as const,
    queryFn: ({ signal }) => get<ReadingsAnswer>(`/api/people/${id}/readings`, { signal, query: { from, to, at } }),
    placeholderData: keepPreviousData,
  })

export const timelineQuery = (id: string, kind: string | undefined, at?: At) =>
  infiniteQueryOptions({
    queryKey: ['person', id, 'timeline', kind, at] as const,
    queryFn: ({ signal, pageParam }) =>
      get<List<TimelineItem>>(`/api/people/${id}/timeline`, { signal, query: { kind, at, cursor: pageParam, limit: 40 } }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor || undefined,
    placeholderData: keepPreviousData,
  })

export const messagesQuery = (id: string) =>
  queryOptions({
    queryKey: ['person', id, 'messages'] as const,
    queryFn: ({ signal }) => get<List<Message>>(`/api/people/${id}/messages`, { signal }),
  })

export const personTasksQuery = (id: string, at?: At) =>
  queryOptions({
    queryKey: ['person', id, 'tasks', { at }] as const,
    queryFn: ({ signal }) => get<List<Task>>(`/api/people/${id}/tasks`, { signal, query: { at } }),
  })

export const runsQuery = (id: string) =>
  queryOptions({
    queryKey: ['person', id, 'runs'] as const,
    queryFn: ({ signal }) => get<List<Run>>(`/api/people/${id}/runs`, { signal }),
  })

/** A telephone number is asked for one at a time, and each asking is on record. */
export const phoneQuery = (id: string) =>
  queryOptions({
    queryKey: ['person', id, 'phone'] as const,
    queryFn: ({ signal }) => get<{ phone?: string }>(`/api/people/${id}/phone`, { signal }),
    staleTime: Infinity,
    retry: false,
  })

const whyAt = (id: string, path: string, query?: Record<string, string | undefined>): WhyQuery => ({
  queryKey: ['person', id, 'why', path, query],
  queryFn: ({ signal }) => get<Why>(path, { signal, query }),
})

/** Of a tag in one of the programmes the person is in. */
export const tagWhy = (id: string, key: string, programme: string | undefined, at?: At): WhyQuery => ({ ...whyAt(id, `/api/people/${id}/tags/${key}`, { programme, at }), tag: key, programme })

/** When a person gained and lost a tag, newest first, and what brought it about. */
export const tagMoves = (id: string, key: string, programme?: string) =>
  infiniteQueryOptions({
    queryKey: ['person', id, 'moves', key, programme] as const,
    queryFn: ({ signal, pageParam }) =>
      get<List<TagMove>>(`/api/people/${id}/tags/${encodeURIComponent(key)}/history`, { signal, query: { programme, cursor: pageParam, limit: 20 } }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor || undefined,
  })

export const stageWhy = (id: string, programme: string | undefined, at?: At) => whyAt(id, `/api/people/${id}/stage`, { programme, at })
export const messageWhy = (id: string, message: string) => whyAt(id, `/api/messages/${message}/why`, { person: id })
export const taskWhy = (id: string, task: string) => whyAt(id, `/api/tasks/${task}/why`, { person: id })

/** record sends a reading the person told us by word of mouth. */
export const record = (id: string, reading: NewReading) =>
  post<Recorded>(`/api/people/${id}/readings`, reading, { idempotencyKey: newKey() })

/** What was measured beside glucose, and what may be entered: the person's programmes first. */
export const measuresQuery = (id: string) =>
  queryOptions({
    queryKey: ['person', id, 'measures'] as const,
    queryFn: ({ signal }) => get<PersonMeasures>(`/api/people/${id}/measures`, { signal, query: { days: 30 } }),
  })

/** The key is repeated when the same is sent again, so that nothing is stored twice. */
export const saveMeasure = (id: string, body: NewMeasure, key: string, fix?: string) =>
  post<Measured>(`/api/people/${id}/measures${fix ? `/${fix}/correct` : ''}`, body, { idempotencyKey: key })

export interface SignInLink {
  url: string
  qr: string
  expires: string
}

export const signInLink = (id: string) => post<SignInLink>(`/api/people/${id}/signin-link`, {}, { idempotencyKey: newKey() })
