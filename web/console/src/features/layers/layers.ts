// Layered management: the page's query, and opening its numbers.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get, post } from '../../../../client/http'
import type { LayerAsk, Layers } from '../../../../client/layers'
import type { Found } from '../../../../client/rules'

export interface LayersView {
  programme?: string
  /** The Monday of the week looked at; undefined is the one under way. */
  week?: string
}

export const layersQuery = (programme: string | undefined) =>
  queryOptions({
    queryKey: ['people', 'layers', programme] as const,
    queryFn: ({ signal }) => get<Layers>('/api/layers', { signal, query: { programme } }),
    placeholderData: keepPreviousData,
  })

export const layerPeople = (programme: string, ask: LayerAsk) => post<Found>('/api/layers/people', { programme, ...ask })

export const count = (n: number): string => n.toLocaleString('en-US')

/** share is a whole percentage; what is above none and below one in a hundred says so. */
export function share(n: number, of: number): string {
  if (of === 0) return ''
  const percent = (n / of) * 100
  if (n > 0 && percent < 1) return '<1%'
  if (n < of && percent > 99) return '>99%'
  return `${Math.round(percent)}%`
}
