// The list of people: the filter that lives in the address, and the pages behind it.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { address, get } from '../../../../client/http'
import type { List, PersonRow, Text } from '../../../../client/types'

export const sorts = ['name', 'stage', 'lastReading', 'silent', 'next'] as const
export type Sort = (typeof sorts)[number]

/** How far people of an entry code got. */
export const reaches = ['arrived', 'settled', 'activated', 'kept'] as const

export interface PeopleFilter {
  q?: string
  tag?: string[]
  stage?: string
  /** Tags and stage are this programme's own; without it, of any. */
  programme?: string
  /** me, none, a staff id; undefined is everyone one may see. */
  owner?: string
  due?: boolean
  /** People a count found: its id, and which of its numbers. */
  found?: string
  of?: string
  /** People an entry code brought: its id, how far they got, and in which days. */
  channel?: string
  reached?: (typeof reaches)[number]
  cameFrom?: string
  cameTo?: string
  sort?: Sort
  dir?: 'asc' | 'desc'
}

const asQuery = ({ due, ...filter }: PeopleFilter) => ({ ...filter, due: due ? 1 : undefined })

export const peopleQuery = (filter: PeopleFilter) =>
  infiniteQueryOptions({
    queryKey: ['people', filter] as const,
    queryFn: ({ signal, pageParam }) =>
      get<List<PersonRow>>('/api/people', { signal, query: { ...asQuery(filter), cursor: pageParam, limit: 200 } }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor || undefined,
    placeholderData: keepPreviousData,
  })

/** The same rows as a file; the server writes down that they left. */
export const csvAddress = (filter: PeopleFilter): string => address('/api/people.csv', asQuery(filter))

/** What the numbers of a count are called, for the chip that stands for one of them. */
export const foundQuery = (found: string | undefined) =>
  queryOptions({
    queryKey: ['found', found] as const,
    queryFn: ({ signal }) => get<{ asOf: string; sets: { of: string; text: Text }[] }>(`/api/found/${found}`, { signal }),
    enabled: found !== undefined,
    staleTime: Infinity,
    retry: false,
  })

/** What an entry code is called, for its chip. */
export const channelQuery = (id: string | undefined) =>
  queryOptions({ queryKey: ['channels', 'name', id] as const, queryFn: ({ signal }) => get<{ name: string }>(`/api/entrances/${id}`, { signal }), enabled: id !== undefined, staleTime: 300_000, retry: false })

export interface ProgrammeWords {
  key: string
  name: Text
  tags: { key: string; name: Text; has?: number }[]
  stages: { key: string; name: Text; people?: number }[]
}

export const programmeQuery = (key: string | undefined) =>
  queryOptions({
    queryKey: ['programme', key] as const,
    queryFn: ({ signal }) => get<ProgrammeWords>(`/api/programmes/${key}`, { signal }),
    enabled: key !== undefined,
    staleTime: 300_000,
  })
