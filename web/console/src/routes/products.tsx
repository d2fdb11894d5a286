import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import type { ProductFilter } from '../features/products/products'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const Products = lazy(async () => ({ default: (await import('../features/products/Products')).Products }))
const DataFrame = lazy(async () => ({ default: (await import('../features/data/DataFrame')).DataFrame }))

export const productsRoute = createRoute({
  getParentRoute: () => root,
  path: '/data/products',
  validateSearch: (raw: Record<string, unknown>): ProductFilter => ({
    q: typeof raw.q === 'string' ? raw.q || undefined : typeof raw.q === 'number' ? String(raw.q) : undefined,
    kind: typeof raw.kind === 'string' ? raw.kind || undefined : undefined,
    retired: raw.retired === true || undefined,
    p: typeof raw.p === 'number' && raw.p > 1 ? Math.floor(raw.p) : undefined,
    list: raw.list === 'questions' || raw.list === 'ignored' || raw.list === 'answered' ? raw.list : undefined,
  }),
  component: Page,
})

function Page() {
  const filter = productsRoute.useSearch()
  const go = useNavigate()
  const onFilter = useCallback((next: ProductFilter) => void go({ to: '/data/products', search: next }), [go])
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <DataFrame>
        <Products filter={filter} onFilter={onFilter} />
      </DataFrame>
    </Suspense>
  )
}
