import { describe, expect, it } from 'vitest'
import type { DrawnStep, DrawnWay } from '../../../../../client/draw'
import { beside, place, stepsIn } from './place'

let n = 0
const step = (at: string, kind: string, ways?: DrawnWay[]): DrawnStep => ({ at, id: at, n: ++n, kind, line: 1, text: { zh: at, en: at }, fields: {}, ways, change: 'same', stood: true })
const way = (at: string, steps: DrawnStep[]): DrawnWay => ({ at, key: at, text: { zh: at, en: at }, fields: {}, steps })

const journey = () => {
  n = 0
  const first = step('1', 'message')
  const branch = step('2', 'if')
  branch.ways = [way('2.then', [step('2.then.1', 'task'), step('2.then.2', 'wait')]), way('2.else', [step('2.else.1', 'exit')])]
  return [first, branch, step('3', 'goal')]
}

describe('where a journey stands', () => {
  it('has a place to add a step on every line, each once', () => {
    const { ways } = place(journey(), () => 50)
    expect(ways.map(({ add }) => add).sort()).toEqual(['1', '2', '2.else.1', '2.then.1', '2.then.2', '2.then.3', '3', '4'])
  })

  it('goes down, and no two things overlap', () => {
    const { spots, width } = place(journey(), () => 50)
    for (const a of spots) {
      expect(a.x).toBeGreaterThanOrEqual(0)
      expect(a.x + a.width).toBeLessThanOrEqual(width)
      for (const b of spots) if (a !== b) expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true)
    }
  })

  it('offers a first step where there is none, and in a way that is empty', () => {
    expect(place([], () => 50).ways.map(({ add }) => add)).toEqual(['1'])
    n = 0
    const empty = step('1', 'if', [way('1.then', [step('1.then.1', 'goal')]), way('1.else', [])])
    expect(place([empty], () => 50).ways.map(({ add }) => add).sort()).toEqual(['1', '1.else.1', '1.then.1', '1.then.2', '2'])
  })

  it('draws no way on where every one has ended', () => {
    n = 0
    const ended = step('1', 'if', [way('1.then', [step('1.then.1', 'exit')]), way('1.else', [step('1.else.1', 'exit')])])
    const { spots, ways } = place([ended], () => 50)
    expect(spots.some(({ kind }) => kind === 'end' || kind === 'join')).toBe(false)
    expect(ways.some(({ to }) => to === 'end')).toBe(false)
  })

  it('is walked by the arrow keys', () => {
    const steps = journey()
    expect(stepsIn(steps).map(({ at }) => at)).toEqual(['1', '2', '2.then.1', '2.then.2', '2.else.1', '3'])
    expect(beside(steps, '2', 'ArrowDown')).toBe('2.then.1')
    expect(beside(steps, '2.then.2', 'ArrowRight')).toBe('2.else.1')
    expect(beside(steps, '2.else.1', 'ArrowLeft')).toBe('2.then.1')
    expect(beside(steps, '1', 'ArrowUp')).toBeUndefined()
  })
})
