// From fields to what is sent, and back: what the form does not ask stays in a correction as it was.
import type { FileEntry, Said, Statement } from '../../../../client/file'
import { asks, isPlain, type Ask, type Need, type Teller, type Values, type What } from './forms'

type StageRead = NonNullable<Statement['stages']>[number]

const day = 86_400_000
const dayNumber = (date: string): number => Math.round(Date.parse(date) / day)
const dateOf = (number: number): string => new Date(number * day).toISOString().slice(0, 10)

const numbers: Partial<Record<What, readonly string[]>> = { medication: ['dose', 'timesPerDay'], fill: ['days'], lab: ['value', 'refLow', 'refHigh'] }

type OldWhat = 'medication' | 'fill' | 'lab' | 'allergy'

/** The fields a form asks for. */
const asked: Record<OldWhat, readonly string[]> = {
  medication: ['name', 'generic', 'dose', 'doseUnit', 'timesPerDay', 'times'],
  fill: ['name', 'generic', 'days', 'place'],
  lab: ['test', 'value', 'unit', 'refLow', 'refHigh'],
  allergy: ['kind', 'substance', 'reaction', 'severity'],
}

const must: Record<OldWhat, Partial<Record<string, Need>>> = {
  medication: { name: 'needName' },
  fill: { name: 'needName', days: 'needValue' },
  lab: { test: 'needPick', value: 'needValue', unit: 'needPick' },
  allergy: { kind: 'needPick', substance: 'needText' },
}

/** shown are the questions of a plain form that go with the answers given so far. */
export const shown = (what: keyof typeof asks, values: Values, correcting: boolean): readonly Ask[] => asks[what].filter((one) => !one.when || one.when(values, correcting))

/** valuesOf puts an entry into the fields; HbA1c is one of the tests here, and a day to come is a date. */
export function valuesOf(entry: FileEntry | undefined): Values {
  if (!entry) return {}
  const out: Values = entry.type === 'hba1c' ? { test: 'hba1c' } : {}
  for (const [key, value] of Object.entries(entry.properties)) if (value !== null && typeof value !== 'object') out[key] = String(value)
  if (entry.type === 'imaging') {
    for (const { properties: p } of entry.stages ?? []) {
      out[`system_${String(p.side)}`] = String(p.system ?? '')
      out[`stage_${String(p.side)}`] = String(p.stage ?? '')
    }
    // Older ones have it as words of the images: of one side they become its stage when the entry is put right.
    if (!entry.stages?.length && (out.side === 'left' || out.side === 'right') && out.system && out.stage) {
      out[`system_${out.side}`] = out.system
      out[`stage_${out.side}`] = out.stage
    }
  }
  if (isPlain(entry.type)) {
    for (const { name, as } of asks[entry.type]) if (as === 'ahead' && out[name]) out[name] = dateOf(dayNumber(entry.at.slice(0, 10)) + Number(out[name]))
  }
  return out
}

interface Reading {
  value?: unknown
  wrong?: Need
}

function read(what: What, name: string, text: string, as: Ask['as'] | undefined, from: string): Reading {
  if (as === 'ahead') {
    const days = dayNumber(text) - dayNumber(from.slice(0, 10))
    if (!Number.isFinite(days)) return { wrong: 'needDay' }
    return days > 0 ? { value: days } : { wrong: 'needFuture' }
  }
  if (as === 'number' || as === 'scale' || numbers[what]?.includes(name)) {
    const number = Number(text.replace(/[,，．]/, '.'))
    return Number.isFinite(number) ? { value: number } : { wrong: 'needValue' }
  }
  return { value: text }
}

/**
 * statementOf turns the fields into what is sent; numbers that are none, and what is missing, come beside it. `from` is the
 * day days to come are counted from.
 */
