// The wire form of the HTTP API, written once for every app. Times are RFC 3339 strings with an offset, ids are strings.
import type { MeasuredValue } from './measures'

/** A sentence in both languages. */
export interface Text {
  zh: string
  en: string
}

/** Words that reach a person already chosen, or in both languages. */
export type Words = string | Text

export type Band =
  | 'very_low'
  | 'low'
  | 'below_target'
  | 'in_target'
  | 'high'
  | 'very_high'
  | 'hi'
  | 'lo'
  | 'implausible'

export type Unit = 'mmol/L' | 'mg/dL'
export type Language = 'zh' | 'en'
export type Gender = 'male' | 'female'

/** Own limits of one meal slot, mmol/L. `open` says that `high` itself is outside. */
export interface Range {
  low?: number
  high?: number
  open?: boolean
}

export interface Reading {
  id: string
  at: string
  received: string
  /** Meal slot; empty when unknown. */
  context: string
  mmol?: number
  /** The digits to show; empty for HI and LO, which are words. */
  show: { mmol: string; mgdl: string }
  entered: { value?: number; unit: Unit }
  band: Band
  range?: Range
  source: string
  provenance: string
  flags: string[]
  correctedBy?: string
  corrects?: string
  retracted?: boolean
  /** Everybody who told this measurement, this reading itself first; absent when nobody else did. */
  sources?: { id: string; source: string; provenance: string; at: string; received: string }[]
}

export interface TagState {
  programme: string
  key: string
  name: Text
  group: string
  private: string
  state: 'has' | 'no' | 'unknown'
  since?: string
  because?: Text
  nextChange?: string
}

export interface Evidence {
  eventId: string
  type: string
  at: string
  text: Text
  reading?: Reading
}

export interface Link {
  kind: string
  id: string
  text: Text
}

/** The one answer to "why?", for tags, stages, messages and tasks. */
export interface Why {
  kind: 'tag' | 'stage' | 'message' | 'task'
  /** Of a tag or a stage: whose rule it is. */
  programme?: NamedKey
  title: Text
  state: string
  sentence: Text
  because?: Text
  rule?: string
  source?: string
  version?: string
  since?: string
  nextChange?: string
  evidence: Evidence[]
  evidenceTotal: number
  steps?: { at?: string; text: Text; ok: boolean }[]
  links?: Link[]
}

export interface NamedKey {
  key: string
  name: Text
}

export interface Who {
  id: string
  name: string
}

export interface Share {
  n: number
  of: number
}

export interface PersonRow {
  id: string
  name: string
  gender?: Gender
  age?: number
  last4?: string
  stage: NamedKey & { since?: string }
  owner?: Who
  lastReading?: Reading
  inTarget14?: Share
  lastContact?: { at: string; kind: string; outcome?: string }
  nextStep?: { at: string; text: Text; kind: string }
  reason?: Text
  silentDays?: number
  tags: NamedKey[]
  openTasks: number
  safety: boolean
  elder: boolean
}

export interface TargetRange extends Range {
  context: string
  name: Text
  /** of low and high; not given: mmol/L */
  unit?: string
}

export interface Person extends Omit<PersonRow, 'tags'> {
  tags: TagState[]
  createdAt: string
  zone: string
  version: number
  masked: boolean
  /** Each with the stage and the targets there; `stage` and `targets` are those of the first. */
  programmes: (NamedKey & { joined: string; stage: PersonRow['stage']; targets?: Person['targets'] })[]
  targets: {
    profile: string
    name: Text
    by?: string
    /** That doctor's own account set them. */
    signed?: boolean
    at?: string
    source: string
    ranges: TargetRange[]
    hba1c?: number
  }
  plan?: { perWeek: number }
  diabetesType?: string
  treatment?: string
  livesAlone?: boolean
  birthYear?: number
  /** The member of staff who is the person's doctor. */
  doctor?: Who
  /** Of an addition: the telephone number is this person's, nobody was added. */
  existing?: boolean
  family: { id?: string; name: string; kind: string; kindName?: Text; scopes: string[]; active: boolean }[]
  consents: { purpose: string; name: Text; granted: boolean; at?: string; textVersion?: string; basis?: string }[]
  asOf: string
}

