import type { Reading } from '../../../../client/types'
import { dateIn, instantOf } from '../../../../ui/time'

const counts = (r: Reading): boolean => !r.retracted && !r.correctedBy && r.band !== 'implausible'

/** mainSlot is the meal slot measured most often; fasting wins a draw, because its target moves least. */
export function mainSlot(readings: readonly Reading[]): string {
  const seen = new Map<string, number>()
  for (const r of readings) if (counts(r)) seen.set(r.context, (seen.get(r.context) ?? 0) + 1)
  let best = ''
  let most = 0
  for (const [slot, n] of seen) {
    if (n > most || (n === most && slot === 'fasting')) {
      best = slot
      most = n
    }
  }
  return best
}

export const ofSlot = (readings: readonly Reading[], slot: string): Reading[] =>
  readings.filter((r) => counts(r) && r.context === slot)

export interface DayMark {
  date: string
  reading?: Reading
}

/** sevenDays gives the last reading of each of the last seven local days, the oldest day first. */
export function sevenDays(readings: readonly Reading[], now: Date, zone: string): DayMark[] {
  const last = new Map<string, Reading>()
  for (const r of [...readings].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    last.set(dateIn(new Date(r.at), zone), r)
  }
  const noon = instantOf(dateIn(now, zone), '12:00', zone).getTime()
  return Array.from({ length: 7 }, (_, i) => {
    const date = dateIn(new Date(noon - (6 - i) * 86_400_000), zone)
    return { date, reading: last.get(date) }
  })
}
