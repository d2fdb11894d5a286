import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState } from 'react'
import { serverNow } from '../../../client/clock'
import { ApiError, OfflineError } from '../../../client/http'
import { isOnline, useOnline } from '../../../client/online'
import { useStream } from '../../../client/stream'
import type { Me } from '../../../client/types'
import { useLimits } from '../../../ui/limits'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { ConsentFirst } from '../features/consent/ConsentFirst'
import { Contact } from '../features/contact/Contact'
import { currentSafety, forgetSafety, isSafety, raiseCard, settleCard, useSafety } from '../features/safety/current'
import { SafetyCard, TimerStrip } from '../features/safety/SafetyCard'
import { cardOfWaiting } from '../features/safety/localCard'
import { openTimer, stopTimer } from '../features/safety/timer'
import { SignedOut } from '../features/signin/SignIn'
import { todayQuery } from '../features/today/query'
import { OfflineBar } from '../queue/OfflineBar'
import { answersCard, openQueue, waitingNow, type Sent } from '../queue/queue'
import { keptMe } from '../session/kept'
import { figuresQuery, meQuery } from '../session/query'
import { Session, useMe } from '../session/Session'
import { Shell } from './Shell'

/** Root lets nobody past without a session, and asks for consent before anything else. */
export function Root() {
  const client = useQueryClient()
  const me = useQuery(meQuery)
  const kept = useKept(me.data, me.failureReason)
  const online = useOnline()
  const { refetch } = me
  const unknown = me.data === undefined
  useEffect(() => {
    // Opened without a network: ask who this is as soon as it is back. The browser may not notice, so we ask as well.
    if (!kept || !unknown) return
    if (online) void refetch()
    const timer = setInterval(() => void refetch(), 20_000)
    return () => clearInterval(timer)
  }, [kept, unknown, online, refetch])

  const known = me.data ?? (me.error instanceof ApiError ? undefined : kept)
  if (known === undefined) {
    if (me.error instanceof ApiError && me.error.status === 401) return <SignedOut />
    if (me.error) return <ErrorBox error={me.error} onRetry={() => void me.refetch()} />
    return <Skeleton lines={6} />
  }
  if (me.error instanceof ApiError && me.error.status === 401) return <SignedOut expired />
  return (
    <Session me={known}>
      {known.needsConsent ? (
        <ConsentFirst
          consents={known.consents.filter((one) => one.ask)}
          onDone={() => void client.invalidateQueries({ queryKey: meQuery.queryKey })}
        />
      ) : (
        <SignedIn />
      )}
    </Session>
  )
}

/** How long a network that does not answer is waited for before the phone goes on with what it kept. */
const patience = 4000

/**
 * useKept is who the phone remembers, once the server cannot be asked. It stays until the server has spoken, so that
 * digits typed meanwhile are not lost with the screen.
 */
function useKept(me: Me | undefined, failure: Error | null): Me | undefined {
  const [kept, setKept] = useState(() => (me === undefined && !isOnline() ? keptMe() : undefined))
  const away = me === undefined && failure instanceof OfflineError
  useEffect(() => {
    if (me !== undefined) return
    const timer = setTimeout(() => setKept((one) => one ?? keptMe()), away ? 0 : patience)
    return () => clearTimeout(timer)
  }, [me, away])
  return kept
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

  useQuery({ ...figuresQuery, enabled: me.csrf !== '' })
  const limits = useLimits()
  useEffect(() => {
    if (!limits || currentSafety().card) return
    const card = cardOfWaiting(waitingNow(), serverNow(), limits)
    if (card) raiseCard(card, true)
  }, [me.id, limits])

  const refresh = useCallback(() => void client.invalidateQueries({ queryKey: meQuery.queryKey }), [client])
  useStream('/api/me/stream', refresh, me.csrf !== '')
  const online = useOnline()
  const wasOnline = useRef(online)
  useEffect(() => {
    if (online && !wasOnline.current) refresh()
    wasOnline.current = online
  }, [online, refresh])

  const onSent = useCallback(
    (sent: Sent[]) => {
      for (const { card, answered } of sent) {
        if (!isSafety(card)) continue
        // The server's card takes the place of the phone's own, unless that was answered while there was no network.
        if (answered) settleCard(card.id)
        else raiseCard(card)
      }
      refresh()
    },
    [refresh],
  )

  const waiting = today.data?.card
  useEffect(() => {
    if (isSafety(waiting) && !answersCard(waiting.id)) raiseCard(waiting)
  }, [waiting])

  const measure = (type?: string) => {
    stopTimer()
    if (type) void navigate({ to: '/measure', search: { type } })
    else void navigate({ to: '/record' })
  }
  const recording = path.endsWith('/record') || path.endsWith('/measure')
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
          onWrong={
            fix && !safety.local
              ? () => void navigate({ to: '/record', search: { fix } })
              : card.measured
                ? () => void navigate({ to: '/measure', search: { type: card.measured?.type, fix: card.measured?.id } })
                : undefined
          }
          onMeasure={() => measure(card.measured?.type)}
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
          {!recording && <TimerStrip onMeasure={() => measure()} />}
        </>
      }
    >
      <Outlet />
    </Shell>
  )
}