export interface Task {
  id: string
  person: Who & { age?: number; gender?: Gender; livesAlone?: boolean }
  kind: 'task' | 'alert'
  priority: 'safety' | 'promise' | 'normal' | 'low'
  level?: number
  title: Text
  detail?: Text
  script?: { key: string; title: Text; body: Text }
  results: { key: string; text: Text }[]
  state: 'open' | 'done' | 'skipped' | 'void'
  late: boolean
  opened: string
  due: string
  closed?: string
  outcome?: string
  outcomeText?: Text
  note?: string
  owner?: Who
  claimedBy?: Who
  by?: Who
  version: number
  reading?: Reading
  journey?: NamedKey
  /** Of a call: the alert it answers, which stands for it in lists of work. */
  alert?: string
  /** Of an alert: the calls that answer it, open ones first. */
  steps?: TaskStep[]
  /** In lists of open work: why it stands where it does. */
  place?: { points: number; parts: { key: string; text: Text; points: number }[]; minutes: number; over?: boolean }
  /** How often staff were reminded of it, and when next. */
  reminded?: number
  reminds?: string
  /** When it goes to another role, if it is still open. */
  escalates?: string
  /** It was late and went to another role. */
  escalated?: { at: string; to: string; text: Text }
}

/** A call that answers an alert. */
export type TaskStep = Pick<
  Task,
  'id' | 'title' | 'script' | 'results' | 'state' | 'late' | 'opened' | 'closed' | 'outcome' | 'outcomeText' | 'note' | 'claimedBy' | 'by' | 'version'
> & { due?: string }

export interface Message {
  id: string
  kind: 'message' | 'card'
  class: 'safety' | 'asked' | 'programme' | 'staff' | 'service'
  content: string
  title: Words
  body: Words
  state: 'queued' | 'held' | 'sending' | 'sent' | 'suppressed' | 'dead'
  reason?: string
  reasonText?: Text
  due: string
  next?: string
  sentAt?: string
  readAt?: string
  answer?: string
  answers?: { key: string; text: Text }[]
  to: 'person' | 'family'
  toName?: string
  journey?: NamedKey
  step?: string
  reading?: Reading
  /** The value it is about where that is not glucose. */
  measured?: MeasuredValue
  call?: { label: Text; tel: string }[]
}

export interface Run {
  id: string
  journey: string
  name: Text
  version: number
  status: 'running' | 'done' | 'left'
  reason?: string
  reasonText?: Text
  step?: string
  stepText?: Text
  started: string
  ended?: string
  until?: string
}

export interface TimelineItem {
  id: string
  kind: 'event' | 'message' | 'task' | 'tag' | 'stage'
  at: string
  type?: string
  text: Text
  reading?: Reading
  actor?: Text
  source?: string
  gained?: boolean
  key?: string
  /** Of a tag or a stage: whose it is. */
  programme?: string
  why?: boolean
  hidden?: boolean
  imported?: boolean
}

export interface List<T> {
  items: T[]
  total?: number
  nextCursor?: string
}

/** One local day of readings by meal slot: a row of the glucose log. */
export interface LogDay {
  date: string
  slots: Record<string, Reading[]>
}

export interface ReadingsAnswer {
  items: Reading[]
  days: LogDay[]
  stats?: { n: number; mean?: number; inTarget?: Share }
}

/** What POST .../readings takes, from the person and from staff alike. */
export interface NewReading {
  value: number | string
  unit: Unit
  context: string
  measuredAt?: string
  note?: string
  clientId?: string
}

// ---- staff

export interface Session {
  staff: { id: string; name: string; login: string; role: string }
  workspace: { id: string; name: string; kind: 'live' | 'rehearsal'; zone: string; now: string; /** of a rehearsal: the live workspace it is beside */ beside?: string }
  csrf: string
  language: Language
  can: string[]
}

export interface Workspace {
  id: string
  name: string
  kind: 'live' | 'rehearsal'
  zone: string
  now: string
  programmes: (NamedKey & { version: number })[]
  owners: (Who & { role: string; people: number })[]
  counts: { people: number; openTasks: number; safety: number }
}

