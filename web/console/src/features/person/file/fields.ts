// What can be added to each section, and which fields are asked for. Words of codes, units and limits come from the catalogue.
import type { FileEntry } from '../../../../../client/file'
import type { Text } from '../../../../../client/types'
import type { FieldKey } from './fieldWords'

export const sections = ['diagnoses', 'medicines', 'labs', 'allergies', 'surgery', 'imaging', 'plans', 'devices', 'life', 'other', 'reports', 'forms'] as const
export type SectionKey = (typeof sections)[number]

export const typesOf: Record<SectionKey, readonly string[]> = {
  diagnoses: ['diagnosis', 'clinical_stage', 'pregnancy', 'hypo_episode'],
  medicines: ['medication', 'fill'],
  labs: ['lab', 'hba1c'],
  allergies: ['allergy', 'side_effect'],
  surgery: ['surgery', 'admission'],
  imaging: ['imaging', 'checkup'],
  plans: ['target', 'plan', 'care_plan', 'meal_plan', 'exercise_plan'],
  devices: ['device'],
  life: ['circumstance', 'family_history', 'height', 'goal'],
  other: ['visit', 'visit_question', 'doctor_talk', 'concern', 'score', 'disclosure'],
  reports: [],
  forms: [],
}

/** Asked in this order. A signature is never among them: the doctor's own account signs. */
export const fieldsOf: Record<string, readonly FieldKey[]> = {
  diagnosis: ['condition', 'status', 'name', 'cause', 'verified', 'note'],
  clinical_stage: ['system', 'stage', 'side', 'extent', 'verified', 'note'],
  pregnancy: ['status', 'due', 'note'],
  hypo_episode: ['level', 'felt', 'cause', 'note'],
  medication: ['action', 'timesPerDay', 'times', 'days', 'doseText', 'reason', 'note'],
  fill: ['days', 'place', 'note'],
  glucocorticoid: ['drug', 'dose', 'days', 'doseText', 'times', 'reason', 'note'],
  lab: ['test', 'value', 'unit', 'refLow', 'refHigh', 'judged', 'verified', 'lab', 'note'],
  hba1c: ['value', 'unit', 'verified', 'lab', 'note'],
  allergy: ['kind', 'substance', 'severity', 'reaction', 'active', 'note'],
  side_effect: ['kind', 'class', 'severity', 'note'],
  surgery: ['procedure', 'status', 'name', 'side', 'inDays', 'hospital', 'verified', 'note'],
  admission: ['status', 'department', 'hospital', 'note'],
  imaging: ['modality', 'site', 'side', 'finding', 'hospital', 'verified', 'note'],
  checkup: ['kind', 'result', 'verified', 'note'],
  target: ['profile', 'hba1cHigh', 'fastingLow', 'fastingHigh', 'afterMealHigh', 'systolicHigh', 'diastolicHigh', 'ldlHigh', 'weightGoal', 'note'],
  plan: ['kind', 'points', 'pointsPerDay', 'daysPerWeek', 'perWeek', 'weeks', 'note'],
  care_plan: ['kind', 'detail', 'everyDays', 'inDays', 'days', 'text', 'active', 'note'],
  meal_plan: ['portions', 'breakfast', 'lunch', 'dinner', 'portionGrams', 'energy', 'text', 'note'],
  exercise_plan: ['minutes', 'daysPerWeek', 'level', 'steps', 'text', 'note'],
  device: ['kind', 'device', 'status', 'model', 'owner', 'checkDays', 'note'],
  circumstance: ['kind', 'answer', 'value', 'note'],
  family_history: ['relative', 'condition', 'name', 'age', 'note'],
  height: ['value', 'waist'],
  goal: ['kind', 'text', 'value', 'status'],
  visit: ['department', 'kind', 'note'],
  visit_question: ['question', 'status', 'answer'],
  doctor_talk: ['topic', 'note'],
  disclosure: ['mode', 'reason'],
  concern: ['kind', 'class', 'confirmed', 'note'],
  score: ['scale', 'version', 'value', 'side', 'note'],
  report: ['kind', 'status', 'note'],
}

