import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../../testing/catalogue.mjs'
import { limitsFrom, type Limits } from '../../../../ui/limits'
import { press, questionFor, valueOf, type Key } from './keypad'
import { near } from './SlotChips'

const limits = limitsFrom(catalogue) as Limits

const type = (keys: string, unit: 'mmol/L' | 'mg/dL' = 'mmol/L') =>
  keys.split('').reduce((text, key) => press(text, (key === '<' ? 'del' : key) as Key, unit), '')

describe('press', () => {
  it.each([
    ['78', '78', 'no automatic decimal point'],
    ['12', '12', '12 must not become 1.2'],
    ['7.8', '7.8', 'a point where it is pressed'],
    ['7.89', '7.8', 'one decimal, as meters show'],
    ['7..8', '7.8', 'one point'],
    ['.5', '0.5', 'a point first'],
    ['07', '7', 'no leading zero'],
    ['1234', '123', 'three digits at most'],
    ['7.8<', '7.', 'delete takes one'],
    ['<', '', 'delete on nothing'],
  ])('%s gives %s: %s', (keys, text) => expect(type(keys)).toBe(text))

  it('has no point in mg/dL', () => expect(type('14.1', 'mg/dL')).toBe('141'))
})

it.each([
  ['', undefined],
  ['0', undefined],
  ['0.', undefined],
  ['7.', 7],
  ['7.8', 7.8],
])('valueOf %j is %s', (text, value) => expect(valueOf(text)).toBe(value))

describe('questionFor', () => {
  it.each([
    ['34', 'mmol/L', 'is-mgdl', 'no meter shows it in mmol/L, every one in mg/dL'],
    ['78', 'mmol/L', 'is-mgdl', 'the usual mistake'],
    ['33.4', 'mmol/L', 'is-mgdl', 'the first above what a meter shows'],
    ['601', 'mmol/L', 'range', 'no meter shows it in any unit'],
    ['33.3', 'mmol/L', undefined, 'the last a meter shows'],
    ['1.1', 'mmol/L', undefined, 'the first a meter shows'],
    ['1', 'mmol/L', undefined, 'may be on its way to 12'],
    ['0.9', 'mmol/L', 'range', 'below what a meter shows'],
    ['2.8', 'mmol/L', undefined, 'a low is never held up'],
    ['126', 'mg/dL', undefined, 'an ordinary value'],
    ['12', 'mg/dL', 'is-mmol', 'likely mmol/L'],
    ['1', 'mg/dL', undefined, 'may be on its way to 126'],
    ['20', 'mg/dL', undefined, 'the first a meter shows'],
    ['601', 'mg/dL', 'range', 'the first above what a meter shows'],
    ['600', 'mg/dL', undefined, 'the last a meter shows'],
    ['700', 'mg/dL', 'range', 'above what a meter shows'],
  ] as const)('%s %s asks %s: %s', (text, unit, question, _reason) => {
    expect(questionFor(valueOf(text), unit, text, limits)).toBe(question)
  })
})

describe('near', () => {
  it('offers the guess and its neighbours, in the order of the day', () => {
    expect(near('fasting')).toEqual(['fasting', 'after_breakfast_2h', 'before_lunch'])
    expect(near('after_lunch_2h')).toEqual(['before_lunch', 'after_lunch_2h', 'before_dinner'])
    expect(near('night')).toEqual(['after_dinner_2h', 'bedtime', 'night'])
  })
  it('offers something for no guess', () => expect(near('')).toContain('random'))
})
