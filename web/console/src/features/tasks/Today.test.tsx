import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Task } from '../../../../client/types'
import { openConsole, reading, session, T, task } from '../../../testing/harness'

const low = task('t1', '王建国', {
  kind: 'alert',
  priority: 'safety',
  title: T('10 分钟内打电话', 'Call within 10 minutes'),
  detail: T('因为低于 3.0', 'Because below 3.0'),
  due: '2026-03-08T11:37:00+08:00',
  reading: reading(2.8, 'very_low'),
})
const promise = task('t2', '李秀英', { priority: 'promise', due: '2026-03-08T13:30:00+08:00' })
const late = task('t3', '赵淑珍', { due: '2026-03-07T11:00:00+08:00', late: true })

const list = (tasks: Task[]) => ({
  items: tasks,
  total: tasks.length,
  counts: { all: tasks.length, safety: 1, promise: 1, today: 1, postponable: 0 },
  minutesLeft: 130,
})

function open(tasks: Task[], role = 'health_manager') {
  const store = { tasks }
  const opened = openConsole('/today', {
    'GET /api/session': () => session(role),
    'GET /api/tasks': () => list(store.tasks),
    'POST /api/tasks/*/complete': ({ path, body }) => {
      const id = path.split('/')[3]
      const done = store.tasks.find((one) => one.id === id)
      store.tasks = store.tasks.filter((one) => one.id !== id)
      return { ...done, state: 'done', outcome: body.outcome, version: done ? 2 : 4 }
    },
    'POST /api/tasks/*/reopen': () => {
      store.tasks = tasks
      return tasks[1]
    },
    'POST /api/tasks/*/skip': () => ({}),
    'GET /api/brief': () => ({
      asOf: '2026-03-08T11:30:00+08:00', since: '2026-03-07T18:00:00+08:00', people: 200, need: 3, fine: 183, unknown: 14,
      rule: T('7 天内有记录'), checks: [{ key: 'never', text: T('从来没有记录'), people: 14 }], found: 'F1',
      changes: [{ key: 'far', text: T('很高或很低的数值'), people: 1, items: [{ person: { id: 'p1', name: '王建国' }, at: '2026-03-08T02:10:00+08:00', text: T('血糖 2.8') }] }],
    }),
    'POST /api/task-batches/preview': ({ body }) => ({
      done: 1, safety: 1, failed: 0,
      rows: (body.tasks as string[]).map((id) => (id === 't1' ? { id, person: { id: 'p', name: '王建国' }, ok: false, why: T('安全任务不能批量处理，请逐个办') } : { id, person: { id: 'p', name: '李秀英' }, ok: true })),
    }),
    'POST /api/task-batches': ({ body }) => ({ batch: body.batch, done: 1, safety: 0, failed: 0, rows: [], undo: '2026-03-08T11:40:00+08:00' }),
    'POST /api/task-batches/*/undo': () => ({ done: 1, safety: 0, failed: 0, rows: [] }),
    'GET /api/people/*/phone': () => ({ phone: '138 5501 3308' }),
  })
  return { ...opened, store }
}

const rowOf = async (name: string) => (await screen.findByRole('link', { name: `打开 ${name}` })).closest('li') as HTMLElement

