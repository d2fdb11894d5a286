// The owners page: what it asks and does.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get, newKey, patch, post, put } from '../../../../client/http'
import type { Absence, HandedLine, HandOrder, Handover, HandoverPreview, OwnerLine, OwnerRules, Page, RulesTried, Unowned } from '../../../../client/owners'
import type { Course } from '../../../../client/courses'
import type { Found } from '../../../../client/rules'

export const tabs = ['board', 'handover', 'absence', 'rules'] as const
export type Tab = (typeof tabs)[number]

export interface OwnersView {
  part?: Tab
  /** Of a hand-over that is looked at. */
  number?: number
}

export interface Ask {
  of: 'people' | 'programme' | 'open' | 'late' | 'safety' | 'unassigned' | 'escalated'
  owner?: string
  key?: string
}

export const ownerPeople = (ask: Ask) => post<Found>('/api/owners/people', ask)

export const unassignedQuery = (why?: string) =>
  queryOptions({
    queryKey: ['people', 'unassigned', why] as const,
    queryFn: ({ signal }) => get<Page<Unowned>>('/api/owners/unassigned', { signal, query: { why, limit: 100 } }),
    placeholderData: keepPreviousData,
  })

export const settings = (line: OwnerLine, change: { capacity?: number; languages?: string[]; takes?: boolean }) =>
  patch<OwnerLine>(`/api/owners/${line.id}`, change, { ifMatch: line.version })
export const account = (id: string, open: boolean) => post<OwnerLine>(`/api/owners/${id}/${open ? 'open' : 'close'}`, {})

export const handoversQuery = queryOptions({
  queryKey: ['owners', 'handovers'] as const,
  queryFn: ({ signal }) => get<Page<Handover>>('/api/handovers', { signal }),
  // A hand-over under way tells of itself by asking; nothing is asked when none is.
  refetchInterval: ({ state }) => (state.data?.items.some((one) => one.state === 'waiting' || one.state === 'running') ? 1000 : false),
})
export const linesQuery = (number: number, state?: string) =>
  queryOptions({
    queryKey: ['owners', 'lines', number, state] as const,
    queryFn: ({ signal }) => get<Page<HandedLine>>('/api/handover-lines', { signal, query: { number, state, limit: 200 } }),
    placeholderData: keepPreviousData,
  })
export const previewQuery = (from: string, order: HandOrder, on: boolean) =>
  queryOptions({
    queryKey: ['owners', 'preview', from, order.to, order.rule] as const,
    queryFn: ({ signal }) => post<HandoverPreview>('/api/handovers/preview', { from, to: order.to, rule: order.rule }, { signal }),
    enabled: on,
    placeholderData: keepPreviousData,
  })
export const startHandover = (from: string, order: HandOrder) => post<Handover>('/api/handovers', { from, ...order }, { idempotencyKey: newKey() })
export const moveHandover = (number: number, deed: 'stop' | 'continue' | 'retry') => post<Handover>(`/api/handovers/${number}/${deed}`, {})

export const absencesQuery = queryOptions({
  queryKey: ['owners', 'absences'] as const,
  queryFn: ({ signal }) => get<Page<Absence>>('/api/absences', { signal, query: { limit: 200 } }),
})
export const addAbsence = (body: { staff?: string; from: string; to?: string; cover?: string; note?: string }) => post<Absence>('/api/absences', body, { idempotencyKey: newKey() })
export const endAbsence = (id: string) => post<Absence>(`/api/absences/${id}/end`, {})

export const rulesQuery = queryOptions({
  queryKey: ['owners', 'rules'] as const,
  queryFn: ({ signal }) => get<OwnerRules>('/api/owner-rules', { signal }),
})
/** Courses whose exam a rule may ask for. */
export const coursesAsked = queryOptions({ queryKey: ['courses', 'list'] as const, queryFn: ({ signal }) => get<Page<Course>>('/api/courses', { signal }) })
export const saveRules = ({ version, ...rules }: OwnerRules) => put<OwnerRules>('/api/owner-rules', rules, { ifMatch: version })
export const tryRules = ({ on, capacity, list }: OwnerRules) => post<RulesTried>('/api/owner-rules/try', { on, capacity, list })

export const count = (n: number): string => n.toLocaleString('en-US')
