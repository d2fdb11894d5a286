import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { PersonView } from '../features/person/PersonPage'
import { PersonPage } from '../features/person/PersonPage'
import { root } from './root'

const PersonDoubts = lazy(async () => ({ default: (await import('../features/doubts/PersonDoubts')).PersonDoubts }))
const PersonRecords = lazy(async () => ({ default: (await import('../features/reviews/PersonRecords')).PersonRecords }))

type Search = Partial<PersonView>

const kinds = ['event', 'message', 'task', 'tag', 'stage']

export const personRoute = createRoute({
  getParentRoute: () => root,
  path: '/people/$id',
  validateSearch: (raw: Record<string, unknown>): Search => ({
    days: raw.days === 30 || raw.days === 90 ? raw.days : undefined,
    chart: raw.chart === 'daily' ? 'daily' : undefined,
    tab: raw.tab === 'messages' || raw.tab === 'tasks' ? raw.tab : undefined,
    kind: typeof raw.kind === 'string' && kinds.includes(raw.kind) ? raw.kind : undefined,
    page: raw.page === 'file' || raw.page === 'trends' ? raw.page : undefined,
    on: typeof raw.on === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(raw.on) ? raw.on : undefined,
  }),
  component: Page,
})

function Page() {
  const { id } = personRoute.useParams()
  const search = personRoute.useSearch()
  const go = useNavigate()
  const view: PersonView = { ...search, days: search.days ?? 14, chart: search.chart ?? 'log', tab: search.tab ?? 'timeline' }
  return (
    <PersonPage
      key={id}
      id={id}
      view={view}
      onView={(change) => void go({ to: '/people/$id', params: { id }, search: (before) => ({ ...(before as Search), ...change }), replace: true, resetScroll: false })}
    >
      <Suspense fallback={null}>
        <PersonDoubts id={id} />
        <PersonRecords id={id} />
      </Suspense>
    </PersonPage>
  )
}
