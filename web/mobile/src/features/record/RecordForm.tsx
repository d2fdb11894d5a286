import { useCallback, useMemo, useState } from 'react'
import type { NewReading, Reading, Unit } from '../../../../client/types'
import { limitText } from '../../../../ui/band'
import { useLimits } from '../../../../ui/limits'
import { ErrorBox } from '../../../../ui/states'
import { useMoment } from '../../session/Session'
import { Keypad } from './Keypad'
import { press, questionFor, valueOf, type Key } from './keypad'
import { MeasuredAt } from './MeasuredAt'
import { SlotChips } from './SlotChips'
import { useRecordWords } from './strings'

interface Props {
  unit: Unit
  guess: string
  /** Correcting: starts from what was entered. */
  from?: Reading
  pending: boolean
  error: Error | null
  onSave: (reading: NewReading) => void
}

/** RecordForm is number, save: two taps besides the digits; a third only to change the meal slot. */
export function RecordForm({ unit: own, guess, from, pending, error, onSave }: Props) {
  const t = useRecordWords()
  const moment = useMoment()
  // Only what the person chose is kept here: the guess, or the reading to put right, may arrive while digits are typed.
  const [text, setText] = useState('')
  const [chosenUnit, setUnit] = useState<Unit>()
  const [chosenSlot, setSlot] = useState<string>()
  const [chosenAt, setAt] = useState<Date>()
  const unit = chosenUnit ?? from?.entered.unit ?? own
  const slot = chosenSlot ?? (from?.context || guess || 'random')
  const before = from?.at
  const at = useMemo(() => chosenAt ?? (before ? new Date(before) : undefined), [chosenAt, before])
  const [empty, setEmpty] = useState(false)

  const limits = useLimits()
  const value = valueOf(text)
  const question = limits && questionFor(value, unit, text, limits)

  const onKey = useCallback(
    (key: Key) => {
      setEmpty(false)
      setText((typed) => press(typed, key, unit))
    },
    [unit],
  )
  const save = useCallback(() => {
    if (pending) return
    if (value === undefined) setEmpty(true)
    else onSave({ value, unit, context: slot, measuredAt: at?.toISOString() })
  }, [pending, value, unit, slot, at, onSave])

  return (
    <div className="record">
      <SlotChips guess={from?.context || guess} chosen={slot} onChoose={setSlot} />
      <p className="typed">
        <output aria-label={t('value')} aria-live="polite" className={text ? '' : 'typed-empty'}>
          {text || '–'}
        </output>
        <span className="typed-unit">{unit}</span>
      </p>
      <div className="typed-note" aria-live="polite">
        {empty && <span className="field-error">{t('empty')}</span>}
        {question === 'is-mgdl' && (
          <>
            {t('askMgdl')}
            <button type="button" className="text-button" onClick={() => setUnit('mg/dL')}>
              {t('useMgdl')}
            </button>
          </>
        )}
        {question === 'is-mmol' && (
          <>
            {t('askMmol')}
            <button type="button" className="text-button" onClick={() => setUnit('mmol/L')}>
              {t('useMmol')}
            </button>
          </>
        )}
        {question === 'range' &&
          limits &&
          t('range', { min: limitText(limits.glucoseMin, unit, limits), max: limitText(limits.glucoseMax, unit, limits) })}
      </div>
      <MeasuredAt moment={moment} at={at} onChange={setAt} />
      <Keypad onKey={onKey} onEnter={save} point={unit === 'mmol/L'} />
      {error && <ErrorBox error={error} />}
      <button type="button" className="main-button" aria-disabled={pending} onClick={save}>
        {pending ? t('saving') : t('save')}
      </button>
    </div>
  )
}
