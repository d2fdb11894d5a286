// The wire form of the keys by which a person's own devices send readings as Nightscout's clients do.
import type { Text } from './types'

export interface Uploader {
  id: string
  /** What clients ask for as the Nightscout address. */
  address: string
  /** Told once, when it is made. */
  secret?: string
  /** Address and secret in one, as xDrip+ takes it; told once. */
  xdrip?: string
  created: string
  used?: string
  revoked?: string
  by?: Text
}
