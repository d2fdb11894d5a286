// Pairs of people who may be one, on the wire.
import type { Choice } from './layers'
import type { Text, Who } from './types'

export type ReviewState = 'open' | 'later' | 'same' | 'different' | 'family'

export interface ReviewName extends Who {
  age?: number
  gender?: string
  last4?: string
}

export interface ReviewRow {
  id: string
  left: ReviewName
  right: ReviewName
  /** Evidence of all fields together, in bits. */
  weight: number
  /** That the two are one; not given where it was not reckoned. */
  probability?: number
  origin: Choice
  cause?: Text
  state: ReviewState
  found: string
  by?: Text
  decided?: string
}

export interface Reviews {
  items: ReviewRow[]
  total: number
  nextCursor?: string
  states: Record<ReviewState, number>
  mayDecide: boolean
}

export interface ReviewField {
  name: Text
  left: Text
  right: Text
  after: Text
  bits?: number
  said?: Text
}

export interface Review extends ReviewRow {
  version: number
  fields: ReviewField[]
  evidence: { field: string; level?: string; bits: number; text: Text }[]
  advice: Text
  /** Who stays when they are merged. */
  root?: string
  changes: { kind: string; text: Text; less?: boolean }[]
  /** Why they cannot be merged. */
  against?: Text
  why?: string
  kinds: { key: string; name: Text }[]
  next?: string
  /** In the queue, from 1; 0: not in it. */
  place: number
  waiting: number
}

export interface MatchRun {
  number: number
  state: 'waiting' | 'running' | 'stopped' | 'done' | 'failed'
  asked?: boolean
  nightly?: boolean
  by?: Text
  created: string
  ended?: string
  stage?: string
  stageText: Text
  people: number
  candidates: number
  found: number
  fresh: number
}

export interface MatchRuns {
  items: MatchRun[]
  running: boolean
}

export interface IdentifierType {
  type: string
  name: Text
  scope: 'none' | 'optional' | 'required'
  limit: number
  priority: number
  exclusive: boolean
  merges: boolean
  anonymous: boolean
}

export interface PolicyProblem {
  line: number
  col: number
  text: Text
}

export interface IdentityPolicy {
  text: string
  /** 0: the shipped one. */
  revision: number
  shipped: string
  at?: string
  by?: Text
  types: IdentifierType[]
}

export interface Members {
  root: string
  items: {
    id: string
    name: string
    root: boolean
    created: string
    identifiers: { key: string; type: string; typeText: Text; scope?: string; value?: string; exclusive?: boolean }[]
  }[]
  mayMerge: boolean
  maySplit: boolean
  waiting: ReviewRow[]
  /** Whom identifiers were parted to or from, while they are two. */
  parted: { id: string; name: string; at: string; moved: number }[]
}
