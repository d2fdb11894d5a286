import { describe, expect, it } from 'vitest'
import type { RuleFunction, Vocabulary } from '../../../../client/rules'
import { anywhere, complete } from './complete'
import { mended, spanOf } from './place'

const T = (zh: string, en = zh) => ({ zh, en })
const fn = (name: string, use: string, journey = false): RuleFunction => ({ name, use, group: T(''), member: use.startsWith('.'), journey, text: T(name), example: '' })
const words: Vocabulary = {
  events: [
    { key: 'glucose', name: T('血糖', 'Glucose'), fields: [{ name: 'value', kind: 'number', unit: 'mmol/L' }, { name: 'context', kind: 'code', enum: ['fasting', 'bedtime'], words: [{ key: 'bedtime', name: T('睡前') }] }] },
    { key: 'exercise', name: T('运动', 'Exercise'), fields: [{ name: 'minutes', kind: 'number', unit: 'min' }] },
    { key: 'profile', name: T('资料', 'Profile'), fields: [{ name: 'livesAlone', kind: 'bool' }, { name: 'diabetesType', kind: 'code', enum: ['t1', 't2'] }] },
  ],
  functions: [
    fn('within', '.within("7d")'), fn('where', '.where(e, e.value > 10)'), fn('count', '.count()'), fn('latest', '.latest()'), fn('since_entry', '.since_entry()', true),
    fn('events', 'events("glucose")'), fn('exists', 'exists(events("order"))'), fn('stage', 'stage()', true), fn('&&', 'a && b'),
  ],
  tags: [{ key: 'gl_fast_high', name: T('空腹偏高', 'Fasting high') }],
  stages: [{ key: 'risk', name: T('高危', 'High risk') }],
  targets: [{ key: 'fasting', name: T('空腹') }, { key: 'hba1c', name: T('糖化') }],
  settings: [{ key: 'plan_per_week', name: T('每周几次'), value: 4, unit: '/week' }],
  words: [{ key: 'activity', rule: 'events("glucose", "check_in")' }],
}
/** The caret stands at |. */
const at = (marked: string, ask = complete) => {
  const caret = marked.indexOf('|')
  return ask(marked.replace('|', ''), caret, words)
}
const labels = (marked: string) => at(marked)?.offers.map(({ label }) => label) ?? []
const after = (marked: string) => {
  const found = at(marked)
  const first = found?.offers[0]
  if (!found || !first) return undefined
  const text = marked.replace('|', '')
  const done = text.slice(0, found.from) + first.insert + text.slice(found.to)
  const caret = found.from + (first.caret ?? first.insert.length)
  return `${done.slice(0, caret)}|${done.slice(caret)}`
}

describe('complete', () => {
  it('offers types of events inside events(…), the second too', () => {
    expect(labels('events("|')).toEqual(['glucose', 'exercise', 'profile'])
    expect(labels('events("glucose", "ex|')).toEqual(['exercise'])
  })

  it('takes a closing quote along that is there, and writes one that is not', () => {
    expect(after('events("glu|")')).toBe('events("glucose"|)')
    expect(after('events("glu|')).toBe('events("glucose"|')
  })

  it('finds a tag by its Chinese name', () => {
    expect(labels('tag("空腹|')).toEqual(['gl_fast_high'])
    expect(labels('tag("无|')).toEqual([])
  })

  it('offers what follows a selection after its dot, with the caret where the argument goes', () => {
    expect(labels('events("glucose").|')).toEqual(['within', 'where', 'count', 'latest'])
    expect(after('events("glucose").wi|')).toBe('events("glucose").within("|")')
    expect(after('events("glucose").wh|')).toBe('events("glucose").where(e, |)')
    expect(after('events("glucose").co|')).toBe('events("glucose").count()|')
  })

  it('offers the fields of the events that are selected, and only those', () => {
    expect(labels('events("glucose").where(e, e.|')).toEqual(['value', 'context', 'hour', 'minute_of_day', 'weekday', 'flag', 'type'])
    expect(labels('events("exercise").latest().|').slice(0, 2)).toEqual(['minutes', 'hour'])
  })

  it('offers the codes of the field compared with', () => {
    expect(labels('events("glucose").where(e, e.context == "|')).toEqual(['fasting', 'bedtime'])
    expect(labels('events("glucose").where(e, e.context in ["fasting", "b|')).toEqual(['bedtime'])
    expect(labels('events("exercise").where(e, e.context == "|')).toEqual([])
    expect(labels('events("glucose").where(e, e.context == "睡|')).toEqual(['bedtime'])
  })

  it('offers traits that fit the function, and their codes', () => {
    expect(labels('trait_bool("|')).toEqual(['livesAlone'])
    expect(labels('trait("|')).toEqual(['diabetesType'])
    expect(labels('trait("diabetesType") == "|')).toEqual(['t1', 't2'])
  })

  it('offers targets and their two sides', () => {
    expect(labels('target("|')).toEqual(['fasting', 'hba1c'])
    expect(labels('target("fasting").h|')).toEqual(['high'])
    expect(labels('setting("|')).toEqual(['plan_per_week'])
  })

  it('is silent before the first letter unless asked, and over a word that is complete', () => {
    expect(at('|')).toBeUndefined()
    expect(at('|', anywhere)?.offers.map(({ label }) => label)).toEqual(['events', 'exists', 'activity'])
    expect(at('activity|')).toBeUndefined()
  })

  it('does not offer inside a text that nothing is known of', () => {
    expect(at('events("glucose").within("7|')).toBeUndefined()
  })
})

describe('places', () => {
  const text = 'events("glucos")\n  .conut() > 3'
  it('marks the word at line and column, quotes included', () => {
    const cut = (line: number, col: number) => {
      const span = spanOf(text, { line, col })
      return span && text.slice(span.from, span.to)
    }
    expect(cut(1, 8)).toBe('"glucos"')
    expect(cut(2, 4)).toBe('conut')
    expect(cut(2, 3)).toBe('conut')
    expect(cut(0, 0)).toBeUndefined()
    expect(cut(9, 1)).toBeUndefined()
  })

  it('counts characters, not halves of them', () => {
    const long = '"😀" == conut'
    const span = spanOf(long, { line: 1, col: 8 })
    expect(span && long.slice(span.from, span.to)).toBe('conut')
  })

  it('puts the suggested word in, keeping the quotes, and offers nothing when it stands there', () => {
    const problem = { line: 1, col: 8, text: T(''), hint: T('', 'did you mean "glucose"?') }
    expect(mended(text, problem)).toBe('events("glucose")\n  .conut() > 3')
    expect(mended(text, { ...problem, hint: T('', 'did you mean "glucos"?') })).toBeUndefined()
    expect(mended(text, { ...problem, hint: T('', 'it can be "a", "b"') })).toBeUndefined()
    expect(mended('1 > 2', { line: 1, col: 3, text: T(''), hint: T('', 'did you mean mean?') })).toBeUndefined()
  })
})
