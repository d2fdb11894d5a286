// The wire form of what people agreed to, how they want to be reached, words of opting out, and a send found again.
import type { Person, Text, Words } from './types'

type Ref = { id: string; name: string }

export type ConsentState = 'given' | 'outdated' | 'withdrawn' | 'never'

export interface ConsentText {
  programmes: { key: string; name: Text }[]
  version: string
  required: boolean
  sample: boolean
  by?: string
  title: Text
  necessity: Text
  impact: Text
  body: Text
}

export interface ConsentCoverage extends Record<ConsentState, number> {
  purpose: string
  name: Text
  people: number
  texts: ConsentText[]
}

export interface ConsentWord {
  granted: boolean
  at: string
  textVersion: string
  basis?: string
  channel: string
  /** Left out for who may not read notes. */
  proof?: string
  guardian?: Ref
  withdrawnAt?: string
}

export interface ConsentRecord {
  purpose: string
  name: Text
  state: ConsentState
  /** One of the person's programmes has a text for it. */
  asked: boolean
  required: boolean
  said: ConsentWord[]
}

export interface StopLists {
  all?: string[]
  marketing?: string[]
}

export interface StopWords {
  version: number
  shipped: StopLists
  own: StopLists
  may: boolean
}

/** Caps are how many messages one person gets at most. */
export interface Caps {
  perDay: number
  perWeek: number
  firstDays: number
  firstPerDay: number
  askedPerDay: number
}

export interface MessageCaps {
  version: number
  caps: Caps
  usual: Caps
  quiet: HoursOfDay
  /** The newest first. */
  history: { version: number; at: string; by?: Text; caps: Caps }[]
  /** Places in programmes in force where more is asked for in a day than a person gets. */
  crowded: { programme: { key: string; text: Text }; text: Text; hint: Text }[]
  may: boolean
}

export interface HoursOfDay {
  /** Minutes of the local day; from may be later than to. */
  from: number
  to: number
}

export interface Preferences {
  hours?: HoursOfDay
  perWeek?: number
  inAppOnly?: boolean
  notPersonal: boolean
}

export interface MyPreferences extends Preferences {
  usual: { perDay: number; perWeek: number; quiet: HoursOfDay }
  channels: boolean
}

export interface ProofDecision {
  at: string
  recorded: Text
  found: Text
  same: boolean
  checks: { text: Text; ok: boolean }[]
}

export interface MessageProof {
  algorithm: string
  keyVersion: number
  /** Base64. */
  signature: string
  same: boolean
  page: {
    person: Pick<Person, 'id' | 'name'>
    title: Words
    body: Words
    made: string
    state: string
    reason?: Text
    sent?: string
    programme?: { key: string; name: Text }
    journey?: { key: string; name: Text }
    version?: number
    step?: string
    asked?: boolean
    content: string
    text: string
    inForce?: string
    approvedBy?: string
    sample: boolean
    consents: { name: Text; given: boolean; version: string; at: string; outdated: boolean }[]
    decisions: ProofDecision[]
    taken: Text[]
    differs: Text[]
  }
}
