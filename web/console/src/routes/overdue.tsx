import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Skeleton } from '../../../ui/states'
import type { OverdueView } from '../features/overdue/overdue'
import { root } from './root'

const OverduePage = lazy(async () => ({ default: (await import('../features/overdue/OverduePage')).OverduePage }))

const short = (raw: unknown) => (typeof raw === 'string' && raw.length > 0 && raw.length <= 60 ? raw : undefined)
const whole = (raw: unknown) => (typeof raw === 'number' && Number.isInteger(raw) && raw > 0 && raw <= 3650 ? raw : undefined)

export const overdueRoute = createRoute({
  getParentRoute: () => root,
  path: '/overdue',
  validateSearch: (raw: Record<string, unknown>): OverdueView => ({
    kind: short(raw.kind),
    owner: short(raw.owner),
    programme: short(raw.programme),
    days: whole(raw.days),
    state: raw.state === 'later' || raw.state === 'closed' ? raw.state : undefined,
    page: whole(raw.page),
  }),
  component: Page,
})

function Page() {
  const at = overdueRoute.useSearch()
  const go = useNavigate()
  return (
    <Suspense fallback={<Skeleton lines={14} />}>
      <OverduePage at={at} onAt={(search) => void go({ to: '/overdue', search })} />
    </Suspense>
  )
}
