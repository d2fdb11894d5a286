import { queryOptions } from '@tanstack/react-query'
import type { Answers, Filling, Form } from '../../../../client/forms'
import { get, newKey, post } from '../../../../client/http'

export const formsQuery = queryOptions({
  queryKey: ['me', 'forms'] as const,
  queryFn: ({ signal }) => get<{ items: Form[] }>('/api/me/forms', { signal }),
})

/** sender repeats the key while the same answers are handed in again, so that a lost answer makes no second set. */
export function sender() {
  let last = ''
  let key = ''
  return (form: string, body: Answers, instead?: string): Promise<Filling> => {
    const path = `/api/me/forms/${form}/answers${instead ? `/${instead}/correct` : ''}`
    const text = path + JSON.stringify(body)
    if (text !== last) {
      last = text
      key = newKey()
    }
    return post<Filling>(path, body, { idempotencyKey: key })
  }
}

export const takeBack = (form: string, filling: string, reason: string) =>
  post<undefined>(`/api/me/forms/${form}/answers/${filling}/retract`, { reason }, { idempotencyKey: newKey() })
