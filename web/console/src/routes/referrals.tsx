import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import { Skeleton } from '../../../ui/states'
import type { ReferralFilter } from '../features/referrals/Referrals'
import { root } from './root'

const Referrals = lazy(async () => ({ default: (await import('../features/referrals/Referrals')).Referrals }))

const word = (value: unknown) => (typeof value === 'string' && /^[a-z0-9_-]{1,60}$/.test(value) ? value : undefined)

export const referralsRoute = createRoute({
  getParentRoute: () => root,
  path: '/referrals',
  validateSearch: (raw: Record<string, unknown>): ReferralFilter => ({
    state: word(raw.state),
    group: word(raw.group),
    from: word(raw.from),
    late: raw.late === true || undefined,
    mine: raw.mine === true || undefined,
  }),
  component: Page,
})

function Page() {
  const filter = referralsRoute.useSearch()
  const go = useNavigate()
  const onFilter = useCallback((next: ReferralFilter) => void go({ to: '/referrals', search: next }), [go])
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <Referrals filter={filter} onFilter={onFilter} />
    </Suspense>
  )
}
