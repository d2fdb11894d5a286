import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useCallback, useEffect } from 'react'
import { ApiError } from '../../../client/http'
import { useStream } from '../../../client/stream'
import type { Recorded } from '../../../client/types'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { ConsentFirst } from '../features/consent/ConsentFirst'
import { Contact } from '../features/contact/Contact'
import { forgetSafety, isSafety, raiseCard, settleCard, useSafety } from '../features/safety/current'
import { SafetyCard, TimerStrip } from '../features/safety/SafetyCard'
import { openTimer, stopTimer } from '../features/safety/timer'
import { SignedOut } from '../features/signin/SignIn'
import { todayQuery } from '../features/today/query'
import { OfflineBar } from '../queue/OfflineBar'
import { openQueue } from '../queue/queue'
import { meQuery } from '../session/query'
import { Session, useMe } from '../session/Session'
import { Shell } from './Shell'

/** Root lets nobody past without a session, and asks for consent before anything else. */
export function Root() {
  const client = useQueryClient()
  const me = useQuery(meQuery)
  if (me.data === undefined) {
    if (me.error instanceof ApiError && me.error.status === 401) return <SignedOut />
    if (me.error) return <ErrorBox error={me.error} onRetry={() => void me.refetch()} />
    return <Skeleton lines={6} />
  }
  if (me.error instanceof ApiError && me.error.status === 401) return <SignedOut expired />
  return (
    <Session me={me.data}>
      {me.data.needsConsent ? (
        <ConsentFirst
          consents={me.data.consents}
          onDone={() => void client.invalidateQueries({ queryKey: meQuery.queryKey })}
        />
      ) : (
        <SignedIn />
      )}
    </Session>
  )
}

function SignedIn() {
  const client = useQueryClient()
  const me = useMe()
  const navigate = useNavigate()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const today = useQuery(todayQuery)
  const safety = useSafety()

  useEffect(() => {
    openQueue(me.id)
    openTimer(me.id)
    return forgetSafety
  }, [me.id])

  const refresh = useCallback(() => void client.invalidateQueries({ queryKey: meQuery.queryKey }), [client])
  useStream('/api/me/stream', refresh)

  const onSent = useCallback(
    (sent: Recorded[]) => {
      // The server's card takes the place of the phone's own.
      for (const { card } of sent) if (isSafety(card)) raiseCard(card)
      refresh()
    },
    [refresh],
  )

  const waiting = today.data?.card
  useEffect(() => {
    if (isSafety(waiting)) raiseCard(waiting)
  }, [waiting])

  const measure = () => {
    stopTimer()
    void navigate({ to: '/record' })
  }
  const recording = path.endsWith('/record')
  if (safety.card && !recording) {
    const { card } = safety
    const fix = card.reading?.id
    return (
      <>
        {/* What waits is sent from here too: above all the low this card is about. */}
        <OfflineBar onSent={onSent} />
        <SafetyCard
          key={card.id}
          card={card}
          local={safety.local}
          contact={<Contact atOnce />}
          onAnswered={() => {
            settleCard(card.id)
            refresh()
          }}
          onWrong={fix && !safety.local ? () => void navigate({ to: '/record', search: { fix } }) : undefined}
          onMeasure={measure}
        />
      </>
    )
  }
  return (
    <Shell
      unread={today.data?.unread ?? 0}
      showTabs={!recording}
      contact={<Contact />}
      top={
        <>
          <OfflineBar onSent={onSent} />
          {!recording && <TimerStrip onMeasure={measure} />}
        </>
      }
    >
      <Outlet />
    </Shell>
  )
}
