import { describe, expect, it } from 'vitest'
import { settle } from './steady'

const row = (id: string, priority = 'normal') => ({ id, priority })
const ids = (rows: { id: string }[]) => rows.map((one) => one.id).join(' ')

describe('a list that never moves under the cursor', () => {
  it.each([
    ['first seen: all, in the order of the server', [row('a'), row('b')], undefined, 'a b', ''],
    ['a new row waits', [row('n'), row('a'), row('b')], ['a', 'b'], 'a b', 'n'],
    ['safety jumps in on top', [row('s', 'safety'), row('a')], ['a'], 's a', ''],
    ['rows keep their places when the server orders anew', [row('b'), row('a')], ['a', 'b'], 'a b', ''],
    ['a row that is done leaves', [row('b')], ['a', 'b'], 'b', ''],
  ] as const)('%s', (_, rows, shown, visible, waiting) => {
    const answer = settle([...rows], shown)
    expect(ids(answer.visible)).toBe(visible)
    expect(ids(answer.waiting)).toBe(waiting)
  })
})
