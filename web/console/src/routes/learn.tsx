import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const Learn = lazy(async () => ({ default: (await import('../features/learn/Learn')).Learn }))

export const learnRoute = createRoute({
  getParentRoute: () => root,
  path: '/learn',
  validateSearch: (raw: Record<string, unknown>): { course?: string } => ({ course: typeof raw.course === 'string' ? raw.course : undefined }),
  component: Page,
})

function Page() {
  const { course } = learnRoute.useSearch()
  const go = useNavigate()
  const onCourse = useCallback((next: string | undefined) => void go({ to: '/learn', search: { course: next } }), [go])
  return (
    <Suspense fallback={<Skeleton lines={10} />}>
      <Learn course={course} onCourse={onCourse} />
    </Suspense>
  )
}
