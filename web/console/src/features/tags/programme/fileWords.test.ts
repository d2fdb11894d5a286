import { describe, expect, it } from 'vitest'
import type { Vocabulary } from '../../../../../client/rules'
import { wordsAt } from './fileWords'

const T = (zh: string) => ({ zh, en: zh })
const vocabulary: Vocabulary = {
  events: [{ key: 'glucose', name: T('血糖'), fields: [] }], functions: [{ name: 'days_since', use: '', group: T('时间'), member: false, journey: false, text: T(''), example: '' }],
  tags: [{ key: 'lc_new', name: T('新入') }], stages: [{ key: 'risk', name: T('风险') }], targets: [{ key: 'fasting', name: T('空腹') }], settings: [{ key: 'days', name: T('天'), value: 1, unit: 'd' }], words: [{ key: 'is_low', rule: '' }],
}
const words = { vocabulary, texts: [{ key: 'welcome', kind: 'message', title: T('欢迎') }, { key: 'low-now', kind: 'card', title: T('偏低') }, { key: 'call', kind: 'script', title: T('打电话') }] }
const at = (text: string, path = 'journeys/x.yaml') => wordsAt(path, text, text.length, words)?.words.map(({ label }) => label)

describe('wordsAt', () => {
  it('offers the texts of the right kind', () => {
    expect(at('  - message: ')).toEqual(['welcome'])
    expect(at('  - card: lo')).toEqual(['low-now'])
    expect(at('  - task: {who: owner, script: ')).toEqual(['call'])
    expect(at('  - message: {content: ')).toEqual(['welcome', 'low-now'])
  })
  it('offers names inside a rule', () => {
    expect(at('leave: tag("')).toEqual(['lc_new'])
    expect(at('  - if: setting("da')).toEqual(['days'])
    expect(at('    when: stage() == "')).toEqual(['risk'])
    expect(at('  - if: ')).toEqual(['is_low', 'days_since'])
  })
  it('offers events, roles and closed words', () => {
    expect(at('enter: {on: ')).toEqual(['glucose'])
    expect(at('  - wait: {for: ')).toEqual(['task', 'answer', 'glucose'])
    expect(at('      who: ')).toContain('on_duty')
    expect(at('      result: [reached, ')).toContain('no_answer')
  })
  it('offers the keys of each kind of file where a key begins', () => {
    expect(at('')).toContain('enter')
    expect(at('  ', 'segments.yaml')).toContain('because')
    expect(at('  ', 'tags/low.yaml')).toContain('needs')
    expect(at('  ', 'stages.yaml')).toEqual(['name', 'plain', 'when', 'stay', 'source'])
  })
  it('is silent in comments and in JSON', () => {
    expect(at('# enter: ')).toBeUndefined()
    expect(at('{"a": ', 'forms/x.json')).toBeUndefined()
  })
})
