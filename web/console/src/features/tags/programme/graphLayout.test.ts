import { describe, expect, it } from 'vitest'
import type { DocStep } from '../../../../../client/programmes'
import { boxWidth, layout, wrapped } from './graphLayout'

const T = { zh: '步', en: 'step' }
const step = (id: string, kind: DocStep['kind'], more: Partial<DocStep> = {}): DocStep => ({ id, kind, line: 1, text: T, ...more })
const tall = () => 40

/** Every pair of boxes apart, every box inside. */
function apart(steps: DocStep[]) {
  const got = layout(steps, tall)
  for (const [i, a] of got.boxes.entries()) {
    expect(a.x).toBeGreaterThanOrEqual(0)
    expect(a.x + a.width).toBeLessThanOrEqual(got.width)
    expect(a.y + a.height).toBeLessThanOrEqual(got.height)
    for (const b of got.boxes.slice(i + 1)) expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true)
  }
  return got
}

describe('layout', () => {
  it('puts steps one below the other, joined in the middle', () => {
    const got = apart([step('1', 'message'), step('2', 'wait'), step('3', 'task')])
    expect(got.boxes.map(({ y }) => y)).toEqual([0, 66, 132])
    expect(got.width).toBe(boxWidth)
    expect(got.lines).toHaveLength(2)
    expect(got.end).toEqual([boxWidth / 2, got.height])
  })

  it('puts branches beside each other and joins those that go on', () => {
    const got = apart([step('1', 'if', { then: [step('1.then.1', 'task'), step('1.then.2', 'wait')], else: [step('1.else.1', 'exit')] }), step('2', 'message')])
    const at = Object.fromEntries(got.boxes.map((box) => [box.step.id, box]))
    expect(at['1.then.1']!.y).toBe(at['1.else.1']!.y)
    expect(at['1.then.1']!.x).toBeLessThan(at['1.else.1']!.x)
    expect(at['2']!.y).toBeGreaterThan(at['1.then.2']!.y)
    expect(got.lines.filter(({ side }) => side)).toHaveLength(2)
    // Out of the branch goes one way: the other ends.
    expect(got.lines.filter(({ points, side }) => !side && points.length === 4)).toHaveLength(1)
  })

  it('has no end where every way ends', () => {
    expect(apart([step('1', 'if', { then: [step('a', 'exit')], else: [step('b', 'exit')] })]).end).toBeUndefined()
  })

  it('lets a branch without an else go past', () => {
    const got = apart([step('1', 'if', { then: [step('a', 'task')] }), step('2', 'message')])
    expect(got.lines.filter(({ points, side }) => !side && points.length === 4)).toHaveLength(2)
  })

  it('puts all ways of a choice beside each other, with their words', () => {
    const ways = ['a', 'b', 'c'].map((key) => ({ key, text: T, steps: [step(key, 'task')] }))
    const got = apart([step('1', 'choose', { ways }), step('2', 'message')])
    expect(new Set(got.boxes.slice(1, 4).map(({ y }) => y)).size).toBe(1)
    expect(got.lines.filter(({ side }) => side === T)).toHaveLength(3)
  })

  it('keeps branches in branches apart', () => {
    const inner = step('x', 'if', { then: [step('a', 'task')], else: [step('b', 'task')] })
    apart([step('1', 'if', { then: [inner, step('c', 'message')], else: [step('y', 'if', { then: [step('d', 'task')], else: [] })] })])
  })
})

describe('wrapped', () => {
  it('breaks Chinese anywhere, Latin between words, and never begins a line with a closing mark', () => {
    expect(wrapped('一二三四五六', 6, 9)).toEqual(['一二三', '四五六'])
    expect(wrapped('wait for task', 9, 9)).toEqual(['wait for', 'task'])
    expect(wrapped('一二三，四', 6, 9)).toEqual(['一二三，', '四'])
  })
  it('says that it leaves out', () => {
    expect(wrapped('一二三四五六七八九', 6, 2)).toEqual(['一二三', '四五…'])
  })
})
