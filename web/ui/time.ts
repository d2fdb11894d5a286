// Dates and times as people read them, always in the given zone and against the server's now.
import type { Language } from '../client/types'

export interface Parts {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  /** 0 is Sunday. */
  weekday: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatFor(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  return format
}

/** partsIn gives the calendar and the clock of an instant in a zone. */
export function partsIn(at: Date, zone: string): Parts {
  const found: Record<string, number> = {}
  for (const part of formatFor(zone).formatToParts(at)) found[part.type] = Number(part.value)
  const year = found.year ?? 0
  const month = found.month ?? 1
  const day = found.day ?? 1
  return {
    year,
    month,
    day,
    hour: found.hour ?? 0,
    minute: found.minute ?? 0,
    weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
  }
}

const dayNumber = (p: Parts): number => Math.round(Date.UTC(p.year, p.month - 1, p.day) / 86_400_000)

/** daysBetween counts local calendar days from a to b: today and tomorrow are 1 apart at any hour. */
export function daysBetween(a: Date, b: Date, zone: string): number {
  return dayNumber(partsIn(b, zone)) - dayNumber(partsIn(a, zone))
}

const two = (n: number): string => String(n).padStart(2, '0')

/** dateIn is 2026-03-08, the form of tables and of dates on the wire. */
export function dateIn(at: Date, zone: string): string {
  const p = partsIn(at, zone)
  return `${p.year}-${two(p.month)}-${two(p.day)}`
}

/** clockIn is 08:30. */
export function clockIn(at: Date, zone: string): string {
  const p = partsIn(at, zone)
  return `${two(p.hour)}:${two(p.minute)}`
}

/** instantOf reads a local date and clock in a zone. A clock that summer time skips moves forward by the gap. */
export function instantOf(date: string, clock: string, zone: string): Date {
  const wanted = Date.parse(`${date}T${clock}:00Z`)
  let at = wanted
  for (let i = 0; i < 3; i++) {
    const p = partsIn(new Date(at), zone)
    const shown = Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute)
    if (shown === wanted) break
    at += wanted - shown
  }
  return new Date(at)
}

const zhWeekdays = ['周日', '周一', '周二', '周三', '周四', '周五', '周六']
const enWeekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const enMonths = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The part of the day an older reader hears before the clock: 早上 8:30. */
function zhDayPart(hour: number): string {
  if (hour < 5) return '凌晨'
  if (hour < 9) return '早上'
  if (hour < 12) return '上午'
  if (hour < 13) return '中午'
  if (hour < 18) return '下午'
  return '晚上'
}

function clockText(p: Parts, language: Language, elder: boolean): string {
  if (!elder) return `${two(p.hour)}:${two(p.minute)}`
  const hour = p.hour % 12 === 0 ? 12 : p.hour % 12
  if (language === 'en') return `${hour}:${two(p.minute)} ${p.hour < 12 ? 'am' : 'pm'}`
  // Midnight is 凌晨 0:10: 凌晨 12:10 would be read as noon.
  return `${zhDayPart(p.hour)} ${p.hour === 0 ? 0 : hour}:${two(p.minute)}`
}

function dateText(p: Parts, now: Parts, language: Language): string {
  const sameYear = p.year === now.year
  if (language === 'en') return `${p.day} ${enMonths[p.month - 1] ?? ''}${sameYear ? '' : ` ${p.year}`}`
  return `${sameYear ? '' : `${p.year}年`}${p.month}月${p.day}日`
}

function dayText(at: Date, now: Date, zone: string, language: Language): string {
  const p = partsIn(at, zone)
  const n = partsIn(now, zone)
  const days = dayNumber(p) - dayNumber(n)
  const en = language === 'en'
  if (days === 0) return en ? 'Today' : '今天'
  if (days === -1) return en ? 'Yesterday' : '昨天'
  if (days === 1) return en ? 'Tomorrow' : '明天'
  if (days < 0 && days >= -6) return (en ? enWeekdays : zhWeekdays)[p.weekday] ?? ''
  return dateText(p, n, language)
}

export interface Moment {
  now: Date
  zone: string
  language: Language
  elder?: boolean
}

/**
 * formatAt is 今天 08:30, 昨天 21:10, 周三 07:05 (six days), 3月8日 07:05, 2025年3月8日 07:05. In elder mode the clock
 * is spoken: 今天早上 8:30.
 */
export function formatAt(at: Date, { now, zone, language, elder = false }: Moment): string {
  const day = dayText(at, now, zone, language)
  const clock = clockText(partsIn(at, zone), language, elder)
  // Between Han and Han no space: 今天早上 8:30, but 今天 08:30.
  return elder && language === 'zh' ? `${day}${clock}` : `${day} ${clock}`
}

/** formatDay is 今天, 昨天, 周三, 3月8日, 2025年3月8日. */
export function formatDay(at: Date, { now, zone, language }: Moment): string {
  return dayText(at, now, zone, language)
}

/** formatClock is 08:30, or 早上 8:30 in elder mode. */
export function formatClock(at: Date, { zone, language, elder = false }: Pick<Moment, 'zone' | 'language' | 'elder'>): string {
  return clockText(partsIn(at, zone), language, elder)
}

/** formatLogDay is 3/8 周日, the first column of the glucose log, from a date on the wire. */
export function formatLogDay(date: string, language: Language): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay()
  return language === 'en'
    ? `${enWeekdays[weekday] ?? ''} ${day} ${enMonths[month - 1] ?? ''}`
    : `${month}/${day} ${zhWeekdays[weekday] ?? ''}`
}

/** formatAgo is 刚刚, 3 分钟前, 2 小时前, 5 天前. A time slightly ahead of our clock is 刚刚 too, never negative. */
export function formatAgo(at: Date, now: Date, language: Language): string {
  const en = language === 'en'
  const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000)
  if (minutes < 1) return en ? 'just now' : '刚刚'
  if (minutes < 60) return en ? `${minutes} min ago` : `${minutes} 分钟前`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return en ? `${hours} h ago` : `${hours} 小时前`
  const days = Math.floor(hours / 24)
  return en ? `${days} ${days === 1 ? 'day' : 'days'} ago` : `${days} 天前`
}