/** What is true unless somebody says otherwise. */
export const usual: Record<string, Record<string, string | boolean>> = {
  medication: { action: 'start' },
  diagnosis: { status: 'confirmed' },
  allergy: { active: true },
  care_plan: { active: true },
  device: { status: 'in_use' },
  surgery: { status: 'done' },
  hba1c: { unit: '%' },
  visit_question: { status: 'open' },
  goal: { status: 'set' },
  pregnancy: { status: 'pregnant' },
}

/** A field that makes sense only beside some other answers. */
const only: Record<string, [field: string, ...answers: string[]]> = {
  'care_plan.detail': ['kind', 'weight_bearing', 'imaging'],
  'surgery.inDays': ['status', 'planned'],
  'pregnancy.due': ['status', 'pregnant'],
  'family_history.name': ['condition', 'other'],
}

export function shownField(type: string, field: string, values: Values): boolean {
  const rule = only[`${type}.${field}`]
  return !rule || rule.slice(1).includes(String(values[rule[0]]))
}

/** How weight is borne; the other details of a care plan are sites of images. */
const bearing = ['full', 'partial', 'one_crutch', 'two_crutches', 'none']

/** detailsOf are the details that go with a kind of care plan. */
export const detailsOf = (kind: unknown, codes: readonly string[]): string[] => codes.filter((one) => bearing.includes(one) === (kind === 'weight_bearing'))

/** addedUp fills in what follows in a plan: as many points as meal slots, and points times days a week. */
export function addedUp(values: Values, changed: string): Values {
  const out = { ...values }
  if (changed === 'points' && out.points) out.pointsPerDay = String(String(out.points).split('+').length)
  const points = Number(out.pointsPerDay)
  const days = Number(out.daysPerWeek)
  if (['points', 'pointsPerDay', 'daysPerWeek'].includes(changed) && points > 0 && days > 0) out.perWeek = String(points * days)
  return out
}

/** A stage as it is typed beside images. */
export interface Read {
  system: string
  stage: string
  extent: string
}
export type Reads = Partial<Record<'left' | 'right', Read>>

/** sidesOf are the sides images show: the one they name, else both. */
export const sidesOf = (side: unknown): ('left' | 'right')[] => (side === 'left' || side === 'right' ? [side] : ['left', 'right'])

/** readsOf are the stages that were read from images, as they stand in the fields. */
export function readsOf(stages: readonly FileEntry[] = []): Reads {
  const out: Reads = {}
  for (const { properties: p } of stages) {
    if (p.side === 'left' || p.side === 'right') out[p.side] = { system: String(p.system ?? ''), stage: String(p.stage ?? ''), extent: p.extent == null ? '' : String(p.extent) }
  }
  return out
}

/** stagesOf are the stages to send, of the sides the images show; a side with nothing chosen has none. */
export function stagesOf(reads: Reads, side: unknown) {
  const stages: { system: string; stage: string; side: string; extent?: number }[] = []
  const wrong: Record<string, 'number' | 'missing'> = {}
  for (const one of sidesOf(side)) {
    const { system = '', stage = '', extent = '' } = reads[one] ?? {}
    if (!system) continue
    const number = extent.trim() === '' ? undefined : typedNumber(extent)
    if (!stage) wrong[`${one}.stage`] = 'missing'
    if (number !== undefined && !Number.isFinite(number)) wrong[`${one}.extent`] = 'number'
    stages.push({ system, stage, side: one, ...(number === undefined ? {} : { extent: number }) })
  }
  return { stages, wrong }
}

