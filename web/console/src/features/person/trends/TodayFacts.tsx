import type { Progress } from '../../../../../client/change'
import { useSay } from '../../../../../ui/i18n'
import { useSlotName } from '../../../../../ui/slots'
import { clockIn } from '../../../../../ui/time'
import { Value } from '../../../../../ui/Value'
import { unit, useMoment } from '../../../layout/now'
import { useWords } from './words'

const shown = 12

/** TodayFacts is what the day brought so far, the newest first. */
export function TodayFacts({ facts }: { facts: Progress['today'] }) {
  const t = useWords()
  const say = useSay()
  const slotName = useSlotName()
  const { zone } = useMoment()
  if (facts.length === 0) return <p className="unknown">{t('noToday')}</p>
  return (
    <ul className="trend-today">
      {facts.slice(0, shown).map((one, i) => (
        <li key={`${one.at} ${i}`}>
          <span className="trend-clock">{clockIn(new Date(one.at), zone)}</span>
          {one.reading ? (
            <span>
              {slotName(one.reading.context)} <Value reading={one.reading} unit={unit} />
            </span>
          ) : (
            <span className="user-text">{say(one.text)}</span>
          )}
        </li>
      ))}
      {facts.length > shown && <li className="note">{t('more', { n: facts.length - shown })}</li>}
    </ul>
  )
}
