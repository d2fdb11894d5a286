import { fireEvent, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { LayerLine, Layers } from '../../../../client/layers'
import { now, openConsole, Refusal, row, type Routes, session, T } from '../../../testing/harness'
import { share } from './layers'
import { spread, stack } from './Movement'

const line = (key: string, zh: string, more: Partial<LayerLine> = {}): LayerLine => ({
  key, name: T(zh), plain: T(`${zh}的条件`), people: 12,
  reasons: [{ key: 'low', name: T('二级低血糖'), plain: T('低于界限'), people: 9 }, { key: 'a', name: T('甲'), plain: T('甲'), people: 3 }, { key: 'b', name: T('乙'), plain: T('乙'), people: 1 }, { key: 'c', name: T('丙'), plain: T('丙'), people: 0 }],
  gets: { text: T('电话跟到安全'), days: 3, setting: 'layer_red_days', settingName: T('红色层至少几天联系一次'), by: { key: 'owner', text: T('健管师') }, channels: [{ key: 'phone', text: T('电话') }], journeys: [{ key: 'low', name: T('低血糖'), running: 4 }], source: '运营第 3 节' },
  given: { planned: 40, kept: 31, done: 44, behind: 5 },
  ...more,
})
const layers = (more: Partial<Layers> = {}): Layers => ({
  programme: 'diabetes', name: T('糖尿病管理'), version: 3, asOf: now, people: 100, days: 28, group: { key: 'layer', name: T('关注分层') },
  items: [line('at_red', '红色层'), line('at_green', '绿色层', { people: 60, given: { planned: 0, kept: 0, done: 2, behind: 0 } })], none: 28,
  weeks: [
    { from: '2026-02-23', to: '2026-03-01', people: [10, 62, 25, 3], moves: [{ from: 'at_green', to: 'at_red', people: 2 }] },
    { from: '2026-03-02', to: '2026-03-08', people: [12, 60, 28, 0], moves: [{ from: 'at_green', to: 'at_red', people: 4 }, { from: 'at_red', to: 'none', people: 2 }, { from: 'joined', to: 'none', people: 3 }] },
  ],
  ...more,
})
const found = { found: 'F1', programme: 'diabetes', asOf: now, draft: false, sets: [{ of: 'behind', text: T('红色层，28 天里联系比计划少'), people: 5 }] }
const open = (routes: Routes = {}, address = '/layers') =>
  openConsole(address, { 'GET /api/session': () => ({ ...session('manager'), can: ['programme.read', 'people.export'] }), 'GET /api/layers': () => layers(), 'POST /api/layers/people': () => found, 'GET /api/found/*': () => found, 'GET /api/people': () => ({ items: [row(1)], total: 5 }), ...routes })

describe('Layers', () => {
  it('says who is where, why, what they get and whether it was given', async () => {
    open()
    const red = (await screen.findByText('红色层的条件')).closest('tr') as HTMLElement
    const says = (red.textContent ?? '').replaceAll('\u00a0', ' ')
    for (const part of ['12', '12%', '二级低血糖', '至少每 3 天一次', '健管师', '电话跟到安全', '低血糖 4', '31 / 40 次', '实际联系 44 次', '5 人没做到', '红色层至少几天联系一次']) expect(says).toContain(part)
    expect(within(red).queryByText('丙')).toBeNull()
    fireEvent.click(within(red).getByText('还有 1 个原因'))
    expect(within(red).getByText('丙')).toBeTruthy()
    expect(screen.getByText('还没有到期的联系')).toBeTruthy()
  })

  it('opens the people behind a number by asking for them', async () => {
    const { calls } = open()
    fireEvent.click(await screen.findByLabelText('红色层：打开没做到的 5 人'))
    expect(await screen.findByText('周敏1')).toBeTruthy()
    expect(calls.find((one) => one.path === '/api/layers/people')?.body).toEqual({ programme: 'diabetes', of: 'behind', layer: 'at_red' })
  })

  it('tells a week from-to, who stayed too, and keeps the week in the address', async () => {
    const { calls } = open({}, '/layers?week=2026-02-23')
    const cell = await screen.findByLabelText('从绿色层到红色层：打开 2 人')
    expect(within(cell.closest('tr') as HTMLElement).getByText(/62/).textContent).toContain('没变')
    expect(screen.getByText('这一周 2 人换了层，0 人加入')).toBeTruthy()
    fireEvent.click(cell)
    await screen.findByText('周敏1')
    expect(calls.find((one) => one.path === '/api/layers/people')?.body).toEqual({ programme: 'diabetes', of: 'moved', week: '2026-02-23', from: 'at_green', to: 'at_red' })
  })

  it('says what to do where a programme describes no layers, and when it cannot be read', async () => {
    const { unmount } = open({ 'GET /api/layers': () => layers({ items: [], weeks: [], group: undefined }) })
    expect(await screen.findByText('这个项目没有写分层')).toBeTruthy()
    unmount()
    open({ 'GET /api/layers': () => new Refusal(500, { code: 'internal' }) })
    expect(await screen.findByRole('alert')).toBeTruthy()
  })
})

describe('figures of the page', () => {
  it('a share never hides somebody', () => {
    expect([share(0, 10), share(1, 1000), share(999, 1000), share(1000, 1000), share(1, 3), share(0, 0)]).toEqual(['0%', '<1%', '>99%', '100%', '33%', ''])
  })
  it('layers lie on one another', () => {
    expect(stack([{ people: [2, 3, 5] }, { people: [0, 1, 9] }], 3)).toEqual([[[0, 2], [0, 0]], [[2, 5], [0, 1]], [[5, 10], [1, 10]]])
  })
  it('names keep apart', () => {
    const at = spread([{ at: 100 }, { at: 102 }, { at: 101 }]).map((one) => one.at)
    expect(at).toEqual([100, 115, 130])
  })
})
