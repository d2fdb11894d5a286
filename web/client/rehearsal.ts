// A draft lived again over the time that really was: what it would have done.
import type { Text } from './types'

export interface RehearsalAsk {
  /** The first and the last local day, as 2026-03-08. */
  from: string
  to: string
  journey?: string
}

/** How often something was not sent, for a reason. */
export interface WhyNot {
  reason: string
  text: Text
  n: number
}

export interface AgainDay {
  day: string
  reached: number
  entered: number
  sent: number
  held: number
  suppressed: number
  tasks: number
  safety: number
  real: number
  realTasks: number
}

export interface AgainStep {
  step: string
  kind: string
  name: Text
  sent: number
  held: number
  suppressed: number
  reasons: WhyNot[]
  tasks: number
}

export interface AgainJourney {
  key: string
  name: Text
  class: string
  people: number
  entered: number
  /** Of entries: due are those whose window is over and that had not reached the goal before. */
  goal?: { days: number; within: Text; due: number; reached: number; before: number; open: number }
  steps: AgainStep[]
}

export interface AgainStaff {
  role: string
  staff?: { id: string; name: string }
  total: number
  mean: number
  p95: number
  busiest: number
  busiestDay: string
  needed: number
}

export interface Again {
  people: number
  reached: number
  entered: number
  sent: number
  held: number
  suppressed: number
  tasks: number
  safety: number
  real: number
  realTasks: number
  reasons: WhyNot[]
  days: AgainDay[]
  journeys: AgainJourney[]
  staff: AgainStaff[]
  all: AgainStaff
}

export interface Rehearsal {
  id?: string
  state: 'none' | 'running' | 'done' | 'cancelled' | 'failed'
  revision: number
  stale: boolean
  journey?: string
  from?: string
  to?: string
  capacity: number
  new: boolean
  done: number
  of: number
  tookMs: number
  failure?: Text
  found?: string
  result?: Again
  journeys: { key: string; name: Text }[]
}
