import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Skeleton } from '../../../ui/states'
import type { CalendarView } from '../features/calendar/CalendarPage'
import { root } from './root'

const CalendarPage = lazy(async () => ({ default: (await import('../features/calendar/CalendarPage')).CalendarPage }))

const short = (raw: unknown) => (typeof raw === 'string' && raw.length > 0 && raw.length <= 60 ? raw : undefined)

export const calendarRoute = createRoute({
  getParentRoute: () => root,
  path: '/calendar',
  validateSearch: (raw: Record<string, unknown>): CalendarView => ({
    view: raw.view === 'week' || raw.view === 'list' ? raw.view : undefined,
    day: typeof raw.day === 'string' && /^\d{4}-\d\d-\d\d$/.test(raw.day) ? raw.day : undefined,
    owner: short(raw.owner),
    programme: short(raw.programme),
  }),
  component: Page,
})

function Page() {
  const at = calendarRoute.useSearch()
  const go = useNavigate()
  return (
    <Suspense fallback={<Skeleton lines={14} />}>
      <CalendarPage at={at} onAt={(search) => void go({ to: '/calendar', search })} />
    </Suspense>
  )
}
