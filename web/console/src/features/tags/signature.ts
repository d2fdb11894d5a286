// What a function takes and gives, in the reader's words: (文字) → 一串事件.
import { useLanguage } from '../../../../ui/i18n'
import type { Offer } from './complete'

const kinds: Record<string, readonly [zh: string, en: string]> = {
  events: ['一串事件', 'events'],
  event: ['一个事件', 'an event'],
  event_type: ['事件类型', 'event type'],
  number: ['数', 'number'],
  text: ['文字', 'text'],
  bool: ['是或否', 'yes or no'],
  target: ['目标', 'target'],
  name: ['代号', 'name'],
  condition: ['条件', 'condition'],
  any: ['随两边', 'as its sides'],
}

/** signature writes a function's forms; an argument only its longer form takes stands in brackets. */
export function signature({ takes, gives }: Pick<Offer, 'takes' | 'gives'>, language: 'zh' | 'en'): string {
  const word = (kind: string) => kinds[kind]?.[language === 'en' ? 1 : 0] ?? kind
  const result = gives ? ` → ${word(gives)}` : ''
  if (!takes) return result.trim()
  const [short = [], long = short] = [...takes].sort((a, b) => a.length - b.length)
  const args = long.map((kind, i) => (i < short.length ? word(kind) : `[${word(kind)}]`))
  return `(${args.join(language === 'en' ? ', ' : '，')})${result}`
}

export function useSignature(): (offer: Pick<Offer, 'takes' | 'gives'>) => string {
  const language = useLanguage()
  return (offer) => signature(offer, language)
}
