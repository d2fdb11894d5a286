import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import type { ReceiptFilter } from '../features/receipts/receipts'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const Receipts = lazy(async () => ({ default: (await import('../features/receipts/Receipts')).Receipts }))
const DataFrame = lazy(async () => ({ default: (await import('../features/data/DataFrame')).DataFrame }))

export const receiptsRoute = createRoute({
  getParentRoute: () => root,
  path: '/data/receipts',
  validateSearch: (raw: Record<string, unknown>): ReceiptFilter => ({
    state: raw.state === 'verified' || raw.state === 'refused' ? raw.state : undefined,
    p: typeof raw.p === 'number' && raw.p > 1 ? Math.floor(raw.p) : undefined,
  }),
  component: Page,
})

function Page() {
  const filter = receiptsRoute.useSearch()
  const go = useNavigate()
  const onFilter = useCallback((next: ReceiptFilter) => void go({ to: '/data/receipts', search: next }), [go])
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <DataFrame>
        <Receipts filter={filter} onFilter={onFilter} />
      </DataFrame>
    </Suspense>
  )
}
