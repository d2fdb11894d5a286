// How long something is, in one unit: 4 分钟, 18 小时, 3 天. Never less than nothing.
const minute = 60_000

export function span(ms: number, t: (key: 'minutes' | 'hours' | 'days', values: { n: number }) => string): string {
  const m = Math.max(0, Math.floor(ms / minute))
  if (m < 120) return t('minutes', { n: m })
  const h = Math.floor(m / 60)
  return h < 72 ? t('hours', { n: h }) : t('days', { n: Math.floor(h / 24) })
}
