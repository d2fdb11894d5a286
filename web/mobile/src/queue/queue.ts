// What waits in the phone until the server has it: readings, other measures, and answers to cards. Each has a client id of its own, so
// sending twice stores once; an answer's id follows from what it answers, so giving it twice is one answer.
import { useSyncExternalStore } from 'react'
import { ApiError, OfflineError, post } from '../../../client/http'
import type { Measured, NewMeasure } from '../../../client/measures'
import type { Message, NewReading, Recorded, Text } from '../../../client/types'

interface Entry {
  clientId: string
  /** Set when the server refused it: the person decides what to do, it is never dropped silently. */
  refused?: Text
}

/** An older build kept readings without a kind. */
export interface WaitingReading extends Omit<NewReading, 'clientId'>, Entry {
  kind?: 'reading'
}

/** A pressure, a pain, a weight or a symptom. It carries its moment: that of sending is not that of measuring. */
export interface WaitingMeasure extends Required<Pick<NewMeasure, 'type' | 'properties' | 'at'>>, Entry {
  kind: 'measure'
  /** What it says, for the person to read while it waits. */
  words: Text
}

export interface WaitingAnswer extends Entry {
  kind: 'answer'
  /** Undefined: the card asks nothing, it was seen. */
  answer?: string
  /** The words the person chose, for when it cannot be delivered. */
  words?: Text
  /** The message it answers; unknown while the reading behind the card waits as well. */
  card?: string
  /** The client id of that reading. */
  of?: string
}

export type Waiting = WaitingReading | WaitingMeasure | WaitingAnswer

/** Where an answer belongs: to a card of the server, or to the one the phone wrote about a reading. */
export type Answers = { card: string } | { of: string }

export interface Sent {
  /** The safety card that came back, if one did. */
  card?: Message
  /** The card that came back had been answered on the phone already. */
  answered: boolean
}

export const isAnswer = (one: Waiting): one is WaitingAnswer => one.kind === 'answer'
export const isMeasureWaiting = (one: Waiting): one is WaitingMeasure => one.kind === 'measure'
export const isReading = (one: Waiting): one is WaitingReading => one.kind === undefined || one.kind === 'reading'

const listeners = new Set<() => void>()
let owner = ''
let waiting: readonly Waiting[] = []
let sending = false
/** The server's cards to readings sent since this page was opened: an answer may be given while they are on the way. */
let cards = new Map<string, Message | undefined>()

const place = (): string => `peiban.waiting.${owner}`

function keep(next: readonly Waiting[]): void {
  waiting = next
  if (next.length > 0) localStorage.setItem(place(), JSON.stringify(next))
  else localStorage.removeItem(place())
  for (const listener of listeners) listener()
}

/** openQueue loads what an earlier visit of this person left behind. */
export function openQueue(personId: string): void {
  if (owner === personId) return
  owner = personId
  cards = new Map()
  try {
    waiting = JSON.parse(localStorage.getItem(place()) ?? '[]') as Waiting[]
  } catch {
    waiting = []
  }
  for (const listener of listeners) listener()
}

/** Under one client id something waits once, however often it was pressed. */
export function addToQueue(entry: WaitingReading | WaitingMeasure): void {
  if (!waiting.some((one) => one.clientId === entry.clientId)) keep([...waiting, entry])
}

/** addAnswer keeps an answer for later; the first one given to a card stands. */
export function addAnswer(to: Answers, answer: string | undefined, words?: Text): void {
  const clientId = `answer-${'card' in to ? to.card : to.of}`
  if (waiting.some((one) => one.clientId === clientId)) return
  const entry: WaitingAnswer = { kind: 'answer', clientId, answer, words, ...to }
  keep([...waiting, ...('of' in to && cards.has(to.of) ? addressed(entry, cards.get(to.of)) : [entry])])
}

/** answersCard tells whether an answer to a message waits: it must not be asked again. */
export const answersCard = (id: string): boolean => waiting.some((one) => isAnswer(one) && one.card === id)

export function dropFromQueue(clientId: string): void {
  keep(waiting.filter((one) => one.clientId !== clientId))
}

/**
 * addressed gives an answer its card, or says that there is none any more. A card that does not know the answer is
 * shown and asks again: then nothing is left of it.
 */
function addressed(entry: WaitingAnswer, card: Message | undefined): WaitingAnswer[] {
  if (!card) return [{ ...entry, refused: { zh: '那次的提醒已经过去了', en: 'that card is over' } }]
  return card.answers?.some(({ key }) => key === entry.answer) ? [{ ...entry, card: card.id }] : []
}

async function sendReading({ kind: _k, refused: _r, ...body }: WaitingReading): Promise<Sent> {
  const recorded = await post<Recorded>('/api/me/readings', body, { idempotencyKey: body.clientId })
  const { card } = recorded
  cards.set(body.clientId, card)
  // In one write: were the page to end in between, the answer would not know its card.
  keep(
    waiting
      .filter((one) => one.clientId !== body.clientId)
      .flatMap((one) => (isAnswer(one) && one.of === body.clientId ? addressed(one, card) : [one])),
  )
  return { card, answered: card !== undefined && answersCard(card.id) }
}

async function sendMeasure({ type, properties, at, clientId }: WaitingMeasure): Promise<Sent> {
  const body = { type, properties, at, clientId } satisfies NewMeasure
  const { card } = await post<Measured>('/api/me/measures', body, { idempotencyKey: clientId })
  dropFromQueue(clientId)
  return { card, answered: card !== undefined && answersCard(card.id) }
}

async function sendAnswer({ card = '', answer, clientId }: WaitingAnswer): Promise<void> {
  const path = `/api/me/messages/${encodeURIComponent(card)}`
  if (answer === undefined) await post(`${path}/read`)
  else await post(`${path}/answer`, { answer }, { idempotencyKey: clientId })
  dropFromQueue(clientId)
}

/** Lasting refusals; sign-in, overload and server faults pass, so what waits goes on waiting. */
const refusals = { reading: [400, 413, 415, 422], answer: [400, 404, 409, 410, 413, 415, 422] }

/**
 * flushQueue sends what waits, oldest first, and stops at the first sign that the network is still away. It answers
 * with what the server said to readings and measures, so that a card can be shown.
 */
export async function flushQueue(): Promise<Sent[]> {
  if (sending) return []
  sending = true
  const done: Sent[] = []
  const tried = new Set<string>()
  try {
    for (;;) {
      // Looked up anew each time: a reading that went gives the answer behind it its address.
      const one = waiting.find((w) => !w.refused && !tried.has(w.clientId))
      if (!one) break
      tried.add(one.clientId)
      try {
        if (isReading(one)) done.push(await sendReading(one))
        else if (isMeasureWaiting(one)) done.push(await sendMeasure(one))
        else if (one.card) await sendAnswer(one)
      } catch (error) {
        const lasting = refusals[isAnswer(one) ? 'answer' : 'reading']
        if (error instanceof ApiError && lasting.includes(error.status)) {
          const words = error.problem.text ?? { zh: '这条没有存上', en: 'This one was not saved' }
          keep(waiting.map((w) => (w.clientId === one.clientId ? { ...w, refused: words } : w)))
          continue
        }
        if (!(error instanceof ApiError) && !(error instanceof OfflineError)) throw error
        break
      }
    }
  } finally {
    sending = false
  }
  return done
}

export const waitingNow = (): readonly Waiting[] => waiting

export const useWaiting = (): readonly Waiting[] =>
  useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, waitingNow)
