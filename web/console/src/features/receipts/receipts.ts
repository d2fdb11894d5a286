// Receipts that wait, and what is done with one.
import { queryOptions } from '@tanstack/react-query'
import { del, get, newKey, post } from '../../../../client/http'
import type { Receipt, ReceiptLine, ReceiptList, RefundSaid, TypedReceipt } from '../../../../client/receipts'

export const pageSize = 20

export interface ReceiptFilter {
  state?: 'verified' | 'refused'
  p?: number
}

export const receiptsQuery = ({ state, p = 1 }: ReceiptFilter) =>
  queryOptions({
    queryKey: ['receipts', state ?? 'uploaded', p] as const,
    queryFn: ({ signal }) => get<ReceiptList>('/api/receipts', { signal, query: { state, limit: pageSize, cursor: p > 1 ? String((p - 1) * pageSize) : undefined } }),
  })

const at = ({ id, person }: Receipt, what: string) => `/api/people/${person.id}/receipts/${id}/${what}`

export const typeReceipt = (one: Receipt, body: TypedReceipt) => post<Receipt>(at(one, 'order'), body, { idempotencyKey: newKey() })
export const refuseReceipt = (one: Receipt, reason: string) => post<Receipt>(at(one, 'refuse'), { reason }, { idempotencyKey: newKey() })
export const reopenReceipt = (one: Receipt) => post<Receipt>(at(one, 'reopen'), {}, { idempotencyKey: newKey() })
export const refundReceipt = (one: Receipt, body: RefundSaid) => post<Receipt>(at(one, 'refund'), body, { idempotencyKey: newKey() })
export const undoRefund = (one: Receipt, refund: string) => del<Receipt>(at(one, `refund/${refund}`), { idempotencyKey: newKey() })

/** filled tells whether anything is said of a line. */
export const filled = (line: ReceiptLine): boolean => Boolean(line.title?.trim() || line.product || line.quantity || line.amount)

/** sumOf is what all lines cost together, CNY; undefined while one does not say it, for then it is no sum to check the paper by. */
export const sumOf = (lines: readonly ReceiptLine[]): number | undefined =>
  lines.every(({ amount }) => amount) ? Math.round(lines.reduce((sum, { amount = 0 }) => sum + amount, 0) * 100) / 100 : undefined

/** dayOf is the day of a moment the server told, as it is typed. */
export const dayOf = (at: string): string => at.slice(0, 10)

/** wholeDay tells whether a text is a day that there is. */
export const wholeDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().slice(0, 10) === text
