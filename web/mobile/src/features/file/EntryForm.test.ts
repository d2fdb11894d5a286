import { expect, it } from 'vitest'
import type { FileEntry } from '../../../../client/file'
import { dayOf, sentAt, statementOf, valuesOf } from './statement'

it('asks for the name of a medicine, and for numbers where numbers belong', () => {
  expect(statementOf('medication', { dose: '半片' }).wrong).toEqual({ name: 'needName', dose: 'needValue' })
})

it('takes a comma for a point, and begins a medicine unless told otherwise', () => {
  expect(statementOf('medication', { name: ' 二甲双胍 ', dose: '0,5', doseUnit: 'g', timesPerDay: '2' })).toMatchObject({
    type: 'medication', wrong: {}, properties: { name: '二甲双胍', dose: 0.5, doseUnit: 'g', timesPerDay: 2, action: 'start' },
  })
})

it('sends HbA1c as its own kind, without a reference range', () => {
  expect(statementOf('lab', { test: 'hba1c', value: '53', unit: 'mmol/mol', refHigh: '6' })).toEqual({ type: 'hba1c', properties: { value: 53, unit: 'mmol/mol' }, wrong: {} })
})

it('keeps what the form does not ask, and never a signature or a check', () => {
  const entry = { type: 'medication', properties: { name: '甲', action: 'change', class: 'su', days: 30, signed: true, verified: true, date: '2026' } } as unknown as FileEntry
  const { properties } = statementOf('medication', valuesOf(entry), entry.properties)
  expect(properties).toEqual({ name: '甲', action: 'change', days: 30 })
})

it('leaves the moment of an entry alone unless another day is chosen', () => {
  const entry = { at: '2026-03-08T19:30:00+08:00', properties: {} } as unknown as FileEntry
  expect(dayOf(entry)).toBe('2026-03-08')
  expect(sentAt('2026-03-08', entry)).toBeUndefined()
  expect(sentAt('2026-03-07', entry)).toBe('2026-03-07')
  expect(sentAt('', undefined)).toBeUndefined()
  expect(sentAt('2015', undefined)).toBe('2015')
})