describe('Today', () => {
  it('says how often somebody was reminded of a task, when next, and to whom it went', async () => {
    openConsole('/', {
      'GET /api/tasks': () => ({ items: [task('1', '周敏', { reminded: 2, reminds: '2026-03-08T14:30:00+08:00', escalated: { at: '2026-03-08T10:00:00+08:00', to: 'manager', text: T('主管', 'manager') } })], total: 1, counts: { all: 1, safety: 0, promise: 0, today: 1, postponable: 0, over: 0 }, minutesLeft: 9 }),
    })
    expect(await screen.findByText(/催过 2\s次，下次.*14:30/)).toBeTruthy()
    expect(screen.getByText(/已交给\s?主管/)).toBeTruthy()
  })

  it('says who is in danger first, and why', async () => {
    open([low, promise, late])
    const row = await rowOf('王建国')
    const alert = within(row).getByRole('alert')
    expect(alert.textContent).toContain('2.8')
    expect(alert.textContent).toContain('很低')
    expect(alert.textContent).toContain('因为低于 3.0')
    expect(row.textContent).toMatch(/剩\s7\s分钟/)
    expect((await rowOf('赵淑珍')).textContent).toMatch(/逾期\s1\s天/)
    expect(screen.getByText('还需约 2 小时 10 分')).toBeTruthy()
    expect(screen.getByRole('button', { name: '安全 1' })).toBeTruthy()
  })

  it('records a result in two clicks, and takes it back', async () => {
    const { calls } = open([low, promise])
    fireEvent.click(within(await rowOf('李秀英')).getByRole('button', { name: '记录结果' }))
    fireEvent.click(await screen.findByRole('menuitem', { name: '约好了' }))
    await waitFor(() => expect(screen.queryByRole('link', { name: '打开 李秀英' })).toBeNull())
    const sent = calls.find((call) => call.path === '/api/tasks/t2/complete')
    expect(sent?.body).toEqual({ outcome: 'agreed' })
    expect(sent?.headers.get('If-Match')).toBe('"1"')
    expect(sent?.headers.get('X-CSRF-Token')).toBe('token')
    fireEvent.click(await screen.findByRole('button', { name: '撤销' }))
    expect(await rowOf('李秀英')).toBeTruthy()
    expect(calls.find((call) => call.path === '/api/tasks/t2/reopen')?.headers.get('If-Match')).toBe('"2"')
  })

  it('shows one row for an alert and its call, and records the result of the call', async () => {
    const step = {
      id: 'c1',
      title: T('打电话：低血糖之后', 'Call after a low'),
      results: [
        { key: 'reached', text: T('联系上了', 'Reached') },
        { key: 'no_answer', text: T('没接通', 'No answer') },
      ],
      state: 'open' as const,
      late: false,
      opened: low.opened,
      due: low.due,
      version: 3,
    }
    const alert = { ...low, version: 5, results: step.results, steps: [step] }
    const { calls } = open([alert, promise])
    const row = await rowOf('王建国')
    expect(screen.getAllByRole('link', { name: '打开 王建国' })).toHaveLength(1)
    expect(row.textContent).toContain('打电话：低血糖之后')
    expect(row.textContent).toMatch(/11:37\s前/)
    fireEvent.click(within(row).getByRole('button', { name: '记录结果' }))
    fireEvent.click(await screen.findByRole('menuitem', { name: '没接通' }))
    const sent = await waitFor(() => {
      const call = calls.find((one) => one.path === '/api/tasks/c1/complete')
      expect(call?.body).toEqual({ outcome: 'no_answer' })
      return call
    })
    expect(sent?.headers.get('If-Match')).toBe('"3"')
    expect(sent?.query.get('person')).toBe(low.person.id)
  })

  it('says how a call went that ended nothing, and records what follows on the alert', async () => {
    const step = {
      id: 'c1', title: T('打电话：低血糖之后'), results: [{ key: 'handled', text: T('已处理') }], state: 'done' as const, late: false, opened: low.opened,
      closed: '2026-03-08T11:29:00+08:00', outcome: 'no_answer', outcomeText: T('没接通'), by: { id: 's', name: '刘敏' }, version: 4,
    }
    const { calls } = open([{ ...low, version: 5, results: step.results, steps: [step] }])
    const row = await rowOf('王建国')
    expect(row.textContent).toMatch(/11:29 没接通 · 刘敏/)
    fireEvent.click(within(row).getByRole('button', { name: '记录结果' }))
    fireEvent.click(await screen.findByRole('menuitem', { name: '已处理' }))
    await waitFor(() => expect(calls.find((one) => one.path === '/api/tasks/t1/complete')?.headers.get('If-Match')).toBe('"5"'))
  })

  it('takes back the result of a call where it was recorded', async () => {
    const step = { id: 'c1', title: T('打电话'), results: [{ key: 'reached', text: T('联系上了') }], state: 'open' as const, late: false, opened: low.opened, version: 3 }
    const { calls } = open([{ ...low, results: step.results, steps: [step] }])
    fireEvent.click(within(await rowOf('王建国')).getByRole('button', { name: '记录结果' }))
    fireEvent.click(await screen.findByRole('menuitem', { name: '联系上了' }))
    fireEvent.click(await screen.findByRole('button', { name: '撤销' }))
    await waitFor(() => expect(calls.find((one) => one.path === '/api/tasks/c1/reopen')?.headers.get('If-Match')).toBe('"4"'))
  })

  it('says that there is more than it shows, and shows it', async () => {
    const { calls } = openConsole('/today', {
      'GET /api/session': () => session(),
      'GET /api/tasks': ({ query }) => ({ ...list([low, promise].slice(0, query.get('limit') === '200' ? 1 : 2)), total: 4149, minutesLeft: 27_650 }),
    })
    await rowOf('王建国')
    expect(screen.getByText(/先看前 1\s项，共 4149\s项/)).toBeTruthy()
    expect(screen.getByText(/超过一天的工作量/)).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: /^再看 200\s项$/ }))
    expect(await rowOf('李秀英')).toBeTruthy()
    expect(calls.filter((call) => call.path === '/api/tasks').at(-1)?.query.get('limit')).toBe('400')
  })

  it('keeps new rows behind a bar, and lets safety jump in', async () => {
    const { store, client } = open([promise])
    await rowOf('李秀英')
    store.tasks = [low, late, promise]
    await client.invalidateQueries({ queryKey: ['tasks'] })
    expect(await rowOf('王建国')).toBeTruthy()
    expect(screen.queryByRole('link', { name: '打开 赵淑珍' })).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: /^有 1\s项新任务$/ }))
    expect(await rowOf('赵淑珍')).toBeTruthy()
  })

  it('will not postpone safety', async () => {
    open([low])
    fireEvent.click(within(await rowOf('王建国')).getByRole('button', { name: '更多' }))
    expect((await screen.findByRole('menuitem', { name: '安全任务不能顺延' })).getAttribute('aria-disabled')).toBe('true')
    expect(screen.queryByText('2 小时后')).toBeNull()
  })

  it('asks why before it skips', async () => {
    const { calls } = open([promise])
    fireEvent.click(within(await rowOf('李秀英')).getByRole('button', { name: '更多' }))
    fireEvent.click(await screen.findByRole('menuitem', { name: '跳过…' }))
    const dialog = await screen.findByRole('dialog')
    fireEvent.click(within(dialog).getByRole('button', { name: '跳过' }))
    expect(await within(dialog).findByText('请选一个原因')).toBeTruthy()
    expect(calls.some((call) => call.path.endsWith('/skip'))).toBe(false)
    fireEvent.click(within(dialog).getByLabelText('正在住院'))
    fireEvent.click(within(dialog).getByRole('button', { name: '跳过' }))
    await waitFor(() => expect(calls.find((call) => call.path.endsWith('/skip'))?.body).toEqual({ reason: 'in_hospital' }))
  })

  it('moves by J and K, records by E, and lets the keys be switched off', async () => {
    open([low, promise])
    await rowOf('王建国')
    fireEvent.keyDown(document.body, { key: 'j' })
    await waitFor(async () => expect((await rowOf('李秀英')).getAttribute('aria-current')).toBe('true'))
    fireEvent.keyDown(document.body, { key: 'k' })
    await waitFor(async () => expect((await rowOf('王建国')).getAttribute('aria-current')).toBe('true'))
    fireEvent.keyDown(document.body, { key: 'e' })
    expect(await screen.findByRole('menuitem', { name: '没接通' })).toBeTruthy()
    fireEvent.keyDown(document.body, { key: '?' })
    fireEvent.click(await screen.findByRole('switch', { name: '打开单键快捷键' }))
    fireEvent.keyDown(document.body, { key: 'j' })
    expect((await rowOf('王建国')).getAttribute('aria-current')).toBe('true')
  })

  it('shows a telephone number only when asked', async () => {
    const { calls } = open([low])
    const row = await rowOf('王建国')
    expect(calls.some((call) => call.path.endsWith('/phone'))).toBe(false)
    fireEvent.click(within(row).getByRole('button', { name: '打电话' }))
    expect((await screen.findByRole('link', { name: '138 5501 3308' })).getAttribute('href')).toBe('tel:138 5501 3308')
  })

  it('says that all is done', async () => {
    open([])
    expect(await screen.findByText('今天都做完了')).toBeTruthy()
  })

  it('gives a viewer no button that would be refused', async () => {
    open([promise], 'viewer')
    const row = await rowOf('李秀英')
    expect(within(row).queryByRole('button', { name: '记录结果' })).toBeNull()
    expect(within(row).queryByRole('button', { name: '打电话' })).toBeNull()
    expect(within(row).getByRole('button', { name: '为什么' })).toBeTruthy()
  })

  it('opens with what changed and ends with those who are fine, and how that is known', async () => {
    open([low, promise])
    const far = await screen.findByRole('button', { name: '很高或很低的数值 1' })
    fireEvent.click(far)
    expect(await screen.findByText(/血糖 2\.8/)).toBeTruthy()
    const fine = await screen.findByRole('link', { name: /其余\s183\s人都好/ })
    expect(fine.getAttribute('href')).toContain('of=fine')
    fireEvent.click(screen.getByRole('button', { name: '怎么知道的' }))
    expect(await screen.findByText('7 天内有记录')).toBeTruthy()
    expect(screen.getByRole('link', { name: '从来没有记录 14' })).toBeTruthy()
  })

  it('chooses rows by x and does one thing to them, with safety left out and an undo', async () => {
    const { calls } = open([low, promise])
    await rowOf('李秀英')
    fireEvent.keyDown(document.body, { key: 'x' })
    fireEvent.keyDown(document.body, { key: 'j' })
    fireEvent.keyDown(document.body, { key: 'x' })
    const bar = await screen.findByRole('toolbar', { name: '一起处理选中的任务' })
    expect(within(bar).getByText(/已选\s2\s项/)).toBeTruthy()
    fireEvent.click(within(bar).getByRole('button', { name: '顺延' }))
    fireEvent.mouseDown(await screen.findByRole('combobox', { name: '顺延到什么时候' }))
    fireEvent.click(await screen.findByText('明天 09:00'))
    expect(await screen.findByText(/1 项是安全任务/)).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: /处理\s1\s项/ }))
    fireEvent.click(await screen.findByRole('button', { name: '撤销' }))
    await waitFor(() => expect(calls.some((call) => /task-batches\/.+\/undo$/.test(call.path))).toBe(true))
  })

  it('does nothing by key while somebody types', async () => {
    open([low, promise])
    await rowOf('李秀英')
    const box = document.createElement('input')
    document.body.append(box)
    fireEvent.keyDown(box, { key: 'x' })
    expect(screen.queryByRole('toolbar')).toBeNull()
    box.remove()
  })
})
