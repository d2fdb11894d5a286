import { beforeEach, expect, it, vi } from 'vitest'
import { addToQueue, flushQueue, openQueue } from './queue'

const entry = (clientId: string) => ({ value: '6.4', unit: 'mmol/L' as const, context: 'fasting', clientId })
const kept = (person: string) => JSON.parse(localStorage.getItem(`peiban.waiting.${person}`) ?? '[]') as { clientId: string }[]
let person = 0

beforeEach(() => {
  person += 1
  openQueue(`p${person}`)
})

const answers = (...statuses: number[]) => {
  const fetched = vi.fn(async (_url: string, _init: RequestInit) => {
    const status = statuses.shift() ?? 200
    if (status === 0) throw new TypeError('network')
    return new Response(JSON.stringify({ reading: {}, reply: {} }), { status })
  })
  vi.stubGlobal('fetch', fetched)
  return fetched
}

it('keeps readings over a reload until the server has them, oldest first, each under its own key', async () => {
  addToQueue(entry('a'))
  addToQueue(entry('b'))
  expect(kept(`p${person}`).map((one) => one.clientId)).toEqual(['a', 'b'])
  const fetched = answers(200, 200)
  expect(await flushQueue()).toHaveLength(2)
  expect(kept(`p${person}`)).toEqual([])
  expect(fetched.mock.calls.map(([, init]) => new Headers(init.headers).get('Idempotency-Key'))).toEqual(['a', 'b'])
})

it('stops while the network is away and loses nothing', async () => {
  addToQueue(entry('a'))
  addToQueue(entry('b'))
  answers(0)
  expect(await flushQueue()).toEqual([])
  expect(kept(`p${person}`)).toHaveLength(2)
})

it('keeps what was refused, with the reason, and goes on with the rest', async () => {
  addToQueue(entry('a'))
  addToQueue(entry('b'))
  answers(422, 200)
  expect(await flushQueue()).toHaveLength(1)
  expect(kept(`p${person}`)).toMatchObject([{ clientId: 'a', refused: { zh: '这条没有存上' } }])
})

it('waits through a signed-out spell and a busy server', async () => {
  addToQueue(entry('a'))
  answers(401)
  await flushQueue()
  answers(503)
  await flushQueue()
  expect(kept(`p${person}`)[0]).toEqual(entry('a'))
})
