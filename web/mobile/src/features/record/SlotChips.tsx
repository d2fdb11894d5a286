import { useState } from 'react'
import { slots, useSlotName } from '../../../../ui/slots'
import { useRecordWords } from './strings'

/** near is the guess and its two neighbours in the day, in order, so one tap mends most wrong guesses. */
export function near(guess: string): string[] {
  const day = slots.filter((slot) => slot !== 'random')
  const at = (day as readonly string[]).indexOf(guess)
  if (at < 0) return [guess || 'random', 'fasting', 'after_breakfast_2h'].filter((s, i, all) => all.indexOf(s) === i)
  const first = Math.min(Math.max(at - 1, 0), day.length - 3)
  return day.slice(first, first + 3)
}

/** SlotChips shows the guessed meal slot chosen, its neighbours, and all others behind one tap. */
export function SlotChips({ guess, chosen, onChoose }: { guess: string; chosen: string; onChoose: (slot: string) => void }) {
  const t = useRecordWords()
  const name = useSlotName()
  const [all, setAll] = useState(false)
  const few = near(guess)
  const shown: string[] = all ? [...slots] : few.includes(chosen) ? few : [chosen, ...few.slice(0, 2)]
  return (
    <div className="chips" role="radiogroup" aria-label={t('slot')}>
      {shown.map((slot) => (
        <button
          key={slot}
          type="button"
          role="radio"
          aria-checked={slot === chosen}
          className="slot"
          onClick={() => {
            onChoose(slot)
            setAll(false)
          }}
        >
          {name(slot)}
        </button>
      ))}
      {!all && (
        <button type="button" className="slot slot-more" onClick={() => setAll(true)}>
          {t('more')}
        </button>
      )}
    </div>
  )
}
