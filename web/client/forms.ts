// The wire form of questionnaires: what is asked, whether it is due, and what was answered.
import type { Said } from './file'
import type { Text } from './types'

export interface FormItem {
  key: string
  type: 'choice' | 'integer' | 'decimal' | 'boolean' | 'string' | 'text' | 'date' | 'group' | 'display'
  text: Text
  required: boolean
  repeats: boolean
  min?: number
  max?: number
  options: { key: string; text: Text }[]
}

export interface FilledAnswer {
  item: string
  question: Text
  answer: Text
  codes?: string[]
  value?: number
  text?: string
}

/** A form answered at once. Its id is its version. */
export interface Filling {
  id: string
  form: string
  version?: string
  at: string
  recordedAt: string
  recordedBy?: Text
  provenance: string
  said?: Said
  state: 'stands' | 'replaced' | 'retracted'
  reason?: string
  score?: { scale: string; name: Text; value: number; most?: number }
  answers: FilledAnswer[]
  /** Newest first. */
  replaced: Filling[]
  mayChange: boolean
}

export interface Form {
  key: string
  name: Text
  programme: { key: string; name: Text }
  version: string
  draft: boolean
  due: boolean
  /** Since when it is due, or from when it will be again. */
  dueFrom?: string
  /** Days after which it is due again; absent: asked once. */
  every?: number
  most?: number
  items: FormItem[]
  last?: Filling
  filled: number
}

export interface Answer {
  item: string
  codes?: string[]
  value?: number
  text?: string
}

export interface Answers {
  version: string
  answers: Answer[]
  said?: Said
  reason?: string
}

/** What stands in the fields of a form while it is filled in. */
export type Draft = Record<string, { codes?: string[]; text?: string }>

/** asks tells whether an item asks something; a group and a text between questions do not. */
export const asks = (item: FormItem): boolean => item.type !== 'group' && item.type !== 'display'

/** isAnswered tells whether something stands in the field of an item. */
export function isAnswered(item: FormItem, draft: Draft): boolean {
  const held = draft[item.key]
  return item.options.length > 0 ? (held?.codes?.length ?? 0) > 0 : (held?.text ?? '').trim() !== ''
}

/** draftOf puts what was answered into the fields. */
export function draftOf(filling: Filling | undefined): Draft {
  const out: Draft = {}
  for (const one of filling?.answers ?? []) {
    out[one.item] = one.codes ? { codes: one.codes } : { text: one.text ?? (one.value === undefined ? '' : String(one.value)) }
  }
  return out
}

/** answersOf turns the fields into what is sent; what is empty is left out. Numbers that are none come beside it. */
export function answersOf(items: readonly FormItem[], draft: Draft): { answers: Answer[]; wrong: string[] } {
  const answers: Answer[] = []
  const wrong: string[] = []
  for (const item of items) {
    if (!asks(item) || !isAnswered(item, draft)) continue
    const held = draft[item.key]
    const text = (held?.text ?? '').trim()
    if (item.options.length > 0) answers.push({ item: item.key, codes: held?.codes ?? [] })
    else if (item.type === 'integer' || item.type === 'decimal') {
      const value = Number(text.replace(',', '.'))
      if (Number.isFinite(value)) answers.push({ item: item.key, value })
      else wrong.push(item.key)
    } else answers.push({ item: item.key, text })
  }
  return { answers, wrong }
}
