// The wire form of a person's health file: statements with where they came from, folded into medicines, values and plans.
import type { TargetRange, Text } from './types'

export interface Said {
  by: 'person' | 'family' | 'doctor' | 'staff' | 'report' | 'device'
  byText?: Text
  name?: string
  how?: '' | 'visit' | 'call' | 'message' | 'form' | 'paper' | 'device'
}

export interface CodeText {
  code: string
  text: Text
}

/** One statement. It is never edited but replaced, so that its id is its version too. */
export interface FileEntry {
  id: string
  type: string
  section: string
  /** The moment it is about. */
  at: string
  recordedAt: string
  text: Text
  properties: Record<string, unknown>
  said?: Said
  recordedBy?: Text
  provenance: string
  signed: boolean
  verified: boolean
  state: 'stands' | 'replaced' | 'retracted'
  reason?: string
  replaced: FileEntry[]
  mayChange: boolean
  file?: { id: string; name: string; media: string; size: number; url: string }
  /** Of images: the stages read from them. */
  stages?: FileEntry[]
  /** Of a stage: the images it was read from. */
  imaging?: string
}

interface Told {
  /** Newest first. */
  entries: FileEntry[]
}

export interface Course {
  from?: string
  to?: string
  end?: string
  dose?: number
  timesPerDay?: number
  doseText?: string
  /** The dose and how often, in the server's words. */
  how: Text
}

export interface MedicineTaken extends Told {
  key: string
  name: Text
  class: string
  className: Text
  atc?: string
  known: boolean
  current: boolean
  dose?: number
  unit?: string
  timesPerDay?: number
  doseText?: string
  /** The dose and how often, in the server's words; empty when nobody said. */
  how: Text
  /** Oldest first; the last one without `to` runs. */
  courses: Course[]
  lastTaken?: string
  taken28: number
  missed28: number
  problems: CodeText[]
}

/** A medicine that was got. */
export interface FillRow {
  name: Text
  at: string
  /** Days of supply; absent: nobody knows. */
  days?: number
  /** The last day it covers. */
  until?: string
  /** What the days were worked out of, or what is missing; empty where they were stated. */
  from?: Text
  place?: string
  /** False: the catalogue does not know it, and it waits to be mapped. */
  known: boolean
  entry: FileEntry
}

export interface DiagnosisRow extends Told {
  condition: string
  name: Text
  status?: string
  statusText?: Text
  /** As exactly as it was said: 2015, 2015-03 or 2015-03-08. */
  since?: string
  cause?: string
  signed: boolean
}

export interface StageRow extends Told {
  system: string
  systemName: Text
  side?: string
  stage?: string
  signed: boolean
  verified: boolean
  at?: string
}

export interface LabPoint {
  at: string
  value: number
  refLow?: number
  refHigh?: number
  flag?: '' | 'low' | 'normal' | 'high'
  /** HbA1c in mmol/mol. */
  ifcc?: number
}

export interface LabRow extends Told {
  test: string
  name: Text
  unit: string
  units: string[]
  decimals: number
  latest?: LabPoint
  previous?: LabPoint
  change?: number
  direction?: '' | 'up' | 'down' | 'steady'
  target?: number
  /** Oldest first. */
  points: LabPoint[]
}

export interface AllergyRow extends Told {
  substance: Text
  kind: string
  active: boolean
  severity?: string
}

export interface PlanRow extends Told {
  kind: string
  name: Text
  text: Text
  days: number
  planned?: number
  done: number
  share?: number
  unit?: string
  nextDue?: string
  overdue: boolean
  over: boolean
  signed: boolean
}

export interface DeviceRow extends Told {
  device: string
  kind?: string
  kindName?: Text
  status?: string
  model?: string
  owner?: string
  checkDue?: string
  overdue: boolean
}

export interface LifeRow extends Told {
  key: string
  now?: FileEntry
}

/** TargetLimit is one limit that holds; own: a doctor signed it for this person. */
export interface TargetLimit extends TargetRange {
  own: boolean
}

/** TargetsView is which targets hold and why. What nobody signed stands beside them and does not hold. */
export interface TargetsView {
  profile?: string
  name: Text
  hba1cHigh?: number
  limits: TargetLimit[]
  inForce?: FileEntry
  unsigned?: FileEntry
  maySign: boolean
  why: Text
  profiles: { key: string; name: Text; of: { key: string; name: Text }; holds: boolean; limits: TargetLimit[] }[]
  entries: FileEntry[]
}

export interface HealthFile {
  at: string
  /** Medicines nobody knows yet. */
  unmapped: number
  medicines: MedicineTaken[]
  /** Medicines that were got, newest first. */
  fills: FillRow[]
  diagnoses: DiagnosisRow[]
  stages: StageRow[]
  labs: LabRow[]
  imaging: FileEntry[]
  surgery: FileEntry[]
  allergies: AllergyRow[]
  reactions: FileEntry[]
  targets: TargetsView
  plans: PlanRow[]
  devices: DeviceRow[]
  life: LifeRow[]
  visits: FileEntry[]
  scores: FileEntry[]
  reports: FileEntry[]
  events: FileEntry[]
}

export interface Statement {
  type: string
  /** 2015, 2015-03, 2015-03-08 or a time; empty is now, in a correction as before. */
  at?: string
  properties: Record<string, unknown>
  said?: Said
  reason?: string
  /** Beside images: what stage each side shows; in a correction these replace those read from them before. */
  stages?: { system: string; stage: string; side: string; extent?: number }[]
  /** Made by the phone: the same one is stored once. */
  clientId?: string
}

export interface Stated {
  entry: FileEntry
  notes: CodeText[]
}

export interface MedicineItem {
  key: string
  name: Text
  class: string
  className: Text
  /** Doses are kept in it; `units` are those a dose may be typed in. */
  unit: string
  units: string[]
  brands: string[]
  /** Of a single dose. */
  low: number
  high: number
}
