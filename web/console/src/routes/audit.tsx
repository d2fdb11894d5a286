import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import type { AuditFilter } from '../features/audit/audit'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const Audit = lazy(async () => ({ default: (await import('../features/audit/Audit')).Audit }))
const DataFrame = lazy(async () => ({ default: (await import('../features/data/DataFrame')).DataFrame }))

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value || undefined : undefined)

export const auditRoute = createRoute({
  getParentRoute: () => root,
  path: '/data/audit',
  validateSearch: (raw: Record<string, unknown>): AuditFilter => ({ from: text(raw.from), to: text(raw.to), actor: text(raw.actor), action: text(raw.action), person: text(raw.person) }),
  component: Page,
})

function Page() {
  const filter = auditRoute.useSearch()
  const go = useNavigate()
  const onFilter = useCallback((next: AuditFilter) => void go({ to: '/data/audit', search: next }), [go])
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <DataFrame>
        <Audit filter={filter} onFilter={onFilter} />
      </DataFrame>
    </Suspense>
  )
}
