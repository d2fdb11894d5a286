import { fireEvent, render, screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { reading, start } from '../testing/phone-fixture.mjs'
import { GlucoseLog } from './GlucoseLog'

const fasting = reading(9.2, 'fasting', start)
const days = [{ date: '2026-03-08', slots: { fasting: [fasting] } }]

it('has a row a day and a column a meal slot, with a word where nothing was measured', () => {
  render(<GlucoseLog days={days} unit="mmol/L" zone="Asia/Shanghai" caption="血糖表" />)
  expect(screen.getByRole('rowheader', { name: '3/8 周日' })).toBeTruthy()
  expect(screen.getAllByRole('columnheader')).toHaveLength(9)
  expect(screen.getByText('空腹，9.2，偏高')).toBeTruthy()
  expect(screen.getAllByText('没测')).toHaveLength(7)
})

it('opens a reading when picked', () => {
  const picked = vi.fn()
  render(<GlucoseLog days={days} unit="mmol/L" zone="Asia/Shanghai" caption="血糖表" onPick={picked} />)
  fireEvent.click(screen.getByRole('button', { name: /9\.2/ }))
  expect(picked).toHaveBeenCalledWith(fasting)
})
