// Conversations and what is said many times, on the wire.
import type { Choice } from './layers'
import type { Text, Who } from './types'

export interface Window {
  open: boolean
  left: number
  until?: string
}

export interface Conversation {
  person: Who
  age?: number
  gender?: string
  state: 'open' | 'theirs' | 'snoozed' | 'closed'
  safety: boolean
  alarm: boolean
  last?: { from: 'person' | 'staff' | 'bot'; text: string; at: string }
  since?: string
  due?: string
  promised: boolean
  until?: string
  closed?: string
  reason?: Text
  owner?: Who
  acts?: Who
  handed: boolean
  channel: Choice
  window?: Window
  bot: boolean
  botFrom?: string
  unanswered: number
}

export interface Tabs {
  mine: number
  unassigned: number
  theirs: number
  snoozed: number
  closed: number
  all: number
  safety: number
}

export interface ConversationList {
  items: Conversation[]
  total: number
  nextCursor?: string
  tabs: Tabs
  asOf: string
}

export interface Line {
  id: string
  at: string
  kind: 'chat' | 'deed'
  from?: 'person' | 'staff' | 'bot'
  by?: Text
  text: string
  channel?: Choice
  sent?: 'reply' | 'bulk' | 'automatic'
  action?: string
  deed?: Text
  to?: Who
  until?: string
  reason?: Text
  open?: boolean
}

export interface PersonConversation extends Conversation {
  lines: Line[]
  nextCursor?: string
  held: { id: string; text: string; at: string; by?: Text; mine: boolean }[]
  seen?: string
  reasons: Choice[]
  colleagues: Who[]
  mayWrite: boolean
  whyNot?: Text
}

export interface Wording {
  action: 'none' | 'warn' | 'hold' | 'block'
  findings: { rule: string; name: Text; why: Text; phrase: string; start: number; end: number; action: string }[]
  emergency?: Text
}

export interface Knowledge {
  id: string
  kind: 'answer' | 'article' | 'quick'
  title: string
  questions: string[]
  text: string
  textEn?: string
  audience: string[]
  gravity: number
  source: string
  automatic: boolean
  state: 'draft' | 'approved' | 'retired'
  expired: boolean
  writtenBy?: Who
  approvedBy?: Who
  approvedAt?: string
  expires?: string
  quote?: string
  version: number
}

export interface KnowledgeList {
  items: Knowledge[]
  total: number
  nextCursor?: string
  mayApprove: boolean
  mayWrite: boolean
}

export interface Suggestions {
  asked: string
  answers: Knowledge[]
  quick: Knowledge[]
}

export interface Question {
  chat: string
  person: Who
  at: string
  text: string
}

export interface MyChat {
  items: Line[]
  nextCursor?: string
  owner?: Who
  hours?: Text
  waits: boolean
}

export interface TalkSettings {
  assistant: boolean
  least: number
  pauseHours: number
  withinMinutes: number
  from: number
  to: number
  version: number
  may: boolean
}
