import { expect, test } from 'vitest'
import { answered } from './imports'

test('an answer goes to its path and nowhere else', () => {
  const map = { dates: '?', events: [{ fields: { value: { column: '血糖', unit: '?' }, context: { codes: { 'a.b[0]': '?' } } } }] }
  expect(answered(map, 'dates', 'day_first')).toEqual({ ...map, dates: 'day_first' })
  expect(answered(map, 'events[0].fields.value.unit', 'mmol/L').events).toEqual([{ fields: { value: { column: '血糖', unit: 'mmol/L' }, context: { codes: { 'a.b[0]': '?' } } } }])
  expect(answered(map, 'events[0].fields.context.codes.a.b[0]', 'fasting').events).toEqual([{ fields: { value: { column: '血糖', unit: '?' }, context: { codes: { 'a.b[0]': 'fasting' } } } }])
  expect(map.dates).toBe('?')
  expect(answered(map, 'no[3].such', 'x')).toEqual(map)
})
