import { expect, it } from 'vitest'
import type { FileEntry } from '../../../../client/file'
import { answersTo, groups, titles } from './forms'
import { saidBy, stagesSent, statementOf, tellerOf, valuesOf } from './statement'

const entryOf = (type: string, properties: Record<string, unknown>, more: Partial<FileEntry> = {}) => ({ type, at: '2026-03-08T19:30:00+08:00', properties, ...more }) as FileEntry

it('asks for the name of an illness that has none of its own, and for nothing else beside it', () => {
  expect(statementOf('diagnosis', { condition: 'other', status: 'confirmed' }).wrong).toEqual({ name: 'needText' })
  expect(statementOf('diagnosis', { condition: 't2', status: 'confirmed', name: '忘了', cause: 'alcohol' })).toEqual({ type: 'diagnosis', wrong: {}, properties: { condition: 't2', status: 'confirmed' } })
})

it('never sends a signature or a check with what was told', () => {
  const before = { condition: 'onfh', status: 'suspected', cause: 'alcohol', signed: true, verified: true, date: '2024' }
  expect(statementOf('diagnosis', valuesOf(entryOf('diagnosis', before)), before).properties).toEqual({ condition: 'onfh', status: 'suspected', cause: 'alcohol' })
})

it('asks the stage of each hip the images show, and sends it as a statement of its own', () => {
  expect(statementOf('imaging', { modality: 'mri', side: 'left', system_left: 'arco2019' }).wrong).toEqual({ stage_left: 'needPick' })
  expect(statementOf('imaging', { modality: 'mri', side: 'both', system_left: 'arco2019', stage_left: 'II', system_right: 'arco1994', stage_right: 'III' })).toEqual({
    type: 'imaging', wrong: {}, properties: { modality: 'mri', side: 'both' },
    stages: [{ system: 'arco2019', stage: 'II', side: 'left' }, { system: 'arco1994', stage: 'III', side: 'right' }],
  })
  const elsewhere = { modality: 'mri', system_left: 'arco2019', stage_left: 'II' }
  const unseen: Record<string, string>[] = [{ side: 'right' }, {}, { side: 'left', site: 'spine' }]
  for (const shown of unseen) expect(statementOf('imaging', { ...elsewhere, ...shown }).stages).toEqual([])
})

it('puts what images say right: the stages of before, taken back where no side has one', () => {
  const stage = entryOf('clinical_stage', { system: 'arco2019', stage: 'II', side: 'left', extent: 30 })
  const entry = entryOf('imaging', { modality: 'mri', side: 'left' }, { stages: [stage] })
  const { stages } = statementOf('imaging', valuesOf(entry), entry.properties)
  expect(stagesSent(stages, entry)).toEqual([{ system: 'arco2019', stage: 'II', side: 'left', extent: 30 }])
  expect(stagesSent([{ system: 'arco2019', stage: 'IIIA', side: 'left' }], entry)).toEqual([{ system: 'arco2019', stage: 'IIIA', side: 'left' }])
  expect(stagesSent([], entry)).toEqual([])
  expect(stagesSent([])).toBeUndefined()
})

it('makes a stage of the words an older entry has of one side, and leaves those of no side', () => {
  const words = { modality: 'mri', side: 'left', system: 'arco2019', stage: 'II' }
  expect(statementOf('imaging', valuesOf(entryOf('imaging', words)), words)).toMatchObject({ properties: { modality: 'mri', side: 'left' }, stages: [{ system: 'arco2019', stage: 'II', side: 'left' }] })
  const both = { ...words, side: 'both' }
  expect(statementOf('imaging', valuesOf(entryOf('imaging', both)), both)).toMatchObject({ properties: both, stages: [] })
})

