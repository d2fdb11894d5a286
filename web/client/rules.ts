// The wire form of tags as definitions: catalogue, expressions, drafts, versions. A tag of one person is in types.ts.
import type { Evidence, NamedKey, Text, Who } from './types'

export interface TagLine {
  key: string
  name: Text
  kind: 'tag' | 'segment'
  group: string
  private: string
  plain: Text
  source: string
  rule: string
  needs?: string
  value?: string
  unit?: string
  byHand: boolean
  has: number
  /** Left out where counting them takes long; POST /api/rules/count gives them. */
  unknown?: number
  no?: number
  gained7d: number
  lost7d: number
  usedBy: number
  /** Of a tag with codes: what it can be, in order; the first that holds. */
  codes?: TagCode[]
}

/** One of the things a tag with codes can be. It is a tag of its own, of nobody who has another code. */
export interface TagCode {
  /** The tag's key, a dot, the code. */
  key: string
  code: string
  name: Text
  rule: string
  /** Of one tag alone. */
  reading?: Text
  has: number
}

export interface TagCatalogue {
  programme: string
  version: number
  asOf: string
  people: number
  groups: { key: string; name: Text; tags: number; exclusive: boolean }[]
  total: number
  items: TagLine[]
}

/** Something that reads a tag. */
export interface Use {
  kind: 'journey' | 'stage' | 'tag' | 'segment'
  key: string
  name: Text
  where: Text
  rule: string
}

/** Something a rule reads. */
export interface Read {
  kind: 'tag' | 'event' | 'target' | 'setting' | 'stage'
  key: string
  name: Text
}

export interface TagDefinition extends TagLine {
  because: Text
  /** The rule in words, made from the expression. */
  reading: Text
  needsReading?: Text
  file: string
  line: number
  uses: Use[]
  reads: Read[]
  /** Words of the programme that stand in the rule, and what they stand for. */
  words: { key: string; rule: string }[]
  /** The rule could not be computed for some people. */
  failures?: { key: string; version: number; reason: string; text: Text; hint: Text; people: number; first: string; last: string }[]
}

export interface Trend {
  key: string
  from: string
  to: string
  days: { day: string; people: number; gained: number; lost: number }[]
  versions: { version: number; at: string; day: string }[]
}

export interface TagMove {
  at: string
  gained: boolean
  version: number
  cause: string
  causeText: Text
  eventId?: string
  /** Of a tag with codes: which was gained or lost. */
  code?: string
  codeName?: Text
}

// ---- expressions

export interface Vocabulary {
  events: { key: string; name: Text; fields: { name: string; kind: string; unit?: string; enum?: string[]; words?: NamedKey[] }[] }[]
  functions: RuleFunction[]
  tags: NamedKey[]
  stages: NamedKey[]
  targets: NamedKey[]
  settings: (NamedKey & { value: number; unit: string })[]
  words: { key: string; rule: string }[]
}

export interface RuleFunction {
  name: string
  /** How it is written: .within("7d"). */
  use: string
  group: Text
  /** Written after a selection of events. */
  member: boolean
  /** Only inside journeys. */
  journey: boolean
  text: Text
  example: string
  /** The kinds of its arguments, in each form it has; absent when it is no function. */
  takes?: string[][]
  /** The kind of what it gives. */
  gives?: string
}

export interface RuleProblem {
  /** From 1; line 0 is the whole. Columns count characters. */
  line: number
  col: number
  text: Text
  hint?: Text
}

export interface RuleCheck {
  ok: boolean
  problems: RuleProblem[]
  reading?: Text
  kind: string
  reads: Read[]
}

export interface RuleTry {
  state: 'has' | 'no' | 'unknown'
  value?: number
  unit?: string
  evidence: Evidence[]
  evidenceTotal: number
  nextChange?: string
  reading: Text
  at: string
  /** Of a tag with codes: the one that holds. */
  code?: string
  codeName?: Text
}

export interface RuleCount {
  people: number
  has: number
  no: number
  unknown: number
  asOf: string
  tookMs: number
  gain?: number
  lose?: number
  sample: { has?: Who[]; unknown?: Who[]; gain?: Who[]; lose?: Who[] }
  /** Absent when the rule compares with no number. */
  near?: { couldGain: number; couldLose: number; gainSample: Who[]; loseSample: Who[]; step: Text }
  /** Opens the people behind each number. */
  found: string
  /** Of a tag with codes, in order; nobody is in two. The `of…` are the names of their lists. */
  codes?: { code: string; name: Text; has: number; gain?: number; lose?: number; ofHas: string; ofGain: string; ofLose: string }[]
}

