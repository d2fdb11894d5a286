import { createRoute } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const RehearsalsPage = lazy(async () => ({ default: (await import('../features/rehearsals/RehearsalsPage')).RehearsalsPage }))

export const rehearsalsRoute = createRoute({
  getParentRoute: () => root,
  path: '/rehearsals',
  component: () => (
    <Suspense fallback={<Skeleton lines={10} />}>
      <RehearsalsPage />
    </Suspense>
  ),
})
