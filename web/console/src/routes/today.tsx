import { Link, createRoute, useNavigate } from '@tanstack/react-router'
import { CallButton } from '../features/person/CallButton'
import { QuickView } from '../features/person/QuickView'
import { useSession } from '../features/session/session'
import { type Group, groups, type TaskFilter } from '../features/tasks/tasks'
import { Today } from '../features/tasks/Today'
import { useWords } from '../layout/strings'
import { root } from './root'

interface Search {
  group?: Group
  owner?: string
  state?: 'closed'
}

export const todayRoute = createRoute({
  getParentRoute: () => root,
  path: '/today',
  validateSearch: (raw: Record<string, unknown>): Search => ({
    group: groups.find((group) => group === raw.group),
    owner: typeof raw.owner === 'string' && raw.owner.length <= 40 ? raw.owner : undefined,
    state: raw.state === 'closed' ? 'closed' : undefined,
  }),
  component: TodayPage,
})

function TodayPage() {
  const search = todayRoute.useSearch()
  const go = useNavigate()
  const t = useWords()
  const { role } = useSession().staff
  // Those who have people of their own begin with them; the others with the team.
  const own = role === 'health_manager' || role === 'pharmacist'
  const filter: TaskFilter = { group: search.group, owner: search.owner ?? (own ? 'me' : 'all'), state: search.state ?? 'open' }
  return (
    <Today
      filter={filter}
      onFilter={(change) => void go({ to: '/today', search: searchOf({ ...filter, owner: search.owner, ...change }) })}
      quick={(task) => <QuickView id={task.person.id} script={task.script} />}
      call={(task) => <CallButton person={task.person.id} primary={false} />}
      onOpenPerson={(id) => void go({ to: '/people/$id', params: { id } })}
      peopleLink={<Link to="/people">{t('people')}</Link>}
    />
  )
}

/** Only what differs from the usual is written into the address. */
function searchOf({ group, owner, state }: Partial<TaskFilter>): Search {
  return { group, owner, state: state === 'closed' ? 'closed' : undefined }
}
