// Layered management on the wire.
import type { Text } from './types'

export interface Choice {
  key: string
  text: Text
}

export interface LayerLine {
  key: string
  name: Text
  plain: Text
  people: number
  /** The commonest first; somebody may be in several. */
  reasons: { key: string; name: Text; plain: Text; people: number }[]
  gets: {
    text: Text
    days: number
    setting?: string
    settingName?: Text
    by: Choice
    channels: Choice[]
    journeys: { key: string; name: Text; running: number }[]
    source: string
  }
  given: { planned: number; kept: number; done: number; behind: number }
}

/** One local week. A place is the key of a layer, none, or joined: not in the programme before. */
export interface LayerWeek {
  from: string
  to: string
  /** At its end: the layers in order, then in none, then not yet joined. */
  people: number[]
  moves: { from: string; to: string; people: number }[]
}

export interface Layers {
  programme: string
  name: Text
  version: number
  asOf: string
  people: number
  days: number
  group?: { key: string; name: Text }
  items: LayerLine[]
  none: number
  weeks: LayerWeek[]
}

/** Which number of the layers is opened. */
export interface LayerAsk {
  of: 'in' | 'none' | 'reason' | 'behind' | 'planned' | 'end' | 'moved'
  layer?: string
  reason?: string
  week?: string
  from?: string
  to?: string
}
