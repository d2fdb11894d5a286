import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router'
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import { answer, makeWorld } from '../../../testing/phone-fixture.mjs'
import { makeRouter } from './routes'

const T = (zh: string) => ({ zh, en: zh })
const limits = (min: number, max: number) => ({ kind: 'number', unit: 'mmHg', unitWord: T('mmHg'), required: true, min, max })
const catalogue = {
  eventTypes: [
    { key: 'blood_pressure', name: T('血压'), fields: [{ name: 'systolic', ...limits(40, 300) }, { name: 'diastolic', ...limits(20, 200) }] },
    { key: 'pain', name: T('疼痛'), fields: [
      { name: 'value', kind: 'number', required: true, min: 0, max: 10 },
      { name: 'site', kind: 'code', enum: ['left_hip', 'right_hip'], words: [{ key: 'left_hip', name: T('左髋') }, { key: 'right_hip', name: T('右髋') }] },
    ] },
  ],
}
const entry = { id: 'e1', type: 'blood_pressure', section: 'measures', at: '2026-03-08T11:27:00+08:00', text: T('血压 186/104 mmHg'), properties: { systolic: 186, diastolic: 104 }, state: 'stands', replaced: [], mayChange: true, provenance: 'person' }
const card = {
  id: 'm1', kind: 'card', class: 'safety', content: 'bp-repeat', title: T('很高，先坐下歇 5 分钟'), body: T('现在坐下'), state: 'sent', due: entry.at, to: 'person',
  measured: { id: 'e1', type: 'blood_pressure', at: entry.at, text: entry.text }, answers: [{ key: 'fine', text: T('没有不舒服') }],
}

let sent: { path: string; body: unknown }[] = []
let critical = true
let away = false

beforeEach(() => {
  sent = []
  critical = true
  away = false
  localStorage.clear()
  const world = makeWorld({})
  vi.stubGlobal('fetch', async (address: string, init: RequestInit = {}) => {
    const url = new URL(address, 'http://phone.test')
    const method = init.method ?? 'GET'
    const body: unknown = init.body ? JSON.parse(String(init.body)) : undefined
    if (away) throw new TypeError('network')
    if (method !== 'GET') sent.push({ path: url.pathname, body })
    const say = (found: unknown, status = 200) => new Response(JSON.stringify(found), { status })
    if (url.pathname === '/api/catalogue') return say(catalogue)
    if (url.pathname === '/api/me/measures' && method === 'POST') return say({ entry, reply: T(''), next: T('您的目标'), ...(critical && { card }) })
    if (url.pathname === '/api/me/measures') return say({ kinds: ['blood_pressure', 'pain'], items: [entry] })
    const [status, found] = answer(world, method, url.pathname, url.searchParams, body) ?? [404, {}]
    const mine = url.pathname === '/api/me' ? { ...(found as object), measures: ['blood_pressure', 'symptom'] } : found
    return new Response(status === 204 ? null : JSON.stringify(mine), { status })
  })
})

function open(path: string) {
  const router = makeRouter(createMemoryHistory({ initialEntries: [path] }))
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

it('asks a person of the pressure programme for the pressure first, and shows the safety card at once', async () => {
  open('/m/measure')
  fireEvent.change(await screen.findByLabelText('高压（收缩压）'), { target: { value: '186' } })
  fireEvent.click(screen.getByRole('button', { name: '保存' }))
  expect(await screen.findByText('请填数字')).toBeTruthy()
  expect(sent).toHaveLength(0)
  fireEvent.change(screen.getByLabelText('低压（舒张压）'), { target: { value: '104' } })
  fireEvent.click(screen.getByRole('button', { name: '保存' }))
  expect(await screen.findByRole('heading', { name: /很高，先坐下歇 5\s分钟/ })).toBeTruthy()
  expect(screen.getByText(/血压 186\/104\smmHg/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: /分钟计时/ })).toBeNull() // that one counts to the next glucose
  expect(screen.getByRole('button', { name: '再测一次' })).toBeTruthy()
  expect(sent[0]).toEqual({ path: '/api/me/measures', body: { type: 'blood_pressure', properties: { systolic: 186, diastolic: 104 }, clientId: expect.any(String) as string } })
})

it('asks where it hurts, and takes a value back', async () => {
  critical = false
  open('/m/measure?type=pain')
  fireEvent.click(await screen.findByRole('radio', { name: '7' }))
  fireEvent.click(screen.getByRole('button', { name: '保存' }))
  expect(await screen.findByText('请选一个')).toBeTruthy()
  fireEvent.click(screen.getByRole('radio', { name: '左髋' }))
  fireEvent.click(screen.getByRole('button', { name: '保存' }))
  expect(await screen.findByRole('heading', { name: '记下了' })).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: '撤销' }))
  await waitFor(() => expect(sent.at(-1)).toEqual({ path: '/api/me/file/e1/retract', body: { reason: 'undo' } }))
})

it('has the records instead of glucose among the tabs', async () => {
  open('/m/measures')
  expect(await screen.findByText(/血压 186\/104\smmHg/)).toBeTruthy()
  expect(screen.getByRole('link', { name: '记录' })).toBeTruthy()
  expect(screen.queryByRole('link', { name: '血糖' })).toBeNull()
})

it('keeps a pressure on the phone without a network, says so, and sends it once when it is back', async () => {
  critical = false
  open('/m/measure')
  fireEvent.change(await screen.findByLabelText('高压（收缩压）'), { target: { value: '150' } })
  fireEvent.change(screen.getByLabelText('低压（舒张压）'), { target: { value: '90' } })
  away = true
  fireEvent.click(screen.getByRole('button', { name: '保存' }))
  expect(await screen.findByRole('heading', { name: '先存在手机里了' })).toBeTruthy()
  expect(screen.getByText(/血压 150\/90\s毫米汞柱|血压 150\/90\smmHg/)).toBeTruthy()
  expect(screen.getByText(/不舒服别等/)).toBeTruthy()
  away = false
  fireEvent(window, new Event('online'))
  await waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]?.body).toEqual({ type: 'blood_pressure', properties: { systolic: 150, diastolic: 90 }, at: expect.any(String) as string, clientId: expect.any(String) as string })
  await waitFor(() => expect(Object.keys(localStorage).filter((key) => key.startsWith('peiban.waiting'))).toEqual([]))
})

it('opens the form without a network from what was kept, and lists what waits', async () => {
  open('/m/measure?type=pain')
  await screen.findByRole('radio', { name: '7' })
  cleanup()
  away = true
  open('/m/measure?type=pain')
  fireEvent.click(await screen.findByRole('radio', { name: '7' }, { timeout: 8000 }))
  fireEvent.click(screen.getByRole('radio', { name: '左髋' }))
  fireEvent.click(screen.getByRole('button', { name: '保存' }))
  await screen.findByRole('heading', { name: '先存在手机里了' })
  cleanup()
  open('/m/measures')
  expect(await screen.findByRole('region', { name: '等着送出' }, { timeout: 8000 })).toBeTruthy()
  expect(screen.getByText(/疼痛 左髋 7\/10/)).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: '撤回' }))
  await waitFor(() => expect(screen.queryByText(/疼痛 左髋 7\/10/)).toBeNull())
}, 20_000)
