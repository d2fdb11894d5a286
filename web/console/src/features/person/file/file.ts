// The health file of one person: what is asked of the server and what is sent. Keys begin with ["person", id] as all of a person's do.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { HealthFile, MedicineItem, Stated, Statement } from '../../../../../client/file'
import type { Answers, Filling, Form } from '../../../../../client/forms'
import { get, newKey, post } from '../../../../../client/http'
import type { List } from '../../../../../client/types'
import type { At } from '../person'

export const fileQuery = (id: string, at?: At) =>
  queryOptions({
    queryKey: ['person', id, 'file', at] as const,
    queryFn: ({ signal }) => get<HealthFile>(`/api/people/${id}/file`, { signal, query: { at } }),
  })

export const formsQuery = (id: string, at?: At) =>
  queryOptions({
    queryKey: ['person', id, 'forms', at] as const,
    queryFn: ({ signal }) => get<{ items: Form[] }>(`/api/people/${id}/forms`, { signal, query: { at } }),
  })

/** Every time a form was answered, newest first. */
export const answersQuery = (id: string, form: string) =>
  infiniteQueryOptions({
    queryKey: ['person', id, 'answers', form] as const,
    queryFn: ({ signal, pageParam }) => get<List<Filling>>(`/api/people/${id}/forms/${form}/answers`, { signal, query: { cursor: pageParam } }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor || undefined,
  })

/** Medicines by Chinese, English or brand name, pinyin or its initials. */
export const medicinesQuery = (q: string) =>
  queryOptions({
    queryKey: ['medicines', q] as const,
    queryFn: ({ signal }) => get<{ items: MedicineItem[] }>('/api/medicines', { signal, query: { q, limit: 20 } }),
    enabled: q !== '',
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  })

/** sender repeats the key while the same is sent again, so that a lost answer makes no second entry. */
export function sender() {
  let last = ''
  let key = ''
  return <T>(path: string, body: unknown) => {
    const text = path + JSON.stringify(body)
    if (text !== last) {
      last = text
      key = newKey()
    }
    return post<T>(path, body, { idempotencyKey: key })
  }
}

type Send = ReturnType<typeof sender>
const path = (id: string, entry?: string, act?: string) => `/api/people/${id}/file${entry ? `/${entry}/${act}` : ''}`

export const state = (send: Send, id: string, body: Statement) => send<Stated>(path(id), body)
export const correct = (send: Send, id: string, entry: string, body: Statement) => send<Stated>(path(id, entry, 'correct'), body)
export const retract = (send: Send, id: string, entry: string, reason: string, stages?: boolean) => send<undefined>(path(id, entry, 'retract'), { reason, stages })
export const sign = (send: Send, id: string, entry: string) => send<Stated>(path(id, entry, 'sign'), {})
export const mapTo = (send: Send, id: string, entry: string, generic: string) => send<Stated>(path(id, entry, 'map'), { generic })

const answersPath = (id: string, form: string, filling?: string, act?: string) => `/api/people/${id}/forms/${form}/answers${filling ? `/${filling}/${act}` : ''}`

export const fillIn = (send: Send, id: string, form: string, body: Answers, instead?: string) =>
  send<Filling>(instead ? answersPath(id, form, instead, 'correct') : answersPath(id, form), body)
export const retractAnswers = (send: Send, id: string, form: string, filling: string, reason: string) => send<undefined>(answersPath(id, form, filling, 'retract'), { reason })
