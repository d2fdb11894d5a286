import type { Me, Message, Reading } from '../client/types'

export const start: number
export function reading(mmol: number, context: string, ms: number, extra?: Partial<Reading>): Reading
export interface World {
  now: number
  signedIn: boolean
  me: Me
  readings: Reading[]
  card?: Message
  messages: Message[]
  preferences: unknown
}
export interface Options {
  signedIn?: boolean
  elder?: boolean
  language?: 'zh' | 'en'
  unit?: 'mmol/L' | 'mg/dL'
  needsConsent?: boolean
  /** A purpose whose text has changed since. */
  outdated?: string
  empty?: boolean
  english?: boolean
}
export function makeWorld(options?: Options): World
export function answer(
  world: World,
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): [number, unknown?] | undefined
