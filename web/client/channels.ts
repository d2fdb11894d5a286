// Entry codes, what came of them, and invitations, on the wire.
import type { Choice } from './layers'
import type { MyConsent, Text } from './types'

export interface Ref {
  id: string
  name: string
}

export type Standing = 'open' | 'early' | 'paused' | 'ended'

export interface Figures {
  /** Browsers that opened the page. */
  opened: number
  /** Of them after the code had ended. */
  late: number
  /** People whose first touch it is. */
  arrived: number
  /** Of whom agreed themselves. */
  settled: number
  /** Absent: no programme says who is. */
  activated?: number
  /** Absent: nobody settled 30 days ago. */
  kept?: number
  keptOf: number
  /** Absent: nothing is known to have been spent. */
  fen?: number
  perOpened?: number
  perArrived?: number
  perSettled?: number
  perActivated?: number
  perKept?: number
}

export interface EntranceSaid {
  kind: string
  name: string
  channel?: string
  programme?: string
  province?: string
  city?: string
  district?: string
  place?: string
  owner?: string
  from?: string
  to?: string
  paused?: boolean
  ended?: boolean
  successor?: string
  words?: string
}

export interface ContactWaySaid {
  corp: string
  users: string[]
  /** The member has to accept first. */
  ask?: boolean
}

export interface Entrance extends EntranceSaid {
  /** By which people add a member of WeCom and come with the code's state. */
  contactWay?: ContactWaySaid & { qr: string }
  id: string
  state: string
  url: string
  kindText: Text
  programmeText: Text
  ownerRef?: Ref
  successorName?: string
  region?: string
  standing: Standing
  default?: boolean
  figures: Figures
  created: string
  at: string
  by?: Text
  version: number
  mayChange: boolean
}

export interface Entrances {
  items: Entrance[]
  total: number
  nextCursor?: string
  sum: Figures
  kinds: Choice[]
  programmes: Choice[]
  provinces: string[]
  channels: string[]
  owners: Ref[]
  default?: string
  mayManage: boolean
}

export interface Cost {
  id: string
  entrance: Ref
  from: string
  to: string
  fen: number
  what: string
  voided?: boolean
  at: string
  by?: Text
  version: number
}

export interface EntranceDay {
  day: string
  opened: number
  late?: number
  arrived: number
  settled: number
}

export interface EntrancePage extends Entrance {
  days: EntranceDay[]
  costs: Cost[]
  codes: Choice[]
}

export interface RegionRow {
  province: string
  city?: string
  codes: number
  figures: Figures
}

export interface CostsRead {
  rows: number
  added: number
  same: number
  refused: { line: number; code: string; text: Text; hint?: Text }[]
}

export interface Inviter {
  person: Ref
  brought: number
  settled: number
  activated: number
  points: number
}

export interface Inviters {
  items: Inviter[]
  total: number
  opened: number
  brought: number
  deepest: number
  largest: number
  byDepth: number[]
}

export interface JoinPage {
  standing: Standing
  joinable: boolean
  from?: string
  kind: string
  kindText: Text
  name?: string
  words?: string
  programme: Text
  inviter?: string
  consents: MyConsent[]
  rehearsal: boolean
}

export interface MyInvitation {
  /** Absent: not made yet. */
  url?: string
  qr?: string
  brought: number
  activated: number
  points: number
  each: number
  perDay: number
  perMonth: number
  inTotal: number
}
