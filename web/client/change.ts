// The wire form of what changed after what, and of plans against what was done.
import type { Band, Reading, Share, Text } from './types'

export type MarkKind = 'medicine' | 'education' | 'contact' | 'stage'

export interface ChangeMark {
  id: string
  kind: MarkKind
  at: string
  text: Text
  count?: number
}

export interface SlotDay {
  at: string
  context: string
  /** mmol/L */
  mean: number
  n: number
  band: Band
  show: { mmol: string; mgdl: string }
}

export interface SlotTarget {
  context: string
  name: Text
  /** Days with a reading. */
  n: number
  range?: { low?: number; high?: number; open?: boolean }
}

/** One thing measured beside glucose over a span. The server says every figure and every limit. */
export interface MeasureCourse {
  /** blood_pressure, weight, pain or pain:left_hip */
  key: string
  name: Text
  unit: string
  n: number
  days: number
  sentence: Text
  inTarget?: Share
  limit?: Text
  limits: number[]
  rows: { key: 'mean' | 'morning' | 'evening' | 'before' | 'latest'; name: Text; text: Text; n: number }[]
  /** The mean of each local day, oldest first. */
  points: { at: string; value: number; second?: number; show: string; n: number }[]
}

export interface Strip {
  from: string
  to: string
  marks: ChangeMark[]
  days: SlotDay[]
  slots: SlotTarget[]
  /** The person's programmes are about glucose, or there are readings. */
  glucose: boolean
  measures: MeasureCourse[]
}

export interface ChangeSide {
  from: string
  to: string
  n: number
  days: number
  mean?: number
  inTarget?: Share
}

/** An association: what came before and after one mark. */
export interface Change {
  mark: ChangeMark
  days: number
  daysLeft: number
  before: ChangeSide
  after: ChangeSide
  slots: { context: string; name: Text; before: ChangeSide; after: ChangeSide; by?: number; text: Text }[]
  others: ChangeMark[]
  caution: Text
  enough: boolean
  measures: { key: string; name: Text; unit: string; before: { n: number; show?: string }; after: { n: number; show?: string }; text: Text; enough: boolean }[]
}

export interface ProgressRow {
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

export interface DoseRow {
  key: string
  name: Text
  dose: Text
  current: boolean
  days: number
  planned?: number
  taken: number
  missed: number
  share?: number
  text: Text
}

export interface Progress {
  at: string
  today: { kind: string; at: string; text: Text; reading?: Reading }[]
  plans: ProgressRow[]
  doses: DoseRow[]
}
