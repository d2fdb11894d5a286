// The safety card in force: it stands before everything else until it is answered.
import { useSyncExternalStore } from 'react'
import type { Message } from '../../../../client/types'

export interface Current {
  card?: Message
  /** Written by the phone itself because the server could not be reached. */
  local: boolean
  /** Answered here; the server's list may still carry them for a moment. */
  answered: ReadonlySet<string>
}

let current: Current = { local: false, answered: new Set() }
const listeners = new Set<() => void>()

function change(next: Current): void {
  current = next
  for (const listener of listeners) listener()
}

export function raiseCard(card: Message, local = false): void {
  if (!current.answered.has(card.id)) change({ ...current, card, local })
}

/** settleCard takes the card away, because it was answered or the reading behind it was put right. */
export function settleCard(id: string): void {
  const answered = new Set(current.answered).add(id)
  change(current.card?.id === id ? { local: false, answered } : { ...current, answered })
}

/** forgetSafety starts afresh for the next person on this phone. */
export const forgetSafety = (): void => change({ local: false, answered: new Set() })

export const currentSafety = (): Current => current

export function useSafety(): Current {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    currentSafety,
    currentSafety,
  )
}

/** isSafety says whether a message must stand before everything else. */
export const isSafety = (message: Message | undefined): message is Message =>
  message !== undefined && message.class === 'safety' && message.kind === 'card' && message.to === 'person' && !message.answer
