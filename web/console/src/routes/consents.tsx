import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import type { ConsentsView } from '../features/consents/consents'
import type { Opens } from '../features/consents/ConsentsPage'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const ConsentsPage = lazy(async () => ({ default: (await import('../features/consents/ConsentsPage')).ConsentsPage }))
const CountedLater = lazy(async () => ({ default: (await import('../features/tags/FoundList')).CountedLater }))

export const consentsRoute = createRoute({
  getParentRoute: () => root,
  path: '/consents',
  validateSearch: (raw: Record<string, unknown>): ConsentsView => ({
    page: raw.page === 'words' || raw.page === 'caps' ? raw.page : undefined,
    purpose: typeof raw.purpose === 'string' ? raw.purpose || undefined : undefined,
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
  const view = consentsRoute.useSearch()
  const go = useNavigate()
  const onView = useCallback((next: ConsentsView) => void go({ to: '/consents', search: next, resetScroll: false }), [go])
  return (
    <Suspense fallback={<Skeleton lines={14} />}>
      <ConsentsPage view={view} onView={onView} Opens={Opened} />
    </Suspense>
  )
}
