import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import type { LayersView } from '../features/layers/layers'
import type { Opens } from '../features/layers/LayersPage'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const LayersPage = lazy(async () => ({ default: (await import('../features/layers/LayersPage')).LayersPage }))
const CountedLater = lazy(async () => ({ default: (await import('../features/tags/FoundList')).CountedLater }))

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value || undefined : undefined)

export const layersRoute = createRoute({
  getParentRoute: () => root,
  path: '/layers',
  validateSearch: (raw: Record<string, unknown>): LayersView => ({ programme: text(raw.programme), week: text(raw.week) }),
  component: Page,
})

/** The list behind a number is the one of the tags. */
const Opened: Opens = (props) => (
  <Suspense fallback={<span>{props.text}</span>}>
    <CountedLater {...props} />
  </Suspense>
)

function Page() {
  const view = layersRoute.useSearch()
  const go = useNavigate()
  const onView = useCallback((next: LayersView) => void go({ to: '/layers', search: next, replace: true, resetScroll: false }), [go])
  return (
    <Suspense fallback={<Skeleton lines={14} />}>
      <LayersPage view={view} onView={onView} Opens={Opened} />
    </Suspense>
  )
}
