import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const Imports = lazy(async () => ({ default: (await import('../features/imports/Imports')).Imports }))
const DataFrame = lazy(async () => ({ default: (await import('../features/data/DataFrame')).DataFrame }))

export const importsRoute = createRoute({
  getParentRoute: () => root,
  path: '/data/imports',
  validateSearch: (raw: Record<string, unknown>): { p?: number } => ({ p: typeof raw.p === 'number' && raw.p > 1 ? Math.floor(raw.p) : undefined }),
  component: Page,
})

function Page() {
  const { p } = importsRoute.useSearch()
  const go = useNavigate()
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <DataFrame>
        <Imports page={p ?? 1} onPage={(page) => void go({ to: '/data/imports', search: { p: page > 1 ? page : undefined } })} />
      </DataFrame>
    </Suspense>
  )
}
