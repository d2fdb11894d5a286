import { expect, it } from 'vitest'
import { measureOf } from './measures'

it('takes figures with a point or a comma, and leaves what is optional out', () => {
  expect(measureOf('blood_pressure', { systolic: ' 128 ', diastolic: '78', pulse: '' }, ['systolic', 'diastolic'])).toEqual({
    properties: { systolic: 128, diastolic: 78 },
    wrong: {},
  })
  expect(measureOf('weight', { value: '63,5', note: 'x' }, ['value'])).toEqual({ properties: { value: 63.5 }, wrong: {} })
})

it('asks for what is missing and says what is no number', () => {
  expect(measureOf('blood_pressure', { systolic: 'abc' }, ['systolic', 'diastolic']).wrong).toEqual({ systolic: 'number', diastolic: 'missing' })
  expect(measureOf('pain', { value: '4' }, ['value', 'site']).wrong).toEqual({ site: 'missing' })
})

it('keeps what was said beside it, but not the figures of another form', () => {
  expect(measureOf('pain', { value: '0', site: 'left_hip', systolic: '128', note: ' 走路时 ' }, ['value', 'site'])).toEqual({
    properties: { value: 0, site: 'left_hip', note: '走路时' },
    wrong: {},
  })
})
