import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Doubt, DoubtList } from '../../../../client/doubts'
import { now, openConsole, Refusal, type Routes, session, T } from '../../../testing/harness'

const whys = [{ key: 'household', text: T('家里人共用一台设备') }, { key: 'other', text: T('其他，见备注') }]
const doubt = (more: Partial<Doubt> = {}): Doubt => ({
  id: 'd1', person: { id: 'p_1', name: '张桂芳' }, owner: { id: 's', name: '刘敏' }, reason: { key: 'shared_device', text: T('一机多人') }, text: T('这台设备也有别人的读数，本人 3 次'),
  foundAt: now, since: '2026-03-06T07:00:00+08:00', until: now, count: 60, device: 'SN88', state: 'open',
  evidence: [{ id: 'e1', at: '2026-03-08T07:00:00+08:00', received: '2026-03-08T09:00:00+08:00', type: 'glucose', text: T('6.1 mmol/L') }],
  ...more,
})
const list = (items: Doubt[], more: Partial<DoubtList> = {}): DoubtList => ({
  items, total: items.length, open: items.length, cleared: 2, reasons: [{ key: 'repeated', text: T('数值重复'), n: 0 }, { key: 'shared_device', text: T('一机多人'), n: items.length }], whys, asOf: now, ...more,
})
const open = (address: string, routes: Routes = {}) =>
  openConsole(address, { 'GET /api/session': () => ({ ...session('manager'), can: ['people.export'] }), 'GET /api/doubts': () => list([doubt()]), 'GET /api/people/*/doubts': () => list([doubt(), doubt({ id: 'd2', state: 'cleared', cleared: { at: now, by: T('刘敏'), why: whys[0]!, note: '老伴也用' } })]), ...routes })

describe('Doubts', () => {
  it('lists what does not fit, shows the readings, and names no one it may not', async () => {
    open('/doubts', { 'GET /api/doubts': () => list([doubt({ unseen: true })]) })
    expect(await screen.findByText('张桂芳')).toBeTruthy()
    expect(screen.getByText('另一位不归你负责，名字不显示')).toBeTruthy()
    fireEvent.click(screen.getByText('看证据 60 次'))
    expect(screen.getByText('6.1 mmol/L')).toBeTruthy()
    expect(screen.getByText('列出最近 1 次，共 60 次')).toBeTruthy()
  })

  it('narrows by reason and state in the address, and exports the same', async () => {
    const { calls, router } = open('/doubts')
    fireEvent.click(await screen.findByRole('button', { name: /一机多人 1/ }))
    fireEvent.click(await screen.findByText('已核清 2'))
    await waitFor(() => expect(router.state.location.search).toEqual({ reason: 'shared_device', state: 'cleared' }))
    await waitFor(() => expect(calls.some((one) => one.path === '/api/doubts' && one.query.get('reason') === 'shared_device' && one.query.get('state') === 'cleared')).toBe(true))
    expect(screen.getByText('导出').closest('a')?.getAttribute('href')).toBe('/api/doubts.csv?reason=shared_device&state=cleared')
  })

  it('is cleared with a reason only, and with a note for another one', async () => {
    const { calls } = open('/doubts', { 'POST /api/people/*/doubts/*/clear': () => doubt({ state: 'cleared' }) })
    fireEvent.click(await screen.findByRole('button', { name: /核\s*清/ }))
    const dialog = await screen.findByRole('dialog')
    const ok = () => fireEvent.click(within(dialog).getByRole('button', { name: /核\s*清/ }))
    ok()
    expect(within(dialog).getByRole('alert').textContent).toBe('请选一个原因')
    fireEvent.click(within(dialog).getByLabelText('其他，见备注'))
    ok()
    expect(within(dialog).getByRole('alert').textContent).toBe('选“其他”时请写备注')
    fireEvent.change(within(dialog).getByLabelText('备注'), { target: { value: '试过了' } })
    ok()
    await waitFor(() => expect(calls.find((one) => one.method === 'POST')?.body).toEqual({ why: 'other', note: '试过了' }))
    expect(calls.find((one) => one.method === 'POST')?.path).toBe('/api/people/p_1/doubts/d1/clear')
  })

  it('says that there is nothing to check, and when it cannot be read', async () => {
    const { unmount } = open('/doubts', { 'GET /api/doubts': () => list([]) })
    expect(await screen.findByText('没有待核对的存疑数据')).toBeTruthy()
    unmount()
    open('/doubts', { 'GET /api/doubts': () => new Refusal(500, { code: 'internal' }) })
    expect(await screen.findByRole('alert')).toBeTruthy()
  })

  it('stands on the page of a person, cleared ones a click away; a viewer clears nothing', async () => {
    open('/people/p_1', { 'GET /api/session': () => session('viewer') })
    const box = await screen.findByRole('region', { name: '数据存疑' })
    expect(within(box).getByText('1 条待核对')).toBeTruthy()
    expect(within(box).queryByRole('button', { name: /^核\s*清$/ })).toBeNull()
    fireEvent.click(within(box).getByText('还有 1 条已核清'))
    expect(within(box).getByText(/家里人共用一台设备 · 老伴也用/)).toBeTruthy()
  })
})
