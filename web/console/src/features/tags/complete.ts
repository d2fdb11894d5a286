// What may be written where the caret stands in an expression. It only offers; whether a rule is right the server says.
import type { RuleFunction, Vocabulary } from '../../../../client/rules'
import type { NamedKey, Text } from '../../../../client/types'

export interface Offer {
  /** What is shown, and what is matched against the letters typed. */
  label: string
  kind: 'function' | 'event' | 'field' | 'code' | 'tag' | 'stage' | 'target' | 'word' | 'setting' | 'trait'
  insert: string
  /** Where the caret goes, counted from the start of what is inserted; the end when left out. */
  caret?: number
  name?: Text
  /** Its type or its unit; of a function the kind of what it gives. */
  gives?: string
  /** The kinds a function takes, in each form it has. */
  takes?: readonly (readonly string[])[]
  /** How it is written, with an example of what goes in. */
  use?: string
  text?: Text
  example?: string
}

export interface Completion {
  /** The letters that an offer replaces. */
  from: number
  to: number
  offers: Offer[]
}

const limit = 60

/** complete gives what may stand at `caret`; undefined when there is nothing to offer. */
export function complete(text: string, caret: number, words: Vocabulary): Completion | undefined {
  const quote = openQuote(text, caret)
  if (quote !== undefined) return inside(text, caret, quote, words)
  const typed = /[A-Za-z_]\w*$/.exec(text.slice(0, caret))?.[0] ?? ''
  const from = caret - typed.length
  const rest = /^\w*/.exec(text.slice(caret))?.[0].length ?? 0
  const before = text.slice(0, from)
  const offers = /\.\s*$/.test(before) ? afterDot(before.replace(/\.\s*$/, ''), words) : typed === '' ? [] : plain(before, words)
  return matching(offers, typed, from, caret + rest)
}

/** anywhere is what Ctrl and space ask for: what may begin here, though no letter was typed. */
export function anywhere(text: string, caret: number, words: Vocabulary): Completion | undefined {
  return complete(text, caret, words) ?? matching(plain(text.slice(0, caret), words), '', caret, caret)
}

function matching(offers: readonly Offer[], typed: string, from: number, to: number): Completion | undefined {
  const wanted = typed.toLowerCase()
  const rank = ({ label, name }: Offer): number => {
    const key = label.toLowerCase()
    if (key.startsWith(wanted)) return 0
    if (key.includes(wanted)) return 1
    return name && (name.zh.includes(typed) || name.en.toLowerCase().includes(wanted)) ? 2 : 3
  }
  const found = offers
    .map((offer, i) => ({ offer, i, rank: rank(offer) }))
    .filter((one) => one.rank < 3)
    // Of names that begin alike the shorter is the likelier: wi means within before with_flags.
    .sort((a, b) => a.rank - b.rank || (a.rank === 0 && wanted ? a.offer.label.length - b.offer.label.length : 0) || a.i - b.i)
    .slice(0, limit)
    .map((one) => one.offer)
  // A word that already stands there in full needs no list over what is written below it.
  if (found.length === 0 || (found.length === 1 && found[0]?.label === typed)) return undefined
  return { from, to, offers: found }
}

/** openQuote is where the string around the caret begins; undefined outside strings. */
export function openQuote(text: string, caret: number): number | undefined {
  let start: number | undefined
  for (let i = 0; i < caret; i++) {
    const c = text[i]
    if (start === undefined) {
      if (c === '"' || c === "'") start = i
    } else if (c === '\\') i++
    else if (c === text[start]) start = undefined
  }
  return start
}

