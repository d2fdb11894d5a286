// Readings that wait in the phone until the server has them. Each has a client id, so sending twice stores once.
import { useSyncExternalStore } from 'react'
import { ApiError, OfflineError, post } from '../../../client/http'
import type { NewReading, Recorded, Text } from '../../../client/types'

export interface Waiting extends NewReading {
  clientId: string
  /** Set when the server refused it: the person decides what to do, it is never dropped silently. */
  refused?: Text
}

const listeners = new Set<() => void>()
let owner = ''
let waiting: readonly Waiting[] = []
let sending = false

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
  try {
    waiting = JSON.parse(localStorage.getItem(place()) ?? '[]') as Waiting[]
  } catch {
    waiting = []
  }
  for (const listener of listeners) listener()
}

export function addToQueue(reading: Waiting): void {
  keep([...waiting, reading])
}

export function dropFromQueue(clientId: string): void {
  keep(waiting.filter((one) => one.clientId !== clientId))
}

/**
 * flushQueue sends what waits, oldest first, and stops at the first sign that the network is still away. It answers
 * with what the server said, so that a card can be shown.
 */
export async function flushQueue(): Promise<Recorded[]> {
  if (sending) return []
  sending = true
  const done: Recorded[] = []
  try {
    for (const one of [...waiting]) {
      if (one.refused) continue
      const { refused: _, ...body } = one
      try {
        done.push(await post<Recorded>('/api/me/readings', body, { idempotencyKey: one.clientId }))
        dropFromQueue(one.clientId)
      } catch (error) {
        // A lasting refusal of this reading; sign-in, overload and server faults pass, so it waits.
        if (error instanceof ApiError && [400, 413, 415, 422].includes(error.status)) {
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

export const useWaiting = (): readonly Waiting[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => waiting,
  )
