// The wire form of journeys being drawn: what they can be made of, one journey with its steps, and the numbers on them.
import type { Choice } from './programmes'
import type { FileProblem } from './rules'
import type { Text } from './types'

export type FieldType = 'line' | 'texts' | 'rule' | 'rules' | 'span' | 'whole' | 'share' | 'one' | 'many' | 'clock' | 'day' | 'yes' | 'variants'

/** One thing a form asks. */
export interface FormField {
  key: string
  name: Text
  help?: Text
  type: FieldType
  need?: boolean
  /** The list it is chosen from. */
  of?: string
  min?: number
  max?: number
  /** Asked only while this field says one of `is`. */
  when?: string
  is?: string[]
}

export interface StepKind {
  key: string
  name: Text
  text: Text
  group: string
  fields: FormField[]
  ways?: 'two' | 'several' | 'chance'
  way?: FormField[]
}

export interface ListOption {
  key: string
  name: Text
  under?: string
}

export interface JourneyKinds {
  groups: Choice[]
  kinds: StepKind[]
  step: FormField[]
  settings: FormField[]
  lists: Record<string, ListOption[]>
}

export interface Variant {
  if: string
  content: string
}

export type FieldValue = string | string[] | Text | Variant[]
export type Fields = Record<string, FieldValue | undefined>

export interface DrawnStep {
  at: string
  id: string
  n: number
  kind: string
  line: number
  text: Text
  notes?: Text[]
  fields: Fields
  ways?: DrawnWay[]
  change: 'same' | 'added' | 'changed' | 'moved'
  /** The version in force has a step of this id. */
  stood: boolean
}

export interface DrawnWay {
  at: string
  key: string
  text: Text
  fields: Fields
  steps: DrawnStep[]
}

export interface StepProblem extends FileProblem {
  at?: string
  n?: number
}

export interface GoneStep {
  id: string
  kind: string
  text: Text
  to?: string
}

export interface DrawnJourney {
  programme: string
  key: string
  draft: boolean
  revision: number
  version: number
  inForce: boolean
  changed: boolean
  /** The draft is not what is in force, here or elsewhere: there is something to publish. */
  differs: boolean
  name: Text
  class: 'safety' | 'asked' | 'programme'
  file: string
  source: string
  sound: boolean
  fields: Fields
  enter: Text
  leave: Text[]
  goal?: Text
  steps: DrawnStep[]
  gone: GoneStep[]
  problems: StepProblem[]
  others: number
  lines: { op: 'same' | 'removed' | 'added' | 'gap'; text: string }[]
  instead: Record<string, string>
  inside: 'stay' | 'follow'
  can: boolean
}

export type JourneyDo = 'new' | 'set' | 'add' | 'up' | 'down' | 'copy' | 'remove' | 'way' | 'add_way' | 'remove_way' | 'settings' | 'instead' | 'source'

export interface JourneyEdit {
  do: JourneyDo
  at?: string
  kind?: string
  fields?: Fields
  to?: string
  source?: string
}

/** What happened at one step. */
export interface StepFigures {
  step: string
  waiting: number
  passed: number
  sent: number
  held: number
  failed: number
  suppressed: { reason: string; text: Text; n: number }[]
  open: number
  done: number
}

export interface JourneyFigures {
  asOf: string
  version: number
  from?: string
  to?: string
  entered: number
  running: number
  steps: StepFigures[]
}

export interface WalkDeed {
  at: string
  do: 'event' | 'done' | 'skip' | 'answer' | 'reply'
  of?: string
  say?: string
}

export interface WalkAsk {
  person?: string
  from?: string
  until?: string
  entered: boolean
  deeds: WalkDeed[]
}

export interface WalkLine {
  at: string
  what: 'event' | 'entered' | 'step' | 'sent' | 'held' | 'suppressed' | 'task' | 'alert' | 'ended'
  step?: string
  text: Text
  why?: Text
  mine: boolean
}

export interface WalkAnswer {
  from: string
  now: string
  next?: string
  step?: string
  state: 'waiting' | 'ended' | 'outside'
  ended?: Text
  lines: WalkLine[]
  tasks: { script: string; title: Text; results: Choice[] }[]
  cards: { content: string; title: Text; answers: Choice[] }[]
}
