import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import type { EventsFilter } from '../features/events/events'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const Events = lazy(async () => ({ default: (await import('../features/events/Events')).Events }))
const DataFrame = lazy(async () => ({ default: (await import('../features/data/DataFrame')).DataFrame }))

const text = (value: unknown): string | undefined => (typeof value === 'string' || typeof value === 'number' ? String(value) || undefined : undefined)
const texts = (value: unknown): string[] | undefined => (Array.isArray(value) && value.length > 0 ? value.map(String) : undefined)

export const eventsRoute = createRoute({
  getParentRoute: () => root,
  path: '/data/events',
  validateSearch: (raw: Record<string, unknown>): EventsFilter => ({ type: texts(raw.type), source: text(raw.source), from: text(raw.from), to: text(raw.to) }),
  component: Page,
})

function Page() {
  const filter = eventsRoute.useSearch()
  const go = useNavigate()
  const onFilter = useCallback((next: EventsFilter) => void go({ to: '/data/events', search: next }), [go])
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <DataFrame>
        <Events filter={filter} onFilter={onFilter} />
      </DataFrame>
    </Suspense>
  )
}
