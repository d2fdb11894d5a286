import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import type { Opens } from '../features/owners/Board'
import { type OwnersView, tabs } from '../features/owners/owners'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const OwnersPage = lazy(async () => ({ default: (await import('../features/owners/OwnersPage')).OwnersPage }))
const CountedLater = lazy(async () => ({ default: (await import('../features/tags/FoundList')).CountedLater }))

export const ownersRoute = createRoute({
  getParentRoute: () => root,
  path: '/owners',
  validateSearch: (raw: Record<string, unknown>): OwnersView => ({
    part: tabs.find((tab) => tab === raw.part),
    number: typeof raw.number === 'number' ? raw.number : undefined,
  }),
  component: Page,
})

/** The list behind a number is the one of the tags. */
const Opened: Opens = (props) => (
  <Suspense fallback={<span>{props.text}</span>}>
    <CountedLater {...props} />
  </Suspense>
)

function Page() {
  const view = ownersRoute.useSearch()
  const go = useNavigate()
  const onView = useCallback((next: OwnersView) => void go({ to: '/owners', search: next, resetScroll: false }), [go])
  return (
    <Suspense fallback={<Skeleton lines={14} />}>
      <OwnersPage view={view} onView={onView} Opens={Opened} />
    </Suspense>
  )
}
