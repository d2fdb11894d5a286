// Where data comes from: its queries, what is sent, and small arithmetic apart from drawing.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get, newKey, patch, post } from '../../../../client/http'
import type { Arrivals, EventType, Listing, Quarantined, Reject, RejectState, RejectText, ReplayedMany, Source, SourceChange, SourceKey, Sources, Volume } from '../../../../client/sources'
import { formatAt, type Moment } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { useWords } from './strings'

export const sourcesQuery = queryOptions({
  queryKey: ['intake', 'sources'] as const,
  queryFn: ({ signal }) => get<Sources>('/api/sources', { signal }),
  refetchInterval: 15_000,
})

export const typesQuery = queryOptions({
  queryKey: ['catalogue', 'event-types'] as const,
  queryFn: async ({ signal }) => (await get<{ items: EventType[] }>('/api/events', { signal })).items,
  staleTime: Number.POSITIVE_INFINITY,
})

/** The spans of the volume chart, in hours. */
export const spans = [3, 24, 168] as const

export const volumeQuery = (source: number, hours: number) =>
  queryOptions({
    queryKey: ['intake', 'volume', source, hours] as const,
    queryFn: ({ signal }) => get<Volume>('/api/sources/volume', { signal, query: { source, hours } }),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })

export const addSource = (body: SourceChange) => post<SourceKey>('/api/sources', body, { idempotencyKey: newKey() })
export const changeSource = (number: number, body: SourceChange) => patch<Source>(`/api/sources/${number}`, body)
export const rotateSource = (number: number, hours: number) => post<SourceKey>(`/api/sources/${number}/rotate`, { hours })

/** As many as one look can bring; what came between two looks beyond them is told as a number. */
export const arrivalsAtOnce = 500
export const arrivals = (after: number, source: number | undefined, signal: AbortSignal) => get<Arrivals>('/api/sources/arrivals', { signal, query: { after: after || undefined, source, limit: arrivalsAtOnce } })

export interface RefusedFilter {
  source?: number
  reason?: string
  type?: string
  /** Undefined: open. */
  state?: Exclude<RejectState, 'open'> | 'all'
}

export const refusedQuery = (filter: RefusedFilter) =>
  infiniteQueryOptions({
    queryKey: ['intake', 'rejects', filter] as const,
    queryFn: ({ signal, pageParam }) => get<Listing<Reject>>('/api/rejects', { signal, query: { ...filter, limit: 50, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor || undefined,
    placeholderData: keepPreviousData,
  })

export const rejectQuery = (id: string) =>
  queryOptions({ queryKey: ['intake', 'reject', id] as const, queryFn: ({ signal }) => get<RejectText>(`/api/rejects/${id}`, { signal }), staleTime: Number.POSITIVE_INFINITY, gcTime: 0 })

/** raw undefined: as it was sent. */
export const replayReject = (id: string, raw?: string) => post<{ event?: string }>(`/api/rejects/${id}/replay`, raw === undefined ? {} : { raw })
export const dropReject = (id: string) => post<void>(`/api/rejects/${id}/drop`)
export const replayMany = (filter: RefusedFilter, drop: boolean, next: string | undefined) =>
  post<ReplayedMany>('/api/rejects/replay', { source: filter.source, reason: filter.reason, type: filter.type, drop: drop || undefined, next })

export const waitingQuery = infiniteQueryOptions({
  queryKey: ['intake', 'waiting'] as const,
  queryFn: ({ signal, pageParam }) => get<Listing<Quarantined>>('/api/quarantine', { signal, query: { reason: 'consent', limit: 50, cursor: pageParam } }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last) => last.nextCursor || undefined,
})

export const count = (n: number): string => n.toLocaleString('en-US')

/** useMachineMoment: keys and who handled what are told by the machine's clock, which a rehearsal's moved clock would misname. */
export const useMachineMoment = (): Moment => ({ ...useMoment(), now: new Date() })

/** useMachineAt says such a time, and that it is the machine's where the clock above says another. What a rehearsal wrote while it told its
 * story lies ahead of the machine: that is of the clock above. */
export function useMachineAt(): (at: string) => string {
  const t = useWords()
  const moment = useMoment()
  const machine = useMachineMoment()
  const apart = Math.abs(moment.now.getTime() - machine.now.getTime()) > 3_600_000
  return (at) => {
    const time = new Date(at)
    if (!apart) return formatAt(time, machine)
    return time > machine.now ? formatAt(time, moment) : t('byMachine', { at: `${at.slice(0, 10)} ${at.slice(11, 16)}` })
  }
}

/** baseOf is the address a sender's library is given: that of the intake without /v1/batch. */
export const baseOf = (address: string): string => {
  const base = address.replace(/\/v1\/batch$/, '')
  return /^https?:/.test(base) ? base : location.origin
}

/** curlOf is a request that tries a key and stores nothing: a page seen by a visitor nobody knows. */
export const curlOf = (address: string, key: string): string =>
  [
    `curl -u '${key}:' \\`,
    `  ${baseOf(address)}/v1/batch \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '{"batch":[{"type":"page","name":"test","anonymousId":"connection-test"}]}'`,
  ].join('\n')

/** hoursSince is how many whole hours a source has been quiet, told the hour in which something came last. */
export const hoursSince = (last: string, now: Date): number => Math.max(0, Math.floor((now.getTime() - Date.parse(last)) / 3_600_000) - 1)

/**
 * indent lays out JSON in lines without reading its values: 7.10 and numbers of twenty digits stay as they were sent. What is not
 * JSON stays as it is.
 */
export function indent(text: string): string {
  try {
    JSON.parse(text)
  } catch {
    return text
  }
  let out = ''
  let deep = 0
  const line = () => `\n${'  '.repeat(deep)}`
  for (const [token] of text.matchAll(/"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    if (token === '{' || token === '[') {
      deep++
      out += token + line()
    } else if (token === '}' || token === ']') {
      deep--
      const open = token === '}' ? '{' : '['
      out = out.trimEnd().endsWith(open) ? out.trimEnd() + token : out + line() + token
    } else if (token === ',') out += token + line()
    else out += token === ':' ? ': ' : token
  }
  return out
}

/** placeOf finds where in the text the field at fault stands: its name, or undefined when it is not there. */
export function placeOf(text: string, field: string): [number, number] | undefined {
  let from = 0
  let found: [number, number] | undefined
  for (const name of field.split('.').filter((part) => !/^batch\[\d+\]$/.test(part))) {
    const key = JSON.stringify(name.replace(/\[\d+\]$/, ''))
    const at = text.indexOf(key, from)
    if (at < 0) return undefined
    found = [at, at + key.length]
    from = at + key.length
  }
  return found
}

/** broken says whether the text is no JSON object. */
export function broken(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value !== 'object' || value === null || Array.isArray(value)
  } catch {
    return true
  }
}
