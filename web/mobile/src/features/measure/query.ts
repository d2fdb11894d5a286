// What is measured or felt at home beside glucose: what is asked of the server and what is sent.
import { queryOptions } from '@tanstack/react-query'
import { get, OfflineError, post } from '../../../../client/http'
import type { Measured, Measures, NewMeasure } from '../../../../client/measures'
import type { Catalogue, Text } from '../../../../client/types'
import { addToQueue, type WaitingMeasure } from '../../queue/queue'
import { keepMeasureForms, keptMeasureForms, type MeasureForms } from '../../session/measureForms'

export const measuresQuery = queryOptions({
  queryKey: ['me', 'measures'] as const,
  queryFn: ({ signal }) => get<Measures>('/api/me/measures', { signal, query: { days: 30 } }),
})

/** Without a network the forms are those kept from the last visit. */
export const measureCatalogueQuery = queryOptions({
  queryKey: ['catalogue', 'measures'] as const,
  queryFn: async ({ signal }): Promise<MeasureForms> => {
    try {
      return keepMeasureForms(await get<Catalogue>('/api/catalogue', { signal }))
    } catch (error) {
      const kept = error instanceof OfflineError ? keptMeasureForms() : undefined
      if (!kept) throw error
      return kept
    }
  },
  staleTime: Infinity,
})

/** What became of a measure: the server's answer, or kept on the phone until the network is back. */
export type SavedMeasure = { kind: 'sent'; measured: Measured } | { kind: 'kept'; waiting: WaitingMeasure }

/** saveMeasure never fails for want of a network; the client id makes a second sending harmless. */
export async function saveMeasure(body: NewMeasure, clientId: string, words: Text, now: Date): Promise<SavedMeasure> {
  try {
    return { kind: 'sent', measured: await post<Measured>('/api/me/measures', { ...body, clientId }, { idempotencyKey: `now-${clientId}` }) }
  } catch (error) {
    if (!(error instanceof OfflineError)) throw error
    const waiting: WaitingMeasure = { kind: 'measure', type: body.type, properties: body.properties, at: body.at ?? now.toISOString(), clientId, words }
    addToQueue(waiting)
    return { kind: 'kept', waiting }
  }
}

/** A correction needs the server: it says at once what it replaced. The key is repeated when the same is sent again. */
export const correctMeasure = (body: NewMeasure, key: string, fix: string): Promise<Measured> =>
  post<Measured>(`/api/me/measures/${encodeURIComponent(fix)}/correct`, body, { idempotencyKey: key })

export const takeBackMeasure = (id: string, key: string): Promise<undefined> =>
  post<undefined>(`/api/me/file/${encodeURIComponent(id)}/retract`, { reason: 'undo' }, { idempotencyKey: key })
