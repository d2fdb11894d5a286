import { createRoute } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const ProofPage = lazy(async () => ({ default: (await import('../features/proof/ProofPage')).ProofPage }))

export const proofRoute = createRoute({ getParentRoute: () => root, path: '/proof/$id', component: Page })

function Page() {
  const { id } = proofRoute.useParams()
  return (
    <Suspense fallback={<Skeleton lines={14} />}>
      <ProofPage id={id} />
    </Suspense>
  )
}
