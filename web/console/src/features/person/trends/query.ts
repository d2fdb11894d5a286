// What happened beside what was measured: keys begin with ["person", id] as all of a person's do.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Change, Progress, Strip } from '../../../../../client/change'
import { get } from '../../../../../client/http'
import type { At } from '../person'

export const progressQuery = (id: string, at?: At) =>
  queryOptions({
    queryKey: ['person', id, 'progress', at] as const,
    queryFn: ({ signal }) => get<Progress>(`/api/people/${id}/progress`, { signal, query: { at } }),
  })

export const stripQuery = (id: string, from: string, at?: At) =>
  queryOptions({
    queryKey: ['person', id, 'changes', from, at] as const,
    queryFn: ({ signal }) => get<Strip>(`/api/people/${id}/changes`, { signal, query: { from, at } }),
    placeholderData: keepPreviousData,
  })

export const changeQuery = (id: string, mark: string | undefined, days: number, at?: At) =>
  queryOptions({
    queryKey: ['person', id, 'changes', 'around', mark, days, at] as const,
    queryFn: ({ signal }) => get<Change>(`/api/people/${id}/changes/${mark}`, { signal, query: { days, at } }),
    enabled: mark !== undefined,
    placeholderData: keepPreviousData,
  })
