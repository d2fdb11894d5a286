import { useId, useState } from 'react'
import { dateIn } from '../../../../ui/time'
import { useMoment } from '../../session/Session'
import { useFileWords } from './strings'

interface Props {
  label: string
  /** 2015, 2015-03, 2015-03-08; empty is today, or in a correction as before. */
  value: string
  onValue: (value: string) => void
  /** Where a past day may be known by its year only. */
  loose?: boolean
  wrong?: string
}

const far = 60
const two = (n: number) => String(n).padStart(2, '0')

/** WhenPick is lists of year, month and day: what nobody remembers is left open, and the date is kept as it was said. */
export function WhenPick({ label, value, onValue, loose = false, wrong }: Props) {
  const t = useFileWords()
  const id = useId()
  const moment = useMoment()
  const today = dateIn(moment.now, moment.zone)
  const [open, setOpen] = useState(value !== '')
  const [year = '', month = '', day = ''] = value.split('-')
  const thisYear = Number(today.slice(0, 4))
  const years = Array.from({ length: far }, (_, i) => String(thisYear - i))
  const months = Array.from({ length: year === String(thisYear) ? Number(today.slice(5, 7)) : 12 }, (_, i) => two(i + 1))
  const last = year && month ? new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate() : 31
  const days = Array.from({ length: today.startsWith(`${year}-${month}`) && month ? Number(today.slice(8)) : last }, (_, i) => two(i + 1))
  const set = (...parts: string[]) => {
    const kept: string[] = []
    for (const one of parts) {
      if (!one) break
      kept.push(one)
    }
    onValue(kept.join('-'))
  }
  const part = (name: 'year' | 'month' | 'day', held: string, list: readonly string[], pick: (next: string) => void) => (
    <label>
      <select aria-label={t(name)} value={held} onChange={(event) => pick(event.target.value)}>
        {(loose || !held) && name !== 'year' && <option value="">{t('unsure')}</option>}
        {list.map((one) => (
          <option key={one} value={one}>
            {name === 'year' ? one : String(Number(one))}
          </option>
        ))}
      </select>
      {t(name)}
    </label>
  )
  return (
    <fieldset className="field" aria-describedby={wrong ? `${id}-wrong` : undefined}>
      <legend>{label}</legend>
      <span className="chips">
        <button
          type="button"
          className="slot"
          data-on={!open}
          onClick={() => {
            setOpen(false)
            onValue('')
          }}
        >
          {t('today')}
        </button>
        <button
          type="button"
          className="slot"
          data-on={open}
          onClick={() => {
            setOpen(true)
            if (!value) set(today.slice(0, 4), today.slice(5, 7), today.slice(8))
          }}
        >
          {t('otherDay')}
        </button>
      </span>
      {open && (
        <span className="when-parts">
          {part('year', year, years, (next) => set(next, month, day))}
          {part('month', month, months, (next) => set(year, next, day))}
          {month && part('day', day, days, (next) => set(year, month, next))}
        </span>
      )}
      {wrong && (
        <p className="field-error" id={`${id}-wrong`} role="alert">
          {wrong}
        </p>
      )}
    </fieldset>
  )
}
