import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Outlet, Outlets } from '../../../../client/outlets'
import { now, openConsole, Refusal, type Routes, session, T } from '../../../testing/harness'

const outlet = (more: Partial<Outlet> = {}): Outlet => ({ id: 'o1', kind: 'aliyun', channel: 'sms', name: '阿里云短信', set: { sign: '陪伴健康' }, secrets: ['secret'], paused: false, address: 'https://care.example/cb/sms/o1', created: now, version: 3, ...more })
const field = (key: string, more = {}) => ({ key, name: T(key), hint: T('在控制台'), secret: false, optional: false, long: false, options: [], choices: [], ...more })
const all = (more: Partial<Outlets> = {}): Outlets => ({
  items: [outlet(), outlet({ id: 'o2', kind: 'kf', channel: 'kf', name: '客服', set: { corp: 'c1' }, secrets: [], address: undefined, paused: true })],
  kinds: [
    { key: 'aliyun', channel: 'sms', name: T('阿里云短信接口'), about: T('用审核过的模板'), fields: [field('sign'), field('secret', { secret: true })] },
    { key: 'kf', channel: 'kf', name: T('微信客服'), about: T('48 小时内'), fields: [field('corp', { choices: [{ id: 'c1', name: '陪伴门诊' }] })] },
  ],
  order: ['kf', 'sms'], version: 4, channels: ['kf', 'sms', 'inapp'], contained: false, mayManage: true,
  ...more,
})
const open = (routes: Routes = {}) => openConsole('/data/senders', { 'GET /api/session': () => ({ ...session('admin'), can: ['intake.read', 'intake.write'] }), 'GET /api/outlets': () => all(), ...routes })

describe('Senders', () => {
  it('shows what is connected, what pauses, and where receipts go', async () => {
    open()
    const sms = await screen.findByRole('region', { name: '阿里云短信' })
    expect(within(sms).getByText('https://care.example/cb/sms/o1')).toBeTruthy()
    expect(within(screen.getByRole('region', { name: '客服' })).getByText('已暂停')).toBeTruthy()
  })

  it('changes the order and saves it at the version it read', async () => {
    const { calls } = open({ 'PUT /api/outlet-order': () => ({ order: ['sms', 'kf'], version: 5 }) })
    fireEvent.click(await screen.findByLabelText('把“阿里云短信接口”往前挪'))
    fireEvent.click(screen.getByRole('button', { name: '保存顺序' }))
    await waitFor(() => expect(calls.find((c) => c.path === '/api/outlet-order')?.body).toEqual({ order: ['sms', 'kf'] }))
  })

  it('keeps a secret that is left empty, and says at the field what the server refuses', async () => {
    const { calls } = open({
      'PATCH /api/outlets/o1': () => new Refusal(422, { code: 'outlet_field', field: 'body.set.sign', text: T('这一项要填') }),
    })
    const sms = await screen.findByRole('region', { name: '阿里云短信' })
    fireEvent.click(within(sms).getByRole('button', { name: /修\s?改/ }))
    fireEvent.change(await screen.findByLabelText('sign'), { target: { value: '陪伴' } })
    fireEvent.click(screen.getByRole('button', { name: /保\s?存/ }))
    await waitFor(() => expect(calls.find((c) => c.method === 'PATCH')?.body).toEqual({ name: '阿里云短信', set: { sign: '陪伴' } }))
    expect((await screen.findByRole('alert')).textContent).toContain('这一项要填')
  })

  it('asks the far side and says what it says', async () => {
    open({
      'POST /api/outlets/o1/try': () => new Refusal(422, { code: 'outlet_refused', text: T('对方不接受这些设置') }),
    })
    const sms = await screen.findByRole('region', { name: '阿里云短信' })
    fireEvent.click(within(sms).getByRole('button', { name: '检查连接' }))
    expect(await within(sms).findByText(/对方不接受/)).toBeTruthy()
  })

  it('says what it is for when nothing is connected, and that nothing leaves a rehearsal beside real people', async () => {
    open({ 'GET /api/outlets': () => all({ items: [], contained: true }) })
    expect(await screen.findByText('还没有连接渠道')).toBeTruthy()
    expect(screen.getByText(/什么都不发/)).toBeTruthy()
  })

  it('changes nothing for who may only look', async () => {
    open({ 'GET /api/outlets': () => all({ mayManage: false }) })
    const sms = await screen.findByRole('region', { name: '阿里云短信' })
    expect(within(sms).queryByRole('button')).toBeNull()
    expect(screen.queryByLabelText(/往前挪/)).toBeNull()
  })
})
