import type { Reading, Unit } from '../client/types'
import { bandClass, shownDigits, shownUnit } from './band'
import { Mark } from './Mark'
import { useSlotName } from './slots'
import { useUiWords } from './strings'
import './value.css'

interface Props {
  reading: Reading
  unit: Unit
  /** `cell` leaves the word to readers and the unit to the column head. */
  size?: 'line' | 'cell' | 'big'
  /** A lone value always carries its unit; a column says it once. */
  showUnit?: boolean
}

/**
 * Value draws a measured value the same way everywhere: mark, number, unit and word, so that they never disagree.
 * Read aloud it is "空腹，7.8，目标内".
 */
export function Value({ reading, unit, size = 'line', showUnit = size !== 'cell' }: Props) {
  const t = useUiWords()
  const slotName = useSlotName()
  const lettered = reading.band === 'hi' || reading.band === 'lo'
  const word = reading.retracted ? t('retracted') : reading.correctedBy ? t('corrected') : t(reading.band)
  const digits = shownDigits(reading, unit)
  const gone = reading.retracted || reading.correctedBy ? ' value-gone' : ''
  const spoken = [reading.context ? slotName(reading.context) : '', digits, word].filter(Boolean).join(t('separator'))
  return (
    <span className={`value value-${bandClass[reading.band]} value-${size}${gone}`}>
      <span className="visually-hidden">{spoken}</span>
      <Mark band={reading.band} />
      <span className="value-digits" aria-hidden="true">
        {digits}
      </span>
      {showUnit && !lettered && (
        <span className="value-unit" aria-hidden="true">
          {shownUnit(reading, unit)}
        </span>
      )}
      {size !== 'cell' && (
        <span className="value-word" aria-hidden="true">
          {word}
        </span>
      )}
    </span>
  )
}
