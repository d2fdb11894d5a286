// Connected companies of WeCom, on the wire.
import type { Choice } from './layers'
import type { Text } from './types'

export interface Company {
  id: string
  name: string
  /** Empty: WeCom itself. */
  base: string
  corpId: string
  agent: number
  /** Secrets that are set; they are written and never read. */
  set: ('app' | 'contact' | 'kf' | 'archive' | 'key')[]
  token: string
  programme: string
  members: { user: string; staff: { id: string; name: string } }[]
  paused: boolean
  /** What to enter in WeCom's console as the URL of its event server. */
  address: string
  told: { kind: string; text: Text; state: CallbackState; count: number; last: string }[]
  recent: { text: Text; state: CallbackState; why?: Text; received: string; took?: number }[]
  welcomes: { went: number; slowest?: number; not: { text: Text; count: number }[] }
  created: string
  version: number
}

export type CallbackState = 'waiting' | 'done' | 'passed' | 'stuck'

export interface Companies {
  items: Company[]
  programmes: Choice[]
  staff: { id: string; name: string }[]
  mayManage: boolean
}

export interface CompanyChange {
  name?: string
  base?: string
  corpId?: string
  agent?: number
  app?: string
  contact?: string
  kf?: string
  archive?: string
  token?: string
  key?: string
  programme?: string
  members?: Record<string, string>
  paused?: boolean
}
