import { fireEvent, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { openConsole, session, T } from '../../../testing/harness'

const list = {
  items: [{ person: { id: 'p_1', name: '周敏' }, kind: 'refill', kindText: T('取药'), what: T('二甲双胍'), due: '2026-03-01T00:00:00+08:00', days: 6, state: 'due', tries: 1, last: { at: '2026-03-05T10:00:00+08:00', resultText: T('没接通') } }],
  total: 1,
  counts: { due: 1, later: 2, closed: 0 },
  kinds: [{ key: 'refill', text: T('取药') }],
  results: [{ key: 'reached', text: T('联系到了') }, { key: 'no_answer', text: T('没接通了') }],
  reasons: [{ key: 'cost', text: T('费用') }, { key: 'moved', text: T('搬走了') }],
  closing: ['moved'],
}
const returned = { months: [{ key: '2026-02', name: T('2026-02'), became: 4, back: 3, share: 0.75, pending: 1, left: 0 }], kinds: [], owners: [], programmes: [], definition: T('十五天'), found: 'F1' }

describe('people overdue', () => {
  it('says who, for what, since when and what was tried, and keeps an outcome that closes', async () => {
    const { calls } = openConsole('/overdue', {
      'GET /api/session': () => session('health_manager'),
      'GET /api/overdue': () => list,
      'GET /api/overdue/returned': () => returned,
      'POST /api/people/*/overdue': () => list,
    })
    expect(await screen.findByText('二甲双胍')).toBeTruthy()
    expect(screen.getByText(/6\s天/)).toBeTruthy()
    expect(await screen.findByText(/3 \/ 4（75%）/)).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: '记录结果 周敏' }))
    fireEvent.click(await screen.findByRole('radio', { name: '联系到了' }))
    fireEvent.click(screen.getByRole('button', { name: /记\s?下/ }))
    expect(await screen.findByText('写下次哪天联系')).toBeTruthy()
    fireEvent.mouseDown(screen.getByRole('combobox', { name: '没来的原因' }))
    fireEvent.click(await screen.findByText('搬走了', { selector: '.ant-select-item-option-content' }))
    fireEvent.click(screen.getByRole('button', { name: /记\s?下/ }))
    await screen.findByText('记下了')
    expect(calls.find((call) => call.method === 'POST')).toMatchObject({ path: '/api/people/p_1/overdue', body: { kind: 'refill', due: '2026-03-01T00:00:00+08:00', result: 'reached', reason: 'moved' } })
  })
})
