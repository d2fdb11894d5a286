// The wire form of what goes along to the doctor and comes back: the page, its links, the answers.
import type { MeasureCourse } from './change'
import type { LabPoint } from './file'
import type { Gender, LogDay, Reading, Share, TargetRange, Text } from './types'

export interface VisitWho {
  name: string
  age?: number
  gender?: Gender
  diagnoses: Text[]
  allergies: Text[]
  owner?: string
}

export interface VisitSlot {
  context: string
  name: Text
  n: number
  /** mmol/L; from three readings on. */
  mean?: number
  low: number
  high: number
  inTarget: Share
}

export interface VisitLevel {
  key: 'very_high' | 'high' | 'in_target' | 'low' | 'very_low'
  name: Text
  range: Text
  /** Whole percent; the five add up to 100. */
  share: number
  exact: number
  goal: Text
}

/** Continuous readings as an ambulatory profile shows them, mmol/L. */
export interface VisitCurves {
  active: number
  span: number
  mean?: number
  gmi?: number
  cv?: number
  levels: VisitLevel[]
  /** 24 of them, percentiles 5, 25, 50, 75, 95; none where an hour has no reading. Empty below seven days. */
  hours: { n: number; p: number[] }[]
  profile: { date: string; points: [minute: number, mmol: number][] }[]
  ticks: number[]
  bounds: Record<'veryLow' | 'low' | 'high' | 'veryHigh' | 'top', { value: number }>
}

export interface VisitPattern {
  shape: 'none' | 'log' | 'short' | 'days' | 'agp_short' | 'agp'
  n: number
  days: number
  inTarget?: Share
  slots: VisitSlot[]
  sentence: Text
  agp?: VisitCurves
}

export interface VisitLow {
  at: string
  reading: Reading
  context: Text
  night: boolean
  treated: Text
}

export interface VisitMedicine {
  key: string
  name: Text
  dose: Text
  since?: string
  /** Began or changed within the span. */
  new: boolean
  taken: number
  missed: number
  planned?: number
  record: Text
}

export interface VisitLab {
  test: string
  name: Text
  unit: string
  decimals: number
  latest: LabPoint
  previous?: LabPoint
  change?: number
  target?: number
}

export interface VisitQuestion {
  id: string
  text: string
  status: 'open' | 'asked' | 'answered' | 'dropped'
  answer?: string
}

export interface VisitPage {
  who: VisitWho
  at: string
  /** First day of the span. */
  from: string
  days: number
  zone: string
  targets: TargetRange[]
  targetBy: Text
  hba1cHigh?: number
  pattern: VisitPattern
  /** Newest first; of continuous readings empty. */
  log: LogDay[]
  lows: VisitLow[]
  medicines: VisitMedicine[]
  labs: VisitLab[]
  questions: VisitQuestion[]
  plan?: Text
  /** The page tells glucose: a programme of the person has limits for it, or there are readings. */
  glucose: boolean
  measures: MeasureCourse[]
  /** HbA1c and the scores of each hip over two years. */
  trends: MeasureCourse[]
  facts: VisitFact[]
  /** The limits a doctor may set on the answer. */
  answerTargets: { key: string; name: Text; unit: string }[]
  /** What a doctor may ask to be measured, how often; slots: when in the day. */
  answerPlans: { key: string; name: Text; slots: { key: string; name: Text }[] }[]
}

/** A clinical stage, the newest image, what the hip may bear. */
export interface VisitFact {
  key: 'stage' | 'imaging' | 'weight_bearing'
  name: Text
  text: Text
  at?: string
  /** False: a programme asks for it, and nothing is on file. */
  known: boolean
}

export interface MyVisit {
  page: VisitPage
  answered: VisitQuestion[]
  suggestions: { key: string; text: Text }[]
  /** Questions that fit on the page. */
  most: number
}

export interface VisitLink {
  id: string
  /** Told once, when the link is made. */
  url?: string
  qr?: string
  created: string
  expires: string
  state: 'open' | 'answered' | 'revoked' | 'expired'
  by?: Text
}

export interface DoctorPage {
  page: VisitPage
  expires: string
  answered: boolean
  notice: Text
}

export interface DoctorMedicine {
  name: string
  action: 'start' | 'change' | 'stop'
  dose?: number
  doseUnit?: string
  timesPerDay?: number
  doseText?: string
}

export interface DoctorAnswer {
  token: string
  name: string
  hospital?: string
  targets?: Record<string, number>
  plans?: { kind: string; perWeek: number; slots?: string[] }[]
  medicines?: DoctorMedicine[]
  nextVisit?: string
  answers?: { question: string; text: string }[]
  note?: string
}

export interface VisitAnswer {
  id: string
  at: string
  status: 'waiting' | 'confirmed' | 'refused'
  /** As typed, not checked. */
  name: string
  hospital?: string
  note?: string
  origin: Text
  items: { n: number; type: string; name: Text; text: Text; taken: boolean }[]
}
