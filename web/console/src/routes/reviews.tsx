import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import { type ReviewFilter, states } from '../features/reviews/reviews'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const Reviews = lazy(async () => ({ default: (await import('../features/reviews/Reviews')).Reviews }))
const OneReview = lazy(async () => ({ default: (await import('../features/reviews/OneReview')).OneReview }))
const Policy = lazy(async () => ({ default: (await import('../features/reviews/Policy')).Policy }))

const text = (value: unknown) => (typeof value === 'string' ? value || undefined : typeof value === 'number' ? String(value) : undefined)

export const reviewsRoute = createRoute({
  getParentRoute: () => root,
  path: '/reviews',
  validateSearch: (raw: Record<string, unknown>): ReviewFilter => ({
    state: states.find((state) => state === raw.state && state !== 'open'),
    origin: raw.origin === 'intake' || raw.origin === 'matched' ? raw.origin : undefined,
    q: text(raw.q),
    p: typeof raw.p === 'number' && raw.p > 1 ? Math.floor(raw.p) : undefined,
  }),
  component: List,
})

function List() {
  const filter = reviewsRoute.useSearch()
  const go = useNavigate()
  const onFilter = useCallback((next: ReviewFilter) => void go({ to: '/reviews', search: next }), [go])
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <Reviews filter={filter} onFilter={onFilter} />
    </Suspense>
  )
}

export const reviewRoute = createRoute({
  getParentRoute: () => root,
  path: '/reviews/$id',
  component: function One() {
    const { id } = reviewRoute.useParams()
    return (
      <Suspense fallback={<Skeleton lines={12} />}>
        <OneReview id={id} />
      </Suspense>
    )
  },
})

export const identityRulesRoute = createRoute({
  getParentRoute: () => root,
  path: '/reviews/rules',
  component: () => (
    <Suspense fallback={<Skeleton lines={14} />}>
      <Policy />
    </Suspense>
  ),
})
