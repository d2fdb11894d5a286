import { createRoute } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const SendersPage = lazy(async () => ({ default: (await import('../features/senders/Senders')).SendersPage }))

export const sendersRoute = createRoute({
  getParentRoute: () => root,
  path: '/data/senders',
  component: () => (
    <Suspense fallback={<Skeleton lines={12} />}>
      <SendersPage />
    </Suspense>
  ),
})
