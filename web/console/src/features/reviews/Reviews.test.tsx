import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { MatchRuns, Members, Review, ReviewRow, Reviews } from '../../../../client/reviews'
import { now, openConsole, Refusal, type Routes, session, T } from '../../../testing/harness'

const row = (more: Partial<ReviewRow> = {}): ReviewRow => ({
  id: 'p_1.p_2', left: { id: 'p_1', name: '王秀兰', age: 63, gender: 'female', last4: '0412' }, right: { id: 'p_2', name: '王秀蘭', age: 63, gender: 'female', last4: '0412' },
  weight: 9.4, probability: 0.9997, origin: { key: 'matched', text: T('比对资料') }, state: 'open', found: now, ...more,
})
const review = (more: Partial<Review> = {}): Review => ({
  ...row(), version: 3, advice: T('证据强，看来是同一人'), root: 'p_1', evidence: [],
  fields: [
    { name: T('姓名'), left: T('王秀兰'), right: T('王秀蘭'), after: T('王秀兰'), bits: 2.3, said: T('很接近（读音相同） +2.3') },
    { name: T('设备序列号'), left: T('1 个'), right: T('无'), after: T('1 个') },
  ],
  changes: [{ kind: 'consent', text: T('同意“健康数据”：合并后按不同意'), less: true }, { kind: 'points', text: T('积分合在一起：30 + 20 = 50') }],
  kinds: [{ key: 'son', name: T('儿子') }], next: 'p_3.p_4', place: 1, waiting: 2, ...more,
})
const states = { open: 2, later: 0, same: 1, different: 0, family: 0 }
const list = (items: ReviewRow[]): Reviews => ({ items, total: items.length, states, mayDecide: true })
const runs: MatchRuns = { running: false, items: [{ number: 1, state: 'done', created: now, ended: now, stageText: T(''), people: 303, candidates: 900, found: 4, fresh: 2 }] }
const open = (address: string, routes: Routes = {}) =>
  openConsole(address, {
    'GET /api/session': () => ({ ...session('manager'), can: ['people.merge', 'people.export'] }), 'GET /api/reviews': () => list([row(), row({ id: 'p_3.p_4', weight: -2.1, probability: undefined })]),
    'GET /api/match-runs': () => runs, 'GET /api/reviews/p_1.p_2': () => review(), 'GET /api/reviews/p_3.p_4': () => review({ id: 'p_3.p_4', place: 2, next: undefined }), ...routes,
  })

