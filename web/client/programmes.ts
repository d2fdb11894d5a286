// The wire form of programmes as documents: what is read from beginning to end, edited by forms, begun and checked off.
import type { Draft } from './rules'
import type { NamedKey, Text, Who } from './types'

export interface Approval {
  sample: boolean
  by?: string
  at?: string
  document?: string
}

export interface ProgrammeLine {
  key: string
  name: Text
  version: number
  /** Only begun: there is nothing but a draft. */
  new: boolean
  people: number
  stages: number
  tags: number
  journeys: number
  approval: Approval
  sample: boolean
  at?: string
  draft: boolean
  draftBy?: Who
  draftAt?: string
}

export interface Quantity {
  value: number
  unit: string
}

export interface Limit {
  key: string
  name?: Text
  low?: Quantity
  high?: Quantity
  below?: Quantity
}

export interface DocTarget {
  key: string
  name: Text
  source: string
  unsure: boolean
  sample: boolean
  default: boolean
  limits: Limit[]
}

export interface DocSetting {
  key: string
  name: Text
  value: number
  unit: string
  source: string
  unsure: boolean
  part?: string
  usedBy: number
}

export interface DocStage {
  key: string
  name: Text
  plain: Text
  rule: string
  reading: Text
  stay?: string
  staying?: Text
  source: string
  people: number
}

export interface DocTag {
  key: string
  name: Text
  plain: Text
  source: string
  has: number
  codes?: { key: string; name: Text; has: number }[]
}

export interface DocRule {
  text: Text
  rule?: string
  line?: number
}

export interface DocStep {
  id: string
  kind:
    | 'message' | 'card' | 'task' | 'wait' | 'if' | 'choose' | 'split' | 'holdout' | 'form' | 'invite' | 'alert' | 'hand_over'
    | 'refer' | 'set' | 'stage' | 'points' | 'camp' | 'group' | 'journey' | 'webhook' | 'goal' | 'go' | 'exit'
  line: number
  text: Text
  notes?: Text[]
  /** The text or the stage it names. */
  ref?: string
  rule?: string
  then?: DocStep[]
  else?: DocStep[]
  /** Of a choice or a split: its branches. */
  ways?: { key: string; text: Text; rule?: string; steps: DocStep[] }[]
}

export interface DocJourney {
  key: string
  name: Text
  class: 'safety' | 'asked' | 'programme'
  priority: number
  file: string
  running: number
  enter: DocRule
  again?: Text
  leave: DocRule[]
  goal?: DocRule
  lasting?: Text
  steps: DocStep[]
}

export interface DocText {
  key: string
  kind: 'message' | 'card' | 'script' | 'consent' | 'greeting'
  audience: string
  gravity: number
  title: Text
  body: Text
  version: string
  approval: Approval
  expires?: string
  answers?: { key: string; text: Text }[]
  purpose?: string
  long: string[]
  usedBy: NamedKey[]
}

export interface DocForm {
  key: string
  name: Text
  version: string
  copyright: string
  items: { key: string; type: string; text: Text; options?: { key: string; text: Text }[] }[]
}

export interface ProgrammeDocument {
  key: string
  name: Text
  version: number
  of: 'force' | 'version' | 'draft'
  zone: string
  approval: Approval
  sample: boolean
  at?: string
  asOf: string
  people: number
  /** The numbers of people are about this version. */
  counted: boolean
  targets: DocTarget[]
  settings: DocSetting[]
  stages: DocStage[]
  groups: { key: string; name: Text; exclusive: boolean; tags: DocTag[] }[]
  segments: DocTag[]
  journeys: DocJourney[]
  texts: DocText[]
  forms: DocForm[]
  words: { key: string; rule: string }[]
  /** What each layer of attention gets, the most urgent first. */
  layers: { tag: string; name: Text; gets: Text; every: number; by: Text; channels: Text[]; journeys: { key: string; name: Text }[]; source: string; people: number }[]
  tests: number
  testFiles: { path: string; cases: number }[]
}

// ---- forms of a draft

export interface SettingForm {
  name: Text
  value: number
  unit: string
  source: string
  unsure?: boolean
}

export interface SettingLine extends SettingForm {
  key: string
  part?: string
  was?: string
  marked: boolean
}

export interface TargetForm {
  name: Text
  limits: Limit[]
  source: string
  approval?: Approval
  default?: boolean
}

