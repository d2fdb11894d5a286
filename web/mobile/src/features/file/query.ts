// My health file: what is asked of the server and what is sent. Writing repeats its key while the same is sent again.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { HealthFile, MedicineItem, Stated, Statement } from '../../../../client/file'
import { get, newKey, post } from '../../../../client/http'
import type { MyReceipts } from '../../../../client/receipts'
import { upload } from '../../../../client/upload'
import type { Catalogue } from '../../../../client/types'

export const fileQuery = queryOptions({
  queryKey: ['me', 'file'] as const,
  queryFn: ({ signal }) => get<HealthFile>('/api/me/file', { signal }),
})

/** My receipts, what I said of them and what they became; and what there is to choose from. */
export const receiptsQuery = queryOptions({
  queryKey: ['me', 'receipts'] as const,
  queryFn: ({ signal }) => get<MyReceipts>('/api/me/receipts', { signal }),
})

/** Words, units and limits of what can be written down; they change with the server's version only. */
export const catalogueQuery = queryOptions({
  queryKey: ['catalogue'] as const,
  queryFn: ({ signal }) => get<Catalogue>('/api/catalogue', { signal }),
  staleTime: Infinity,
})

export const medicinesQuery = (q: string) =>
  queryOptions({
    queryKey: ['medicines', q] as const,
    queryFn: ({ signal }) => get<{ items: MedicineItem[] }>('/api/me/medicines', { signal, query: { q, limit: 6 } }),
    enabled: q !== '',
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  })

/** sender repeats the key while the same is sent again, so that a lost answer makes no second entry. */
export function sender() {
  let last = ''
  let key = ''
  return <T>(path: string, body: unknown): Promise<T> => {
    const text = path + JSON.stringify(body)
    if (text !== last) {
      last = text
      key = newKey()
    }
    return post<T>(path, body, { idempotencyKey: key })
  }
}

type Send = ReturnType<typeof sender>

export const state = (send: Send, body: Statement, entry?: string) => send<Stated>(entry ? `/api/me/file/${entry}/correct` : '/api/me/file', body)
export const retract = (send: Send, entry: string, reason: string, stages?: boolean) => send<undefined>(`/api/me/file/${entry}/retract`, { reason, ...(stages && { stages }) })

/** uploadReport sends a paper once: pressed again after a lost answer it is the same paper. It answers with the file's id. */
export function uploadReport() {
  let last: File | undefined
  let key = ''
  let id = ''
  return async (file: File, kind: 'imaging' | 'other', at: string): Promise<string> => {
    if (file === last && id) return id
    if (file !== last) {
      last = file
      key = newKey()
      id = ''
    }
    const kept = await upload<Stated>('/api/me/reports', file, { query: { kind, name: file.name.slice(0, 100), at: at || undefined }, idempotencyKey: key })
    id = String(kept.entry.properties.file ?? kept.entry.file?.id ?? '')
    return id
  }
}
