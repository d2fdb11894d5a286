// What is on which day: reading it, planning campaigns, moving what may be moved.
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, newKey, post, put } from '../../../../client/http'
import type { Text } from '../../../../client/types'

export const kinds = ['task', 'visit', 'imaging', 'check', 'refill', 'device', 'journey'] as const
export type Kind = (typeof kinds)[number]

export interface Campaign {
  id: string
  version: number
  state: 'planned' | 'cancelled'
  from: string
  to: string
  name: string
  programme?: string
  segment?: string
  journey?: string
  content?: string
  owner?: string
  note?: string
  ownerRef?: { id: string; name: string }
  people: number
}

export interface Item {
  kind: Kind
  day: string
  at: string
  person: { id: string; name: string }
  title: Text
  task?: string
  version?: number
  plan?: string
  moves: boolean
  late?: boolean
}

export interface Calendar {
  from: string
  to: string
  asOf: string
  found: string
  days: { day: string; off: boolean; work: boolean; festivals: { key: string; name: Text; off: boolean }[]; counts: { kind: Kind; items: number; people: number; safety?: number }[] }[]
  campaigns: Campaign[]
  items?: Item[]
  total: number
}

export interface Asked {
  from: string
  to: string
  owner?: string
  programme?: string
  items: boolean
}

export const calendarQuery = (asked: Asked) =>
  queryOptions({
    queryKey: ['tasks', 'calendar', asked] as const, // read again with every change of tasks
    queryFn: ({ signal }) => get<Calendar>('/api/calendar', { signal, query: { ...asked } }),
    placeholderData: keepPreviousData,
  })

/** Days are written as 2026-03-08 and reckoned without a zone. */
export const plus = (day: string, n: number): string => new Date(Date.parse(day) + n * 86_400_000).toISOString().slice(0, 10)
export const apart = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
/** Monday is 0. */
export const weekday = (day: string): number => (new Date(day).getUTCDay() + 6) % 7

/** weeksOf are the days a month's page shows: whole weeks from Monday. */
export function weeksOf(day: string): { from: string; to: string } {
  const first = `${day.slice(0, 8)}01`
  const from = plus(first, -weekday(first))
  const next = plus(`${plus(first, 31).slice(0, 8)}01`, -1)
  return { from, to: plus(next, 6 - weekday(next)) }
}

export interface Move {
  item?: Item
  campaign?: Campaign
  to: string
  /** The moment of a task on its new day. */
  until?: string
}

export function useCalendarActs() {
  const client = useQueryClient()
  const after = () => {
    void client.invalidateQueries({ queryKey: ['tasks'] })
    void client.invalidateQueries({ queryKey: ['person'] })
  }
  const move = useMutation({
    mutationFn: async ({ item, campaign, to, until }: Move) => {
      if (campaign) {
        const { id, version, people: _people, ownerRef: _ref, ...body } = campaign
        await put(`/api/campaigns/${id}`, { ...body, id: undefined, from: to, to: plus(to, apart(campaign.from, campaign.to)) }, { ifMatch: version })
      } else if (item?.task) await post(`/api/tasks/${item.task}/postpone`, { until }, { ifMatch: item.version, idempotencyKey: newKey() })
      else if (item?.plan) await post(`/api/people/${item.person.id}/visit-day`, { plan: item.plan, day: to }, { idempotencyKey: newKey() })
    },
    onSettled: after,
  })
  const save = useMutation({
    mutationFn: ({ campaign, body }: { campaign?: Campaign; body: Partial<Campaign> }) =>
      campaign
        ? put<Campaign>(`/api/campaigns/${campaign.id}`, body, { ifMatch: campaign.version })
        : post<Campaign>('/api/campaigns', body, { idempotencyKey: newKey() }),
    onSuccess: after,
  })
  return { move, save }
}

export interface Feed {
  on: boolean
  since?: string
  address?: string
}

export const feedQuery = queryOptions({ queryKey: ['calendar-feed'] as const, queryFn: ({ signal }) => get<Feed>('/api/calendar-feed', { signal }) })
export const makeFeed = () => post<Feed>('/api/calendar-feed')
export const endFeed = () => post<Feed>('/api/calendar-feed/end')
