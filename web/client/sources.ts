// Sources and what came from them, on the wire.
import type { Choice } from './layers'
import type { Text } from './types'

export interface Came {
  requests: number
  bytes: number
  stored: number
  repeated: number
  /** Put aside until the person consents. */
  kept: number
  /** Pages of visitors nobody knows. */
  ignored: number
  refused: number
  /** Requests told to come again later. */
  putOff: number
}

export interface Source {
  number: number
  name: string
  kind: string
  kindText: Text
  /** Without a write key it is fed by imports only. */
  keyed: boolean
  disabled: boolean
  created: string
  rotated?: string
  /** Until when the key before is still taken. */
  oldUntil?: string
  /** Events a second; 0: as the server is set. */
  rate: number
  /** Events at once; 0: twice the rate. */
  burst: number
  programme?: string
  names: Record<string, string>
  /** The last 24 hours. */
  day: Came
  /** Taken in each of the last 24 hours, the oldest first. */
  hours: number[]
  /** The hour in which something came last, within seven days. */
  last?: string
  /** Refused events that wait for somebody. */
  open: number
  reasons: { code: string; count: number }[]
}

export interface Sources {
  items: Source[]
  kinds: Choice[]
  rate: number
  mayManage: boolean
  address: string
  dedupeText: Text
}

export interface SourceKey {
  source: Source
  writeKey: string
}

export interface SourceChange {
  name?: string
  kind?: string
  programme?: string
  rate?: number
  burst?: number
  names?: Record<string, string>
  disabled?: boolean
}

export interface Volume {
  from: string
  /** Seconds. */
  step: number
  items: (Came & { at: string })[]
  total: Came
}

export type Arrival = 'stored' | 'repeated' | 'quarantined' | 'ignored' | 'refused' | 'conflict'

export interface Arrived {
  n: number
  at: string
  source: { name: string }
  type?: string
  name?: Text
  status: Arrival
  code?: string
}

export interface Arrivals {
  /** The newest last. */
  items: Arrived[]
  newest: number
}

export type RejectState = 'open' | 'replayed' | 'dropped'

export interface Reject {
  id: string
  source: { name: string }
  number: number
  type?: string
  name?: Text
  reason: string
  field?: string
  first: string
  last: string
  times: number
  state: RejectState
  by?: { id: string; name: string }
  done?: string
  event?: string
}

export interface RejectText extends Reject {
  /** As it was sent; empty when it is gone. */
  raw: string
  /** It was not text and can only be replayed as it was. */
  lost?: boolean
}

export interface ReplayedMany {
  replayed: number
  refused: number
  left: number
  next?: string
}

export interface Listing<T> {
  items: T[]
  total: number
  nextCursor?: string
}

export interface Quarantined {
  id: number
  at: string
  person?: { id: string; name: string }
  source: string
  reason: string
  text: Text
}

export interface EventType {
  key: string
  name: Text
  health: boolean
}
