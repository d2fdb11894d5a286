import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { now, openConsole, reading, row, session, T } from '../../../testing/harness'

const many = (from: number, n: number) => Array.from({ length: n }, (_, i) => row(from + i))

describe('People', () => {
  it('adds a person with what was agreed to on paper, and opens the page of whoever has the number already', async () => {
    const { calls, router } = openConsole('/people', {
      'GET /api/people': () => ({ items: [row(1)], total: 1 }),
      'GET /api/session': () => ({ ...session(), can: ['people.write', 'people.assign'] }),
      'POST /api/people': () => ({ id: 'p_1', name: '孙建华', existing: true }),
    })
    fireEvent.click(await screen.findByRole('button', { name: '添加人员' }))
    const drawer = await screen.findByRole('dialog')
    fireEvent.click(within(drawer).getByRole('button', { name: /保存/ }))
    expect(await within(drawer).findByText('请写姓名')).toBeTruthy()
    fireEvent.change(within(drawer).getByLabelText('姓名'), { target: { value: ' 孙建华 ' } })
    fireEvent.change(within(drawer).getByLabelText('手机号'), { target: { value: '13800138000' } })
    fireEvent.change(within(drawer).getByLabelText('出生年份'), { target: { value: '61' } })
    fireEvent.click(within(drawer).getAllByRole('checkbox')[1] as HTMLElement)
    fireEvent.click(within(drawer).getByRole('button', { name: /保存/ }))
    expect(await within(drawer).findByText('写四位年份，例如 1956')).toBeTruthy()
    expect(within(drawer).getByText('请写证明在哪里')).toBeTruthy()
    expect(calls.some((call) => call.method === 'POST')).toBe(false)
    fireEvent.change(within(drawer).getByLabelText('出生年份'), { target: { value: '1961' } })
    fireEvent.click(within(drawer).getByRole('radio', { name: '签了字的纸' }))
    fireEvent.change(within(drawer).getByLabelText('证明在哪里'), { target: { value: '2026-0312' } })
    fireEvent.click(within(drawer).getByRole('button', { name: /保存/ }))
    expect(await screen.findByText(/这个手机号是 孙建华 的，没有重复添加/)).toBeTruthy()
    expect(calls.find((call) => call.method === 'POST')?.body).toMatchObject({
      name: '孙建华', phone: '13800138000', birthYear: 1961, consents: ['health_data'], basis: 'paper', proof: '2026-0312',
    })
    await waitFor(() => expect(router.state.location.pathname).toContain('/people/p_1'))
  })

  it('draws only the rows in view of ten thousand', async () => {
    openConsole('/people', {
      'GET /api/people': ({ query }) => {
        const from = Number(query.get('cursor') ?? 0)
        return { items: many(from, 200), total: 10_000, nextCursor: String(from + 200) }
      },
    })
    expect(await screen.findByText('你能看到的 10,000 人')).toBeTruthy()
    const grid = screen.getByRole('grid')
    expect(grid.getAttribute('aria-rowcount')).toBe('10001')
    expect(screen.getAllByRole('row').length).toBeLessThan(60)
  })

  it('asks the server for what the address says, and drops a condition by its chip', async () => {
    const { calls, router } = openConsole('/people?owner=me&due=true&tag=%5B%22lc_silent14%22%5D', {
      'GET /api/people': () => ({ items: [row(1)], total: 1 }),
      'GET /api/session': () => ({ ...session(), can: ['people.export'] }),
    })
    expect(await screen.findByText('命中 1 人')).toBeTruthy()
    const first = calls.find((call) => call.path === '/api/people')
    expect(first?.query.get('owner')).toBe('me')
    expect(first?.query.get('due')).toBe('1')
    expect(first?.query.getAll('tag')).toEqual(['lc_silent14'])
    fireEvent.click(screen.getByRole('button', { name: '去掉：负责人 = 我' }))
    await waitFor(() => expect(router.state.location.search).not.toHaveProperty('owner', 'me'))
    expect(screen.getByRole('link', { name: '导出 CSV' }).getAttribute('href')).toContain('due=1')
  })

  it('shows unknown as unknown, never as nought', async () => {
    openConsole('/people', {
      'GET /api/people': () => ({
        items: [row(1), row(2, { lastReading: reading(6.1, 'in_target', '2026-02-20T07:00:00+08:00', 'fasting'), inTarget14: { n: 2, of: 2 } }), row(3, { inTarget14: { n: 12, of: 20 } })],
        total: 3,
      }),
    })
    expect(await screen.findByText('数据不足 n=0')).toBeTruthy()
    expect(screen.getByText('数据不足 n=2')).toBeTruthy()
    expect(screen.getByText('12 / 20 次')).toBeTruthy()
    expect(screen.getAllByText('没有联系过').length).toBe(3)
    expect(document.body.textContent).not.toContain('0%')
  })

  it('sorts by a column and keeps it in the address', async () => {
    const { calls } = openConsole('/people', { 'GET /api/people': () => ({ items: [row(1)], total: 1 }) })
    fireEvent.click(await screen.findByRole('button', { name: '最近血糖，从小到大排' }))
    expect(await screen.findByRole('button', { name: '最近血糖，从大到小排' })).toBeTruthy()
    expect(calls.some((call) => call.query.get('sort') === 'lastReading' && call.query.get('dir') === 'asc')).toBe(true)
  })

  it('says that nobody fits and offers the way back', async () => {
    openConsole('/people?q=zzz', { 'GET /api/people': ({ query }) => (query.get('q') ? { items: [], total: 0 } : { items: [row(1)], total: 1 }) })
    expect(await screen.findByText('没有符合的人')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: '去掉全部条件' }))
    expect(await screen.findByText('你能看到的 1 人')).toBeTruthy()
  })

  it('decides about several people by hand, with a reason, and says who was refused', async () => {
    const { calls } = openConsole('/people', {
      'GET /api/people': () => ({ items: [row(1), row(2), row(3)], total: 3 }),
      'GET /api/segments': () => ({ items: [{ key: 'pilot', name: T('试点', 'Pilot'), byHand: true }, { key: 'auto', name: T('自动'), byHand: false }] }),
      'POST /api/segments/*/people': () => ({ done: 1, refused: [{ id: 'p_2', code: 'not_by_hand', detail: T('不在方案里', 'not in the programme') }] }),
    })
    fireEvent.click(await screen.findByLabelText('选中 周敏1'))
    fireEvent.click(screen.getByLabelText('选中 周敏2'))
    expect(screen.getByText(/已选 2\s人/)).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: '手工分群' }))
    fireEvent.mouseDown(await screen.findByRole('combobox', { name: '人群' }))
    expect(screen.queryByText('自动')).toBeNull()
    fireEvent.click(await screen.findByText('试点', { selector: '.ant-select-item-option-content' }))
    fireEvent.click(screen.getByRole('button', { name: /放\s?进/ }))
    expect(await screen.findByText('请写明原因')).toBeTruthy()
    expect(calls.some((call) => call.method === 'POST')).toBe(false)
    fireEvent.change(screen.getByLabelText('原因'), { target: { value: '签了同意书' } })
    fireEvent.click(screen.getByRole('button', { name: /放\s?进/ }))
    expect(await screen.findByText(/有 1\s人没有改/)).toBeTruthy()
    expect(calls.find((call) => call.method === 'POST')).toMatchObject({ path: '/api/segments/pilot/people', body: { people: ['p_1', 'p_2'], state: 'in', reason: '签了同意书' } })
  })

  it('starts a journey for several people, after saying whom it would take in', async () => {
    const { calls } = openConsole('/people', {
      'GET /api/people': () => ({ items: [row(1), row(2)], total: 2 }),
      'GET /api/session': () => ({ ...session('manager'), can: ['people.write'] }),
      'GET /api/journeys/startable': () => ({ items: [{ programme: 'diabetes', programmeName: T('糖尿病'), journey: 'talks', name: T('谈一次', 'Talk'), enters: T('由人放进来') }] }),
      'POST /api/journeys/*/*/start': ({ body }) =>
        (body as { dryRun?: boolean }).dryRun ? { dryRun: true, of: 2, enter: 1, silent: 0, inside: 1, held: 0, cannot: [], found: 'F1' } : { dryRun: false, of: 2, enter: 1, silent: 0, inside: 1, held: 0, cannot: [] },
    })
    fireEvent.click(await screen.findByLabelText('选中 周敏1'))
    fireEvent.click(screen.getByLabelText('选中 周敏2'))
    fireEvent.click(screen.getByRole('button', { name: '开始旅程' }))
    fireEvent.click(await screen.findByRole('radio', { name: /谈一次/ }))
    expect(await screen.findByText(/会进入 1\s人/)).toBeTruthy()
    expect(screen.getByText(/已经在里面 1\s人/)).toBeTruthy()
    expect(calls.filter((call) => call.method === 'POST').every((call) => (call.body as { dryRun?: boolean }).dryRun)).toBe(true)
    fireEvent.click(screen.getByRole('button', { name: /放进 1\s人/ }))
    expect(await screen.findByText(/已放进 1\s人/)).toBeTruthy()
    expect(calls.filter((call) => call.method === 'POST').at(-1)).toMatchObject({ path: '/api/journeys/diabetes/talks/start', body: { people: ['p_1', 'p_2'] } })
  })

  it('lets a viewer choose nobody and take no file', async () => {
    openConsole('/people', { 'GET /api/people': () => ({ items: [row(1)], total: 1 }), 'GET /api/session': () => session('viewer') })
    expect(await screen.findByText(/周敏1/)).toBeTruthy()
    expect(screen.queryByRole('checkbox')).toBeNull()
    expect(screen.queryByRole('link', { name: '导出 CSV' })).toBeNull()
  })

  it('says which number of a count the list is of, and leaves it by its chip', async () => {
    const { calls, router } = openConsole('/people?found=F1&of=gain', {
      'GET /api/people': () => ({ items: [row(1)], total: 1 }),
      'GET /api/found/*': () => ({ found: 'F1', asOf: now, sets: [{ of: 'gain', text: T('会得到“空腹偏高”'), people: 3 }] }),
    })
    fireEvent.click(await screen.findByRole('button', { name: /去掉：会得到“空腹偏高”/ }))
    expect(calls.find((call) => call.path === '/api/people')?.query.toString()).toContain('found=F1&of=gain')
    await waitFor(() => expect(router.state.location.search).not.toHaveProperty('found', 'F1'))
  })
})
