import type { Words } from '../../../../../client/types'

/** What a programme's file writes as the unit of a number, in words; units of measurement stand as they are. */
const units: Record<string, Words> = {
  d: { zh: '天', en: 'days' },
  h: { zh: '小时', en: 'hours' },
  min: { zh: '分钟', en: 'minutes' },
  s: { zh: '秒', en: 'seconds' },
  years: { zh: '岁', en: 'years' },
  share: { zh: '（占比）', en: '(share)' },
  points: { zh: '分', en: 'points' },
  readings: { zh: '次读数', en: 'readings' },
  people: { zh: '人', en: 'people' },
  texts: { zh: '篇', en: 'texts' },
  records: { zh: '条', en: 'records' },
  posts: { zh: '条', en: 'posts' },
  messages: { zh: '条', en: 'messages' },
  lessons: { zh: '课', en: 'lessons' },
  fills: { zh: '次取药', en: 'fills' },
  errors: { zh: '处错误', en: 'errors' },
  doses: { zh: '次用药', en: 'doses' },
  '/day': { zh: '次/天', en: 'a day' },
  '/week': { zh: '次/周', en: 'a week' },
  '/month': { zh: '次/月', en: 'a month' },
  '/quarter': { zh: '次/季度', en: 'a quarter' },
  '/10': { zh: '分（满分 10）', en: 'of 10' },
  '/100': { zh: '分（满分 100）', en: 'of 100' },
}

export const unitWords = (unit: string): Words => units[unit] ?? { zh: unit, en: unit }
