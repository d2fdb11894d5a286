// The log of proof and the list of events, on the wire.
import type { Choice } from './layers'
import type { Text } from './types'

export interface AuditRow {
  id: number
  /** By the machine's clock. */
  at: string
  actor: string
  name?: string
  who: Text
  action: string
  deed: Text
  person?: { id: string; name: string }
  /** Codes and counts. */
  detail?: Record<string, unknown>
  /** Of the request. */
  number?: string
}

export interface AuditList {
  items: AuditRow[]
  total: number
  nextCursor?: string
}

export interface AuditChoices {
  actions: Choice[]
  members: Choice[]
}

export interface EventRecord {
  id: string
  person: { id: string; name: string }
  type: string
  name: Text
  /** What it says, in words. */
  text: Text
  at: string
  received: string
  source?: string
  imported?: boolean
  value?: number
  unit?: string
  properties?: Record<string, unknown>
  corrects?: string
}

export interface EventRecords {
  items: EventRecord[]
  nextCursor?: string
  types?: Choice[]
  sources?: Choice[]
}
