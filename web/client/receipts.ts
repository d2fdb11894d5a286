// Receipts people uploaded, on the wire.
import type { Choice } from './layers'
import type { Text } from './types'

/** One thing on a receipt. */
export interface ReceiptLine {
  title?: string
  /** Id of a product; else it is found by its title. */
  product?: string
  /** Boxes. */
  quantity?: number
  /** CNY. */
  amount?: number
  prescription?: boolean
}

export interface ReceiptSaid {
  shop?: string
  title?: string
  quantity?: number
  amount?: number
  lines?: ReceiptLine[]
}

/** What went back of a line. */
export interface ReceiptRefund {
  id: string
  at: string
  quantity?: number
  amount?: number
}

/** A line and the order it became. */
export interface TypedLine extends ReceiptLine {
  order: string
  productText?: Text
  /** Days of supply that are left after refunds. */
  days?: number
  /** Share of it that did not go back, 0 to 1. */
  kept: number
  refunds?: ReceiptRefund[]
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
  typed?: ReceiptSaid & { order: string; orders: TypedLine[]; at: string; number?: string; productText?: Text; prescription?: boolean }
  /** Of one taken up again: what had been typed. */
  draft?: { shop?: string; at: string; number?: string; lines: ReceiptLine[] }
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
  products?: Choice[]
}

export interface TypedReceipt extends ReceiptSaid {
  at: string
  number?: string
  again?: boolean
}

export interface RefundSaid {
  order: string
  at: string
  quantity?: number
  amount?: number
}

/** A person's own receipts. */
export interface MyReceipts {
  items: Receipt[]
  products: Choice[]
}
