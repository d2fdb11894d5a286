import { createRoute } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const CompaniesPage = lazy(async () => ({ default: (await import('../features/companies/Companies')).CompaniesPage }))

export const companiesRoute = createRoute({
  getParentRoute: () => root,
  path: '/data/wecom',
  component: () => (
    <Suspense fallback={<Skeleton lines={12} />}>
      <CompaniesPage />
    </Suspense>
  ),
})
