// What the keypad does with a key, and what it asks about a typed value.
import type { Unit } from '../../../../client/types'
import { toMmol } from '../../../../ui/band'

export type Key = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '.' | 'del'

/**
 * press answers the new text. There is no automatic decimal point: 12 must not become 1.2. Three digits are let in even
 * in mmol/L, so that someone who reads mg/dL off the meter can be asked instead of stopped.
 */
export function press(text: string, key: Key, unit: Unit): string {
  if (key === 'del') return text.slice(0, -1)
  if (key === '.') {
    if (unit === 'mg/dL' || text.includes('.')) return text
    return text === '' ? '0.' : `${text}.`
  }
  const [whole = '', part] = text.split('.')
  if (part !== undefined) return part.length < 1 ? text + key : text
  if (whole === '0') return key
  return whole.length < 3 ? text + key : text
}

/** valueOf reads the typed text; nothing typed, or nothing but zero, is no value. */
export function valueOf(text: string): number | undefined {
  const value = Number(text)
  return text !== '' && Number.isFinite(value) && value > 0 ? value : undefined
}

/** From 34 mmol/L on no meter shows a number: it is most likely mg/dL. Below 20 mg/dL it is most likely mmol/L. */
const unlikelyMmol = 34
const unlikelyMgdl = 20
/** What a meter can show, mmol/L. Source: docs of the measure, as internal/measure GlucoseMin and GlucoseMax. */
const meter = { min: 1.1, max: 33.3 }

export type Question = 'is-mgdl' | 'is-mmol' | 'range' | undefined

/** questionFor is asked beside the number while it is typed; it never stands in the way of saving. */
export function questionFor(value: number | undefined, unit: Unit, typing: string): Question {
  if (value === undefined) return undefined
  if (unit === 'mmol/L' && value >= unlikelyMmol) return 'is-mgdl'
  if (unit === 'mmol/L' && value > meter.max) return 'range'
  // "1" may be on its way to 12.
  if (unit === 'mmol/L' && value < meter.min) return typing.includes('.') && !typing.endsWith('.') ? 'range' : undefined
  if (unit === 'mg/dL' && typing.length > 1 && value < unlikelyMgdl) return 'is-mmol'
  if (unit === 'mg/dL' && toMmol(value, unit) > meter.max + 0.05) return 'range'
  return undefined
}
