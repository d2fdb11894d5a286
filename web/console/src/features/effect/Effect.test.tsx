import { fireEvent, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { EffectComparison, JourneyEffect, JourneysEffect, WorkRates } from '../../../../client/journeys'
import { now, openConsole, Refusal, row, type Routes, session, T } from '../../../testing/harness'
import { firstDay, share, signed, ticks } from './effect'

const rates = (more: Partial<WorkRates> = {}): WorkRates => ({ due: 120, executed: 96, completed: 60, onTime: 90, resultDue: 100, result: 45, ...more })
const comparison = (more: Partial<EffectComparison> = {}): EffectComparison => ({
  step: 'h', kind: 'holdout', verdict: 'more', text: T('有效果：达到目标的人多了 14.0 个百分点（3.0～25.0）'),
  treated: { key: 'treated', name: T('走旅程'), exposed: 520, before: 8, waiting: 60, counted: 452, reached: 212 },
  held: { key: 'held_out', name: T('对照组'), exposed: 130, before: 2, waiting: 14, counted: 114, reached: 37 },
  once: { diff: 14, low: 4, high: 23 }, always: { diff: 14, low: 3, high: 25 },
  means: { treated: 6.2, held: 5.1, verdict: 'too_early', text: T('还看不出：现在差 +1.1 天') },
  days: [
    { day: '2026-03-05', treated: 20, held: 4, verdict: 'too_few' },
    { day: '2026-03-06', treated: 430, held: 108, verdict: 'too_early', always: { diff: 12, low: -1, high: 25 } },
    { day: '2026-03-07', treated: 440, held: 110, verdict: 'more', always: { diff: 13.5, low: 0.5, high: 26.5 } },
    { day: '2026-03-08', treated: 452, held: 114, verdict: 'more', always: { diff: 14, low: 3, high: 25 } },
  ],
  since: '2026-03-07',
  ...more,
})
const one = (more: Partial<JourneyEffect> = {}): JourneyEffect => ({
  programme: 'diabetes', key: 'recall', name: T('沉默召回'), class: 'programme', version: 3, asOf: now, from: '2025-12-09', to: '2026-03-08', goal: T('有了血糖'), window: T('28 天'), fewest: 10, fewestInArm: 50,
  people: 80, rates: rates(),
  steps: [{ id: '2', kind: 'message', text: T('想您了'), people: 80, rates: rates({ due: 80, executed: 70, completed: 40, onTime: 70 }) }, { id: '4', kind: 'task', text: T('打个电话'), people: 9, rates: rates({ due: 9, executed: 6, completed: 5, onTime: 4, resultDue: 0, result: 0 }) }],
  by: 'stage', groups: [{ key: 'silent', name: T('沉默'), hidden: false, people: 60, rates: rates({ due: 90 }) }, { key: 'risk', name: T('风险'), hidden: true, people: 0, rates: rates({ due: 0, executed: 0, completed: 0, onTime: 0, resultDue: 0, result: 0 }) }],
  comparisons: [comparison()],
  ...more,
})
const all: JourneysEffect = { programme: 'diabetes', name: T('糖尿病管理'), asOf: now, from: '2025-12-09', to: '2026-03-08', items: [{ key: 'recall', name: T('沉默召回'), class: 'programme', people: 80, rates: rates(), compares: true }, { key: 'low', name: T('低血糖处理'), class: 'safety', people: 12, rates: rates({ due: 30 }), compares: false }] }
const found = { found: 'F1', programme: 'diabetes', asOf: now, draft: false, sets: [{ of: 'goal', text: T('沉默召回：对照组，达到目标的'), people: 5 }] }
const open = (address: string, routes: Routes = {}) =>
  openConsole(address, { 'GET /api/session': () => ({ ...session('manager'), can: ['programme.read', 'people.export'] }), 'GET /api/journeys/effect': () => all, 'GET /api/journeys/recall/effect': () => one(), 'POST /api/journeys/recall/effect/people': () => found, 'GET /api/found/*': () => found, 'GET /api/people': () => ({ items: [row(1)], total: 5 }), ...routes })
const text = (of: Element | null) => (of?.textContent ?? '').replaceAll('\u00a0', ' ')

describe('Effect', () => {
  it('lists what every journey did and leads to each', async () => {
    open('/effect')
    const line = (await screen.findByRole('link', { name: '沉默召回' })).closest('tr') as HTMLElement
    for (const part of ['80', '120', '96', '80%', '90', '75%', '45', '45%', '有对照']) expect(text(line)).toContain(part)
    expect(text(screen.getByRole('link', { name: '低血糖处理' }).closest('tr'))).toContain('安全')
    fireEvent.click(within(line).getByRole('link'))
    expect(await screen.findByText(/有效果/)).toBeTruthy()
  })

  it('says what changed, since when, and draws both intervals and the days', async () => {
    open('/effect?journey=recall')
    expect(await screen.findByText('有效果：达到目标的人多了 14.0 个百分点（3.0～25.0）')).toBeTruthy()
    expect(screen.getByText('从 2026-03-07 起')).toBeTruthy()
    expect(screen.getByText('+14.0 (+3.0～+25.0)')).toBeTruthy()
    expect(screen.getByText('+14.0 (+4.0～+23.0)')).toBeTruthy()
    expect(screen.getByRole('img', { name: /一天一天看/ })).toBeTruthy()
    expect(screen.getByText('2026-03-06')).toBeTruthy()
    expect(screen.queryByText('2026-03-05')).toBeNull()
    expect(screen.getByText(/还看不出：现在差 \+1.1 天/)).toBeTruthy()
  })

  it('opens the people behind a number by asking for them', async () => {
    const { calls } = open('/effect?journey=recall')
    fireEvent.click(await screen.findByLabelText('对照组，达到目标：打开 37 人'))
    expect(await screen.findByText('周敏1')).toBeTruthy()
    expect(calls.find((call) => call.path.endsWith('/effect/people'))?.body).toEqual({ programme: 'diabetes', from: '2025-12-09', to: '2026-03-08', part: 'goal', step: 'h', arm: 'held_out' })
  })

  it('shows no percentage of few people, and no group of few', async () => {
    open('/effect?journey=recall')
    const call = (await screen.findByText('打个电话')).closest('tr') as HTMLElement
    expect(text(call)).toContain('/ 9')
    expect(text(call)).not.toContain('%')
    expect(screen.getByText('另有 1 组人数少于 10，或能从别的组推算出来，不显示：风险')).toBeTruthy()
  })

  it('says in words that no group can be shown, that chance has divided nobody yet, and that there are no journeys', async () => {
    const nobody = comparison({ verdict: 'too_few', once: undefined, always: undefined, since: undefined, days: [] })
    for (const arm of [nobody.treated, nobody.held]) Object.assign(arm, { exposed: 0, before: 0, waiting: 0, counted: 0, reached: undefined })
    const { unmount } = open('/effect?journey=recall', { 'GET /api/journeys/recall/effect': () => one({ comparisons: [nobody], groups: one().groups.slice(1) }) })
    expect(text(await screen.findByText(/没有一组能显示：风险/))).toContain('少于 10 人')
    expect(text(screen.getByText(/还没有人走到分组的这一步/))).toContain('“走旅程”和“对照组”')
    expect(screen.getAllByRole('table')).toHaveLength(1) // the steps
    unmount()
    open('/effect', { 'GET /api/journeys/effect': () => ({ ...all, items: [] }) })
    expect(await screen.findByText('这个项目还没有旅程')).toBeTruthy()
    expect(screen.queryByRole('table')).toBeNull()
  })

  it('lets a manager say how small a group may be, and keeps what is out of bounds from being saved', async () => {
    const settings = { version: 2, smallest: 10, usual: 10, least: 5, most: 1000, may: true }
    const manager = () => ({ ...session('manager'), can: ['programme.read', 'people.assign'] })
    const { calls, unmount } = open('/effect?journey=recall', { 'GET /api/session': manager, 'GET /api/effect-settings': () => settings, 'PUT /api/effect-settings': () => ({ ...settings, smallest: 7, version: 3 }) })
    fireEvent.click(await screen.findByRole('button', { name: '改最少人数（现在 10）' }))
    const box = await screen.findByLabelText('一组至少几个人')
    const save = screen.getByRole('button', { name: /保\s?存/ })
    expect(save).toHaveProperty('disabled', true)
    fireEvent.change(box, { target: { value: '4' } })
    expect(text(await screen.findByRole('alert'))).toBe('从 5 到 1000；没有改过时是 10')
    expect(save).toHaveProperty('disabled', true)
    fireEvent.change(box, { target: { value: '7' } })
    fireEvent.click(save)
    expect(await screen.findByText('少于 7 人的组不再显示')).toBeTruthy()
    const put = calls.find((call) => call.method === 'PUT')
    expect([put?.path, put?.body, put?.headers.get('If-Match')]).toEqual(['/api/effect-settings', { smallest: 7 }, '"2"'])
    unmount()
    open('/effect?journey=recall')
    await screen.findByText('打个电话')
    expect(screen.queryByRole('button', { name: /改最少人数/ })).toBeNull()
  })

  it('says what is missing while it is too early, and draws nothing that misleads', async () => {
    const few = comparison({ verdict: 'too_few', text: T('还看不出：人还不够'), missing: T('要等观察期走完：对照的还差 44 人'), once: undefined, always: undefined, since: undefined, days: [{ day: '2026-03-08', treated: 60, held: 6, verdict: 'too_few' }] })
    few.held = { ...few.held, counted: 6, reached: undefined }
    open('/effect?journey=recall', { 'GET /api/journeys/recall/effect': () => one({ comparisons: [few] }) })
    expect(await screen.findByText('还看不出：人还不够')).toBeTruthy()
    expect(screen.getByText('要等观察期走完：对照的还差 44 人')).toBeTruthy()
    expect(screen.getByText('人少，不显示')).toBeTruthy()
    expect(screen.getByText(/画出来会误导人/)).toBeTruthy()
  })

  it('says why nothing is compared, that nothing was due, and when it cannot be read', async () => {
    const { unmount } = open('/effect?journey=recall', { 'GET /api/journeys/recall/effect': () => one({ comparisons: [], why: T('这个旅程没有对照组'), steps: [], groups: [] }) })
    expect(await screen.findByText('这个旅程没有对照组')).toBeTruthy()
    expect(screen.getByText('这段时间没有到期的工作')).toBeTruthy()
    unmount()
    open('/effect?journey=recall', { 'GET /api/journeys/recall/effect': () => new Refusal(500, { code: 'internal' }) })
    expect(await screen.findByRole('alert')).toBeTruthy()
  })
})

describe('figures of the page', () => {
  it('a share never hides somebody, and is not told of few', () => {
    expect([share(0, 10), share(1, 1000), share(999, 1000), share(5, 9), share(1, 3, 1)]).toEqual(['0%', '<1%', '>99%', '', '33%'])
  })
  it('a difference has its sign', () => {
    expect([signed(4.2), signed(-1), signed(0)]).toEqual(['+4.2', '−1.0', '0.0'])
  })
  it('an axis has few round numbers', () => {
    expect(ticks(-3, 26)).toEqual([0, 5, 10, 15, 20, 25])
    expect(ticks(-0.3, 0.4)).toEqual([-0.2, 0, 0.2, 0.4])
  })
  it('a period begins on a local day', () => {
    expect(firstDay(new Date('2026-03-08T17:00:00Z'), 1, 'Asia/Shanghai')).toBe('2026-03-09')
    expect(firstDay(new Date('2026-03-08T01:00:00Z'), 90, 'Asia/Shanghai')).toBe('2025-12-09')
  })
})