describe('Match review', () => {
  it('lists pairs with evidence and chance, never a whole hundred', async () => {
    open('/reviews')
    expect(await screen.findByText('+9.4')).toBeTruthy()
    expect(screen.getByText('99.9%')).toBeTruthy()
    expect(screen.getByText('−2.1')).toBeTruthy()
    expect(screen.getByText(/看了 303 人，找到 4 对，其中新的 2 对/)).toBeTruthy()
    expect(screen.getByText('导出').closest('a')?.getAttribute('href')).toBe('/api/reviews.csv')
  })

  it('starts a search and stops one', async () => {
    const on: MatchRuns = { running: true, items: [{ ...runs.items[0]!, number: 2, state: 'running', stageText: T('打分') }] }
    const { calls } = open('/reviews', { 'GET /api/match-runs': () => on, 'POST /api/match-runs/2/stop': () => on })
    expect(await screen.findByText('正在找：打分')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: /停\s*下/ }))
    await waitFor(() => expect(calls.some((one) => one.method === 'POST' && one.path === '/api/match-runs/2/stop')).toBe(true))
  })

  it('shows what merging changes before it is done, and asks for a reason', async () => {
    const { calls } = open('/reviews/p_1.p_2', { 'POST /api/reviews/p_1.p_2/decision': () => review({ state: 'same', by: T('周宁'), decided: now, version: 4, place: 0 }), 'POST /api/reviews/p_1.p_2/undo': () => review({ version: 5 }) })
    expect(await screen.findByText('同意“健康数据”：合并后按不同意')).toBeTruthy()
    expect(screen.getByText('不算证据')).toBeTruthy()
    fireEvent.keyDown(document.body, { key: 's' })
    const dialog = await screen.findByRole('dialog')
    expect(within(dialog).getByText('积分合在一起：30 + 20 = 50')).toBeTruthy()
    const ok = () => fireEvent.click(within(dialog).getByRole('button', { name: /^合\s*并$/ }))
    ok()
    expect(within(dialog).getByRole('alert').textContent).toBe('请写原因')
    fireEvent.change(within(dialog).getByLabelText('为什么是同一人'), { target: { value: '电话核对过' } })
    ok()
    await waitFor(() => expect(calls.find((one) => one.method === 'POST')?.body).toEqual({ decision: 'same', why: '电话核对过' }))
    fireEvent.click(await screen.findByRole('button', { name: '撤销合并' }))
    await waitFor(() => expect(calls.some((one) => one.path === '/api/reviews/p_1.p_2/undo')).toBe(true))
  })

  it('merges nobody who cannot be one, by button or key', async () => {
    open('/reviews/p_1.p_2', { 'GET /api/reviews/p_1.p_2': () => review({ against: T('一位是患者，一位是医生，不能合并') }) })
    expect(await screen.findByText('一位是患者，一位是医生，不能合并')).toBeTruthy()
    expect(screen.getByRole('button', { name: '同一人' }).hasAttribute('disabled')).toBe(true)
    fireEvent.keyDown(document.body, { key: 's' })
    expect(screen.queryByRole('dialog')).toBeNull()
    fireEvent.keyDown(document.body, { key: 'n' })
    expect(await screen.findByRole('dialog')).toBeTruthy()
  })

  it('puts a pair aside and goes to the next', async () => {
    const { calls, router } = open('/reviews/p_1.p_2', { 'POST /api/reviews/p_1.p_2/decision': () => review({ state: 'later' }) })
    fireEvent.click(await screen.findByRole('button', { name: '先放着' }))
    await waitFor(() => expect(calls.find((one) => one.method === 'POST')?.body).toEqual({ decision: 'later' }))
    await waitFor(() => expect(router.state.location.pathname).toMatch(/p_3\.p_4$/))
  })

  it('says that there is nothing to review, and when it cannot be read', async () => {
    const { unmount } = open('/reviews', { 'GET /api/reviews': () => list([]) })
    expect(await screen.findByText('没有待核对的')).toBeTruthy()
    unmount()
    open('/reviews/p_1.p_2', { 'GET /api/reviews/p_1.p_2': () => new Refusal(404, { code: 'proposal_not_found' }) })
    expect(await screen.findByRole('alert')).toBeTruthy()
  })

  it('stands on the page of a person: what each record is known by, and the merge taken back', async () => {
    const id = (key: string, typeText: string) => ({ key, type: 'record', typeText: T(typeText), scope: '市一院' })
    const members: Members = { root: 'p_1', mayMerge: true, maySplit: true, waiting: [row()], parted: [{ id: 'p_7', name: '张桂芳', at: now, moved: 12 }], items: [{ id: 'p_1', name: '王秀兰', root: true, created: now, identifiers: [id('a', '病历号'), id('b', '手机号')] }, { id: 'p_9', name: '王秀蘭', root: false, created: now, identifiers: [] }] }
    const { calls } = open('/people/p_1', { 'GET /api/people/*/members': () => members, 'POST /api/people/*/unmerge': () => members, 'POST /api/people/*/split': () => members, 'POST /api/people/*/unsplit': () => members })
    const box = await screen.findByRole('region', { name: '档案' })
    expect(within(box).getByText('2 份档案合成一人')).toBeTruthy()
    fireEvent.click(within(box).getByText('看标识'))
    fireEvent.click(within(box).getByRole('button', { name: /^拆\s*分$/ }))
    const dialog = await screen.findByRole('dialog')
    fireEvent.click(within(dialog).getByLabelText(/手机号/))
    fireEvent.click(within(dialog).getByRole('button', { name: '拆出去' }))
    await waitFor(() => expect(calls.find((one) => one.path.endsWith('/split'))?.body).toEqual({ member: 'p_1', identifiers: ['b'] }))
    fireEvent.click(within(box).getByRole('button', { name: '撤销合并' }))
    const buttons = await screen.findAllByRole('button', { name: '撤销合并' })
    fireEvent.click(buttons.at(-1)!)
    await waitFor(() => expect(calls.find((one) => one.path.endsWith('/unmerge'))?.body).toEqual({ member: 'p_9' }))
    expect(within(box).getByRole('link', { name: '张桂芳' })).toBeTruthy()
    fireEvent.click(within(box).getByRole('button', { name: '撤销拆分' }))
    fireEvent.click((await screen.findAllByRole('button', { name: '撤销拆分' })).at(-1)!)
    await waitFor(() => expect(calls.find((one) => one.path.endsWith('/unsplit'))?.body).toEqual({ other: 'p_7' }))
  })
})
