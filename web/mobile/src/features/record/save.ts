import { newKey, OfflineError, post } from '../../../../client/http'
import type { NewReading, Recorded } from '../../../../client/types'
import { addToQueue } from '../../queue/queue'

/** What became of a saved reading: the server's answer, or kept on the phone until the network is back. */
export type Saved = { kind: 'sent'; recorded: Recorded } | { kind: 'kept'; reading: NewReading & { clientId: string } }

/** saveReading never fails for want of a network; the client id makes a second sending harmless. */
export async function saveReading(reading: NewReading, now: Date): Promise<Saved> {
  const clientId = newKey()
  try {
    const body = { ...reading, clientId }
    // A key of its own: what is kept below says more than this body, and a key stands for one body. The client id makes them one.
    return { kind: 'sent', recorded: await post<Recorded>('/api/me/readings', body, { idempotencyKey: `now-${clientId}` }) }
  } catch (error) {
    if (!(error instanceof OfflineError)) throw error
    // Kept readings carry their time: the moment of sending is not the moment of measuring.
    const kept = { ...reading, measuredAt: reading.measuredAt ?? now.toISOString(), clientId }
    addToQueue(kept)
    return { kind: 'kept', reading: kept }
  }
}

export const correctReading = (id: string, reading: NewReading): Promise<Recorded> =>
  post<Recorded>(`/api/me/readings/${encodeURIComponent(id)}/correct`, reading, { idempotencyKey: newKey() })
