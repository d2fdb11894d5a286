// The wire form of what is measured or felt at home beside glucose.
import type { FileEntry, Statement } from './file'
import type { Message, Text } from './types'

export const measureTypes = ['blood_pressure', 'pain', 'weight', 'symptom'] as const
export type MeasureType = (typeof measureTypes)[number]

export const isMeasure = (type: string | undefined): type is MeasureType => (measureTypes as readonly (string | undefined)[]).includes(type)

export interface Measures {
  /** What may be entered, glucose among it; what the person's programmes measure comes first. */
  kinds: string[]
  /** Newest first. */
  items: FileEntry[]
}

export interface Measured {
  entry: FileEntry
  reply: Text
  next?: Text
  card?: Message
}

export type NewMeasure = Pick<Statement, 'type' | 'properties' | 'at' | 'clientId'>

/** A value in words, as a card or the day's page tells of it. */
export interface MeasuredValue {
  id: string
  type: string
  at: string
  text: Text
}

/** Which fields are asked for, in this order. Words, units and limits come from the catalogue. */
export const measureFields: Record<MeasureType, readonly string[]> = {
  blood_pressure: ['systolic', 'diastolic', 'pulse'],
  pain: ['site', 'value'],
  weight: ['value'],
  symptom: ['kind', 'severity'],
}

export type MeasureValues = Record<string, string>

/** measureOf turns what was typed into what is sent; fields without a number, or left empty, come beside it. */
export function measureOf(type: MeasureType, values: MeasureValues, required: readonly string[]) {
  const properties: Record<string, unknown> = {}
  const wrong: Record<string, 'number' | 'missing'> = {}
  for (const name of measureFields[type]) {
    const text = (values[name] ?? '').trim()
    if (text === '') {
      if (required.includes(name)) wrong[name] = 'missing'
    } else if (name === 'site' || name === 'kind') properties[name] = text
    else {
      const number = Number(text.replace(',', '.'))
      if (Number.isFinite(number)) properties[name] = number
      else wrong[name] = 'number'
    }
  }
  const note = (values.note ?? '').trim()
  if (note && type !== 'blood_pressure' && type !== 'weight') properties.note = note
  return { properties, wrong }
}

/** Open to the server: where it hurts must be said, though a device need not say it. */
export const alsoRequired: Partial<Record<MeasureType, readonly string[]>> = { pain: ['site'] }

/** The entry's own properties, back in the fields. */
export function measureValues(entry: FileEntry | undefined): MeasureValues {
  const out: MeasureValues = {}
  for (const [key, value] of Object.entries(entry?.properties ?? {})) if (value !== null && typeof value !== 'object') out[key] = String(value)
  return out
}
