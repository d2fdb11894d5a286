import { render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { VisitCurves } from '../client/visit'
import { AgpChart, RangeBar, runsOf, spread } from './AgpChart'

const hour = (value?: number) => ({ n: value === undefined ? 0 : 3, p: value === undefined ? [] : [value - 1, value - 0.5, value, value + 0.5, value + 1] })
const curves = (more: Partial<VisitCurves> = {}): VisitCurves => ({
  active: 92, span: 14, hours: Array.from({ length: 24 }, () => hour(7)), profile: [], levels: [], ticks: [0, 3, 4, 10, 14, 19],
  bounds: { veryLow: { value: 3 }, low: { value: 4 }, high: { value: 10 }, veryHigh: { value: 14 }, top: { value: 19 } }, ...more,
})
const T = (zh: string) => ({ zh, en: zh })

describe('the curve of a day', () => {
  it('goes on over midnight and breaks where an hour has no reading', () => {
    const hours = Array.from({ length: 24 }, (_, at) => hour(at >= 8 && at < 20 ? undefined : 7))
    const runs = runsOf(hours)
    expect(runs.map((run) => [run[0]?.x, run.at(-1)?.x])).toEqual([
      [-0.5, 7.5],
      [20.5, 24.5],
    ])
    expect(runsOf(Array.from({ length: 24 }, () => hour()))).toEqual([])
  })

  it('keeps the percentile labels a line apart, from the bottom up', () => {
    expect(spread([100, 99, 60, 58, 10])).toEqual([100, 88, 60, 48, 10])
  })

  it('has a table behind with how many readings each hour has', () => {
    render(<AgpChart curves={curves({ hours: Array.from({ length: 24 }, (_, at) => hour(at === 3 ? undefined : 7)) })} days={14} />)
    expect(screen.getByRole('row', { name: '03:00 0 – – – – –' })).toBeTruthy()
    expect(screen.getByRole('row', { name: '04:00 3 6.0 6.5 7.0 7.5 8.0' })).toBeTruthy()
  })
})

it('says a share that rounds to nothing, and draws an empty level grey', () => {
  const level = (key: 'very_high' | 'low', share: number, exact: number) => ({ key, name: T(key === 'low' ? '偏低' : '很高'), range: T(''), share, exact, goal: T('') })
  const { container } = render(<RangeBar curves={curves({ levels: [level('very_high', 0, 0), level('low', 0, 0.4)] })} />)
  expect(screen.getByText('<1%')).toBeTruthy()
  expect(screen.getByText('0%')).toBeTruthy()
  expect(container.querySelectorAll('.agp-level-none')).toHaveLength(1)
})
