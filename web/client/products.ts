// What shops sell, on the wire.
import type { Choice } from './layers'
import type { Text } from './types'

export interface SKU {
  /** Not given: in every shop. */
  shop?: string
  code: string
}

export interface ProductSaid {
  nameZh: string
  nameEn?: string
  kind: string
  skus?: SKU[]
  barcodes?: string[]
  /** Every word of one must occur in an order's title. */
  titles?: string[]
  /** Pieces in a box. */
  units?: number
  /** Pieces used a day. */
  perDay?: number
  /** Days a box lasts. */
  days?: number
  generic?: string
  retired?: boolean
}

export interface Product extends ProductSaid {
  id: string
  kindText: Text
  genericText?: Text
  /** Days one box lasts by all of this. */
  boxDays?: number
  revision: number
  at: string
  by?: Text
}

export interface Products {
  items: Product[]
  total: number
  nextCursor?: string
  kinds: Choice[]
  medicines: Choice[]
  perDay: Record<string, number>
  mayManage: boolean
  /** Questions that wait. */
  open: number
}

export interface ProductQuestion {
  id: string
  shop?: string
  shopText?: Text
  title?: string
  code?: string
  barcode?: string
  /** Fills of a medicine known to be this product, which does not say how long it lasts: it is to be changed. */
  product?: string
  /** Orders, refunds and fills of medicines that wait for the answer. */
  orders: number
  first: string
  last: string
  by?: Text
}

export interface Completed {
  product?: Product
  completed: number
}

export interface ProductsRead {
  rows: number
  added: number
  changed: number
  same: number
  refused: { line: number; code: string; text: Text; hint?: Text }[]
  completed: number
}