const list = String.raw`(?:"[^"]*"\s*,\s*)*$`
const inEvents = new RegExp(String.raw`\bevents\(\s*${list}`)
const compared = /\.\s*(\w+)\s*[!=]=\s*$/
const oneOf = /\.\s*(\w+)\s+in\s*\[\s*(?:"[^"]*"\s*,\s*)*$/

function inside(text: string, caret: number, quote: number, words: Vocabulary): Completion | undefined {
  const before = text.slice(0, quote)
  const mark = text[quote] ?? '"'
  const typed = text.slice(quote + 1, caret)
  const rest = text.slice(caret)
  const end = /^[\w-]*/.exec(rest)?.[0].length ?? 0
  // A closing quote that is there already is taken along, one that is not is written.
  const to = caret + end + (rest[end] === mark ? 1 : 0)
  const put = (offers: readonly Omit<Offer, 'insert'>[]) =>
    matching(offers.map((offer) => ({ ...offer, insert: `${offer.label}${mark}` })), typed, quote + 1, to)

  const named = (items: readonly NamedKey[], kind: Offer['kind']) => put(items.map(({ key, name }) => ({ label: key, kind, name })))
  if (inEvents.test(before)) return named(words.events, 'event')
  if (/\btag(?:_code|_value)?\(\s*$/.test(before)) return named(words.tags, 'tag')
  if (/\bstage\(\)\s*[!=]=\s*$/.test(before)) return named(words.stages, 'stage')
  if (/\btarget\(\s*$/.test(before)) return named(words.targets, 'target')
  if (/\bsetting\(\s*$/.test(before)) return put(words.settings.map(({ key, name, value, unit }) => ({ label: key, kind: 'setting' as const, name, gives: `${value} ${unit}`.trim() })))
  const trait = /\b(trait(?:_num|_bool)?)\(\s*$/.exec(before)?.[1]
  if (trait) {
    const fits = { trait: /text|code|string|enum/, trait_num: /num|int|float/, trait_bool: /bool/ }[trait] ?? /./
    const profile = words.events.find(({ key }) => key === 'profile')?.fields ?? []
    return put(profile.filter((field) => fits.test(field.kind)).map((field) => ({ label: field.name, kind: 'trait' as const, gives: field.unit || field.kind })))
  }
  if (/\.values\(\s*$/.test(before)) return put(fieldsAt(before, words).filter((field) => /num|int|float/.test(field.gives ?? '') || field.unit).map(({ unit: _, ...field }) => field))
  const of = /\btrait\(\s*"(\w+)"\s*\)\s*[!=]=\s*$/.exec(before)?.[1]
  if (of) return put(codes(words.events.filter(({ key }) => key === 'profile'), of))
  const field = compared.exec(before)?.[1] ?? oneOf.exec(before)?.[1]
  if (field) return put(codes(typesAt(before, words), field))
  return undefined
}

function codes(types: Vocabulary['events'], field: string): Omit<Offer, 'insert'>[] {
  const all = new Map<string, Text | undefined>()
  for (const one of types.flatMap(({ fields }) => fields.filter(({ name }) => name === field)))
    for (const code of one.enum ?? []) if (!all.has(code)) all.set(code, one.words?.find(({ key }) => key === code)?.name)
  return [...all].map(([label, name]) => ({ label, kind: 'code', name }))
}

/** typesAt are the types of events the selection before here is of: the nearest one written, or all. */
function typesAt(before: string, words: Vocabulary): Vocabulary['events'] {
  const all = [...before.matchAll(/\bevents\(([^)]*)\)/g)]
  const keys = [...(all.at(-1)?.[1] ?? '').matchAll(/"([^"]*)"/g)].map(([, key]) => key)
  const found = words.events.filter(({ key }) => keys.includes(key))
  return found.length > 0 ? found : words.events
}

const everyEvent = ['hour', 'minute_of_day', 'weekday', 'flag', 'type']

function fieldsAt(before: string, words: Vocabulary): (Omit<Offer, 'insert'> & { unit?: string })[] {
  const seen = new Map<string, Omit<Offer, 'insert'> & { unit?: string }>()
  for (const type of typesAt(before, words))
    for (const field of type.fields) if (!seen.has(field.name)) seen.set(field.name, { label: field.name, kind: 'field', gives: field.unit || field.kind, unit: field.unit })
  return [...seen.values()]
}

function afterDot(before: string, words: Vocabulary): Offer[] {
  const asIs = (label: string, kind: Offer['kind'], gives?: string): Offer => ({ label, kind, insert: label, gives })
  if (/\btarget\(\s*"[^"]*"\s*\)$/.test(before)) return [asIs('high', 'target', 'mmol/L'), asIs('low', 'target', 'mmol/L'), asIs('own', 'target', 'bool')]
  const name = /(?:^|[^\w.)])([a-z]\w*)$/i.exec(before)?.[1]
  const one = /\.(?:latest|first)\(\)$/.test(before) || name === 'event' || (name !== undefined && new RegExp(String.raw`\(\s*${name}\s*,`).test(before))
  if (!one) return sayable(words).filter(({ member }) => member).map(asFunction)
  const own = fieldsAt(before, words).map(({ unit: _, ...field }): Offer => ({ ...field, insert: field.label }))
  const common = everyEvent.filter((label) => !own.some((field) => field.label === label))
  return [...own, ...common.map((label) => asIs(label, 'field'))]
}

/** loops are written with a name for each event: where(e, …). */
const loops = new Set(['where', 'filter', 'share'])

/** What a tag may say: not what is for journeys only, nor signs such as &&. */
const sayable = ({ functions }: Vocabulary) => functions.filter(({ name, journey }) => !journey && /^[a-z]\w*$/.test(name))

function asFunction({ name, use, group, text, example, takes, gives }: RuleFunction): Offer {
  const shared = { label: name, kind: 'function' as const, name: group, text, use, example, takes, gives }
  if (loops.has(name)) return { ...shared, insert: `${name}(e, )`, caret: name.length + 4 }
  const args = use.slice(use.indexOf('(') + 1).trimStart()
  const quoted = args.startsWith('"')
  return !use.includes('(') || args.startsWith(')') ? { ...shared, insert: `${name}()` } : quoted ? { ...shared, insert: `${name}("")`, caret: name.length + 2 } : { ...shared, insert: `${name}()`, caret: name.length + 1 }
}

function plain(before: string, words: Vocabulary): Offer[] {
  // The name given to each event in where(e, …), nearest first.
  const own = [...new Set([...before.matchAll(/\.(?:where|filter|share)\(\s*([a-z]\w*)\s*,/g)].map(([, name]) => name ?? ''))]
  return [
    ...own.map((label): Offer => ({ label, kind: 'word', insert: label })),
    ...sayable(words).filter(({ member }) => !member).map(asFunction),
    ...words.words.map(({ key, rule }): Offer => ({ label: key, kind: 'word', insert: key, example: rule })),
  ]
}
