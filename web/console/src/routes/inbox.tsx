import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Skeleton } from '../../../ui/states'
import type { InboxView, Tab } from '../features/inbox/inbox'
import { root } from './root'

const InboxPage = lazy(async () => ({ default: (await import('../features/inbox/InboxPage')).InboxPage }))

const QuickView = lazy(async () => ({ default: (await import('../features/person/QuickView')).QuickView }))

const short = (raw: unknown) => (typeof raw === 'string' && raw.length > 0 && raw.length <= 200 ? raw : undefined)
const one = <T extends string>(raw: unknown, all: readonly T[]) => all.find((x) => x === raw)
const tabs: readonly Tab[] = ['unassigned', 'theirs', 'snoozed', 'closed', 'all']

export const inboxRoute = createRoute({
  getParentRoute: () => root,
  path: '/inbox',
  validateSearch: (raw: Record<string, unknown>): InboxView => ({
    tab: one(raw.tab, tabs),
    channel: one(raw.channel, ['inapp', 'kf', 'official', 'mini_program', 'wecom', 'sms'] as const),
    safety: raw.safety === true ? true : undefined,
    id: short(raw.id),
    page: one(raw.page, ['knowledge', 'questions', 'settings'] as const),
    q: short(raw.q),
  }),
  component: Page,
})

function Page() {
  const at = inboxRoute.useSearch()
  const go = useNavigate()
  return (
    <Suspense fallback={<Skeleton lines={14} />}>
      <InboxPage at={at} onAt={(search) => void go({ to: '/inbox', search })} about={(id) => <Suspense fallback={<Skeleton lines={5} />}><QuickView id={id} /></Suspense>} />
    </Suspense>
  )
}
