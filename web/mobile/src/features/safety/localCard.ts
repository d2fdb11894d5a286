// The card the phone writes itself when a dangerous value is entered and the server cannot be reached. The words are
// those approved for the server's cards, without any promise that somebody has been told.
import type { Band, Message, NewReading, Reading } from '../../../../client/types'
import { limitIn, toMmol } from '../../../../ui/band'
import type { Limits } from '../../../../ui/limits'
import { isAnswer, isReading, type Waiting, type WaitingReading } from '../../queue/queue'

/** The answer that is met with a second step while nobody else can be told. */
export const stillUnwell = 'still_unwell'
const hour = 3_600_000

/** dangerOf compares a value in the unit it was entered in; one no meter can show is a question, not a danger. */
export function dangerOf({ value, unit }: NewReading, limits: Limits): 'very_low' | 'low' | 'very_high' | undefined {
  const number = Number(value)
  const at = (mmol: number) => limitIn(mmol, unit, limits)
  if (!(number >= at(limits.glucoseMin) && number <= at(limits.glucoseMax))) return undefined
  if (number < at(limits.level2Low)) return 'very_low'
  if (number < at(limits.level1Low)) return 'low'
  return number >= at(limits.critical) ? 'very_high' : undefined
}

/** localCard is undefined for a value that needs none, and for one so old that it is history. */
export function localCard(kept: NewReading & { clientId: string }, now: Date, limits: Limits): Message | undefined {
  const band = dangerOf(kept, limits)
  const at = kept.measuredAt ?? now.toISOString()
  if (!band || now.getTime() - Date.parse(at) > limits.historyGap * hour) return undefined
  const { fastSugar: sugar, retest } = limits
  const digits = String(kept.value)
  const reading: Reading = {
    id: kept.clientId,
    at,
    received: now.toISOString(),
    context: kept.context,
    mmol: toMmol(Number(kept.value), kept.unit, limits),
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
            zh: `1. 现在吃 ${sugar} 克快糖（糖水或果汁）\n2. 过 ${retest} 分钟再测一次\n3. 如果叫不醒：不要喂，打 120`,
            en: `1. Take ${sugar} g of fast sugar now (sugar water or juice)\n2. Measure again in ${retest} minutes\n3. Cannot be woken: do not feed, call 120`,
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

/**
 * cardOfWaiting is the card the phone owes about what waits: that of the newest reading, unless it was answered. So a
 * page opened again without a network shows it again.
 */
export function cardOfWaiting(waiting: readonly Waiting[], now: Date, limits: Limits): Message | undefined {
  const newest = waiting.filter((one): one is WaitingReading => isReading(one) && !one.refused).at(-1)
  if (!newest || waiting.some((one) => isAnswer(one) && one.of === newest.clientId)) return undefined
  return localCard(newest, now, limits)
}
