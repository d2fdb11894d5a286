// Rehearsals beside the live workspace: workspaces with made-up people and a clock of their own.
import type { Text } from './types'

export interface RehearsalSpace {
  id: string
  name: string
  state: 'making' | 'ready' | 'stopped'
  /** percent of its people's history that is told */
  done: number
  people: number
  days: number
  seed: number
  programme: string
  created: string
  now?: string
  here: boolean
}

export interface RehearsalSpaces {
  live?: { id: string; name: string; now: string }
  items: RehearsalSpace[]
  may: boolean
  most: number
}

export interface MakeSpace {
  name: string
  people: number
  days: number
  seed?: number
  programme?: string
}

export interface BesideProgramme {
  key: string
  name: Text
  version: number
  force: 'none' | 'same' | 'differs'
  draft: 'none' | 'same' | 'differs'
  /** revision of the draft here; 0: none */
  here: number
}

export type Bring = 'draft' | 'force'
