// Journeys people are put into by hand: what every screen asks of the server that does it.
import { queryOptions } from '@tanstack/react-query'
import { get, newKey, post } from '../../../client/http'
import type { Text } from '../../../client/types'

export interface Startable {
  programme: string
  programmeName: Text
  journey: string
  name: Text
  enters: Text
  /** Of one person: whether they would come in now. */
  may?: boolean
  whyText?: Text
}

export interface StartNot {
  code: string
  text: Text
  people: number
}

export interface StartJob {
  number: number
  programme: string
  journey: string
  name: Text
  state: 'draft' | 'waiting' | 'running' | 'stopped' | 'done' | 'failed'
  stopping?: boolean
  of: number
  done: number
  enter: number
  silent: number
  failed: number
  not: StartNot[]
  problem?: Text
}

export interface StartOutcome {
  dryRun: boolean
  of: number
  enter: number
  silent: number
  inside: number
  held: number
  cannot: StartNot[]
  found?: string
  job?: StartJob
}

/** Whom to put in: people by id, everybody who has a tag, or everybody who fits. */
export type StartWhom = { people: string[] } | { segment: string } | { everyone: true }

export const startable = (programme?: string) =>
  queryOptions({
    queryKey: ['starts', 'journeys', programme] as const,
    queryFn: ({ signal }) => get<{ items: Startable[] }>('/api/journeys/startable', { signal, query: { programme } }),
    staleTime: 60_000,
  })

export const personStarts = (person: string) =>
  queryOptions({
    queryKey: ['person', person, 'starts'] as const,
    queryFn: ({ signal }) => get<{ items: Startable[] }>(`/api/people/${person}/journey-starts`, { signal }),
  })

const address = (at: { programme: string; journey: string }) => `/api/journeys/${encodeURIComponent(at.programme)}/${encodeURIComponent(at.journey)}/start`

export const tryStart = (at: { programme: string; journey: string }, whom: StartWhom) => post<StartOutcome>(address(at), { ...whom, dryRun: true })

export const start = (at: { programme: string; journey: string }, whom: StartWhom, reason: string, key: string) =>
  post<StartOutcome>(address(at), { ...whom, reason: reason || undefined }, { idempotencyKey: key })

export const startJob = (n: number) =>
  queryOptions({
    queryKey: ['starts', 'job', n] as const,
    queryFn: ({ signal }) => get<StartJob>(`/api/journey-starts/${n}`, { signal }),
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === 'waiting' || state.data.state === 'running' ? 1000 : false),
  })

export const stopStart = (n: number) => post<StartJob>(`/api/journey-starts/${n}/stop`, undefined, { idempotencyKey: newKey() })

export const continueStart = (n: number) => post<StartJob>(`/api/journey-starts/${n}/continue`, undefined, { idempotencyKey: newKey() })
