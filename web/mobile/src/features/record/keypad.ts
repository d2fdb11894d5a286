// What the keypad does with a key, and what it asks about a typed value.
import type { Unit } from '../../../../client/types'
import { limitIn } from '../../../../ui/band'
import type { Limits } from '../../../../ui/limits'

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

export type Question = 'is-mgdl' | 'is-mmol' | 'range' | undefined

/**
 * questionFor is asked beside the number while it is typed; it never stands in the way of saving. A value no meter can
 * show may have been meant in the other unit: it is, where it would be a value there.
 */
export function questionFor(value: number | undefined, unit: Unit, typing: string, limits: Limits): Question {
  if (value === undefined) return undefined
  const can = (one: Unit) =>
    value >= limitIn(limits.glucoseMin, one, limits) && value <= limitIn(limits.glucoseMax, one, limits)
  if (can(unit)) return undefined
  // "1" may be on its way to 12, "12" in mg/dL to 126.
  const done = unit === 'mmol/L' ? typing.includes('.') && !typing.endsWith('.') : typing.length > 1
  const small = value < limitIn(limits.glucoseMin, unit, limits)
  if (small && !done) return undefined
  if (unit === 'mmol/L') return can('mg/dL') ? 'is-mgdl' : 'range'
  return can('mmol/L') ? 'is-mmol' : 'range'
}
