// Who looks after whom, on the wire.
import type { Text } from './types'

export interface Who {
  id: string
  name: string
}

export interface OwnerReason {
  key: string
  text: Text
  people: number
}

export interface OwnerLine extends Who {
  role: string
  roleText: Text
  /** The account is closed. */
  closed: boolean
  /** Rules may give them new people. */
  takes: boolean
  people: number
  capacity: number
  own?: number
  open: number
  late: number
  safety: number
  languages: string[]
  programmes: { key: string; name: Text; people: number }[]
  absence?: { id: string; from: string; to?: string; acts?: Who; why?: Text }
  covers: Who[]
  version: number
}

export interface Balance {
  asOf: string
  /** The whole team; else only one's own line. */
  all: boolean
  rules: boolean
  items: OwnerLine[]
  unassigned: number
  waiting: OwnerReason[]
  escalated: number
}

export interface Unowned {
  person: Who
  since?: string
  rule?: string
  why: Text
  key: string
}

export interface HandOrder {
  to?: string[]
  rule?: boolean
  tasksStay?: boolean
  why?: string
  note?: string
}

export interface HandedLine {
  person: Who
  state: 'waiting' | 'done' | 'refused' | 'failed'
  to?: Who
  why?: Text
  at?: string
}

export interface Handed {
  done: number
  already: number
  tasks: number
  refused: HandedLine[]
}

export interface HandShare extends Who {
  gets: number
  after: number
  room: number
  over: boolean
  away: boolean
}

export interface HandoverPreview {
  people: number
  tasks: number
  safety: number
  late: number
  promises: { day: string; count: number }[]
  shares: HandShare[]
  none: OwnerReason[]
}

export interface Handover {
  number: number
  from?: Who
  to: Who[]
  rule: boolean
  tasksStay: boolean
  why: Text
  note?: string
  state: 'waiting' | 'running' | 'stopped' | 'done' | 'failed'
  stopping?: boolean
  by?: Text
  created: string
  ended?: string
  tally: { waiting: number; done: number; refused: number; failed: number; tasks: number }
}

export interface Absence {
  id: string
  staff: Who
  from: string
  to?: string
  cover?: Who
  note?: string
  state: 'ahead' | 'now' | 'past'
  acts?: Who
  why?: Text
  counts: boolean
  by?: Text
  version: number
}

export interface OwnerRule {
  name: string
  regions?: string[]
  channels?: string[]
  programmes?: string[]
  languages?: string[]
  staff?: string[]
  speaks?: boolean
  exam?: string
  last?: boolean
}

export interface OwnerRules {
  version: number
  on: boolean
  capacity?: number
  list: OwnerRule[]
}

export interface RulesTried {
  people: number
  shares: HandShare[]
  none: OwnerReason[]
}

export interface Page<T> {
  items: T[]
  total: number
  nextCursor?: string
}
