import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import { type DoubtFilter, states } from '../features/doubts/doubts'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const Doubts = lazy(async () => ({ default: (await import('../features/doubts/Doubts')).Doubts }))

export const doubtsRoute = createRoute({
  getParentRoute: () => root,
  path: '/doubts',
  validateSearch: (raw: Record<string, unknown>): DoubtFilter => ({
    reason: typeof raw.reason === 'string' ? raw.reason || undefined : undefined,
    state: states.find((state) => state === raw.state && state !== 'open'),
    p: typeof raw.p === 'number' && raw.p > 1 ? Math.floor(raw.p) : undefined,
  }),
  component: Page,
})

function Page() {
  const filter = doubtsRoute.useSearch()
  const go = useNavigate()
  const onFilter = useCallback((next: DoubtFilter) => void go({ to: '/doubts', search: next }), [go])
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <Doubts filter={filter} onFilter={onFilter} />
    </Suspense>
  )
}
