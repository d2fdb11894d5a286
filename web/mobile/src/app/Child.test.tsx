import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { answer, makeWorld } from '../../../testing/phone-fixture.mjs'
import { makeRouter } from './routes'

const T = (zh: string) => ({ zh, en: zh })

it('lets a guardian agree and withdraw for a child, each purpose by itself, and offers no advertising', async () => {
  const world = makeWorld({})
  const sent: { path: string; body: unknown }[] = []
  let granted = false
  vi.stubGlobal('fetch', async (address: string, init: RequestInit = {}) => {
    const url = new URL(address, 'http://phone.test')
    const method = init.method ?? 'GET'
    const body = init.body ? (JSON.parse(String(init.body)) as { granted: boolean }) : undefined
    if (url.pathname === '/api/me/family/c1/consents') {
      if (body) {
        sent.push({ path: url.pathname, body })
        granted = body.granted
      }
      const one = (purpose: string, name: string, is: boolean) => ({ purpose, name: T(name), text: T('正文'), summary: T('摘要'), version: '2', required: false, granted: is })
      return new Response(JSON.stringify({ items: [one('health_data', '健康数据', granted), one('marketing_push', '活动消息', false)] }))
    }
    const [status, found] = answer(world, method, url.pathname, url.searchParams, body) ?? [404, {}]
    return new Response(status === 204 ? null : JSON.stringify(found), { status })
  })
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={makeRouter(createMemoryHistory({ initialEntries: ['/m/child/c1/consents'] }))} />
    </QueryClientProvider>,
  )
  expect(await screen.findByText(/由您作为监护人决定/)).toBeTruthy()
  expect(screen.queryByText('活动消息')).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: '同意' }))
  await waitFor(() => expect(sent).toEqual([{ path: '/api/me/family/c1/consents', body: { purpose: 'health_data', granted: true, version: '2' } }]))
  fireEvent.click(await screen.findByRole('button', { name: '撤回' }))
  fireEvent.click(await screen.findByRole('button', { name: '确定撤回' }))
  await waitFor(() => expect(sent.at(-1)?.body).toMatchObject({ granted: false }))
})