export function statementOf(what: What, values: Values, before?: Record<string, unknown>, from = '') {
  const { signed: _, verified: __, date: ___, ...properties } = before ?? {}
  const wrong: Record<string, Need> = {}
  const questions: readonly Pick<Ask, 'name' | 'as' | 'must'>[] = isPlain(what)
    ? shown(what, values, before !== undefined)
    : asked[what].map((name) => ({ name, as: undefined as never, must: must[what][name] }))
  const names = isPlain(what) ? asks[what].map((one) => one.name) : asked[what]
  const kept = what === 'goal' || what === 'device' ? properties.status : undefined
  for (const name of names) delete properties[name]
  for (const { name, as, must: need } of questions) {
    const text = (values[name] ?? '').trim()
    const got: Reading = text === '' ? { wrong: need } : read(what, name, text, as, from)
    if (got.wrong) wrong[name] = got.wrong
    else if (got.value !== undefined) properties[name] = got.value
  }
  if (what === 'medication' || what === 'fill') delete properties.class // it follows from the medicine
  if (what === 'medication') properties.action ??= 'start'
  if (what === 'allergy') properties.active ??= true
  if (what === 'goal' || what === 'device') properties.status ??= values.status ?? kept
  // Told in words of one's own: the server wants an answer all the same.
  if (what === 'circumstance' && properties.kind && properties.answer === undefined && !wrong.answer) properties.answer = 'described'
  // As it was typed then says something else than the new dose.
  if (what === 'glucocorticoid' && (properties.dose !== before?.dose || properties.drug !== before?.drug)) for (const name of ['doseText', 'doseUnit', 'name']) delete properties[name]
  const stages = what === 'imaging' ? readFrom(properties) : undefined
  let type: string = what
  if (properties.test === 'hba1c') {
    type = 'hba1c'
    delete properties.test
    delete properties.refLow
    delete properties.refHigh
  }
  return { type, properties, wrong, ...(stages && { stages }) }
}

/** readFrom takes the stages the images show out of the fields: they are statements of their own, stored with the images. */
function readFrom(properties: Record<string, unknown>): StageRead[] {
  const stages: StageRead[] = []
  for (const side of ['left', 'right']) {
    const { [`system_${side}`]: system, [`stage_${side}`]: stage } = properties
    delete properties[`system_${side}`]
    delete properties[`stage_${side}`]
    if (typeof system === 'string' && typeof stage === 'string') stages.push({ system, stage, side })
  }
  if (stages.length > 0) {
    delete properties.system
    delete properties.stage
  }
  return stages
}

/** stagesSent are the stages to send: in a correction none are taken back, and how much of the head was read stays where the stage does. */
export function stagesSent(stages: readonly StageRead[] | undefined, entry?: FileEntry): StageRead[] | undefined {
  if (!stages || (stages.length === 0 && !entry?.stages)) return undefined
  return stages.map((one) => {
    const was = entry?.stages?.find(({ properties: p }) => p.side === one.side && p.system === one.system && p.stage === one.stage)?.properties.extent
    return typeof was === 'number' ? { ...one, extent: was } : one
  })
}

/** dayOf is the day an entry is about, as it was said. */
export const dayOf = (entry?: FileEntry): string => (entry ? (typeof entry.properties.date === 'string' ? entry.properties.date : entry.at.slice(0, 10)) : '')

/** sentAt says nothing of an entry whose day was left as it is: its moment stays, and two doses of a day keep their order. */
export const sentAt = (at: string, entry?: FileEntry): string | undefined => (entry && at === dayOf(entry) ? undefined : at || undefined)

export const tellerOf = (entry: FileEntry | undefined, first: Teller): Teller => {
  if (!entry) return first
  const by = entry.said?.by
  return by === 'family' || by === 'doctor' || by === 'report' ? by : 'me'
}

/** saidBy is who is sent as having said it: the person needs no mention, and a name that stood there stays. */
export function saidBy(teller: Teller, entry?: FileEntry): Said | undefined {
  if (teller === 'me') return undefined
  const { by, name, how } = entry?.said ?? {}
  return by === teller ? { by: teller, ...(name && { name }), ...(how && { how }) } : { by: teller }
}