/** Which field of a target is which end of a limit. */
const limitFields: Record<string, [low: FieldKey | '', high: FieldKey]> = {
  hba1c: ['', 'hba1cHigh'], fasting: ['fastingLow', 'fastingHigh'], after_meal_2h: ['', 'afterMealHigh'], systolic: ['', 'systolicHigh'], diastolic: ['', 'diastolicHigh'],
  ldl: ['', 'ldlHigh'], weight: ['', 'weightGoal'],
}

/** limitValues are limits as they stand in the fields of a target. */
export function limitValues(limits: readonly { context: string; low?: number; high?: number }[]): Values {
  const out: Values = {}
  for (const { context, low, high } of limits) {
    const [lowField, highField] = limitFields[context] ?? ['', '']
    if (lowField && low) out[lowField] = String(low)
    if (highField && high) out[highField] = String(high)
  }
  return out
}

/** rebased puts the limits of another profile where nobody typed: where still stands what stood there before. */
export function rebased(values: Values, before: Values, after: Values): Values {
  const out = { ...values }
  for (const field of Object.values(limitFields).flat()) {
    if (field && (out[field] ?? '') === (before[field] ?? '')) out[field] = after[field] ?? ''
  }
  return out
}

/** One property as the catalogue has it. */
export interface Spec {
  name: string
  kind: string
  unit?: string
  enum?: string[]
  required?: boolean
  words?: { key: string; name: Text }[]
  unitWord?: Text
}

export type Values = Record<string, string | boolean | undefined>

/** papered is the field for the report a statement was read from, where a type has one. A report itself keeps its own file. */
export const papered = (specs: readonly Spec[]): string[] =>
  specs.some((one) => one.name === 'file') && !specs.some((one) => one.name === 'media') ? ['file'] : []

/** valuesOf turns what an entry says into what stands in the fields. */
export function valuesOf(properties: Record<string, unknown>): Values {
  const out: Values = {}
  for (const [key, value] of Object.entries(properties)) out[key] = typeof value === 'boolean' ? value : value == null ? '' : String(value)
  return out
}

/** typedNumber reads a number as people write it: with a point, a comma or their wide forms; one mark only, so that 1,000.5 is no number. */
export const typedNumber = (text: string): number => Number(text.trim().replace(/[,，．]/, '.'))

/** named are the types about a medicine, with what is asked of it before the other fields. */
const named: Partial<Record<string, readonly FieldKey[]>> = { medication: ['name', 'generic', 'dose', 'doseUnit'], fill: ['name', 'generic'] }

/**
 * propertiesOf turns fields into what is sent. What the form does not ask stays as `before` said it, so that a correction of
 * one figure loses nothing else. The names of numbers that are none, and of fields left empty, come beside it.
 */
export function propertiesOf(type: string, values: Values, specs: readonly Spec[], before: Record<string, unknown> = {}) {
  const { signed: _, date: __, ...kept } = before
  const properties: Record<string, unknown> = { ...kept }
  const wrong: Record<string, 'number' | 'missing'> = {}
  const asked = [...(fieldsOf[type] ?? []), ...papered(specs), ...(named[type] ?? [])]
  for (const name of asked) {
    const spec = specs.find((one) => one.name === name)
    const value = values[name]
    if (!spec) continue
    delete properties[name]
    if (!shownField(type, name, values)) continue
    if (typeof value === 'boolean') properties[name] = value
    else if (value === undefined || value.trim() === '') {
      if (spec.required && !(type === 'medication' && name !== 'action')) wrong[name] = 'missing'
    } else if (spec.kind === 'number') {
      const number = typedNumber(value)
      if (Number.isFinite(number)) properties[name] = number
      else wrong[name] = 'number'
    } else properties[name] = value.trim()
  }
  if (named[type]) {
    // The class follows from the medicine and is filled in by the server; kept is one that was told without a name.
    if (properties.name || properties.generic) delete properties.class
    else if (!properties.class) wrong.name = 'missing'
  }
  return { properties, wrong }
}
