import { useState } from 'react'
import { clockIn, dateIn, formatAt, instantOf, type Moment } from '../../../../ui/time'
import { Icon } from '../../parts/Icon'
import { useRecordWords } from './strings'

interface Props {
  moment: Moment
  /** Undefined: now. */
  at: Date | undefined
  onChange: (at: Date) => void
}

const days = ['today', 'yesterday', 'dayBefore'] as const
const hours = 3_600_000

/** MeasuredAt shows when it was measured, and opens to change it. A time to come is not taken. */
export function MeasuredAt({ moment, at, onChange }: Props) {
  const t = useRecordWords()
  const [open, setOpen] = useState(false)
  const [future, setFuture] = useState(false)
  const { now, zone } = moment
  const shown = at ?? now
  const date = dateIn(shown, zone)

  const choose = (nextDate: string, clock: string) => {
    if (!/^\d\d:\d\d$/.test(clock)) return
    const next = instantOf(nextDate, clock, zone)
    setFuture(next > now)
    if (next <= now) onChange(next)
  }

  return (
    <div className="measured">
      <div className="measured-line">
        <Icon name="clock" />
        <span className="nowrap">{formatAt(shown, moment)}</span>
        <button type="button" className="text-button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t('timeDone') : t('change')}
        </button>
      </div>
      {open && (
        <div className="measured-edit" role="group" aria-label={t('time')}>
          <div className="chips" role="radiogroup" aria-label={t('days')}>
            {days.map((day, back) => {
              // Noon is the same local day whatever summer time does.
              const noon = instantOf(dateIn(now, zone), '12:00', zone).getTime()
              const value = dateIn(new Date(noon - back * 24 * hours), zone)
              return (
                <button
                  key={day}
                  type="button"
                  role="radio"
                  className="slot"
                  aria-checked={value === date}
                  onClick={() => choose(value, clockIn(shown, zone))}
                >
                  {t(day)}
                </button>
              )
            })}
          </div>
          <ClockPick clock={clockIn(shown, zone)} onPick={(clock) => choose(date, clock)} />
          {future && (
            <p className="field-error" role="alert">
              {t('future')}
            </p>
          )}
        </div>
      )}
    </div>
  )
}

const list = (length: number) => Array.from({ length }, (_, i) => String(i).padStart(2, '0'))

/** ClockPick is two lists: a time field of the browser may speak another language and count in halves of a day. */
function ClockPick({ clock, onPick }: { clock: string; onPick: (clock: string) => void }) {
  const t = useRecordWords()
  const [hour = '00', minute = '00'] = clock.split(':')
  return (
    <div className="clock-pick">
      <select aria-label={t('hour')} value={hour} onChange={(event) => onPick(`${event.target.value}:${minute}`)}>
        {list(24).map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
      {t('hour')}
      <select aria-label={t('minute')} value={minute} onChange={(event) => onPick(`${hour}:${event.target.value}`)}>
        {list(60).map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
      {t('minute')}
    </div>
  )
}
