// The wire form of who is around a person and what they may know.
import type { MyConsent, NamedKey, Text } from './types'

export interface Relative {
  id: string
  name: string
  kind: string
  kindName: Text
  scopes: string[]
  since: string
}

export interface Relatives {
  items: Relative[]
  /** The person agreed to sharing with family; without it nobody sees or hears anything. */
  shared: boolean
  kinds: NamedKey[]
  scopes: NamedKey[]
  /** What is agreed to. */
  text?: MyConsent
}
