// What goes to other systems, on the wire.
import type { Choice } from './layers'
import type { Text } from './types'

/** On what basis somebody outside gets data. */
export interface Receiver {
  basis: string
  contract?: string
  abroad?: boolean
  approval?: string
}

/** What should go out and does not. */
export interface OutStopped {
  webhooks: number
  deliveries: number
}

export interface ApiKey {
  id: string
  name: string
  scopes: string[]
  /** Empty: all. */
  types: string[]
  programmes: string[]
  receiver: Receiver
  state: 'good' | 'expired' | 'revoked'
  created: string
  by?: string
  expires?: string
  rotated?: string
  /** Until when the key before is still taken. */
  oldUntil?: string
  /** To the minute. */
  used?: string
  revoked?: string
}

export interface Webhook {
  id: string
  name: string
  /** The address without its path, which may hold a token. */
  place: string
  state: 'on' | 'paused' | 'off'
  health: 'good' | 'failing' | 'quiet' | 'paused' | 'off'
  why?: Text
  types: string[]
  programmes: string[]
  receiver: Receiver
  names: boolean
  history: boolean
  created: string
  last?: string
  failing?: string
  next?: string
  /** When it will be switched off if it goes on failing. */
  ends?: string
  ended?: string
  tries: number
  behind: boolean
  replaying: boolean
  oldUntil?: string
  /** The last 24 hours. */
  day: { taken: number; failed: number; refused: number }
}

export interface Outs {
  keys: ApiKey[]
  webhooks: Webhook[]
  scopes: Choice[]
  bases: Choice[]
  types: Choice[]
  programmes: Choice[]
  address: string
}

export interface Attempt {
  n: number
  at: string
  type: string
  name: Text
  item?: string
  try: number
  status?: number
  /** Milliseconds. */
  took: number
  outcome: string
  text: Text
  answer?: string
  replay?: boolean
}

/** What may be said of a key or a webhook; what is not given stays. */
export interface OutChange {
  name?: string
  types?: string[]
  programmes?: string[]
  receiver?: Receiver
  /** Of a key. */
  scopes?: string[]
  expires?: string
  /** Of a webhook. */
  url?: string
  names?: boolean
  history?: boolean
  since?: string
  state?: 'on' | 'paused'
}

export interface NewApiKey {
  key: ApiKey
  token: string
}

export interface NewWebhook {
  webhook: Webhook
  secret: string
}

/** A list that is sent as a file at fixed times. */
export interface Delivery {
  id: string
  name: string
  list: string
  listText: Text
  /** Its filter, as in the address of the list. */
  query?: string
  filter?: Text
  format: 'csv' | 'xlsx' | 'parquet'
  schedule: DeliveryTime
  when: Text
  where: DeliveryPlace
  place: string
  receiver: Receiver
  names: boolean
  state: 'on' | 'paused' | 'off'
  why?: Text
  maker?: { id: string; name: string }
  created: string
  /** By the workspace's clock. */
  next?: string
  last?: DeliveryRun
}

export interface DeliveryTime {
  every: 'day' | 'week'
  /** 1: Monday. */
  weekday?: number
  at: string
}

export interface DeliveryPlace {
  kind: 'folder' | 's3'
  folder?: string
  endpoint?: string
  region?: string
  bucket?: string
  prefix?: string
  /** Told, never shown again. */
  accessKey?: string
  secretKey?: string
}

export interface DeliveryRun {
  id: string
  /** By the workspace's clock; the other times are the machine's. */
  due: string
  asked?: string
  state: 'waiting' | 'running' | 'done' | 'failed' | 'stopped' | 'missed'
  text: Text
  stopping?: boolean
  file: string
  tries: number
  next?: string
  started?: string
  ended?: string
  rows: number
  of: number
  bytes: number
  problem?: DeliveryProblem
}

export interface DeliveryProblem {
  code: string
  text: Text
  hint?: Text
}

export interface Deliveries {
  items: Delivery[]
  lists: { key: string; text: Text; filters: DeliveryFilter[] }[]
  bases: Choice[]
  /** This server lets files be put into a folder. */
  folders: boolean
  zone: string
}

export interface DeliveryFilter {
  key: string
  text: Text
  many: boolean
  choices: Choice[]
}

/** What may be said of a delivery; what is not given stays. */
export interface DeliveryChange {
  name?: string
  list?: string
  query?: string
  format?: string
  schedule?: DeliveryTime
  where?: DeliveryPlace
  receiver?: Receiver
  names?: boolean
  state?: 'on' | 'paused'
}
