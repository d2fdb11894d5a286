import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Again, Rehearsal } from '../../../../../client/rehearsal'
import type { DraftNumbers } from '../../../../../client/programmes'
import type { Draft } from '../../../../../client/rules'
import { now, openConsole, Refusal, type Routes, row, session, T } from '../../../../testing/harness'

const draft = (more: Partial<Draft> = {}): Draft => ({ programme: 'diabetes', base: 1, revision: 7, exists: true, by: { id: 's', name: '沈静' }, at: now, stale: false, problems: [], sound: true, files: [] as Draft['files'], ...more })
const numbers = { revision: 7, name: T('糖尿病管理', 'Diabetes'), approval: { sample: true }, targets: [], settings: [], limits: [], units: [] } as unknown as DraftNumbers
const none: Rehearsal = { state: 'none', revision: 0, stale: false, capacity: 40, new: false, done: 0, of: 0, tookMs: 0, journeys: [{ key: 'low', name: T('低血糖', 'Low') }] }
const day = (day: string, sent: number, real: number, tasks = 0, realTasks = 0) => ({ day, reached: 0, entered: 0, sent, held: 0, suppressed: 0, tasks, safety: 0, real, realTasks })
const load = { role: '', total: 9, mean: 0.3, p95: 2, busiest: 3, busiestDay: '2026-03-02', needed: 1 }
const again: Again = {
  people: 4000, reached: 388, entered: 512, sent: 1902, held: 40, suppressed: 210, tasks: 9, safety: 4, real: 1800, realTasks: 7,
  reasons: [{ reason: 'quiet_hours', text: T('夜里不打扰', 'Quiet at night'), n: 210 }],
  days: [day('2026-03-01', 1000, 900, 4, 3), day('2026-03-02', 902, 900, 5, 4)],
  journeys: [
    { key: 'low', name: T('低血糖', 'Low'), class: 'safety', people: 388, entered: 512, goal: { days: 28, within: T('28 天', '28 days'), due: 100, reached: 45, before: 3, open: 10 }, steps: [{ step: 'ask', kind: 'card', name: T('现在好些了吗', 'Better now?'), sent: 1902, held: 40, suppressed: 210, reasons: [], tasks: 0 }] },
    { key: 'camp', name: T('训练营', 'Camp'), class: 'programme', people: 0, entered: 0, steps: [] },
  ],
  staff: [{ ...load, role: 'owner', staff: { id: 's', name: '刘敏' } }], all: load,
}
const done: Rehearsal = { ...none, id: 'r1', state: 'done', revision: 7, from: '2026-03-01', to: '2026-03-02', done: 4000, of: 4000, tookMs: 900, found: 'f1', result: again }

const routes: Routes = {
  'GET /api/session': () => ({ ...session('admin'), can: ['programme.read', 'programme.edit'] }),
  'GET /api/programmes/*/draft': () => draft(),
  'GET /api/programmes/*/draft/numbers': () => numbers,
  'GET /api/programmes/*/draft/rehearsal': () => none,
}
const open = (more: Routes = {}, search = '') => openConsole(`/programmes/diabetes/rehearsal${search}`, { ...routes, ...more })

describe('if this had run then', () => {
  it('asks for the year until yesterday and the whole draft, and shows what came of it', async () => {
    let state: Rehearsal = none
    const { calls, router } = open({
      'GET /api/programmes/*/draft/rehearsal': () => state,
      'POST /api/programmes/*/draft/rehearsal': () => (state = { ...none, id: 'r1', state: 'running', done: 10, of: 4000 }),
    })
    fireEvent.click(await screen.findByRole('button', { name: '开始算' }))
    await screen.findByRole('progressbar')
    expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({ from: '2025-03-08', to: '2026-03-07' })
    state = done
    const result = await screen.findByRole('region', { name: '结果' })
    expect(within(result).getByRole('button', { name: /^388\s人$/ })).toBeTruthy()
    expect(result.textContent?.replaceAll(/\s/g, '')).toContain('会发出1,902条消息。同样的旅程当时真的发了1,800条。')
    expect(result.textContent?.replaceAll(/\s/g, '')).toContain('会多出9个任务，其中4个不能等。同样的旅程当时真的做完7个。')
    await waitFor(() => expect(router.state.location.search).toEqual({ run: 'r1' }))
    const goals = screen.getByRole('region', { name: '之后达到目标没有' })
    expect(within(goals).getByRole('button', { name: '55' })).toBeTruthy()
    expect(within(goals).getByText('45%')).toBeTruthy()
    expect(screen.getByText(/还有 1\s个旅程不会有人进入/).textContent).toContain('训练营')
    expect(screen.getByRole('img', { name: /每天的消息.*1,902.*1,800/ })).toBeTruthy()
  })

  it('opens the people behind a number', async () => {
    const { calls } = open({
      'GET /api/programmes/*/draft/rehearsal': () => done,
      'GET /api/found/*': () => ({ found: 'f1', programme: 'diabetes', asOf: now, draft: true, sets: [{ of: 'reason:quiet_hours', text: T('没发：夜里不打扰'), people: 8 }] }),
      'GET /api/people': () => ({ items: [row(1)], total: 8 }),
    })
    const result = await screen.findByRole('region', { name: '结果' })
    fireEvent.click(within(result).getByRole('button', { name: /^210\s条$/ }))
    await screen.findByText('没发：夜里不打扰')
    await waitFor(() => expect(calls.find(({ path }) => path === '/api/people')?.query.get('of')).toBe('reason:quiet_hours'))
  })

  it('stops, and says so', async () => {
    let state: Rehearsal = { ...none, id: 'r1', state: 'running', done: 10, of: 4000 }
    open({
      'GET /api/programmes/*/draft/rehearsal': () => state,
      'DELETE /api/programmes/*/draft/rehearsal': () => {
        state = { ...state, state: 'cancelled' }
      },
    })
    fireEvent.click(await screen.findByRole('button', { name: '取消' }))
    await screen.findByText('停下了，没有结果。可以再算一次。')
    expect(screen.getByRole('button', { name: '再算一次' })).toBeTruthy()
  })

  it('says why there is nothing: no draft, problems, a failure, a draft changed since', async () => {
    const first = open({ 'GET /api/programmes/*/draft': () => draft({ exists: false }) })
    await screen.findByText('还没有草稿')
    first.unmount()
    const second = open({ 'GET /api/programmes/*/draft': () => draft({ sound: false }), 'GET /api/programmes/*/draft/rehearsal': () => ({ ...none, id: 'r1', state: 'failed', failure: T('存储暂时用不了') }) })
    await screen.findByText('存储暂时用不了')
    expect(screen.getByRole<HTMLButtonElement>('button', { name: '再算一次' }).disabled).toBe(true)
    second.unmount()
    open({ 'GET /api/programmes/*/draft/rehearsal': () => ({ ...done, stale: true }) })
    await screen.findByText('草稿在这之后改过。下面是改之前的结果。')
  })

  it('that a restart lost is forgotten, and the days are chosen anew', async () => {
    const { router } = open(
      { 'GET /api/programmes/*/draft/rehearsal': ({ query }) => (query.get('id') ? new Refusal(404, { code: 'rehearsal_gone', text: T('上次预演的结果没有留下来') }) : none) },
      '?run=old',
    )
    await screen.findByText('上次预演的结果没有留下来')
    fireEvent.click(screen.getByRole('button', { name: '重新选日子' }))
    await screen.findByText('还没有算过')
    await waitFor(() => expect(router.state.location.search).toEqual({}))
  })
})
