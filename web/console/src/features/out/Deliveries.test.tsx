import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Deliveries, Delivery, DeliveryRun } from '../../../../client/outs'
import { openConsole, Refusal, type Routes, session, T } from '../../../testing/harness'

const run = (more: Partial<DeliveryRun> = {}): DeliveryRun => ({ id: 'r1', due: '2026-03-08T06:30:00+08:00', state: 'done', text: T('已送到'), file: 'people-20260308-063000-abcdefgh.csv', tries: 1, rows: 1200, of: 1200, bytes: 51200, ...more })
const one = (more: Partial<Delivery> = {}): Delivery => ({
  id: 'D1', name: '医院每日名单', list: 'people', listText: T('人员'), format: 'csv', schedule: { every: 'day', at: '06:30' }, when: T('每天 06:30'), where: { kind: 'folder', folder: '医院' }, place: '医院',
  receiver: { basis: 'hcp_share' }, names: false, state: 'on', maker: { id: 'S1', name: '刘敏' }, created: '2026-03-01T09:00:00+08:00', next: '2026-03-09T06:30:00+08:00', last: run(), ...more,
})
const all = (more: Partial<Deliveries> = {}): Deliveries => ({
  items: [one()], lists: [{ key: 'people', text: T('人员'), filters: [{ key: 'tag', text: T('标签或人群'), many: true, choices: [] }] }, { key: 'tags', text: T('标签'), filters: [] }],
  bases: [{ key: 'hcp_share', text: T('本人同意：与医生和医院共享') }, { key: 'entrusted', text: T('委托处理') }], folders: true, zone: 'Asia/Shanghai', ...more,
})
const open = (address: string, routes: Routes = {}) =>
  openConsole(address, {
    'GET /api/session': () => ({ ...session('liu'), can: ['people.export', 'people.names'] }),
    'GET /api/out/deliveries': () => all(),
    'GET /api/out/deliveries/*/runs': () => ({ items: [run({ id: 'r2', state: 'waiting', text: T('等待发送'), next: '2026-03-08T12:00:00+08:00', tries: 3, problem: { code: 'no_bucket', text: T('没有这个存储桶'), hint: T('先建好') } }), run({ asked: '刘敏' })], total: 2 }),
    ...routes,
  })

describe('Deliveries', () => {
  it('says what is sent where, when next and how the last went, to who may take lists away', async () => {
    open('/data/out')
    const row = within((await screen.findByText('医院每日名单')).closest('tr') as HTMLElement)
    expect(row.getByText('已送到')).toBeTruthy()
    expect(row.getByText(/^1,200 行，50\.0 KB，/)).toBeTruthy()
    expect(row.getByText('每天 06:30')).toBeTruthy()
    expect(screen.queryByText('接口密钥')).toBeNull()
  })

  it('tells why a delivery stopped by itself', async () => {
    open('/data/out', { 'GET /api/out/deliveries': () => all({ items: [one({ state: 'off', why: T('设置它的人已停用'), next: undefined })] }) })
    expect((await screen.findByRole('alert')).textContent).toBe('医院每日名单：设置它的人已停用')
    expect(screen.getByText('已停止')).toBeTruthy()
  })

  it('asks for what is missing and makes a delivery to a store', async () => {
    const { calls } = open('/data/out', { 'GET /api/out/deliveries': () => all({ items: [], folders: false }), 'POST /api/out/deliveries': () => one(), 'POST /api/out/deliveries/test': () => ({ good: false, problem: { code: 'store_key', text: T('存储不认这个访问密钥'), hint: T('检查密钥') } }) })
    fireEvent.click(await screen.findByRole('button', { name: '添加定时发送' }))
    const dialog = within(await screen.findByRole('dialog'))
    const make = () => fireEvent.click(dialog.getByRole('button', { name: /^添\s*加$/ }))
    const type = (label: string, value: string) => fireEvent.change(dialog.getByLabelText(label), { target: { value } })
    expect(dialog.getByText(/没有允许写文件夹/)).toBeTruthy()
    make()
    expect(dialog.getByRole('alert').textContent).toBe('请写名称')
    type('名称', ' 每日 ')
    type('几点', '25:00')
    make()
    expect(dialog.getByRole('alert').textContent).toBe('时间写成 06:30')
    type('几点', '07:00')
    make()
    expect(dialog.getByRole('alert').textContent).toBe('请写存储地址')
    type('存储地址', 'https://s3.example.com')
    type('存储桶', 'lists')
    make()
    expect(dialog.getByRole('alert').textContent).toBe('请填访问密钥和密钥口令')
    type('访问密钥', 'AK')
    type('密钥口令', 'SK')
    fireEvent.click(dialog.getByRole('button', { name: '测试连接' }))
    expect((await dialog.findByRole('status')).textContent).toBe('存储不认这个访问密钥。检查密钥')
    make()
    await waitFor(() => expect(calls.filter(({ method }) => method === 'POST').length).toBe(2))
    expect(calls.findLast(({ method }) => method === 'POST')?.body).toEqual({
      name: '每日', list: 'people', query: '', format: 'csv', schedule: { every: 'day', at: '07:00' }, where: { kind: 's3', endpoint: 'https://s3.example.com', bucket: 'lists', accessKey: 'AK', secretKey: 'SK' }, names: false,
      receiver: { basis: 'hcp_share', abroad: false },
    })
  })

  it('shows the record with reasons, sends now and asks before it pauses', async () => {
    const { calls } = open('/data/out?open=D1', { 'POST /api/out/deliveries/*/run': () => one({ last: run({ state: 'waiting', text: T('等待发送') }) }) })
    expect(await screen.findByText('没有这个存储桶。先建好')).toBeTruthy()
    expect(screen.getByText(/^已试 3.次，约 .*再试$/)).toBeTruthy()
    expect(screen.getByText('刘敏手动发送')).toBeTruthy()
    expect(screen.getByText('刘敏，最后修改的人')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: '现在发送' }))
    await waitFor(() => expect(calls.some(({ method, path }) => method === 'POST' && path.endsWith('/D1/run'))).toBe(true))
    fireEvent.click(screen.getByRole('button', { name: /^暂\s*停$/ }))
    expect(await screen.findByText(/到点的不发/)).toBeTruthy()
  })

  it('invites where there is nothing yet, and says what went wrong', async () => {
    const { unmount } = open('/data/out', { 'GET /api/out/deliveries': () => all({ items: [] }) })
    expect(await screen.findByText('还没有定时发送')).toBeTruthy()
    unmount()
    open('/data/out', { 'GET /api/out/deliveries': () => new Refusal(403, { code: 'forbidden' }) })
    expect(await screen.findByText(/没有看这一页的权限/)).toBeTruthy()
  })
})
