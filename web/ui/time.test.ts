import { describe, expect, it } from 'vitest'
import { clockIn, dateIn, daysBetween, formatAgo, formatAt, formatLogDay, instantOf } from './time'

const zone = 'Asia/Shanghai'
const now = new Date('2026-03-08T11:30:00+08:00') // a Sunday
const zh = { now, zone, language: 'zh' as const }
const en = { now, zone, language: 'en' as const }

describe('formatAt', () => {
  it.each([
    ['today', '2026-03-08T08:30:00+08:00', '今天 08:30', 'Today 08:30'],
    ['yesterday, though less than a day ago', '2026-03-07T21:10:00+08:00', '昨天 21:10', 'Yesterday 21:10'],
    ['three days ago', '2026-03-05T07:05:00+08:00', '周四 07:05', 'Thu 07:05'],
    ['six days ago, the last weekday', '2026-03-02T07:05:00+08:00', '周一 07:05', 'Mon 07:05'],
    ['seven days ago, a date', '2026-03-01T07:05:00+08:00', '3月1日 07:05', '1 Mar 07:05'],
    ['last year, with the year', '2025-03-08T07:05:00+08:00', '2025年3月8日 07:05', '8 Mar 2025 07:05'],
    ['tomorrow', '2026-03-09T08:00:00+08:00', '明天 08:00', 'Tomorrow 08:00'],
    ['in three days, a date and never a past weekday', '2026-03-11T08:00:00+08:00', '3月11日 08:00', '11 Mar 08:00'],
    ['midnight is 00, not 24', '2026-03-08T00:05:00+08:00', '今天 00:05', 'Today 00:05'],
    ['given in another zone', '2026-03-08T00:30:00Z', '今天 08:30', 'Today 08:30'],
  ])('%s', (_reason, at, chinese, english) => {
    expect(formatAt(new Date(at), zh)).toBe(chinese)
    expect(formatAt(new Date(at), en)).toBe(english)
  })

  it.each([
    ['2026-03-08T08:30:00+08:00', '今天早上 8:30'],
    ['2026-03-08T00:10:00+08:00', '今天凌晨 0:10'],
    ['2026-03-08T10:00:00+08:00', '今天上午 10:00'],
    ['2026-03-08T12:05:00+08:00', '今天中午 12:05'],
    ['2026-03-07T13:00:00+08:00', '昨天下午 1:00'],
    ['2026-03-07T21:10:00+08:00', '昨天晚上 9:10'],
  ])('in elder mode %s is spoken', (at, spoken) => {
    expect(formatAt(new Date(at), { ...zh, elder: true })).toBe(spoken)
  })

  it('follows the zone it is given, not the device', () => {
    const late = new Date('2026-03-07T23:30:00Z')
    expect(formatAt(late, { ...zh, zone: 'UTC' })).toBe('昨天 23:30')
    expect(formatAt(late, zh)).toBe('今天 07:30')
  })
})

describe('instantOf', () => {
  it('is the inverse of the date and the clock', () => {
    const at = instantOf('2026-03-08', '07:12', zone)
    expect(at.toISOString()).toBe('2026-03-07T23:12:00.000Z')
    expect(`${dateIn(at, zone)} ${clockIn(at, zone)}`).toBe('2026-03-08 07:12')
  })

  it('works on both sides of summer time', () => {
    expect(instantOf('2026-07-01', '12:00', 'Europe/Berlin').toISOString()).toBe('2026-07-01T10:00:00.000Z')
    expect(instantOf('2026-12-01', '12:00', 'Europe/Berlin').toISOString()).toBe('2026-12-01T11:00:00.000Z')
  })
})

it('daysBetween counts calendar days', () => {
  expect(daysBetween(new Date('2026-03-07T23:59:00+08:00'), new Date('2026-03-08T00:01:00+08:00'), zone)).toBe(1)
})

it('formatLogDay is the first column of the log', () => {
  expect(formatLogDay('2026-03-08', 'zh')).toBe('3/8 周日')
  expect(formatLogDay('2026-03-08', 'en')).toBe('Sun 8 Mar')
})

it.each([
  ['a clock slightly ahead is never negative', 30, '刚刚'],
  ['minutes', -3 * 60, '3 分钟前'],
  ['hours', -3 * 3600, '3 小时前'],
  ['days', -50 * 3600, '2 天前'],
])('formatAgo: %s', (_reason, seconds, text) => {
  expect(formatAgo(new Date(now.getTime() + seconds * 1000), now, 'zh')).toBe(text)
})
