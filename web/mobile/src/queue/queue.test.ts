import { beforeEach, expect, it, vi } from 'vitest'
import { addAnswer, addToQueue, answersCard, flushQueue, openQueue, waitingNow } from './queue'

const entry = (clientId: string) => ({ value: '6.4', unit: 'mmol/L' as const, context: 'fasting', clientId })
const kept = (person: string) => JSON.parse(localStorage.getItem(`peiban.waiting.${person}`) ?? '[]') as { clientId: string }[]
let person = 0
let card: { id: string; answers: { key: string }[] } | undefined

beforeEach(() => {
  person += 1
  card = undefined
  openQueue(`p${person}`)
})

const pressure = (clientId: string) => ({
  kind: 'measure' as const, type: 'blood_pressure', properties: { systolic: 150, diastolic: 90 }, at: '2026-03-08T07:00:00+08:00', clientId, words: { zh: '血压 150/90 mmHg', en: 'Blood pressure 150/90 mmHg' },
})

const answers = (...statuses: number[]) => {
  const fetched = vi.fn(async (_url: string, _init: RequestInit) => {
    const status = statuses.shift() ?? 200
    if (status === 0) throw new TypeError('network')
    return new Response(JSON.stringify({ reading: {}, reply: {}, ...(card && { card }) }), { status })
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

const sentTo = (fetched: ReturnType<typeof answers>) =>
  fetched.mock.calls.map(([url, init]) => `${url} ${new Headers(init.headers).get('Idempotency-Key')} ${String(init.body)}`)

it('sends an answer after the reading it is about, to the card that came back, once', async () => {
  addToQueue(entry('low'))
  addAnswer({ of: 'low' }, 'better')
  addAnswer({ of: 'low' }, 'still_unwell')
  card = { id: 'c1', answers: [{ key: 'better' }, { key: 'still_unwell' }] }
  const fetched = answers(200, 200)
  const sent = await flushQueue()
  expect(sent).toMatchObject([{ answered: true }])
  expect(sentTo(fetched)[1]).toBe('/api/me/messages/c1/answer answer-low {"answer":"better"}')
  expect(fetched).toHaveBeenCalledTimes(2)
  expect(kept(`p${person}`)).toEqual([])
})

it('keeps the card beside the answer when the network goes between the two, over a reload', async () => {
  addToQueue(entry('low'))
  addAnswer({ of: 'low' }, 'better')
  card = { id: 'c1', answers: [{ key: 'better' }] }
  answers(200, 0)
  await flushQueue()
  expect(kept(`p${person}`)).toMatchObject([{ kind: 'answer', card: 'c1', answer: 'better' }])
  const same = `p${person}`
  openQueue('another')
  openQueue(same)
  expect(answersCard('c1')).toBe(true)
  const fetched = answers(200)
  await flushQueue()
  expect(sentTo(fetched)).toEqual(['/api/me/messages/c1/answer answer-low {"answer":"better"}'])
})

it('finds the card of a reading that went while its card was being answered', async () => {
  addToQueue(entry('low'))
  card = { id: 'c1', answers: [{ key: 'better' }] }
  answers(200)
  expect(await flushQueue()).toMatchObject([{ answered: false }])
  addAnswer({ of: 'low' }, 'better')
  expect(waitingNow()).toMatchObject([{ card: 'c1' }])
})

it('asks again when the card does not know the answer', async () => {
  addToQueue(entry('low'))
  addAnswer({ of: 'low' }, 'better')
  card = { id: 'c1', answers: [{ key: 'yes' }] }
  answers(200)
  expect(await flushQueue()).toMatchObject([{ answered: false }])
  expect(kept(`p${person}`)).toEqual([])
})

it('says that an answer found no card any more, and does not lose it silently', async () => {
  addToQueue(entry('low'))
  addAnswer({ of: 'low' }, 'still_unwell', { zh: '还难受', en: 'Still unwell' })
  answers(200)
  await flushQueue()
  expect(kept(`p${person}`)).toMatchObject([{ answer: 'still_unwell', words: { zh: '还难受' }, refused: { zh: '那次的提醒已经过去了' } }])
})

it('keeps an answer the server refused for good, and waits through what passes', async () => {
  addAnswer({ card: 'c1' }, 'better')
  answers(503)
  await flushQueue()
  expect(kept(`p${person}`)).toMatchObject([{ answer: 'better' }])
  answers(404)
  await flushQueue()
  expect(kept(`p${person}`)).toMatchObject([{ refused: { zh: '这条没有存上' } }])
})

it('says of a card without a question that it was seen', async () => {
  addAnswer({ card: 'c1' }, undefined)
  const fetched = answers(200)
  await flushQueue()
  expect(fetched.mock.calls[0]?.[0]).toBe('/api/me/messages/c1/read')
})

it('sends a measure in its turn, with its moment and its client id, and hands on the card that came back', async () => {
  addToQueue(entry('a'))
  addToQueue(pressure('b'))
  addToQueue(pressure('b'))
  expect(waitingNow()).toHaveLength(2)
  card = { id: 'c9', answers: [{ key: 'fine' }] }
  const fetched = answers(200, 200)
  expect(await flushQueue()).toMatchObject([{ card: { id: 'c9' } }, { card: { id: 'c9' }, answered: false }])
  expect(sentTo(fetched)[1]).toBe('/api/me/measures b {"type":"blood_pressure","properties":{"systolic":150,"diastolic":90},"at":"2026-03-08T07:00:00+08:00","clientId":"b"}')
  expect(kept(`p${person}`)).toEqual([])
})

it('keeps a measure over a reload and a lost network, and says in words what was refused', async () => {
  addToQueue(pressure('b'))
  answers(0)
  expect(await flushQueue()).toEqual([])
  const same = `p${person}`
  openQueue('another')
  openQueue(same)
  answers(422)
  await flushQueue()
  expect(kept(same)).toMatchObject([{ clientId: 'b', words: { zh: '血压 150/90 mmHg' }, refused: { zh: '这条没有存上' } }])
})
