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
  undo?: { taken: number; signed: number; changed: number }
  refused: boolean
}

export interface ImportQuestion {
  path: string
  text: Text
  options: readonly { value: string; text: Text }[]
}

export type ImportMap = Record<string, unknown>

export interface ImportGuess {
  map: ImportMap
  questions: readonly ImportQuestion[]
  columns: readonly { name: string; examples: readonly string[]; filled: number; taken: Text }[]
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
}
