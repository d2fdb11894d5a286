// The wire form of referrals.
import type { NamedKey, Text, Who } from './types'

export interface ReferralRow {
  id: string
  person: Who
  name: Text
  rule: string
  state: string
  stateText: Text
  from: string
  group?: NamedKey
  doctor?: Who
  reason?: string
  why?: Text
  opened: string
  since: string
  due?: string
  late: boolean
  /** Late for as long again: it is the managers' too. */
  escalated?: boolean
  /** States the caller may take it to. */
  moves: string[]
  steps: { state: string; name: Text; at: string; note?: string }[]
}

export interface ReferralList {
  items: ReferralRow[]
  total: number
  nextCursor?: string
}

export interface ReferralFigures {
  opened: number
  consented: number
  accepted: number
  seen: number
  feedback: number
  inTime: number
  days: Record<string, number>
}

export interface ReferralBoard {
  states: { state: string; name: Text; count: number; late: number }[]
  all: ReferralFigures
  groups: (ReferralFigures & NamedKey)[]
  froms: (ReferralFigures & NamedKey)[]
  doctors: (ReferralFigures & NamedKey)[]
  rules: (NamedKey & { to: string; source: string })[]
  /** Who may be asked, as group/login. */
  receivers: (NamedKey & { specialty: string })[]
}

export interface MyReferral {
  id: string
  name: Text
  text: Text
  state: string
  status: Text
  asks: boolean
  since: string
}
