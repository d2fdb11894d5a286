import { useId, type ReactNode } from 'react'
import type { Catalogue, Text } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { useFileWords } from './strings'

type Word = { key: string; name: Text }

/** wordsOf are the answers the catalogue has for a field. */
export function wordsOf(catalogue: Catalogue | undefined, type: string, field: string): readonly Word[] {
  return catalogue?.eventTypes.find((one) => one.key === type)?.fields.find((one) => one.name === field)?.words ?? []
}

/** Line is one line to type, its label above and what is wrong below. */
export function Line({ label, value, onValue, hint, wrong, numeric = false, longest = 120, after }: {
  label: string
  value: string
  onValue: (value: string) => void
  hint?: string
  wrong?: string
  numeric?: boolean
  longest?: number
  after?: ReactNode
}) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        value={value}
        placeholder={hint}
        autoComplete="off"
        inputMode={numeric ? 'decimal' : undefined}
        maxLength={numeric ? 12 : longest}
        aria-invalid={wrong !== undefined}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onChange={(event) => onValue(event.target.value)}
      />
      {after}
      {wrong && (
        <p className="field-error" id={`${id}-wrong`} role="alert">
          {wrong}
        </p>
      )}
    </div>
  )
}

/** Chips is one choice among few; tapping it again takes it back where it may be left open. */
export function Chips({ label, options, value, onValue, wrong, open = false }: {
  label: string
  options: readonly { key: string; text: string }[]
  value: string
  onValue: (value: string) => void
  wrong?: string
  open?: boolean
}) {
  const id = useId()
  return (
    <div className="choice" role="radiogroup" aria-labelledby={id}>
      <span className="choice-label" id={id}>
        {label}
      </span>
      <span className="chips">
        {options.map((one) => (
          <button key={one.key} type="button" role="radio" aria-checked={value === one.key} className="slot" onClick={() => onValue(open && value === one.key ? '' : one.key)}>
            {one.text}
          </button>
        ))}
      </span>
      {wrong && (
        <p className="field-error" role="alert">
          {wrong}
        </p>
      )}
    </div>
  )
}

/** Pick is one choice among many, in the phone's own list. */
export function Pick({ label, options, value, onValue, wrong, none }: { label: string; none?: string; options: readonly Word[]; value: string; onValue: (value: string) => void; wrong?: string }) {
  const t = useFileWords()
  const say = useSay()
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} aria-invalid={wrong !== undefined} onChange={(event) => onValue(event.target.value)}>
        <option value="">{none ?? t('pick')}</option>
        {options.map((one) => (
          <option key={one.key} value={one.key}>
            {say(one.name)}
          </option>
        ))}
      </select>
      {wrong && (
        <p className="field-error" role="alert">
          {wrong}
        </p>
      )}
    </div>
  )
}
