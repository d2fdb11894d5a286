// Ways by which messages leave, on the wire.
import type { Text } from './types'

export interface Outlet {
  id: string
  kind: string
  /** The name journeys use. */
  channel: string
  name: string
  /** What is set, by field; secrets are written and never read. */
  set: Record<string, string>
  secrets: string[]
  paused: boolean
  /** Where the far side posts receipts. */
  address?: string
  created: string
  version: number
}

export interface OutletField {
  key: string
  name: Text
  hint: Text
  secret: boolean
  optional: boolean
  long: boolean
  options: string[]
  choices: { id: string; name: string }[]
}

export interface OutletKind {
  key: string
  channel: string
  name: Text
  about: Text
  fields: OutletField[]
}

export interface Outlets {
  items: Outlet[]
  kinds: OutletKind[]
  order: string[]
  version: number
  channels: string[]
  /** A rehearsal beside real people: nothing leaves it. */
  contained: boolean
  mayManage: boolean
}

export interface OutletChange {
  kind?: string
  name?: string
  set?: Record<string, string>
  paused?: boolean
}