/** What is asked of everyone. */
export interface Counted {
  programme?: string
  rule: string
  needs?: string
  compare?: string
  tag?: string
  draft?: boolean
  code?: string
  codes?: CodeForm[]
}

/** A count that goes on by itself; found again by its id until the service restarts or four hours pass. */
export interface Counting {
  id: string
  state: 'running' | 'done' | 'cancelled' | 'failed'
  done: number
  of: number
  begunAt: string
  asked: Counted
  failure?: Text
  result?: RuleCount
}

/** What a count found: each number and whom it stands for, listed by GET /api/people with found and of. */
export interface Found {
  found: string
  programme: string
  asOf: string
  draft: boolean
  rule?: string
  sets: { of: string; text: Text; people: number }[]
}

/** The last decision by hand about one person and a segment. */
export interface SegmentDecision {
  person: Who
  age?: number
  owner?: Who
  holds: boolean
  ended?: Text
  in: boolean
  reason?: string
  by?: Text
  at: string
  until?: string
}

/** One segment and one person. */
export interface SegmentState {
  programme: string
  key: string
  name: Text
  in: boolean
  rule: 'has' | 'no' | 'unknown'
  byHand?: Pick<SegmentDecision, 'in' | 'reason' | 'by' | 'at' | 'until'>
}

// ---- drafts and versions

export interface FileProblem {
  file: string
  line: number
  col: number
  text: Text
  hint?: Text
}

export interface Changed {
  key: string
  name: Text
  change: 'added' | 'removed' | 'changed' | 'reworded' | 'moved'
  was?: string
  is?: string
}

/** One line of a difference between two texts. */
export interface TextLine {
  op: 'same' | 'removed' | 'added' | 'gap'
  text: string
}

export type ChangedFile = Pick<Changed, 'key' | 'name' | 'change'> & { lines?: TextLine[] }

export interface Diff {
  tags: Changed[]
  stages: Changed[]
  journeys: ChangedFile[]
  content: ChangedFile[]
  other: ChangedFile[]
  /** Numbers with their units, as they were and are; targets by PROFILE.LIMIT. */
  settings?: Changed[]
  targets?: Changed[]
}

export interface Draft {
  programme: string
  base: number
  revision: number
  exists: boolean
  by?: Who
  at?: string
  /** A newer version than `base` is in force. */
  stale: boolean
  files: { path: string; bytes: number; state: 'same' | 'changed' | 'added' | 'removed' }[]
  problems: FileProblem[]
  sound: boolean
  /** The workspace does not have the programme yet. */
  new?: boolean
  /** Absent while there are mistakes. */
  diff?: Diff
}

export interface TagForm {
  name: Text
  group: string
  private: string
  plain: Text
  when: string
  needs?: string
  value?: string
  unit?: string
  because: Text
  source: string
  /** Of a tag with codes: the expression that gives one of them; without it each has a condition. */
  code?: string
  codes?: CodeForm[]
  /** It stands among the segments. */
  segment?: boolean
}

export interface CodeForm {
  key: string
  name: Text
  when?: string
}

export interface DraftTest {
  passed: number
  failed: number
  results: { name: string; file: string; line: number; passed: boolean; failures?: { line: number; text: Text | string }[] }[]
}

export interface Preview {
  id?: string
  /** Opens the people behind each number. */
  found?: string
  state: 'none' | 'running' | 'done' | 'cancelled' | 'failed'
  revision: number
  done: number
  of: number
  asOf?: string
  tookMs?: number
  people: number
  changed: number
  tags: {
    key: string
    name: Text
    change: string
    was: number
    is: number
    gain: number
    lose: number
    unknown: number
    gainSample: Who[]
    loseSample: Who[]
  }[]
  stages: { key: string; name: Text; was: number; is: number; in: number; out: number; inSample: Who[]; outSample: Who[] }[]
  runs?: { kept: number; gone: number }
  /** Journeys that are entered anew, and how many fit them already. */
  matching?: { key: string; name: Text; people: number }[]
  failure?: Text
}

export interface Published {
  version: number
  at: string
  people: number
  changed: number
  transitions: number
  tookMs: number
}

export interface ProgrammeVersion {
  version: number
  at?: string
  by?: Who
  note?: string
  hash: string
  first: boolean
  people?: number
  changed?: number
}
