import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { ApiKey, Attempt, Outs, Webhook } from '../../../../client/outs'
import { openConsole, Refusal, type Routes, session, T } from '../../../testing/harness'

const receiver = { basis: 'sponsor_share_identified' }
const hook = (more: Partial<Webhook> = {}): Webhook => ({
  id: 'H1', name: '医院数据平台', place: 'https://example.com', state: 'on', health: 'good', types: ['glucose'], programmes: [], receiver, names: false, history: false,
  created: '2026-03-01T09:00:00+08:00', last: '2026-03-08T09:00:00+08:00', tries: 0, behind: false, replaying: false, day: { taken: 1200, failed: 2, refused: 1 }, ...more,
})
const key = (more: Partial<ApiKey> = {}): ApiKey => ({ id: 'K1', name: '数据仓库', scopes: ['events.read'], types: [], programmes: [], receiver, state: 'good', created: '2026-03-01T09:00:00+08:00', ...more })
const outs = (more: Partial<Outs> = {}): Outs => ({
  keys: [key()], webhooks: [hook()], scopes: [{ key: 'events.read', text: T('读取事件流') }, { key: 'names.read', text: T('包含姓名') }],
  bases: [{ key: 'sponsor_share_identified', text: T('本人同意：与项目支持方共享') }, { key: 'entrusted', text: T('委托处理') }],
  types: [{ key: 'glucose', text: T('血糖') }], programmes: [], address: '/api/stream/events', ...more,
})
const attempt = (more: Partial<Attempt> = {}): Attempt => ({ n: 7, at: '2026-03-08T09:00:00+08:00', type: 'glucose', name: T('血糖'), item: 'E1', try: 2, status: 500, took: 31, outcome: 'failed', text: T('对方出错，会再试（500）'), answer: 'no', ...more })
const open = (address: string, routes: Routes = {}) =>
  openConsole(address, {
    'GET /api/session': () => ({ ...session('admin'), can: ['intake.read', 'out.manage'] }),
    'GET /api/out': () => outs(),
    'GET /api/out/webhooks/*/attempts': ({ query }: { query: URLSearchParams }) => query.get('outcome') === 'bad' ? { items: [attempt()], total: 1 } : ({ items: [attempt(), attempt({ n: 6, item: undefined, outcome: 'taken', text: T('已送达（200）'), answer: 'ok', type: 'test', name: T('测试') })], total: 2 }),
    ...routes,
  })

describe('Out', () => {
  it('says how each webhook is doing and who reads', async () => {
    open('/data/out')
    const row = within((await screen.findByText('医院数据平台')).closest('tr') as HTMLElement)
    expect(row.getByText('正常')).toBeTruthy()
    expect(row.getByText('送达 1,200')).toBeTruthy()
    expect(row.getByText('没送到 2')).toBeTruthy()
    expect(row.getByText('搁置 1')).toBeTruthy()
    expect(within(screen.getByText('数据仓库').closest('tr') as HTMLElement).getByText('还没有用过')).toBeTruthy()
  })

  it('tells that a webhook was switched off, and when a failing one will be', async () => {
    open('/data/out', { 'GET /api/out': () => outs({ webhooks: [hook({ health: 'off', state: 'off', why: T('连续 5 天送不到，已停止推送') }), hook({ id: 'H2', name: '另一个', health: 'failing', tries: 3, failing: '2026-03-08T09:00:00+08:00', next: '2026-03-08T10:00:00+08:00', ends: '2026-03-13T09:00:00+08:00' })] }) })
    expect((await screen.findByRole('alert')).textContent).toMatch(/^医院数据平台：连续 5.天送不到，已停止推送$/)
    expect(screen.getByText(/已试 3 次/)).toBeTruthy()
    expect(screen.getByText(/^一直送不到，.*停止推送$/)).toBeTruthy()
  })

  it('counts what stopped in the menu, from any page, for whoever looks after it', async () => {
    const can = ['intake.read', 'out.manage', 'people.export']
    open('/data/sources', { 'GET /api/session': () => ({ ...session('admin'), can }), 'GET /api/out/stopped': () => ({ webhooks: 1, deliveries: 2 }) })
    await waitFor(() => expect(screen.getAllByRole('img', { name: /对外发送有.3.项停了或失败了/ }).length).toBe(2))
  })

  it('makes a key on a stated basis and tells it once', async () => {
    const { calls } = open('/data/out', { 'GET /api/out': () => outs({ keys: [] }), 'POST /api/out/keys': () => ({ key: key(), token: 'pbk_1' }) })
    fireEvent.click(await screen.findByRole('button', { name: '添加密钥' }))
    const dialog = within(await screen.findByRole('dialog'))
    fireEvent.click(dialog.getByRole('button', { name: /^添\s*加$/ }))
    expect(dialog.getByRole('alert').textContent).toBe('请写名称')
    fireEvent.change(dialog.getByLabelText('名称'), { target: { value: ' 数据仓库 ' } })
    fireEvent.click(dialog.getByLabelText('接收方在境外'))
    fireEvent.click(dialog.getByRole('button', { name: /^添\s*加$/ }))
    expect(dialog.getByRole('alert').textContent).toBe('接收方在境外，要写出境审批编号')
    fireEvent.click(dialog.getByLabelText('接收方在境外'))
    fireEvent.click(dialog.getByRole('button', { name: /^添\s*加$/ }))
    expect(await screen.findByText('pbk_1')).toBeTruthy()
    expect(screen.getByText(/Authorization: Bearer pbk_1/)).toBeTruthy()
    expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({ name: '数据仓库', types: [], programmes: [], receiver: { basis: 'sponsor_share_identified', abroad: false }, scopes: ['events.read'], expires: '' })
  })

  it('lists what became of requests and sends one again', async () => {
    const { calls } = open('/data/out?open=H1', { 'POST /api/out/webhooks/*/replay': () => hook({ replaying: true }) })
    expect(await screen.findByText('对方出错，会再试（500）')).toBeTruthy()
    expect(screen.getByText('对方回答：no')).toBeTruthy()
    expect(screen.queryByText('对方回答：ok')).toBeNull()
    const again = screen.getAllByRole('button', { name: /^重发 .*的这条$/ })
    expect(again.length).toBe(1)
    fireEvent.click(again[0] as HTMLElement)
    await waitFor(() => expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({ attempt: 7 }))
    fireEvent.click(screen.getByLabelText('只看没送到的'))
    await waitFor(() => expect(screen.queryByText('已送达（200）')).toBeNull())
    expect(calls.some(({ query }) => query.get('outcome') === 'bad')).toBe(true) // asked of the server, which pages it
  })

  it('invites where there is nothing yet, and says what went wrong', async () => {
    const { unmount } = open('/data/out', { 'GET /api/out': () => outs({ keys: [], webhooks: [] }) })
    expect(await screen.findByText('还没有推送地址')).toBeTruthy()
    expect(screen.getByText('还没有接口密钥')).toBeTruthy()
    unmount()
    open('/data/out', { 'GET /api/out': () => new Refusal(403, { code: 'forbidden' }) })
    expect(await screen.findByText(/没有看这一页的权限/)).toBeTruthy()
  })
})
