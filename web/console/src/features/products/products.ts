// The products of the workspace: the list, the questions, and what is sent; how names are typed, apart from drawing.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { address, get, newKey, post, put } from '../../../../client/http'
import type { Completed, Product, ProductQuestion, Products, ProductSaid, SKU } from '../../../../client/products'

export const pageSize = 50

export interface ProductFilter {
  q?: string
  kind?: string
  retired?: boolean
  p?: number
  list?: 'questions' | 'ignored' | 'answered'
}

const asked = ({ q, kind, retired }: ProductFilter) => ({ q: q || undefined, kind, retired: retired || undefined })

export const productsQuery = (filter: ProductFilter) =>
  queryOptions({
    queryKey: ['products', 'list', asked(filter), filter.p ?? 1] as const,
    queryFn: ({ signal }) => get<Products>('/api/products', { signal, query: { ...asked(filter), limit: pageSize, cursor: (filter.p ?? 1) > 1 ? String(((filter.p ?? 1) - 1) * pageSize) : undefined } }),
    placeholderData: keepPreviousData,
  })

/** All that may be chosen as an answer. */
export const everyProductQuery = queryOptions({
  queryKey: ['products', 'all'] as const,
  queryFn: async ({ signal }) => {
    const out: Product[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page: Products = await get<Products>('/api/products', { signal, query: { limit: 200, cursor: cursor || undefined } })
      out.push(...page.items)
      cursor = page.nextCursor || undefined
    }
    return out
  },
})

export const questionsQuery = (state: 'open' | 'ignored' | 'answered') =>
  queryOptions({ queryKey: ['products', 'questions', state] as const, queryFn: ({ signal }) => get<{ items: ProductQuestion[]; total: number }>('/api/products/questions', { signal, query: { state } }) })

export const fileAddress = (filter: ProductFilter): string => address('/api/products.csv', asked(filter))

export const addProduct = (body: ProductSaid) => post<Completed>('/api/products', body, { idempotencyKey: newKey() })
export const changeProduct = (id: string, body: ProductSaid & { revision: number }) => put<Completed>(`/api/products/${id}`, body)
export const setUse = (perDay: Record<string, number>) => put<Completed>('/api/products/setting', { perDay })
export const answer = (id: string, body: { product?: string; new?: ProductSaid; ignore?: boolean }) => post<Completed>(`/api/products/questions/${id}/answer`, body, { idempotencyKey: newKey() })

/** linesOf are the lines of a text that hold something. */
export const linesOf = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter((line) => line !== '')

/** skusOf reads one code a line, with the shop before a colon where it is one shop's only. */
export const skusOf = (text: string): SKU[] =>
  linesOf(text).map((line) => {
    const at = line.search(/[:：]/)
    return at < 0 ? { code: line } : { shop: line.slice(0, at).trim(), code: line.slice(at + 1).trim() }
  })

export const skuText = (skus: readonly SKU[] | undefined): string => (skus ?? []).map(({ shop, code }) => (shop ? `${shop}:${code}` : code)).join('\n')

/** saidOf is what of a product is sent back. */
export const saidOf = ({ nameZh, nameEn, kind, skus, barcodes, titles, units, perDay, days, generic, retired }: ProductSaid): ProductSaid => ({ nameZh, nameEn, kind, skus, barcodes, titles, units, perDay, days, generic, retired })

/** guessOf is what a question says as the beginning of a product. */
export const guessOf = ({ title, code, shop, barcode }: ProductQuestion): ProductSaid => ({
  nameZh: title ?? code ?? '',
  kind: 'strips',
  skus: code && title ? [{ shop, code }] : undefined,
  barcodes: barcode ? [barcode] : undefined,
})
