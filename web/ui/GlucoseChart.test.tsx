import { render, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { reading, start } from '../testing/phone-fixture.mjs'
import { linePath, placeLabels, pointsOf, spanOf, type Frame } from './chartScale'
import { GlucoseChart } from './GlucoseChart'

const day = 86_400_000
const frame: Frame = { left: 30, right: 330, top: 20, bottom: 180, from: start - 7 * day, to: start, low: 3, high: 11 }
const readings = [6.4, 7.4, 6.2, 9.8].map((v, i) => reading(v, 'fasting', start - (i + 1) * day))

describe('GlucoseChart', () => {
  const chart = (mini = false) =>
    render(
      <GlucoseChart
        title="空腹血糖，7 天"
        sentence="7 天里空腹测了 4 次"
        readings={readings}
        from={new Date(start - 7 * day)}
        to={new Date(start)}
        unit="mmol/L"
        zone="Asia/Shanghai"
        band={{ low: 4.4, high: 7.0 }}
        mini={mini}
      />,
    )

  it('has a name, a sentence in place of the drawing, and a table behind', () => {
    chart()
    expect(screen.getByRole('figure', { name: '空腹血糖，7 天' })).toBeTruthy()
    expect(screen.getByRole('img', { name: '7 天里空腹测了 4 次' })).toBeTruthy()
    const table = screen.getByRole('table', { hidden: true })
    expect(within(table).getAllByRole('row', { hidden: true })).toHaveLength(5)
    expect(within(table).getByText('空腹，9.8，偏高')).toBeTruthy()
  })

  it('draws the own target as a band and a mark for each reading', () => {
    const { container } = chart()
    expect(container.querySelector('.chart-band')).toBeTruthy()
    expect(container.querySelectorAll('.mark-in-target')).toHaveLength(2 * 2) // drawing and table
    expect(container.querySelectorAll('svg > g .mark-high')).toHaveLength(2)
  })

  it('as a small line has no numbers and no table', () => {
    const { container } = chart(true)
    expect(container.querySelector('text')).toBeNull()
    expect(screen.queryByRole('table', { hidden: true })).toBeNull()
  })
})

describe('the arithmetic behind it', () => {
  it('leaves a gap where nothing was measured for days', () => {
    const points = pointsOf([0, 1, 5, 6].map((d) => reading(6, 'fasting', start - d * day)), frame)
    expect(linePath(points, 2.5 * day).match(/M/g)).toHaveLength(2)
  })

  it('keeps what is no measurement off the line and out of the scale, as a mark at the edge', () => {
    const odd = [
      reading(6, 'fasting', start - 3 * day),
      { ...reading(71, 'fasting', start - 2 * day), band: 'implausible' as const },
      { ...reading(0, 'fasting', start - day), mmol: undefined, band: 'lo' as const },
    ]
    expect(spanOf(odd)).toEqual(spanOf(odd.slice(0, 1)))
    const points = pointsOf(odd, frame)
    expect(points.map(({ y }) => y)).toEqual([points[0]?.y, frame.top, frame.bottom])
    expect(linePath(points, 10 * day)).not.toContain('L')
    expect(placeLabels(points, (r) => (r.band === 'implausible' ? '' : 'x'), { char: 8, height: 16 }, frame)).toHaveLength(2)
  })

  it('leaves out what was undone or put right', () => {
    const gone = [reading(6, 'fasting', start - day, { retracted: true }), reading(6, 'fasting', start - day, { correctedBy: 'x' })]
    expect(pointsOf(gone, frame)).toHaveLength(0)
  })

  it('widens for what lies beyond, and places HI at the top without a number', () => {
    expect(spanOf([reading(2.1, 'fasting', start)])[0]).toBeLessThan(2.1)
    const hi = reading(0, 'fasting', start - day, { band: 'hi', mmol: undefined })
    expect(pointsOf([hi], frame)[0]?.y).toBe(frame.top)
  })

  it('never lets one number cover another, and keeps the newest', () => {
    const many = Array.from({ length: 60 }, (_, i) => reading(6 + (i % 4) / 10, 'fasting', start - i * 2 * 3_600_000))
    const points = pointsOf(many, frame)
    const labels = placeLabels(points, (r) => r.show.mmol, { char: 8, height: 16 }, frame)
    expect(labels.some((label) => label.key === many[0]?.id)).toBe(true)
    for (const a of labels) {
      for (const b of labels) {
        if (a === b) continue
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
        expect(apart).toBe(true)
      }
    }
  })
})
