import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Came, Reject, Source, Sources } from '../../../../client/sources'
import { openConsole, Refusal, type Routes, session, T } from '../../../testing/harness'
import { broken, curlOf, hoursSince, indent, placeOf } from './data'
import { joined } from './Live'
import { heights } from './Volume'

const came: Came = { requests: 0, bytes: 0, stored: 0, repeated: 0, kept: 0, ignored: 0, refused: 0, putOff: 0 }
const hour = 3_600_000
const source = (more: Partial<Source> = {}): Source => ({
  number: 3, name: '门店小程序', kind: 'segment', kindText: T('网站、小程序或应用'), keyed: true, disabled: false, created: '2026-03-01T09:00:00+08:00', rate: 0, burst: 0, names: {},
  day: { ...came, requests: 9, stored: 1200, repeated: 3, refused: 2 }, hours: Array.from({ length: 24 }, (_, i) => i * 10), last: new Date(Date.now() - hour / 2).toISOString(), open: 2, reasons: [{ code: 'field_missing', count: 2 }], ...more,
})
const sources = (items: Source[], more: Partial<Sources> = {}): Sources => ({ items, kinds: [{ key: 'segment', text: T('网站、小程序或应用') }, { key: 'shop', text: T('网店') }], rate: 50_000, mayManage: true, address: '/v1/batch', dedupeText: T('同一编号只存一次'), ...more })
const reject = (more: Partial<Reject> = {}): Reject => ({ id: 'a'.repeat(32), source: { name: '门店小程序' }, number: 3, type: 'glucose', name: T('血糖'), reason: 'not_a_number', field: 'properties.value', first: '2026-03-08T09:00:00+08:00', last: '2026-03-08T09:00:00+08:00', times: 1, state: 'open', ...more })
const list = <T,>(items: T[], more = {}) => ({ items, total: items.length, ...more })
const raw = '{"type":"track","event":"glucose","properties":{"value":"many","note":7.10}}'
const open = (address: string, routes: Routes = {}) =>
  openConsole(address, {
    'GET /api/session': () => ({ ...session('admin'), can: ['intake.read', 'intake.manage'] }),
    'GET /api/sources': () => sources([source()]),
    'GET /api/events': () => list([{ key: 'glucose', name: T('血糖'), health: true }]),
    'GET /api/sources/volume': () => ({ from: '', step: 900, items: [{ at: '2026-03-08T09:00:00+08:00', ...came, requests: 1, stored: 5 }], total: { ...came, requests: 1, stored: 5 } }),
    'GET /api/rejects': () => list([reject()]),
    'GET /api/rejects/*': () => ({ ...reject(), raw }),
    ...routes,
  })

