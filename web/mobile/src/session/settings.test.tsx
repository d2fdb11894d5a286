import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { expect, it, vi } from 'vitest'
import { useSettings } from './settings'

/** server is a person with a version; an edit based on another one is refused as the real one does. */
function server(version: number, other = 0) {
  const me = { id: 'p', name: 'x', elder: false, language: 'zh', unit: 'mmol/L', csrf: 'c', version }
  const sent: (string | null)[] = []
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
    if (init.method === 'GET') return new Response(JSON.stringify(me))
    const tag = new Headers(init.headers).get('If-Match')
    sent.push(tag)
    if (other > 0) {
      me.version += other
      other = 0
    }
    if (tag !== `"${me.version}"`) return new Response(JSON.stringify({ code: 'changed_meanwhile' }), { status: 412 })
    Object.assign(me, JSON.parse(String(init.body)), { version: me.version + 1 })
    return new Response(JSON.stringify(me))
  })
  return { me, sent }
}

function settings() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>
  return renderHook(() => useSettings(), { wrapper }).result
}

it('sends the version it read', async () => {
  const { me, sent } = server(4)
  const hook = settings()
  act(() => hook.current.mutate({ elder: true }))
  await waitFor(() => expect(hook.current.isSuccess).toBe(true))
  expect(sent).toEqual(['"4"'])
  expect(me.elder).toBe(true)
})

it('says it once more when something else changed meanwhile', async () => {
  const { me, sent } = server(4, 2)
  const hook = settings()
  act(() => hook.current.mutate({ unit: 'mg/dL' }))
  await waitFor(() => expect(hook.current.isSuccess).toBe(true))
  expect(sent).toEqual(['"4"', '"6"'])
  expect(me.unit).toBe('mg/dL')
})
