import { useId } from 'react'
import type { Draft, FormItem } from '../../../../client/forms'
import { useSay } from '../../../../ui/i18n'
import { useFormWords } from './strings'

interface Props {
  item: FormItem
  draft: Draft
  wrong?: string
  onDraft: (draft: Draft) => void
}

/** Question is one question, large enough to be answered with a thumb. */
export function Question({ item, draft, wrong, onDraft }: Props) {
  const t = useFormWords()
  const say = useSay()
  const id = useId()
  const held = draft[item.key]
  const codes = held?.codes ?? []
  const toggle = (code: string) => {
    const next = item.repeats ? (codes.includes(code) ? codes.filter((one) => one !== code) : [...codes, code]) : [code]
    onDraft({ ...draft, [item.key]: { codes: next } })
  }
  const hint = item.repeats ? t('several') : item.required ? '' : t('optional')
  const error = wrong && (
    <p className="field-error" id={`${id}-wrong`} role="alert">
      {wrong}
    </p>
  )
  if (item.options.length > 0) {
    return (
      <div className="question" role={item.repeats ? 'group' : 'radiogroup'} aria-labelledby={id}>
        <h2 id={id} className="question-text">
          {say(item.text)}
        </h2>
        {hint && <p className="soft">{hint}</p>}
        {item.options.map((one) => (
          <button
            key={one.key}
            type="button"
            role={item.repeats ? 'checkbox' : 'radio'}
            aria-checked={codes.includes(one.key)}
            className="slot question-option"
            onClick={() => toggle(one.key)}
          >
            {say(one.text)}
          </button>
        ))}
        {error}
      </div>
    )
  }
  const shared = {
    id,
    value: held?.text ?? '',
    'aria-invalid': wrong !== undefined,
    'aria-describedby': wrong ? `${id}-wrong` : undefined,
    onChange: (event: { target: { value: string } }) => onDraft({ ...draft, [item.key]: { text: event.target.value } }),
  }
  return (
    <div className="question field">
      <label htmlFor={id} className="question-text">
        {say(item.text)}
      </label>
      {hint && <p className="soft">{hint}</p>}
      {item.type === 'text' ? (
        <textarea {...shared} rows={4} maxLength={500} />
      ) : (
        <input
          {...shared}
          type={item.type === 'date' ? 'date' : 'text'}
          inputMode={item.type === 'integer' ? 'numeric' : item.type === 'decimal' ? 'decimal' : undefined}
          maxLength={item.type === 'string' ? 200 : 20}
          autoComplete="off"
        />
      )}
      {error}
    </div>
  )
}
