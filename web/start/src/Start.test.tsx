import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { setLanguage, startI18n } from '../../ui/i18n'
import { Start } from './Start'

const T = (zh: string, en = zh) => ({ zh, en })
const demo = {
  people: [
    { id: 'p1', name: '张桂芳', age: 68, note: T('新患者，第 20 天') },
    { id: 'p2', name: '王建国', age: 71, note: T('独居，低血糖') },
  ],
  accounts: [{ login: 'liu', password: 'peiban-demo', role: 'health_manager', name: '刘敏' }],
  clock: { now: '2026-03-08T07:05:00+08:00' },
}
const moved = {
  before: '2026-03-08T07:05:00+08:00',
  after: '2026-03-08T08:05:00+08:00',
  happened: {
    sent: 1, tasks: 1, held: 0, suppressed: 0, gained: 0, lost: 0, alerts: 0,
    items: [
      { kind: 'message', at: '2026-03-08T08:00:00+08:00', person: { id: 'p1', name: '张桂芳' }, text: T('送出：早上好') },
      { kind: 'task', at: '2026-03-08T08:00:00+08:00', person: { id: 'p2', name: '王建国' }, text: T('任务：第 14 天随访') },
    ],
  },
}

function open(answers: Record<string, unknown> = {}) {
  startI18n()
  setLanguage('zh')
  const calls: [string, unknown][] = []
  const all: Record<string, unknown> = {
    'GET /api/demo': demo,
    'GET /api/clock': { now: '2026-03-08T07:05:00+08:00', next: { at: '2026-03-08T08:00:00+08:00', text: T('张桂芳 第 21 天学习提醒') } },
    'POST /api/clock': moved,
    'POST /api/demo/phone': {},
    ...answers,
  }
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    const key = `${init.method ?? 'GET'} ${path}`
    calls.push([key, init.body ? JSON.parse(String(init.body)) : undefined])
    return all[key] ? new Response(JSON.stringify(all[key])) : new Response('{}', { status: 404 })
  })
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Start />
    </QueryClientProvider>,
  )
  return calls
}

describe('the start page', () => {
  it('has three doors', async () => {
    open()
    expect((await screen.findByRole('link', { name: '进入控制台' })).getAttribute('href')).toBe('/console/')
    expect(await screen.findByTitle('张桂芳 的手机')).toBeTruthy()
    expect(await screen.findByText('07:05')).toBeTruthy()
    expect(await screen.findByRole('button', { name: /到下一件事：今天 08:00\s张桂芳 第 21\s天学习提醒/ })).toBeTruthy()
    expect(screen.getByText('liu')).toBeTruthy()
  })

  it('moves the clock and says what happened, each with why', async () => {
    const calls = open()
    fireEvent.click(await screen.findByRole('button', { name: /^\+1\s小时$/ }))
    expect(await screen.findByText('送出：早上好')).toBeTruthy()
    expect(calls).toContainEqual(['POST /api/clock', { by: '1h' }])
    const links = screen.getAllByRole('link', { name: /^为什么/ })
    expect(links.map((link) => link.getAttribute('href'))).toEqual(['/console/people/p1?tab=messages', '/console/people/p2?tab=tasks'])
    fireEvent.click(screen.getByRole('button', { name: /^任务 1\s个$/ }))
    expect(screen.queryByText('送出：早上好')).toBeNull()
    expect(screen.queryByRole('button', { name: /警报/ })).toBeNull()
  })

  it('shows the last move of the clock when it is opened, and the next one in its place', async () => {
    const last = { ...moved, happened: { ...moved.happened, items: [{ ...moved.happened.items[0], text: T('送出：昨天的') }] } }
    open({ 'GET /api/demo': { ...demo, last } })
    expect(await screen.findByText('送出：昨天的')).toBeTruthy()
    expect(screen.queryByText('拨一下时钟，这里会写出发生了什么。每一条都能问为什么。')).toBeNull()
    fireEvent.click(await screen.findByRole('button', { name: /^\+1\s小时$/ }))
    expect(await screen.findByText('送出：早上好')).toBeTruthy()
    expect(screen.queryByText('送出：昨天的')).toBeNull()
  })

  it('opens the phone of someone else', async () => {
    const calls = open()
    const people = await screen.findByRole('group', { name: '换人' })
    fireEvent.click(within(people).getByRole('button', { name: /王建国/ }))
    await waitFor(() => expect(screen.getByTitle('王建国 的手机')).toBeTruthy())
    expect(calls).toContainEqual(['POST /api/demo/phone', { person: 'p2' }])
  })

  it('says so where there is no demo', async () => {
    open({ 'GET /api/demo': undefined })
    expect(await screen.findByText('这里没有开演示')).toBeTruthy()
  })
})
