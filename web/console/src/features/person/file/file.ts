// The health file of one person: what is asked of the server and what is sent. Keys begin with ["person", id] as all of a person's do.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { HealthFile, MedicineItem, Stated, Statement } from '../../../../../client/file'
import { get, newKey, post } from '../../../../../client/http'
import type { At } from '../person'

export const fileQuery = (id: string, at?: At) =>
  queryOptions({
    queryKey: ['person', id, 'file', at] as const,
    queryFn: ({ signal }) => get<HealthFile>(`/api/people/${id}/file`, { signal, query: { at } }),
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
export const retract = (send: Send, id: string, entry: string, reason: string) => send<undefined>(path(id, entry, 'retract'), { reason })
export const mapTo = (send: Send, id: string, entry: string, generic: string) => send<Stated>(path(id, entry, 'map'), { generic })