export interface TargetLine extends TargetForm {
  key: string
  marked: boolean
}

/** A limit a profile may set: its units, the first being that it is shown in, and between which numbers it makes sense. */
export interface LimitKey {
  key: string
  name: Text
  units: { unit: string; min: number; max: number }[]
}

export interface DraftNumbers {
  revision: number
  name: Text
  approval: Approval
  settings: SettingLine[]
  targets: TargetLine[]
  limits: LimitKey[]
}

export interface StageForm {
  key: string
  name: Text
  plain: Text
  when: string
  stay?: string
  source: string
}

export interface TextLineOfDraft {
  key: string
  file: string
  kind: string
  title: Text
  sample: boolean
  long: number
  state: 'same' | 'changed' | 'added'
  broken?: boolean
}

export interface TextForm {
  kind: 'message' | 'card' | 'script' | 'consent' | 'greeting'
  audience?: string
  gravity?: number
  stage?: string[]
  version: string
  approval: Approval
  expires?: string
  title: Text
  body: Text
  answers?: { key: string; text: Text }[]
  purpose?: string
  required?: boolean
  necessity?: Text
  impact?: Text
}

export interface TextView extends TextForm {
  key: string
  file: string
  part?: string
  long: string[]
  longest: number
  was?: Text
  purposes: string[]
}

export interface GroupForm {
  key: string
  name: Text
  exclusive?: boolean
}

export interface GroupLine extends GroupForm {
  part?: string
  tags: number
}

export interface LayerForm {
  /** Name and rule of the tag the layer is of. */
  name: Text
  when: string
  gets: Text
  /** 7d, or the key of a setting in days. */
  every: string
  by: string
  channels: string[]
  journeys?: string[]
  source: string
}

export interface LayerLine extends LayerForm {
  tag: string
  coded?: boolean
}

export interface WordLine {
  key: string
  rule: string
  part?: string
  was?: string
}

export interface DraftShape {
  revision: number
  groups: GroupLine[]
  layers: LayerLine[]
  words: WordLine[]
  segments: Choice[]
  /** Tags of exclusive groups with no layer. */
  free: Choice[]
  by: Choice[]
  channels: Choice[]
  journeys: Choice[]
  settings: Choice[]
}

export interface OptionForm {
  code: string
  text: Text
  score?: number
}

export const questionTypes = ['choice', 'integer', 'decimal', 'boolean', 'string', 'text', 'date', 'group', 'display'] as const
export type QuestionType = (typeof questionTypes)[number]

export interface QuestionForm {
  key: string
  type: QuestionType
  text: Text
  required?: boolean
  repeats?: boolean
  min?: number
  max?: number
  options?: OptionForm[]
}

export interface QuestionnaireForm {
  name: Text
  version: string
  status: 'draft' | 'active' | 'retired'
  copyright: string
  scale?: string
  every?: number
  items: QuestionForm[]
}

export interface QuestionnaireView extends QuestionnaireForm {
  key: string
  file: string
  part?: string
}

export interface QuestionnaireLine {
  key: string
  file: string
  name: Text
  items: number
  status: string
  state: 'same' | 'changed' | 'added'
  broken?: boolean
}

export interface FileChecked {
  path: string
  problems: { line: number; col: number; text: Text; hint?: Text }[]
  elsewhere: number
}

export interface Trial {
  id?: string
  state: 'none' | 'running' | 'done' | 'cancelled' | 'failed'
  revision: number
  done: number
  of: number
  tookMs: number
  passed: number
  failed: number
  results: { name: string; file: string; line: number; passed: boolean; failures?: { line: number; text: Text }[] }[]
}

export interface ChecklistItem {
  key: string
  human: boolean
  text: Text
  state: 'done' | 'open' | 'unknown'
  note?: Text
  part?: string
  said?: { by?: Who; at: string; note?: string; changed: boolean }
}

export interface Checklist {
  programme: string
  name: Text
  of: 'draft' | 'force'
  done: number
  total: number
  steps: { step: number; name: Text; items: ChecklistItem[] }[]
}

export interface NewProgramme {
  key: string
  name: Text
  template?: string
  prefix?: string
}

/** A code with what people read for it. */
export interface Choice {
  key: string
  text: Text
}

export type { Draft }
