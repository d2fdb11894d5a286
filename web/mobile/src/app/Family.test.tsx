import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import { answer, makeWorld } from '../../../testing/phone-fixture.mjs'
import { makeRouter } from './routes'

const T = (zh: string) => ({ zh, en: zh })
const daughter = { id: 'f1', name: '王小丽', kind: 'daughter', kindName: T('女儿'), scopes: ['alerts'], since: '2026-03-01T09:00:00+08:00' }
let family = {
  items: [] as (typeof daughter)[],
  shared: false,
  kinds: [{ key: 'daughter', name: T('女儿') }],
  scopes: [{ key: 'alerts', name: T('危险提醒') }, { key: 'readings', name: T('测量记录') }],
  text: { purpose: 'family_share', name: T('分享'), text: T('我们只给您选的人看'), summary: T(''), version: '3', required: false, granted: false },
}
let sent: { method: string; path: string; body: unknown }[] = []

beforeEach(() => {
  sent = []
  const world = makeWorld({})
  vi.stubGlobal('fetch', async (address: string, init: RequestInit = {}) => {
    const url = new URL(address, 'http://phone.test')
    const method = init.method ?? 'GET'
    const body: unknown = init.body ? JSON.parse(String(init.body)) : undefined
    if (url.pathname.startsWith('/api/me/family')) {
      if (method !== 'GET') {
        sent.push({ method, path: url.pathname, body })
        family = { ...family, shared: true, items: method === 'DELETE' ? [] : [daughter] }
      }
      return new Response(JSON.stringify(family))
    }
    const [status, found] = answer(world, method, url.pathname, url.searchParams, body) ?? [404, {}]
    return new Response(status === 204 ? null : JSON.stringify(found), { status })
  })
})

it('shares nothing before the text was shown and agreed to, and ends a relation in two taps', async () => {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={makeRouter(createMemoryHistory({ initialEntries: ['/m/family'] }))} />
    </QueryClientProvider>,
  )
  fireEvent.click(await screen.findByRole('button', { name: '添加家人' }))
  fireEvent.change(await screen.findByLabelText('家人姓名'), { target: { value: '王小丽' } })
  fireEvent.change(screen.getByLabelText('家人的手机号'), { target: { value: '139' } })
  expect(screen.queryByText('我们只给您选的人看')).toBeNull()
  fireEvent.click(screen.getByRole('checkbox', { name: '危险提醒' }))
  expect(screen.getByText('我们只给您选的人看')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: '保存' }))
  expect(await screen.findByText('先看上面的文字，同意了再分享')).toBeTruthy()
  expect(screen.getByText('请写手机号')).toBeTruthy()
  expect(screen.getByText('请选一个')).toBeTruthy()
  expect(sent).toHaveLength(0)
  fireEvent.change(screen.getByLabelText('家人的手机号'), { target: { value: '13900000001' } })
  fireEvent.click(screen.getByRole('radio', { name: '女儿' }))
  fireEvent.click(screen.getByRole('checkbox', { name: '我同意和家人分享' }))
  fireEvent.click(screen.getByRole('button', { name: '保存' }))
  const card = await screen.findByRole('region', { name: '王小丽' })
  expect(sent[0]).toEqual({ method: 'POST', path: '/api/me/family', body: { name: '王小丽', phone: '13900000001', kind: 'daughter', scopes: ['alerts'], agree: '3' } })
  fireEvent.click(within(card).getByRole('button', { name: '不再分享' }))
  expect(sent).toHaveLength(1)
  fireEvent.click(await screen.findByRole('button', { name: '确定' }))
  await waitFor(() => expect(sent.at(-1)).toMatchObject({ method: 'DELETE', path: '/api/me/family/f1' }))
  expect(await screen.findByText('还没有添加家人')).toBeTruthy()
})
