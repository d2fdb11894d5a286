import { useWords } from './strings'

/** Late is a clock and a word, never a range colour. */
export function Late({ due, now }: { due: Date; now: Date }) {
  const t = useWords()
  const minutes = Math.max(1, Math.floor((now.getTime() - due.getTime()) / 60_000))
  const time =
    minutes >= 1440
      ? t('lateDays', { n: Math.floor(minutes / 1440) })
      : minutes >= 60
        ? t('lateHours', { n: Math.floor(minutes / 60) })
        : t('lateMinutes', { n: minutes })
  return (
    <span className="late">
      <svg width="14" height="14" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
        <circle cx="8" cy="8" r="6.2" />
        <path d="M8 4.4V8l2.6 1.8" />
      </svg>
      {t('late', { time })}
    </span>
  )
}