describe('Sources', () => {
  it('says what each took and refused, and opens what is refused', async () => {
    const { router } = open('/data')
    const row = within((await screen.findByText('门店小程序')).closest('tr') as HTMLElement)
    expect(row.getByText('收下 1,200')).toBeTruthy()
    expect(row.getByText('拒收 2')).toBeTruthy()
    expect(row.getByText('不到 1 小时前')).toBeTruthy()
    expect(row.queryByText(/推后/)).toBeNull()
    fireEvent.click(row.getByRole('link', { name: /^打开 门店小程序 待处理的 2.条$/ }))
    await waitFor(() => expect(router.state.location.href).toContain('/data/refused?source=3'))
  })

  it('says that one has fallen silent, but not of one that is off or has no key', async () => {
    const last = new Date(Date.parse(session('admin').workspace.now) - 75 * hour).toISOString() // by the workspace's clock, which counts what came
    open('/data/sources', { 'GET /api/sources': () => sources([source({ last }), source({ number: 4, name: '旧店', last, disabled: true }), source({ number: 5, name: '文件', last, keyed: false })]) })
    await screen.findByText('旧店')
    expect(screen.getAllByText('3 天没有数据').length).toBe(1)
    expect(screen.getAllByText('3 天前').length).toBe(2)
  })

  it('tells the key of a new one once, with an example to try', async () => {
    const { calls } = open('/data/sources', { 'GET /api/sources': () => sources([]), 'POST /api/sources': () => ({ source: source({ name: '小程序' }), writeKey: 'wk_1' }) })
    fireEvent.click(await screen.findByRole('button', { name: '添加来源' }))
    const dialog = await screen.findByRole('dialog')
    fireEvent.click(within(dialog).getByRole('button', { name: /^添\s*加$/ }))
    expect(within(dialog).getByRole('alert').textContent).toBe('请写名称')
    fireEvent.change(within(dialog).getByLabelText('名称'), { target: { value: ' 小程序 ' } })
    fireEvent.click(within(dialog).getByRole('button', { name: '加一个事件名' }))
    fireEvent.change(within(dialog).getByLabelText('来源的事件名'), { target: { value: '测血糖' } })
    fireEvent.click(within(dialog).getByRole('button', { name: /^添\s*加$/ }))
    expect(within(dialog).getByRole('alert').textContent).toBe('每一行都要写事件名并选类型')
    expect(calls.some(({ method }) => method === 'POST')).toBe(false)
    fireEvent.click(within(dialog).getByRole('button', { name: /去\s*掉/ }))
    fireEvent.click(within(dialog).getByRole('button', { name: /^添\s*加$/ }))
    expect(await screen.findByText('wk_1')).toBeTruthy()
    expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({ name: '小程序', kind: 'segment', programme: '', rate: 0, burst: 0, names: {} })
    expect(screen.getByText(/curl -u 'wk_1:'/)).toBeTruthy()
  })

  it('changes nothing for whoever may only look', async () => {
    open('/data/sources?open=3', { 'GET /api/sources': () => sources([source()], { mayManage: false }) })
    expect(await screen.findByText('只有管理员和经理能改。')).toBeTruthy()
    expect(await screen.findByText(/共收下 5 个/)).toBeTruthy()
    expect(screen.queryByRole('button', { name: '换密钥' })).toBeNull()
    expect(screen.queryByRole('button', { name: '添加来源' })).toBeNull()
  })

  it('stands in the menu only of who may see it, and says what went wrong', async () => {
    const { unmount } = openConsole('/data/sources', { 'GET /api/sources': () => new Refusal(403, { code: 'forbidden' }) })
    expect(await screen.findByText(/没有看这一页的权限/)).toBeTruthy()
    expect(screen.queryByRole('link', { name: '数据' })).toBeNull()
    unmount()
    open('/data/sources')
    expect(await screen.findByRole('link', { name: '数据' })).toBeTruthy()
  })
})

describe('Live', () => {
  it('asks for what is new, tells why something was refused, and stops when paused', async () => {
    let n = 0
    const { calls } = open('/data/live', {
      'GET /api/sources/arrivals': () => {
        n++
        return { items: [{ n, at: '2026-03-08T09:00:05+08:00', source: { name: '门店小程序' }, type: 'glucose', name: T(`血糖${n}`), status: 'refused', code: 'not_a_number' }], newest: n }
      },
    })
    await screen.findByText('血糖2')
    expect(screen.getAllByText('09:00:05').length).toBe(n)
    expect(screen.getAllByText('应为数字').length).toBe(n)
    const asked = calls.filter(({ path }) => path === '/api/sources/arrivals')
    expect(asked[0]?.query.get('after')).toBeNull()
    expect(asked[1]?.query.get('after')).toBe('1')
    fireEvent.click(screen.getByRole('button', { name: /暂\s*停/ }))
    const before = n
    await new Promise((wake) => setTimeout(wake, 1500))
    expect(n).toBe(before)
  })
})

