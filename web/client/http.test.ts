import { expect, it, vi } from 'vitest'
import { address, ApiError, get, newKey, OfflineError, post, put, setCsrf } from './http'

const reply = (status: number, body: unknown) =>
  vi.stubGlobal('fetch', vi.fn(async () => new Response(JSON.stringify(body), { status })))

it('sends the token with writes only', async () => {
  const fetched = vi.fn(async (_url: string, _init: RequestInit) => new Response('{}'))
  vi.stubGlobal('fetch', fetched)
  setCsrf('t1')
  await get('/api/me')
  await post('/api/me/contact')
  const sent = fetched.mock.calls.map(([, init]) => new Headers(init.headers).get('X-CSRF-Token'))
  expect(sent).toEqual([null, 't1'])
})

it('names the version of an edit as a tag, and none where there is none', async () => {
  const fetched = vi.fn(async (_url: string, _init: RequestInit) => new Response('{}'))
  vi.stubGlobal('fetch', fetched)
  await put('/x', {}, { ifMatch: 3 })
  await put('/x', {})
  const sent = fetched.mock.calls.map(([, init]) => new Headers(init.headers).get('If-Match'))
  expect(sent).toEqual(['"3"', null])
})

it('gives the words of a problem', async () => {
  reply(422, { code: 'bad_value', text: { zh: '请填数字', en: 'a number' } })
  const error = await post('/x').catch((e: unknown) => e)
  expect(error).toBeInstanceOf(ApiError)
  expect((error as ApiError).problem.text?.zh).toBe('请填数字')
  expect((error as ApiError).status).toBe(422)
})

it('copes with an answer that is no JSON', async () => {
  vi.stubGlobal('fetch', vi.fn(async () => new Response('<html>', { status: 500 })))
  await expect(get('/x')).rejects.toBeInstanceOf(ApiError)
})

it('tells no network apart from a refusal', async () => {
  vi.stubGlobal('fetch', vi.fn(async () => Promise.reject(new TypeError('failed'))))
  await expect(get('/x')).rejects.toBeInstanceOf(OfflineError)
})

it('takes a 204 for an answer', async () => {
  vi.stubGlobal('fetch', vi.fn(async () => new Response(null, { status: 204 })))
  await expect(post('/x')).resolves.toBeUndefined()
})

it('builds addresses: lists repeat, empty values are left out', () => {
  expect(address('/p', { tag: ['a', 'b'], q: '', due: 1, x: undefined })).toBe('/p?tag=a&tag=b&due=1')
})

it('makes keys that differ', () => expect(newKey()).not.toBe(newKey()))