it('counts the days to the next check from the day of the statement, and back', () => {
  const sent = statementOf('device', { kind: 'meter', device: 'SN1', status: 'in_use', checkDays: '2026-09-04' }, undefined, '2026-03-08')
  expect(sent).toEqual({ type: 'device', wrong: {}, properties: { kind: 'meter', device: 'SN1', status: 'in_use', checkDays: 180 } })
  expect(valuesOf(entryOf('device', sent.properties)).checkDays).toBe('2026-09-04')
  expect(statementOf('device', { kind: 'meter', device: 'SN1', checkDays: '2026-03-08' }, undefined, '2026-03-08').wrong).toEqual({ checkDays: 'needFuture' })
})

it('leaves the day of a planned operation out once it was done', () => {
  const before = { procedure: 'core_decompression', status: 'planned', inDays: 9 }
  const values = valuesOf(entryOf('surgery', before))
  expect(values.inDays).toBe('2026-03-17')
  expect(statementOf('surgery', { ...values, status: 'done' }, before, '2026-03-08').properties).toEqual({ procedure: 'core_decompression', status: 'done' })
})

it('keeps a circumstance in words of one’s own where there is no yes and no', () => {
  expect(answersTo('sight')).toEqual([])
  expect(statementOf('circumstance', { kind: 'sight' }).wrong).toEqual({ note: 'needText' })
  expect(statementOf('circumstance', { kind: 'sight', note: '看不清小字' }).properties).toEqual({ kind: 'sight', answer: 'described', note: '看不清小字' })
  expect(statementOf('circumstance', { kind: 'smoking' }).wrong).toEqual({ answer: 'needPick' })
  expect(statementOf('circumstance', { kind: 'smoking', answer: 'former', value: '20' }).properties).toEqual({ kind: 'smoking', answer: 'former' })
})

it('names the medicine something came from, and takes it out again', () => {
  const before = { kind: 'muscle', generic: 'atorvastatin', class: 'statin', severity: 4 }
  const values = valuesOf(entryOf('side_effect', before))
  expect(statementOf('side_effect', values, before).properties).toEqual(before)
  expect(statementOf('side_effect', { ...values, generic: '', class: '' }, before).properties).toEqual({ kind: 'muscle', severity: 4 })
  expect(statementOf('side_effect', { kind: 'other' }).wrong).toEqual({ note: 'needText' })
})

it('puts the dose of an old steroid entry right, and drops how it was typed', () => {
  const before = { drug: 'methylprednisolone', dose: 60, days: 40, doseText: '60 毫克', doseUnit: 'mg', reason: '肾病', signed: false }
  const values = valuesOf(entryOf('glucocorticoid', before))
  expect(statementOf('glucocorticoid', { ...values, dose: '40' }, before).properties).toEqual({ drug: 'methylprednisolone', dose: 40, days: 40, reason: '肾病' })
  expect(statementOf('glucocorticoid', { ...values, days: '30' }, before).properties).toMatchObject({ dose: 60, days: 30, doseText: '60 毫克' })
})

it('sets a goal, and in a correction says how it went', () => {
  expect(statementOf('goal', { kind: 'exercise', text: '晚饭后走走', status: 'set' }).properties).toEqual({ kind: 'exercise', text: '晚饭后走走', status: 'set' })
  const before = { kind: 'weight', text: '轻一点', status: 'set', value: 60 }
  expect(statementOf('goal', { ...valuesOf(entryOf('goal', before)), status: 'reached' }, before).properties).toEqual({ ...before, status: 'reached' })
})

it('keeps who said something, with the name that stood there', () => {
  const told = entryOf('diagnosis', {}, { said: { by: 'doctor', name: '王医生' } })
  expect(tellerOf(told, 'me')).toBe('doctor')
  expect(saidBy('doctor', told)).toEqual({ by: 'doctor', name: '王医生' })
  expect(saidBy('family', told)).toEqual({ by: 'family' })
  expect(saidBy('me', told)).toBeUndefined()
})

it('offers every form once on the page of choices; the old steroid entry is only put right', () => {
  const offered = groups.flatMap((one) => one.whats)
  expect([...offered, 'glucocorticoid'].sort()).toEqual([...Object.keys(titles), 'report'].sort())
})
