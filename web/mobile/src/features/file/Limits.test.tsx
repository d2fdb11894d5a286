import { render, screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { Limits } from './Limits'

const T = (zh: string) => ({ zh, en: zh })
let unit = 'mmol/L'
vi.mock('../../session/Session', () => ({ useMe: () => ({ unit }) }))
vi.mock('../../../../ui/limits', () => ({ useLimits: () => ({ perMmol: 18, pairs: [[7, 126]] }) }))

const limits = [
  { context: 'fasting', name: T('空腹'), low: 4.4, high: 7, own: false },
  { context: 'after_meal_2h', name: T('餐后 2 小时'), high: 10, open: true, own: false },
  { context: 'hba1c', name: T('糖化'), high: 7, unit: '%', own: false },
  { context: 'systolic', name: T('收缩压'), high: 130, open: true, unit: 'mmHg', own: true },
]

afterEach(() => {
  unit = 'mmol/L'
})

it('lists every limit with its unit, and says which the doctor set', () => {
  render(<Limits limits={limits} />)
  expect(screen.getAllByRole('listitem').map((one) => one.textContent?.replace(/\s+/g, ' ').trim())).toEqual([
    '空腹 4.4~7.0 mmol/L',
    '餐后 2 小时 低于 10.0 mmol/L',
    '收缩压 低于 130 mmHg 医生给您定的',
  ])
})

it('reads glucose in the unit of the person', () => {
  unit = 'mg/dL'
  render(<Limits limits={limits} />)
  expect(screen.getAllByRole('listitem')[0]?.textContent).toMatch(/~126 mg\/dL/)
})
