import { render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Band, Reading } from '../client/types'
import { catalogue } from '../testing/catalogue.mjs'
import { limitText } from './band'
import { limitsFrom } from './limits'
import { setLanguage } from './i18n'
import { Value } from './Value'

const reading = (band: Band, extra: Partial<Reading> = {}): Reading => ({
  id: 'r1',
  at: '2026-03-08T07:05:00+08:00',
  received: '2026-03-08T07:06:00+08:00',
  context: 'fasting',
  mmol: 7.8,
  show: { mmol: '7.8', mgdl: '141' },
  entered: { value: 7.8, unit: 'mmol/L' },
  band,
  source: 'phone',
  provenance: 'typed',
  flags: [],
  ...extra,
})

describe('Value', () => {
  it('is read aloud as slot, number, word', () => {
    render(<Value reading={reading('in_target')} unit="mmol/L" />)
    expect(screen.getByText('空腹，7.8，目标内')).toBeTruthy()
  })

  it('shows number, unit and word together', () => {
    const { container } = render(<Value reading={reading('high')} unit="mmol/L" />)
    expect(container.querySelector('.value-digits')?.textContent).toBe('7.8')
    expect(container.querySelector('.value-unit')?.textContent).toBe('mmol/L')
    expect(container.querySelector('.value-word')?.textContent).toBe('偏高')
  })

  it("takes the server's digits in the other unit, and never converts", () => {
    const { container } = render(<Value reading={reading('high')} unit="mg/dL" />)
    expect(container.textContent).toContain('141')
    expect(container.textContent).toContain('mg/dL')
  })

  it('keeps the second decimal the server sent, where rounding would hide the class', () => {
    const { container } = render(<Value reading={reading('low', { mmol: 3.86, show: { mmol: '3.86', mgdl: '70' } })} unit="mmol/L" />)
    expect(container.querySelector('.value-digits')?.textContent).toBe('3.86')
  })

  it.each([
    ['hi', 'HI', '高到测不出'],
    ['lo', 'LO', '低到测不出'],
  ] as const)('says %s as a word, without a unit', (band, digits, word) => {
    const none = { mmol: undefined, show: { mmol: '', mgdl: '' }, entered: { unit: 'mmol/L' as const } }
    const { container } = render(<Value reading={reading(band, none)} unit="mmol/L" />)
    expect(container.querySelector('.value-digits')?.textContent).toBe(digits)
    expect(container.querySelector('.value-unit')).toBeNull()
    expect(container.querySelector('.value-word')?.textContent).toBe(word)
  })

  it('shows an impossible value as entered, in the unit it was entered in', () => {
    const odd = reading('implausible', { show: { mmol: '78.0', mgdl: '1405' }, entered: { value: 78, unit: 'mmol/L' } })
    const { container } = render(<Value reading={odd} unit="mg/dL" />)
    expect(container.textContent).toContain('78mmol/L待确认')
  })

  it('says that an undone reading is undone, not that it is in the target', () => {
    const { container } = render(<Value reading={reading('in_target', { retracted: true })} unit="mmol/L" />)
    expect(container.querySelector('.value-word')?.textContent).toBe('已撤销')
  })

  it('speaks English by switch', () => {
    setLanguage('en')
    render(<Value reading={reading('very_low')} unit="mmol/L" />)
    expect(screen.getByText('Fasting, 7.8, Very low')).toBeTruthy()
  })
})

describe('limitText', () => {
  it.each([
    [7.0, 'mmol/L', '7.0'],
    [7.0, 'mg/dL', '126'],
    [4.4, 'mg/dL', '80'],
    [7.8, 'mg/dL', '140'],
    [8.3, 'mg/dL', '150'],
  ] as const)('%s mmol/L in %s is %s', (mmol, unit, text) => expect(limitText(mmol, unit, limitsFrom(catalogue))).toBe(text))

  it('writes no number of another unit before the figures are known', () => expect(limitText(7, 'mg/dL')).toBe(''))
})