export interface Catalogue {
  eventTypes: {
    key: string
    name: Text
    health: boolean
    fields: {
      name: string
      kind: string
      unit?: string
      units?: string[]
      enum?: string[]
      min?: number
      max?: number
      required?: boolean
      words?: { key: string; name: Text }[]
      unitWord?: Text
    }[]
  }[]
  contexts: { key: string; name: Text; short: Text }[]
  bands: { key: Band; word: Text; mark: string; from?: number; to?: number; source: string }[]
  units: { key: string; perMmol: number }[]
  limits: Record<string, { value: number; unit: string; source: string }>
  /** Limits published in both units: equal by convention, not by arithmetic. */
  pairs: { mmol: number; mgdl: number }[]
  /** Changes with units, limits or pairs. */
  version: string
  reasons: Record<string, Text>
  outcomes: Record<string, Text>
  purposes: Record<string, Text>
  /** Laboratory tests, and HbA1c, with the units a value may be typed in. */
  labs: { key: string; name: Text; unit: string; units: string[]; decimals: number }[]
  /** Stages by the system they are of, mildest first. */
  stages: { key: string; name: Text; stages: string[] }[]
  /** Which files are kept: `largest` in bytes. */
  reports: { largest: number; media: string[] }
}

export interface TaskList extends List<Task> {
  counts: { all: number; safety: number; promise: number; today: number; postponable: number; over?: number }
  minutesLeft: number
  /** Of one member's open work: how much of it fits into today, in minutes. */
  day?: WorkDay
}

export interface WorkDay {
  minutes: number
  done: number
  needed: number
  over: number
  away?: boolean
}

/** What a `change` on a stream says: which kinds of things changed, and about whom. */
export interface Change {
  seq: number
  kinds: ('task' | 'message' | 'person' | 'clock' | 'proposal')[]
  people: string[]
}

export interface Clock {
  now: string
  offset?: string | number
  next?: { at: string; text: Text }
}

export interface ClockMove {
  before: string
  after: string
  happened: {
    sent: number
    tasks: number
    held: number
    suppressed: number
    gained: number
    lost: number
    alerts: number
    items: { kind: string; at: string; person: Who; text: Text }[]
  }
}

export interface Demo {
  people: { id: string; name: string; age?: number; note: Text }[]
  accounts: { login: string; password: string; role: string; name: string }[]
  clock: Clock
  /** What came about when the clock was last moved. */
  last?: ClockMove
}

// ---- the person (phone)

export interface MyConsent {
  purpose: string
  name: Text
  text: Text
  summary: Text
  version: string
  required: boolean
  granted: boolean
  at?: string
  /** The text changed since: the person is asked again; with waits, what it covered waits until then. */
  outdated?: boolean
  waits?: boolean
  /** Asked before anything else; the others are decided under Me. */
  ask?: boolean
}

export interface Me {
  id: string
  name: string
  age?: number
  elder: boolean
  language: Language
  unit: Unit
  zone: string
  now: string
  csrf: string
  workspace: { kind: 'live' | 'rehearsal' }
  owner?: { name: string; roleText: Text }
  consents: MyConsent[]
  needsConsent: boolean
  family: Who[]
  /** What the person's programmes measure, the main thing first; not known of somebody this phone remembers from before. */
  measures?: string[]
  /** Sent back with new settings; not known of somebody this phone only remembers. */
  version?: number
}

export interface Today {
  greeting: Text
  now: string
  main: { kind: 'record' | 'card' | 'done' | 'consent' | 'form'; measure?: string; context?: string; title: Text; because?: Text }
  week: { count: number; plan?: number; inTarget?: Share }
  next: { text: Text }[]
  card?: Message
  unread: number
  /** Questionnaires that wait for an answer. */
  forms?: number
  last?: Reading
  /** The newest value of the main thing to measure where that is not glucose. */
  lastOther?: MeasuredValue
  contextGuess: string
}

export interface Recorded {
  reading: Reading
  reply: { text: Text; next?: Text; tone: Band }
  card?: Message
  confirm?: { text: Text; suggestUnit?: Unit }
}

export interface MyReadings {
  sentence: Text
  items: Reading[]
  days: LogDay[]
  range?: { low?: number; high?: number }
  compare?: { text: Text }
  next?: Text
}

/** problem+json as the server sends it, with words for people in both languages. */
export interface Problem {
  type?: string
  title?: string
  status: number
  detail?: string
  code?: string
  field?: string
  hint?: string
  text?: Text
  hintText?: Text
  retryAfter?: number
}
