// The wire form of who is around a person and what they may know.
import type { MyConsent, NamedKey, Reading, Text } from './types'

export interface Relative {
  id: string
  name: string
  kind: string
  kindName: Text
  scopes: string[]
  since: string
  /** The person agreed to the purpose this kind of relation needs; else what was chosen does not hold yet. */
  shared?: boolean
  /** Who said so: person, staff, or staff:id. */
  said?: string
  saidName?: string
}

/** What somebody may be to a person, and what one of that kind may be let know at most. */
export interface KindOfRelation extends NamedKey {
  group?: string
  items?: string[]
  consent?: string
  shared?: boolean
  text?: MyConsent
}

export interface Relatives {
  items: Relative[]
  /** The person agreed to sharing with family; without it nobody sees or hears anything. */
  shared: boolean
  kinds: KindOfRelation[]
  scopes: NamedKey[]
  /** What is agreed to. */
  text?: MyConsent
}

export interface KnowsItem {
  item: string
  ok: boolean
  reason?: Text
  serious: boolean
  seriousText?: Text
}

/** Who may know what of a person, what is kept from whom and why, and who looked. */
export interface Knows {
  disclosure: { mode: string; name: Text; modes: NamedKey[]; by?: string; at?: string; reason?: string; reviewBy?: string; overdue: boolean; entry?: string }
  viewers: { id: string; name: string; kind: string; kindName: Text; items: KnowsItem[] }[]
  items: NamedKey[]
  grave: { entry: string; at: string; text: Text; gravity: number; from: { id: string; name: string; kindName: Text; reason: Text }[] }[]
  seen: SeenRow[]
  mayDecide: boolean
}

export interface SeenRow {
  at: string
  id: string
  name: string
  items: string[]
}

export interface Household {
  members: { id: string; name: string; direct: boolean }[]
  others: number
}

export interface SharedPerson {
  id: string
  name: string
  kind: string
  kindName: Text
  items: NamedKey[]
  /** I answer for them, a child. */
  guardian?: boolean
}

interface SharedLine {
  at?: string
  text: Text
}

/** What somebody lets me know. A part that is absent is not mine to know. */
export interface SharedView extends SharedPerson {
  now: string
  readings?: { at: string; reading?: Reading; measured?: { text: Text } }[]
  alerts?: SharedLine[]
  targets?: SharedLine[]
  medicines?: SharedLine[]
  reports?: SharedLine[]
  plan?: SharedLine[]
  chats?: SharedLine[]
  progress?: SharedLine[]
}
