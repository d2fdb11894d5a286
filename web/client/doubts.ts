// Doubtful data on the wire.
import type { Choice } from './layers'
import type { Text, Who } from './types'

export interface Doubt {
  id: string
  person: Who
  owner?: Who
  reason: Choice
  text: Text
  foundAt: string
  since: string
  until: string
  count: number
  device?: string
  /** The other person, to who may see both; unseen says that there is one. */
  other?: Who
  unseen?: boolean
  state: 'open' | 'cleared'
  cleared?: { at: string; by?: Text; why: Choice; note?: string }
  /** The newest of the readings in doubt, newest first. */
  evidence: { id: string; at: string; received: string; type: string; text: Text }[]
}

export interface DoubtList {
  items: Doubt[]
  total: number
  nextCursor?: string
  open: number
  cleared: number
  reasons: (Choice & { n: number })[]
  whys: Choice[]
  asOf: string
}
