// The card the phone writes itself when a dangerous value is entered and the server cannot be reached. The words are
// those approved for the server's cards, without any promise that somebody has been told.
import type { Band, Message, NewReading, Reading } from '../../../../client/types'
import { toMmol } from '../../../../ui/band'

/** mmol/L. Source: as internal/measure Level2Low, Level1Low, Critical. */
const limits = { veryLow: 3.0, low: 3.9, critical: 16.7 }
/** mg/dL by convention, compared in their own unit. */
const limitsMgdl = { veryLow: 54, low: 70, critical: 300 }
/** The answer that is met with a second step while nobody else can be told. */
export const stillUnwell = 'still_unwell'
const history = 2 * 3_600_000

/** dangerOf compares a value in the unit it was entered in. */
export function dangerOf({ value, unit }: NewReading): 'very_low' | 'low' | 'very_high' | undefined {
  const number = Number(value)
  const limit = unit === 'mg/dL' ? limitsMgdl : limits
  const mmol = toMmol(number, unit)
  if (!(mmol >= 1.1 && mmol <= 33.4)) return undefined
  if (number < limit.veryLow) return 'very_low'
  if (number < limit.low) return 'low'
  return number >= limit.critical ? 'very_high' : undefined
}

/** localCard is undefined for a value that needs none, and for one from more than two hours ago, which is history. */
export function localCard(kept: NewReading & { clientId: string }, now: Date): Message | undefined {
  const band = dangerOf(kept)
  const at = kept.measuredAt ?? now.toISOString()
  if (!band || now.getTime() - Date.parse(at) > history) return undefined
  const digits = String(kept.value)
  const reading: Reading = {
    id: kept.clientId,
    at,
    received: now.toISOString(),
    context: kept.context,
    mmol: toMmol(Number(kept.value), kept.unit),
    show: { mmol: kept.unit === 'mmol/L' ? digits : '', mgdl: kept.unit === 'mg/dL' ? digits : '' },
    entered: { value: Number(kept.value), unit: kept.unit },
    band: band satisfies Band,
    source: 'phone',
    provenance: 'typed',
    flags: [],
  }
  return {
    id: `local-${kept.clientId}`,
    kind: 'card',
    class: 'safety',
    content: band === 'very_high' ? 'local-critical' : 'local-low',
    title: band === 'very_high' ? { zh: '很高', en: 'Very high' } : { zh: '偏低', en: 'Low' },
    body:
      band === 'very_high'
        ? {
            zh: '1. 请今天就医\n2. 恶心、呼吸快、想睡，马上打 120\n3. 身边有人，请他陪着您',
            en: '1. See a doctor today\n2. Nausea, fast breath or sleepiness: call 120 now\n3. Ask someone to stay with you',
          }
        : {
            zh: '1. 现在吃 15 克快糖（糖水或果汁）\n2. 过 15 分钟再测一次\n3. 如果叫不醒：不要喂，打 120',
            en: '1. Take 15 g of fast sugar now (sugar water or juice)\n2. Measure again in 15 minutes\n3. Cannot be woken: do not feed, call 120',
          },
    state: 'sent',
    due: at,
    to: 'person',
    reading,
    answers: [
      { key: 'better', text: { zh: '好些了', en: 'I feel better' } },
      { key: stillUnwell, text: { zh: '还难受', en: 'Still unwell' } },
    ],
  }
}
