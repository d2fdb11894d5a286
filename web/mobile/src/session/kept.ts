// Who uses this phone, as far as a reading without a network needs it: no name, no value, no token, no consent text.
import { heardNow, serverNow } from '../../../client/clock'
import type { Me } from '../../../client/types'

const place = 'peiban.me'

type Kept = Pick<Me, 'id' | 'elder' | 'language' | 'unit' | 'zone' | 'workspace' | 'owner' | 'measures'> & {
  /** The server's clock less the device's, milliseconds. */
  ahead: number
}

/** keepMe is called with every answer about the person; one who has not agreed to anything leaves nothing behind. */
export function keepMe({ id, elder, language, unit, zone, workspace, owner, measures, needsConsent }: Me): void {
  if (needsConsent) return forgetMe()
  const kept: Kept = { id, elder, language, unit, zone, workspace, owner, measures, ahead: serverNow().getTime() - Date.now() }
  localStorage.setItem(place, JSON.stringify(kept))
}

export const forgetMe = (): void => localStorage.removeItem(place)

/** keptMe stands in for the server's answer while there is no network; without a token, nothing is sent in its name. */
export function keptMe(): Me | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? 'null') as Kept | null
    if (!kept?.id || !kept.zone) return undefined
    const { ahead, ...me } = kept
    const now = new Date(Date.now() + (Number.isFinite(ahead) ? ahead : 0)).toISOString()
    heardNow(now)
    return { ...me, name: '', csrf: '', consents: [], needsConsent: false, family: [], now }
  } catch {
    return undefined
  }
}
