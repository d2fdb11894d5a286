import type { LogDay, Reading, Unit } from '../client/types'
import { useLanguage } from './i18n'
import { slots, useSlotName, useSlotShort } from './slots'
import { useUiWords } from './strings'
import { clockIn, formatLogDay } from './time'
import { Value } from './Value'
import './log.css'

interface Props {
  days: readonly LogDay[]
  unit: Unit
  zone: string
  caption: string
  /** Makes every reading a button, for its detail. */
  onPick?: (reading: Reading) => void
}

/** GlucoseLog is the paper log people know: a row a day, a column a meal slot. The unit stands once, above. */
export function GlucoseLog({ days, unit, zone, caption, onPick }: Props) {
  const t = useUiWords()
  const language = useLanguage()
  const slotName = useSlotName()
  const slotShort = useSlotShort()
  // "Other" and unknown slots take room only when someone used them.
  const used = (slot: string) => days.some((day) => (day.slots[slot]?.length ?? 0) > 0)
  const columns: string[] = slots.filter((slot) => slot !== 'random' || used(slot))
  if (used('')) columns.push('')
  return (
    <div className="log-scroll" tabIndex={0} role="region" aria-label={caption}>
      <table className="log">
        <caption className="visually-hidden">
          {caption} ({unit})
        </caption>
        <thead>
          <tr>
            <th scope="col">
              {t('date')} <span className="value-unit">{unit}</span>
            </th>
            {columns.map((slot) => (
              <th key={slot} scope="col" abbr={slotName(slot)}>
                {slotShort(slot)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.date}>
              <th scope="row">{formatLogDay(day.date, language)}</th>
              {columns.map((slot) => (
                <td key={slot}>
                  <Cell readings={day.slots[slot] ?? []} unit={unit} zone={zone} none={t('noReading')} inDoubt={t('inDoubt')} onPick={onPick} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The server says of which readings staff have not yet made sure. */
const doubted = (reading: Reading) => reading.flags.includes('in_doubt')

interface CellProps {
  readings: readonly Reading[]
  unit: Unit
  zone: string
  none: string
  inDoubt: string
  onPick?: (reading: Reading) => void
}

function Cell({ readings, unit, zone, none, inDoubt, onPick }: CellProps) {
  if (readings.length === 0) {
    return (
      <span className="value-none">
        <span aria-hidden="true">–</span>
        <span className="visually-hidden">{none}</span>
      </span>
    )
  }
  return (
    <span className="log-cell">
      {readings.map((reading) => {
        const clock = clockIn(new Date(reading.at), zone)
        return onPick ? (
          <button key={reading.id} type="button" className={doubted(reading) ? 'log-doubt' : undefined} title={doubted(reading) ? `${clock} · ${inDoubt}` : clock} onClick={() => onPick(reading)}>
            <Value reading={reading} unit={unit} size="cell" />
            {doubted(reading) && <span className="visually-hidden">{inDoubt}</span>}
          </button>
        ) : (
          <span key={reading.id} title={clock}>
            <Value reading={reading} unit={unit} size="cell" />
          </span>
        )
      })}
    </span>
  )
}
