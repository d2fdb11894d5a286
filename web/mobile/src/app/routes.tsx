import { useQuery, useQueryClient } from '@tanstack/react-query'
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Link,
  Outlet,
  type RouterHistory,
  useNavigate,
} from '@tanstack/react-router'
import { OfflineError } from '../../../client/http'
import { Empty, ErrorBox, Skeleton } from '../../../ui/states'
import { SignInByLink } from '../features/signin/SignIn'
import { todayQuery } from '../features/today/query'
import { TodayView } from '../features/today/TodayView'
import { useSettings } from '../session/settings'
import './arrived'
import { Away } from './Away'
import { RecordPage } from './RecordPage'
import { Root } from './Root'
import { useAppWords } from './strings'

interface TopSearch {
  /** The one-time token of a sign-in link. */
  t?: string
}

const rootRoute = createRootRoute({
  validateSearch: (search: Record<string, unknown>): TopSearch => (typeof search.t === 'string' ? { t: search.t } : {}),
  component: Top,
  notFoundComponent: Lost,
})

function Top() {
  const { t } = rootRoute.useSearch()
  return t ? <Enter token={t} /> : <Outlet />
}

function Enter({ token }: { token: string }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  return (
    <SignInByLink
      token={token}
      onDone={() => {
        client.clear()
        void navigate({ to: '/', search: {}, replace: true })
      }}
    />
  )
}

const inRoute = createRoute({ getParentRoute: () => rootRoute, path: '/in/$token', component: EnterByPath })

function EnterByPath() {
  const { token } = inRoute.useParams()
  return <Enter token={token} />
}

const joinRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/j/$state',
  component: lazyRouteComponent(() => import('./JoinPage'), 'JoinPage'),
})

const appRoute = createRoute({ getParentRoute: () => rootRoute, id: 'app', component: Root })

const todayRoute = createRoute({ getParentRoute: () => appRoute, path: '/', component: TodayPage })

function TodayPage() {
  const today = useQuery(todayQuery)
  const settings = useSettings()
  if (today.data) return <TodayView today={today.data} onElder={(elder) => settings.mutate({ elder })} />
  if (today.failureReason instanceof OfflineError) return <Away />
  if (today.error) return <ErrorBox error={today.error} onRetry={() => void today.refetch()} />
  return <Skeleton lines={6} />
}

interface RecordSearch {
  /** Meal slot to begin with. */
  context?: string
  /** The reading to put right. */
  fix?: string
}

const recordRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/record',
  validateSearch: (search: Record<string, unknown>): RecordSearch => ({
    ...(typeof search.context === 'string' && { context: search.context }),
    ...(typeof search.fix === 'string' && { fix: search.fix }),
  }),
  // Not loaded late: without a network there must still be a keypad.
  component: RecordPage,
})

interface MeasureSearch {
  /** What to record: a type of the catalogue other than glucose. */
  type?: string
  /** The value to put right. */
  fix?: string
}

const measureRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/measure',
  validateSearch: (search: Record<string, unknown>): MeasureSearch => ({
    ...(typeof search.type === 'string' && { type: search.type }),
    ...(typeof search.fix === 'string' && { fix: search.fix }),
  }),
  component: lazyRouteComponent(() => import('./MeasurePages'), 'MeasurePage'),
})

const measuresRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/measures',
  component: lazyRouteComponent(() => import('./MeasurePages'), 'MeasuresPage'),
})

const glucoseRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/glucose',
  validateSearch: (search: Record<string, unknown>): { days?: 7 | 30 } => (Number(search.days) === 30 ? { days: 30 } : {}),
  component: lazyRouteComponent(() => import('./HistoryPage'), 'HistoryPage'),
})

const visitRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/visit',
  component: lazyRouteComponent(() => import('./VisitPage'), 'VisitPage'),
})

const messagesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/messages',
  component: lazyRouteComponent(() => import('./MessagesPage'), 'MessagesPage'),
})

const messageRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/messages/$id',
  component: lazyRouteComponent(() => import('./MessagesPage'), 'MessagePage'),
})

const chatRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/chat',
  component: lazyRouteComponent(() => import('./ChatPage'), 'ChatPage'),
})

const meRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/me',
  component: lazyRouteComponent(() => import('./MyRoute'), 'MyRoute'),
})

const fileRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/file',
  component: lazyRouteComponent(() => import('./FilePages'), 'FilePage'),
})

const fileChoicesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/file/add',
  component: lazyRouteComponent(() => import('./FilePages'), 'ChoicesPage'),
})

const fileAddRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/file/add/$what',
  component: lazyRouteComponent(() => import('./FilePages'), 'AddPage'),
})

const fileEntryRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/file/entry/$id',
  component: lazyRouteComponent(() => import('./FilePages'), 'EntryPage'),
})

const familyRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/family',
  component: lazyRouteComponent(() => import('./FamilyPage'), 'FamilyPage'),
})

const sharedRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/shared/$id',
  component: lazyRouteComponent(() => import('./SharedPage'), 'SharedPage'),
})

const childConsentsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/child/$id/consents',
  component: lazyRouteComponent(() => import('./ChildConsentsPage'), 'ChildConsentsPage'),
})

const formsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/forms',
  component: lazyRouteComponent(() => import('./FormPages'), 'FormsPage'),
})

const formRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/forms/$key',
  // The answers to put right.
  validateSearch: (search: Record<string, unknown>): { fix?: string } => (typeof search.fix === 'string' ? { fix: search.fix } : {}),
  component: lazyRouteComponent(() => import('./FormPages'), 'FormPage'),
})

const consentsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/consents',
  component: lazyRouteComponent(() => import('./ConsentsPage'), 'ConsentsPage'),
})

const preferencesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/preferences',
  component: lazyRouteComponent(() => import('./PreferencesPage'), 'PreferencesPage'),
})

const inviteRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/invite',
  component: lazyRouteComponent(() => import('./InvitePage'), 'InvitePage'),
})

function Lost() {
  const t = useAppWords()
  return (
    <Empty
      title={t('lostTitle')}
      action={
        <Link to="/" className="main-button">
          {t('toToday')}
        </Link>
      }
    >
      {t('lostText')}
    </Empty>
  )
}

export function makeRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: rootRoute.addChildren([
      inRoute,
      joinRoute,
      appRoute.addChildren([todayRoute, recordRoute, measureRoute, measuresRoute, glucoseRoute, visitRoute, messagesRoute, messageRoute, chatRoute, meRoute, fileRoute, fileChoicesRoute, fileAddRoute, fileEntryRoute, formsRoute, formRoute, familyRoute, consentsRoute, preferencesRoute, inviteRoute, sharedRoute, childConsentsRoute]),
    ]),
    history,
    basepath: '/m',
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultPendingComponent: () => <Skeleton lines={6} />,
    defaultErrorComponent: ({ error, reset }) => <ErrorBox error={error} onRetry={reset} />,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
