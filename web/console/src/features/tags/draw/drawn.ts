// Journeys being drawn: what is asked of the server. What a draft changes begins with ["draft"], as in tags.ts.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get, newKey, post } from '../../../../../client/http'
import type { DrawnJourney, JourneyEdit, JourneyFigures, JourneyKinds, WalkAnswer, WalkAsk } from '../../../../../client/draw'
import type { Found } from '../../../../../client/rules'

const at = (programme: string) => `/api/programmes/${encodeURIComponent(programme)}`
const one = (programme: string, journey: string) => `${at(programme)}/draft/journeys/${encodeURIComponent(journey)}`

export const kindsQuery = (programme: string) =>
  queryOptions({ queryKey: ['draft', programme, 'kinds'] as const, queryFn: ({ signal }) => get<JourneyKinds>(`${at(programme)}/draft/journey-kinds`, { signal }), staleTime: 60_000 })

export const drawnQuery = (programme: string, journey: string, inForce: boolean) =>
  queryOptions({
    queryKey: ['draft', programme, 'drawn', journey, inForce] as const,
    queryFn: ({ signal }) => get<DrawnJourney>(one(programme, journey), { signal, query: { inForce: inForce || undefined } }),
    refetchOnWindowFocus: false,
    staleTime: 60_000,
  })

export const editJourney = (programme: string, journey: string, edit: JourneyEdit, revision: number) =>
  post<DrawnJourney>(one(programme, journey), edit, { ifMatch: revision, idempotencyKey: newKey() })

export interface Days {
  from?: string
  to?: string
}

export const figuresQuery = (programme: string, journey: string, days: Days, on: boolean) =>
  queryOptions({
    queryKey: ['tags', programme, 'figures', journey, days.from, days.to] as const,
    queryFn: ({ signal }) => get<JourneyFigures>(`${at(programme)}/journeys/${encodeURIComponent(journey)}/figures`, { signal, query: { from: days.from, to: days.to } }),
    enabled: on,
    placeholderData: keepPreviousData,
    staleTime: 20_000,
  })

export const figurePeople = (programme: string, journey: string, days: Days, part: string, step: string, reason?: string) =>
  post<Found>(`${at(programme)}/journeys/${encodeURIComponent(journey)}/figures/people`, { ...days, part, step: step || undefined, reason })

export const walk = (programme: string, journey: string, ask: WalkAsk) => post<WalkAnswer>(`${one(programme, journey)}/walk`, ask)
