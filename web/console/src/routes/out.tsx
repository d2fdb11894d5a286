import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const Out = lazy(async () => ({ default: (await import('../features/out/Out')).Out }))
const DataFrame = lazy(async () => ({ default: (await import('../features/data/DataFrame')).DataFrame }))

export const outRoute = createRoute({
  getParentRoute: () => root,
  path: '/data/out',
  validateSearch: (raw: Record<string, unknown>): { open?: string } => ({ open: typeof raw.open === 'string' ? raw.open || undefined : undefined }),
  component: Page,
})

function Page() {
  const { open } = outRoute.useSearch()
  const go = useNavigate()
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <DataFrame>
        <Out open={open} onOpen={(id) => void go({ to: '/data/out', search: { open: id } })} />
      </DataFrame>
    </Suspense>
  )
}
