// Receipts people uploaded, on the wire.
import type { Choice } from './layers'
import type { Text } from './types'

export interface ReceiptSaid {
  shop?: string
  title?: string
  quantity?: number
  amount?: number
}

export interface Receipt {
  id: string
  person: { id: string; name: string }
  state: 'uploaded' | 'verified' | 'refused'
  /** The day it is of, as the person said; else when it came. */
  at: string
  came: string
  file?: { url: string; media: string; name: string }
  told?: ReceiptSaid
  typed?: ReceiptSaid & { order: string; at: string; number?: string; productText?: Text; prescription?: boolean }
  reason?: Text
  by?: Text
  mayWrite: boolean
}

export interface ReceiptList {
  items: Receipt[]
  total: number
  nextCursor?: string
  waiting: number
  reasons: Choice[]
}

export interface TypedReceipt extends ReceiptSaid {
  at: string
  number?: string
  prescription?: boolean
  again?: boolean
}