describe('Refused', () => {
  it('narrows in the address and shows the place at fault', async () => {
    const { calls } = open('/data/refused?source=3&state=all')
    expect(await screen.findByText('应为数字')).toBeTruthy()
    expect(screen.getByText('properties.value')).toBeTruthy()
    expect(calls.find(({ path }) => path === '/api/rejects')?.query.toString()).toBe('source=3&state=all&limit=50')
    expect(screen.queryByRole('button', { name: /全部重放/ })).toBeNull()
  })

  it('replays as it was without its text, and mended with it; what is still wrong is said', async () => {
    let answer: unknown = new Refusal(422, { code: 'out_of_range', text: T('数值超出可能的范围'), field: 'properties.value' })
    const { calls } = open('/data/refused', { 'POST /api/rejects/*/replay': () => answer })
    fireEvent.click(await screen.findByRole('button', { name: /^打\s*开$/ }))
    const box = (await screen.findByLabelText('发来的内容，可以改')) as HTMLTextAreaElement
    expect(box.value).toContain('"note": 7.10')
    fireEvent.click(screen.getByRole('button', { name: '原样重放' }))
    expect((await screen.findByRole('alert')).textContent).toContain('数值超出可能的范围')
    expect(calls.at(-1)?.body).toEqual({})
    fireEvent.change(box, { target: { value: '{"type":' } })
    expect((screen.getByRole('button', { name: '改好后重放' }) as HTMLButtonElement).disabled).toBe(true)
    answer = { event: 'e1' }
    fireEvent.change(box, { target: { value: '{"type":"track"}' } })
    fireEvent.click(screen.getByRole('button', { name: '改好后重放' }))
    await waitFor(() => expect(calls.filter(({ method }) => method === 'POST').at(-1)?.body).toEqual({ raw: '{"type":"track"}' }))
  })

  it('replays all that fit, a portion at a time, and tells what is left when stopped', async () => {
    const asked: unknown[] = []
    open('/data/refused?reason=not_a_number', {
      'GET /api/rejects': () => list([reject()], { total: 500 }),
      'POST /api/rejects/replay': async ({ body }) => {
        asked.push(body)
        await new Promise((wake) => setTimeout(wake, 300))
        return asked.length === 1 ? { replayed: 150, refused: 50, left: 300, next: 'c1' } : { replayed: 200, refused: 0, left: 100, next: 'c2' }
      },
    })
    fireEvent.click(await screen.findByRole('button', { name: /^全部重放 500.条$/ }))
    fireEvent.click(await screen.findByRole('button', { name: '原样重放' }))
    await screen.findByText(/已处理 200/)
    fireEvent.click(screen.getByRole('button', { name: /停\s*下/ }))
    expect((await screen.findByText(/收下 350/)).textContent).toMatch(/已停下 收下 350.条，还是不行 50.条，还有 100.条没试/)
    expect(asked).toEqual([{ reason: 'not_a_number' }, { reason: 'not_a_number', next: 'c1' }])
  })

  it('lists who has not agreed yet', async () => {
    open('/data/refused?list=waiting', { 'GET /api/quarantine': () => list([{ id: 1, at: '2026-03-08T09:00:00+08:00', person: { id: 'p_1', name: '张桂芳' }, source: '门店小程序', reason: 'consent', text: T('等同意') }]) })
    expect(await screen.findByRole('link', { name: '张桂芳' })).toBeTruthy()
  })
})

describe('arithmetic', () => {
  it('lays out JSON and keeps every figure as it was sent', () => {
    expect(indent('{"a":[7.10,12345678901234567890],"b":{},"c":"x,{y"}')).toBe('{\n  "a": [\n    7.10,\n    12345678901234567890\n  ],\n  "b": {},\n  "c": "x,{y"\n}')
    expect(indent('{"a":')).toBe('{"a":')
  })
  it('finds the field at fault, inside what it belongs to', () => {
    const text = '{"value": 1, "properties": {"value": 2}}'
    expect(placeOf(text, 'properties.value')).toEqual([text.lastIndexOf('"value"'), text.lastIndexOf('"value"') + 7])
    expect(placeOf(text, 'batch[3].value')).toEqual([1, 8])
    expect(placeOf(text, 'properties.unit')).toBeUndefined()
  })
  it('takes an object alone for an event', () => {
    expect(['{}', '[]', 'null', '{', '1'].map(broken)).toEqual([false, true, true, true, true])
  })
  it('counts whole quiet hours, lists the newest first, and draws refused apart', () => {
    expect(hoursSince('2026-03-08T09:00:00Z', new Date('2026-03-08T09:59:00Z'))).toBe(0)
    expect(hoursSince('2026-03-08T09:00:00Z', new Date('2026-03-09T10:00:00Z'))).toBe(24)
    const row = (n: number) => ({ n, at: '', source: { name: '' }, status: 'stored' as const })
    expect(joined([row(2), row(1)], [row(3), row(4)]).map(({ n }) => n)).toEqual([4, 3, 2, 1])
    expect(joined(Array.from({ length: 200 }, (_, i) => row(200 - i)), [row(201)]).length).toBe(200)
    const drawn = heights({ from: '', step: 60, total: came, items: [{ at: '', ...came, stored: 3, repeated: 2, ignored: 1, refused: 9 }] })
    expect(drawn).toEqual({ bars: [{ taken: 3, other: 3, refused: 9 }], top: 10, down: 9 })
    expect(curlOf('https://a.example/v1/batch', 'k')).toContain('https://a.example/v1/batch')
  })
})
