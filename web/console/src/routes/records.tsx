import { createRoute } from '@tanstack/react-router'
import { type ComponentType, lazy, Suspense } from 'react'
import type { AuditFilter } from '../features/audit/audit'
import type { EventsFilter } from '../features/events/events'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

// Few open these: what they are made of comes when they are asked for.
const pages = { audit: lazy(async () => ({ default: (await import('./recordPages')).AuditPage })), events: lazy(async () => ({ default: (await import('./recordPages')).EventsPage })) }

const shown = (Page: ComponentType) => () => (
  <Suspense fallback={<Skeleton lines={12} />}>
    <Page />
  </Suspense>
)

export const auditRoute = createRoute({
  getParentRoute: () => root,
  path: '/data/audit',
  validateSearch: (raw: AuditFilter): AuditFilter => raw,
  component: shown(pages.audit),
})

export const eventsRoute = createRoute({
  getParentRoute: () => root,
  path: '/data/events',
  validateSearch: (raw: EventsFilter): EventsFilter => raw,
  component: shown(pages.events),
})
