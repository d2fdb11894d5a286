import { type RouterHistory, createRoute, createRouter, redirect } from '@tanstack/react-router'
import { ErrorBox } from '../../ui/states'
import { auditRoute, eventsRoute } from './routes/records'
import { calendarRoute } from './routes/calendar'
import { overdueRoute } from './routes/overdue'
import { channelRoute, channelsRoute } from './routes/channels'
import { companiesRoute } from './routes/companies'
import { sendersRoute } from './routes/senders'
import { consentsRoute } from './routes/consents'
import { dataRoute, liveRoute, refusedRoute, sourcesRoute } from './routes/data'
import { draftRoute, editTagRoute, newTagRoute } from './routes/draft'
import { doubtsRoute } from './routes/doubts'
import { inboxRoute } from './routes/inbox'
import { importsRoute } from './routes/imports'
import { outRoute } from './routes/out'
import { productsRoute } from './routes/products'
import { proofRoute } from './routes/proof'
import { receiptsRoute } from './routes/receipts'
import { effectRoute } from './routes/effect'
import { layersRoute } from './routes/layers'
import { learnRoute } from './routes/learn'
import { ownersRoute } from './routes/owners'
import { peopleRoute } from './routes/people'
import { personRoute } from './routes/person'
import { checklistRoute, editProgrammeRoute, journeyRoute, newProgrammeRoute, programmeRoute, programmesRoute, rehearsalRoute, versionsRoute } from './routes/programmes'
import { identityRulesRoute, reviewRoute, reviewsRoute } from './routes/reviews'
import { rehearsalsRoute } from './routes/rehearsals'
import { referralsRoute } from './routes/referrals'
import { root } from './routes/root'
import { tagRoute, tagsRoute } from './routes/tags'
import { todayRoute } from './routes/today'
import { visitRoute } from './routes/visit'

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/today' })
  },
})

export function makeRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: root.addChildren([home, todayRoute, inboxRoute, calendarRoute, overdueRoute, peopleRoute, personRoute, visitRoute, layersRoute, effectRoute, consentsRoute, proofRoute, ownersRoute, learnRoute, channelsRoute, channelRoute, referralsRoute, doubtsRoute, tagsRoute, tagRoute, draftRoute, newTagRoute, editTagRoute, programmesRoute, newProgrammeRoute, programmeRoute, editProgrammeRoute, versionsRoute, rehearsalRoute, rehearsalsRoute, checklistRoute, journeyRoute, dataRoute, sourcesRoute, companiesRoute, sendersRoute, liveRoute, refusedRoute, importsRoute, outRoute, productsRoute, receiptsRoute, eventsRoute, auditRoute, reviewsRoute, identityRulesRoute, reviewRoute]),
    basepath: '/console',
    history,
    scrollRestoration: true,
    defaultErrorComponent: ({ error, reset }) => <ErrorBox error={error} onRetry={reset} />,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
