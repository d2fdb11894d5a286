import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import type { JoinPage as Page } from '../../../client/channels'
import { ApiError, get, newKey, post } from '../../../client/http'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { ConsentItem } from '../features/consent/ConsentFirst'
import { Here, Join, UnknownCode } from '../features/join/Join'
import { meQuery } from '../session/query'
import { arrivedWith } from './arrived'

type Outcome = 'self' | 'circle' | 'already_here'

/** JoinPage is where a code leads: for somebody new the way in, for somebody who is here a word. */
export function JoinPage() {
  const { state } = useParams({ from: '/j/$state' })
  const client = useQueryClient()
  const navigate = useNavigate()
  const me = useQuery({ ...meQuery, retry: false })
  const page = useQuery({ queryKey: ['join', state] as const, queryFn: ({ signal }) => get<Page>(`/api/join/${encodeURIComponent(state)}`, { signal }), retry: false })
  const told = useRef(false)
  const [outcome, setOutcome] = useState<Outcome>()
  const known = me.data !== undefined
  const nobody = me.error instanceof ApiError
  const there = page.data !== undefined
  useEffect(() => {
    if (told.current || !there || (!known && !nobody)) return
    told.current = true
    // That it is counted is our need, not theirs: what goes wrong here is no trouble of whoever came.
    if (known) void post<{ outcome?: Outcome }>('/api/me/arrivals', { state, clicks: arrivedWith }, { idempotencyKey: newKey() }).then((answer) => setOutcome(answer.outcome), () => undefined)
    else void post(`/api/join/${state}/opened`, { clicks: arrivedWith }).catch(() => undefined)
  }, [there, known, nobody, state])
  if (page.error instanceof ApiError && page.error.status === 404) return <UnknownCode />
  if (page.error) return <ErrorBox error={page.error} onRetry={() => void page.refetch()} />
  if (!page.data || (!known && !me.error)) return <Skeleton lines={6} />
  if (known)
    return (
      <Here
        outcome={outcome}
        link={(text) => (
          <Link to="/" className="main-button">
            {text}
          </Link>
        )}
      />
    )
  return (
    <Join
      state={state}
      page={page.data}
      clicks={arrivedWith}
      ask={(consent, ticked, missing, onTick) => <ConsentItem key={consent.purpose} consent={consent} ticked={ticked} missing={missing} box={() => undefined} onTick={onTick} />}
      onJoined={() => {
        client.clear()
        void navigate({ to: '/', search: {}, replace: true })
      }}
    />
  )
}
