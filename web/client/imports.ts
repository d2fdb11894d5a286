// Files of many people: what the server says of them.
import type { Text } from './types'

export type ImportState = 'draft' | 'waiting' | 'running' | 'stopped' | 'done' | 'failed' | 'undoing' | 'undone'

export interface ImportReport {
  rows: number
  taken: number
  repeated: number
  refused: number
  keptForConsent?: number
  partlyRefused?: number
  /** Of the taken: a newer version of what was here. */
  changed?: number
  events: number
  reasons?: Record<string, number>
}

export interface Import {
  number: number
  /** Withdraw takes back all that a source sent, reinstate takes it in again; the name is the source's. */
  kind: 'table' | 'withdraw' | 'reinstate'
  name: string
  state: ImportState
  asked?: string
  by?: Text
  created: string
  started?: string
  ended?: string
  size: number
  share: number
  report: ImportReport
  problem?: { code: string; field?: string; text: Text; hint?: Text }
  undo?: { taken: number; signed: number; changed: number; waiting: number; back: number; people: number }
  refused: boolean
}

export interface ImportQuestion {
  path: string
  text: Text
  options: readonly { value: string; text: Text }[]
}

export type ImportMap = Record<string, unknown>

export interface ImportOption {
  value: string
  text: Text
}

/** What of a guessed map may be chosen otherwise; without options it is a word. */
export interface ImportSetting {
  path: string
  text: Text
  value: string
  options: readonly ImportOption[]
}

export interface ImportGuess {
  map: ImportMap
  questions: readonly ImportQuestion[]
  columns: readonly { name: string; examples: readonly string[]; filled: number; taken: Text; role: string }[]
  settings: readonly ImportSetting[]
  roles: readonly ImportOption[]
  earlier?: { number: number; name: string; at: string; map: ImportMap }
  rows: number
  sheets: readonly string[]
  sheet: string
}

export interface ImportRow {
  line: number
  who: readonly { type: string; value: string }[]
  events: readonly { type: string; name: Text; at: string; says: readonly Text[] }[]
  why?: { code: string; field?: string; text: Text; hint?: Text }
}

export interface ImportPreview {
  problems: readonly { path: string; text: Text; hint?: Text }[]
  open: readonly string[]
  rows: readonly ImportRow[]
  looked: number
  more: boolean
  refused: number
  wrong: readonly ImportRow[]
}

/** A map that was read out of YAML. */
export interface ImportMapRead {
  map?: ImportMap
  problems: readonly { path: string; text: Text; hint?: Text }[]
  open: readonly string[]
}
