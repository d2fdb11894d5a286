import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../../testing/catalogue.mjs'
import { limitsFrom, type Limits } from '../../../../ui/limits'
import { cardOfWaiting, dangerOf, localCard } from './localCard'

const limits = limitsFrom(catalogue) as Limits
const entry = (value: number | string, unit: 'mmol/L' | 'mg/dL' = 'mmol/L') => ({ value, unit, context: 'fasting', clientId: 'c1' })

describe('dangerOf', () => {
  it.each([
    [2.9, 'mmol/L', 'very_low', 'below 3.0'],
    [3.0, 'mmol/L', 'low', '3.0 itself is level 1'],
    [3.8, 'mmol/L', 'low', 'below 3.9'],
    [3.9, 'mmol/L', undefined, '3.9 itself is no low'],
    [53, 'mg/dL', 'very_low', 'below 54'],
    [54, 'mg/dL', 'low', '54 itself, though 2.997 mmol/L'],
    [70, 'mg/dL', undefined, '70 itself, though 3.886 mmol/L'],
    [16.6, 'mmol/L', undefined, 'below 16.7'],
    [16.7, 'mmol/L', 'very_high', 'from 16.7 on'],
    [300, 'mg/dL', 'very_high', 'from 300 on'],
    [600, 'mg/dL', 'very_high', 'the last a meter shows, though 33.304 mmol/L'],
    [20, 'mg/dL', 'very_low', 'the first a meter shows'],
    [0.5, 'mmol/L', undefined, 'impossible: a question, not a card'],
    [78, 'mmol/L', undefined, 'impossible: a question, not a card'],
  ] as const)('%s %s is %s: %s', (value, unit, danger, _reason) => expect(dangerOf(entry(value, unit), limits)).toBe(danger))
})

describe('localCard', () => {
  const now = new Date('2026-03-08T12:00:00+08:00')
  it('promises nobody was told', () => {
    const card = localCard(entry('2.8'), now, limits)
    expect(card?.reading?.band).toBe('very_low')
    expect(JSON.stringify(card?.body)).not.toMatch(/通知|told/)
  })
  it('is not written for a value older than two hours', () => {
    expect(localCard({ ...entry('2.8'), measuredAt: '2026-03-08T09:59:00+08:00' }, now, limits)).toBeUndefined()
    expect(localCard({ ...entry('2.8'), measuredAt: '2026-03-08T10:00:00+08:00' }, now, limits)).toBeDefined()
  })
})

describe('cardOfWaiting', () => {
  const now = new Date('2026-03-08T12:00:00+08:00')
  const low = { ...entry('2.8'), clientId: 'low', measuredAt: '2026-03-08T11:50:00+08:00' }
  const answer = { kind: 'answer' as const, clientId: 'answer-low', of: 'low', answer: 'better' }
  it.each([
    [[low], 'local-low', 'a low not answered yet'],
    [[low, answer], undefined, 'answered'],
    [[low, { ...entry('6.1'), clientId: 'next' }], undefined, 'a newer value is well'],
    [[{ ...low, refused: { zh: '', en: '' } }], undefined, 'refused, so no reading'],
    [[], undefined, 'nothing waits'],
  ])('%#', (waiting, id, _reason) => expect(cardOfWaiting(waiting, now, limits)?.id).toBe(id))
})
