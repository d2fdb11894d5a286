import { render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Strip, Change, ChangeMark, ChangeSide, Progress } from '../../../../../client/change'
import { openConsole, T } from '../../../../testing/harness'
import { Done } from './Done'
import { place } from './Lanes'

const mark = (id: string, at: number): ChangeMark => ({ id, kind: 'medicine', at: new Date(at).toISOString(), text: T('') })

describe('words of a row', () => {
  const x = (at: Date) => at.getTime()

  it('never lie over one another or over a mark; the newest comes first', () => {
    const placed = place([mark('a', 100), mark('b', 130), mark('c', 400)], x, () => '开始用二甲双胍', 800)
    expect(placed.map(({ mark, label }) => [mark.id, label !== undefined])).toEqual([
      ['c', true],
      ['b', true],
      ['a', false],
    ])
  })

  it('turn to the left at the right edge', () => {
    expect(place([mark('a', 780)], x, () => '停用', 800)[0]?.label?.anchor).toBe('end')
  })
})

it('gives no share of doses where nobody kept a record', () => {
  const progress: Progress = {
    at: '', today: [], plans: [],
    doses: [
      { key: 'a', name: T('二甲双胍'), dose: T('0.5 g，一天 2 次'), current: true, days: 28, planned: 56, taken: 0, missed: 0, text: T('没有服药记录，不知道漏没漏') },
      { key: 'b', name: T('阿卡波糖'), dose: T(''), current: true, days: 28, planned: 84, taken: 42, missed: 3, share: 0.5, text: T('记了已用 42 次、漏 3 次') },
    ],
  }
  render(<Done progress={progress} />)
  const [, first, second] = screen.getAllByRole('row')
  expect(first?.textContent).toContain('不知道')
  expect(first?.textContent).not.toContain('%')
  expect(second?.textContent).toContain('50%')
})

describe('before and after', () => {
  const side = (n: number, mean?: number): ChangeSide => ({ from: '2026-02-10', to: '2026-02-16', n, days: n, mean })
  const change = (more: Partial<Change>): Change => ({
    mark: mark('m_1', Date.parse('2026-03-01T08:00:00+08:00')), days: 14, daysLeft: 0, before: side(3), after: side(3), slots: [], others: [], caution: T('这是先后关系（关联），不说明谁引起了谁。'), enough: true, measures: [], ...more,
  })
  const strip: Strip = { from: '2026-01-01T00:00:00+08:00', to: '2026-03-08T11:30:00+08:00', marks: [{ ...mark('m_1', Date.parse('2026-03-01T08:00:00+08:00')), text: T('开始用 二甲双胍') }], days: [], slots: [], glucose: true, measures: [] }
  const open = async (answer: Change) => {
    openConsole('/people/p_1?page=trends', {
      'GET /api/people/*/changes': () => strip,
      'GET /api/people/*/changes/*': () => answer,
      'GET /api/people/*/progress': () => ({ at: '', today: [], plans: [], doses: [] }),
      'GET /api/people/*/file': () => ({ labs: [], medicines: [] }),
    })
    const marks = await screen.findAllByText('开始用 二甲双胍', { selector: 'td' })
    expect(marks).toHaveLength(1)
    const lane = document.querySelector('.lane-mark')
    lane?.dispatchEvent(new MouseEvent('click', { bubbles: true }))
    return screen.findByText('这是先后关系（关联），不说明谁引起了谁。', { exact: false })
  }

  it('shows both means with their counts, and the caution', async () => {
    await open(change({ slots: [{ context: 'fasting', name: T('空腹'), before: side(7, 9), after: side(7, 7.5), by: -1.5, text: T('9.0 → 7.5，下降 1.5（前 7 次，后 7 次）') }] }))
    expect(screen.getByRole('row', { name: /空腹 9\.0 n=7 7\.5 n=7 9\.0 → 7\.5，下降 1\.5/ })).toBeTruthy()
  })

  it('stands a pressure on the same axis, and compares it around the mark', async () => {
    strip.glucose = false
    strip.measures = [{ key: 'blood_pressure', name: T('血压'), unit: 'mmHg', n: 0, days: 0, sentence: T('这段时间没有血压记录'), limits: [], rows: [], points: [] }]
    await open(change({ measures: [{ key: 'blood_pressure', name: T('血压'), unit: 'mmHg', before: { n: 4, show: '145/90' }, after: { n: 2 }, text: T('数据不足：前 4 次，后 2 次，各要 3 次'), enough: false }] }))
    expect(screen.getByText('这段时间没有血压记录')).toBeTruthy()
    expect(screen.queryByText('这段时间没有血糖读数')).toBeNull()
    expect(screen.getByRole('row', { name: /血压 mmHg 145\/90 n=4 n=2 数据不足/ })).toBeTruthy()
  })

  it('says when there is too little, and when the days after have not come', async () => {
    await open(change({ enough: false, daysLeft: 9, slots: [{ context: 'fasting', name: T('空腹'), before: side(2), after: side(1), text: T('数据不足：前 2 次，后 1 次，各要 3 次') }] }))
    expect(screen.getByText(/还差 9\s天没到/)).toBeTruthy()
    expect(screen.getByText(/数据不足：没有一个餐段/)).toBeTruthy()
  })
})
