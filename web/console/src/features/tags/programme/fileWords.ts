// What may be written at a place of a journey, a segment, a test or a stage file: keys of the format, and names the programme has.
import type { Vocabulary } from '../../../../../client/rules'
import type { Text } from '../../../../../client/types'

export interface Word {
  label: string
  name?: Text
  insert?: string
}

/** The names a programme has, for its files. */
export interface FileWords {
  vocabulary?: Vocabulary
  texts: { key: string; kind: string; title: Text }[]
}

const as = (labels: readonly string[]): Word[] => labels.map((label) => ({ label }))
const keys = (labels: readonly string[]): Word[] => labels.map((label) => ({ label, insert: `${label}: ` }))

const journeyKeys = keys(['name', 'class', 'priority', 'enter', 'leave', 'goal', 'steps', 'on', 'tag', 'stage', 'if', 'key', 'again', 'lookback', 'older', 'when', 'within', 'message', 'card', 'task', 'wait', 'then', 'else', 'set_stage', 'alert', 'exit', 'id', 'content', 'to', 'scope', 'expire', 'who', 'due', 'script', 'result', 'day', 'at', 'for', 'at_most', 'level', 'text'])
const tagKeys = keys(['name', 'group', 'private', 'plain', 'when', 'needs', 'value', 'unit', 'code', 'codes', 'because', 'source'])
const stageKeys = keys(['name', 'plain', 'when', 'stay', 'source'])
const testKeys = keys(['name', 'person', 'given', 'targets', 'owner', 'family', 'consents', 'tags', 'stage', 'cards', 'messages', 'tasks', 'alerts', 'suppressed', 'held'])
const textKeys = keys(['kind', 'audience', 'gravity', 'stage', 'version', 'approval', 'expires', 'title', 'answers', 'purpose', 'required', 'necessity', 'impact'])

const values: Record<string, readonly string[]> = {
  class: ['safety', 'asked', 'programme'],
  key: ['once', 'episode', 'event'],
  who: ['owner', 'on_duty', 'pharmacist', 'doctor'],
  else: ['owner', 'on_duty', 'pharmacist', 'doctor'],
  to: ['person', 'family'],
  scope: ['alerts', 'readings', 'targets', 'reminders'],
  private: ['health', 'person', 'no'],
  kind: ['message', 'card', 'script', 'consent', 'greeting'],
  audience: ['person', 'family', 'staff'],
  result: ['reached', 'agreed', 'no_answer', 'went_to_hospital', 'refer_pharmacist', 'refer_doctor', 'adverse_event', 'do_not_contact'],
}

const keysOf = (path: string): Word[] => {
  const own = path.replace(/^common\/[^/]+\//, '')
  if (own.startsWith('journeys/')) return journeyKeys
  if (own.startsWith('tests/')) return testKeys
  if (own.startsWith('content/')) return textKeys
  if (own === 'stages.yaml') return stageKeys
  return own.startsWith('tags') || own === 'segments.yaml' ? tagKeys : []
}

/** wordsAt is what may stand at the caret, and from where it would be replaced. `eager` offers without a letter typed. */
export function wordsAt(path: string, text: string, at: number, words: FileWords): { from: number; words: Word[]; eager?: boolean } | undefined {
  if (path.endsWith('.json')) return undefined
  const row = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
  if (/(^|\s)#/.test(row)) return undefined
  const typed = /[\w.-]*$/.exec(row)?.[0] ?? ''
  const before = row.slice(0, row.length - typed.length)
  const from = at - typed.length
  const v = words.vocabulary
  const inCall = /\b(tag|tag_code|tag_value|stage|target|setting|events|days_since)\(\s*["']$/.exec(before)?.[1] ?? /\bstage\(\)\s*[!=]=\s*["']$/.exec(before)?.[0]
  if (inCall) {
    const named = inCall.startsWith('stage') ? v?.stages : inCall === 'target' ? v?.targets : inCall === 'setting' ? v?.settings : inCall === 'events' || inCall === 'days_since' ? v?.events : v?.tags
    return { from, words: (named ?? []).map(({ key, name }) => ({ label: key, name })), eager: true }
  }
  const key = /(?:^|[\s{,-])([a-z_]+):\s*\[?(?:[\w-]+,\s*)*$/.exec(before)?.[1]
  if (key === undefined) {
    const starts = /^\s*(?:- )?$/.test(before) || /[{,]\s*$/.test(before)
    return starts ? { from, words: keysOf(path) } : { from, words: plain(v) }
  }
  const texts = (...kinds: string[]): Word[] => words.texts.filter((one) => kinds.includes(one.kind)).map((one) => ({ label: one.key, name: one.title }))
  switch (key) {
    case 'message':
      return { from, words: texts('message'), eager: true }
    case 'card':
      return { from, words: texts('card'), eager: true }
    case 'content':
      return { from, words: texts('message', 'card'), eager: true }
    case 'script':
      return { from, words: texts('script'), eager: true }
    case 'on':
      return { from, words: (v?.events ?? []).map((one) => ({ label: one.key, name: one.name })), eager: true }
    case 'for':
      return { from, words: [...as(['task', 'answer']), ...(v?.events ?? []).map((one) => ({ label: one.key, name: one.name }))], eager: true }
    case 'tag':
    case 'tags':
      return { from, words: (v?.tags ?? []).map((one) => ({ label: one.key, name: one.name })), eager: true }
    case 'stage':
    case 'set_stage':
      return { from, words: (v?.stages ?? []).map((one) => ({ label: one.key, name: one.name })), eager: true }
    case 'if':
    case 'when':
    case 'leave':
    case 'needs':
    case 'stay':
      return { from, words: plain(v) }
    default:
      return values[key] ? { from, words: as(values[key]), eager: true } : undefined
  }
}

/** Words of rules: functions, the programme's own words. */
const plain = (v: Vocabulary | undefined): Word[] => [
  ...(v?.words ?? []).map(({ key }) => ({ label: key })),
  ...(v?.functions ?? []).filter(({ name }) => /^[a-z]\w*$/.test(name)).map(({ name, group }) => ({ label: name, name: group, insert: `${name}(` })),
]
