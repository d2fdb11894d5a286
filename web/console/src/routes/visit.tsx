import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from './root'

export const visitRoute = createRoute({
  getParentRoute: () => root,
  path: '/people/$id/visit',
  component: lazyRouteComponent(() => import('../features/visit/VisitRoute'), 'VisitRoute'),
})
