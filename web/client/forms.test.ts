import { expect, it } from 'vitest'
import { answersOf, draftOf, type Filling, type FormItem } from './forms'

const item = (key: string, type: FormItem['type'], more: Partial<FormItem> = {}): FormItem => ({ key, type, text: { zh: key, en: key }, required: false, repeats: false, options: [], ...more })
const options = [{ key: 'a', text: { zh: '甲', en: 'A' } }, { key: 'b', text: { zh: '乙', en: 'B' } }]

it('sends codes, numbers and words, and leaves out what is empty and what asks nothing', () => {
  const items = [item('g', 'group'), item('c', 'choice', { options, repeats: true }), item('n', 'decimal'), item('t', 'text'), item('e', 'string'), item('o', 'choice', { options })]
  expect(answersOf(items, { g: { text: 'x' }, c: { codes: ['a', 'b'] }, n: { text: ' 1,5 ' }, t: { text: '好' }, e: { text: ' ' }, o: { codes: [] } })).toEqual({
    answers: [{ item: 'c', codes: ['a', 'b'] }, { item: 'n', value: 1.5 }, { item: 't', text: '好' }], wrong: [],
  })
})

it('says which number is none', () => {
  expect(answersOf([item('n', 'integer')], { n: { text: '三' } })).toEqual({ answers: [], wrong: ['n'] })
})

it('puts what was answered back into the fields', () => {
  const text = { zh: '', en: '' }
  const filling = { answers: [{ item: 'c', question: text, answer: text, codes: ['a'] }, { item: 'n', question: text, answer: text, value: 0 }] } as unknown as Filling
  expect(draftOf(filling)).toEqual({ c: { codes: ['a'] }, n: { text: '0' } })
})
