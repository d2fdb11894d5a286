import type { EntranceDay } from '../../../../client/channels'
import { useWords } from './strings'

const day = 86_400_000
const at = (text: string) => Math.round(Date.parse(text) / day)

/** DayChart draws who came and who settled, a bar for each day, or for each few where there are many. */
export function DayChart({ days }: { days: EntranceDay[] }) {
  const t = useWords()
  const first = days[0]
  const last = days[days.length - 1]
  if (!first || !last || days.every(({ arrived, settled }) => arrived === 0 && settled === 0)) return <p className="unknown">{t('noDays')}</p>
  const begin = at(first.day)
  const wide = Math.max(1, Math.ceil((at(last.day) - begin + 1) / 120))
  const bars: { came: number; settled: number }[] = Array.from({ length: Math.floor((at(last.day) - begin) / wide) + 1 }, () => ({ came: 0, settled: 0 }))
  for (const one of days) {
    const bar = bars[Math.floor((at(one.day) - begin) / wide)]
    if (!bar) continue
    bar.came += one.arrived
    bar.settled += one.settled
  }
  const most = Math.max(...bars.map((bar) => Math.max(bar.came, bar.settled)))
  const busiest = Math.max(...days.map(({ arrived }) => arrived))
  const said = t('chartText', { from: first.day, to: last.day, n: busiest })
  const step = 600 / bars.length
  return (
    <figure>
      <svg className="channels-chart" viewBox="0 0 600 160" preserveAspectRatio="none" role="img" aria-label={`${t('chart')}。${said}`}>
        {bars.map((bar, i) => (
          <g key={i}>
            <rect className="came" x={i * step} width={step * 0.8} y={160 - (150 * bar.came) / most} height={(150 * bar.came) / most} />
            <rect className="settled" x={i * step} width={step * 0.8} y={160 - (150 * bar.settled) / most} height={(150 * bar.settled) / most} />
          </g>
        ))}
      </svg>
      <div className="channels-ends note" aria-hidden="true">
        <span>{first.day}</span>
        <span>{last.day}</span>
      </div>
      <figcaption className="note">
        {t('chart')} · {said}
      </figcaption>
    </figure>
  )
}
