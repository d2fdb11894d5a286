// What journeys did and changed, on the wire.
import type { Text } from './types'

export interface WorkRates {
  due: number
  executed: number
  completed: number
  onTime: number
  /** Of due: the goal was reached after it, or missed. */
  resultDue: number
  result: number
}

export interface JourneysEffect {
  programme: string
  name: Text
  asOf: string
  from: string
  to: string
  items: { key: string; name: Text; class: string; people: number; rates: WorkRates; compares: boolean }[]
}

export interface Difference {
  diff: number
  low: number
  high: number
}

export type Verdict = 'too_few' | 'too_early' | 'more' | 'fewer'

export interface EffectArm {
  key: string
  name: Text
  exposed: number
  before: number
  waiting: number
  counted: number
  /** Absent: too few people to be shown. */
  reached?: number
}

export interface EffectDay {
  day: string
  treated: number
  held: number
  verdict: Verdict
  always?: Difference
}

export interface EffectComparison {
  step: string
  kind: 'holdout' | 'split'
  treated: EffectArm
  held: EffectArm
  verdict: Verdict
  text: Text
  missing?: Text
  needed?: number
  once?: Difference
  always?: Difference
  means: { treated?: number; held?: number; verdict: Verdict; text: Text; once?: Difference; always?: Difference }
  days: EffectDay[]
  since?: string
}

export type EffectBy = 'stage' | 'segment' | 'tag' | 'staff'

export interface JourneyEffect {
  programme: string
  key: string
  name: Text
  class: string
  version: number
  asOf: string
  from: string
  to: string
  goal?: Text
  window: Text
  fewest: number
  fewestInArm: number
  people: number
  rates: WorkRates
  steps: { id: string; kind: string; text: Text; people: number; rates: WorkRates }[]
  by: EffectBy
  groups: { key: string; name: Text; hidden: boolean; people: number; rates: WorkRates }[]
  comparisons: EffectComparison[]
  why?: Text
}

/** Which number of a journey's effect is opened. */
export interface EffectAsk {
  part: 'due' | 'executed' | 'not_executed' | 'completed' | 'on_time' | 'late' | 'result_due' | 'reached' | 'not_reached' | 'exposed' | 'waiting' | 'counted' | 'goal' | 'no_goal' | 'before'
  step?: string
  by?: EffectBy
  group?: string
  arm?: string
}

/** How few people a group of the page of effect may have, and the bounds of that. */
export interface EffectSettings {
  version: number
  smallest: number
  usual: number
  least: number
  most: number
  may: boolean
}
