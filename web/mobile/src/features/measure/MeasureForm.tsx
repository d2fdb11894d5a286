import { useId, useState, type ReactNode } from 'react'
import { ApiError } from '../../../../client/http'
import { alsoRequired, measureFields, measureOf, type MeasureType, type MeasureValues } from '../../../../client/measures'
import type { Catalogue } from '../../../../client/types'
import { useLanguage, useSay } from '../../../../ui/i18n'
import { Icon } from '../../parts/Icon'
import type { MeasureForms } from '../../session/measureForms'
import { MeasureTrouble } from './MeasureTrouble'
import { useMeasureWords } from './strings'

type Field = Catalogue['eventTypes'][number]['fields'][number]

interface Props {
  type: MeasureType
  catalogue: MeasureForms
  from: MeasureValues
  /** When it was measured; the page's own. */
  when: ReactNode
  pending: boolean
  error: Error | null
  onSave: (properties: Record<string, unknown>) => void
}

/** MeasureForm asks for the figures of one thing, its units and limits from the catalogue. */
export function MeasureForm({ type, catalogue, from, when, pending, error, onSave }: Props) {
  const t = useMeasureWords()
  const say = useSay()
  const language = useLanguage()
  const [values, setValues] = useState<MeasureValues>(from)
  const [wrong, setWrong] = useState<Partial<Record<string, string>>>({})
  const specs = catalogue.eventTypes.find((one) => one.key === type)?.fields ?? []
  const required = [...specs.filter((one) => one.required).map((one) => one.name), ...(alsoRequired[type] ?? [])]
  const refused = error instanceof ApiError ? /^body\.(?:properties\.)?(\w+)$/.exec(error.problem.field ?? '')?.[1] : undefined
  const why = error instanceof ApiError ? [say(error.problem.text), say(error.problem.hintText)].filter(Boolean).join(language === 'zh' ? '。' : '. ') : ''
  const set = (name: string, value: string) => {
    setValues((before) => ({ ...before, [name]: value }))
    setWrong((before) => ({ ...before, [name]: undefined }))
  }
  const submit = () => {
    const { properties, wrong: found } = measureOf(type, values, required)
    const next: Partial<Record<string, string>> = {}
    for (const [name, what] of Object.entries(found)) next[name] = t(what === 'number' || (name !== 'site' && name !== 'kind') ? 'needNumber' : 'needPick')
    setWrong(next)
    if (Object.keys(next).length === 0 && !pending) onSave(properties)
  }
  const fields = measureFields[type].flatMap((name) => specs.find((one) => one.name === name) ?? [])
  return (
    <form
      className="measure-form"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {type === 'symptom' && (
        <p className="measure-urgent">
          {t('urgent')}{' '}
          <a href="tel:120" className="nowrap">
            <Icon name="phone" />
            {t('call')}
          </a>
        </p>
      )}
      {fields.map((spec) => {
        const props = { spec, value: values[spec.name] ?? '', wrong: wrong[spec.name] ?? (refused === spec.name ? why : undefined), onValue: (value: string) => set(spec.name, value) }
        if (spec.kind === 'code') return <Choice key={spec.name} {...props} label={t(spec.name === 'site' ? 'site' : 'kind')} note={type === 'pain' ? t('both') : undefined} />
        if (type === 'pain' || spec.name === 'severity') return <Scale key={spec.name} {...props} label={t(type === 'pain' ? 'value_pain' : 'severity')} open={type !== 'pain'} pain={type === 'pain'} />
        return <Figure key={spec.name} {...props} label={t(spec.name === 'value' ? 'value_weight' : (spec.name as 'systolic' | 'diastolic' | 'pulse'))} />
      })}
      {(type === 'pain' || type === 'symptom') && (
        <Line label={t('note')} value={values.note ?? ''} onValue={(value) => set('note', value)} />
      )}
      {when}
      {(!refused || !fields.some((one) => one.name === refused)) && <MeasureTrouble error={error} />}
      <button type="submit" className="main-button" aria-disabled={pending}>
        {pending ? t('saving') : t('save')}
      </button>
    </form>
  )
}

interface FieldProps {
  spec: Field
  label: string
  value: string
  wrong?: string
  onValue: (value: string) => void
}

/** Figure is one number with its unit, large enough to read back from the device. */
function Figure({ spec, label, value, wrong, onValue }: FieldProps) {
  const t = useMeasureWords()
  const say = useSay()
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <span className="measure-figure">
        <input id={id} value={value} inputMode="decimal" autoComplete="off" maxLength={6} aria-invalid={wrong !== undefined} aria-describedby={`${id}-note`} onChange={(event) => onValue(event.target.value)} />
        <span>{spec.unitWord ? say(spec.unitWord) : spec.unit}</span>
      </span>
      <p id={`${id}-note`} className={wrong ? 'field-error' : 'note'} role={wrong ? 'alert' : undefined}>
        {wrong ?? (spec.min !== undefined && spec.max !== undefined && t('between', { min: spec.min, max: spec.max }))}
      </p>
    </div>
  )
}

/** Choice is one of the catalogue's codes; another one stands last. */
function Choice({ spec, label, value, wrong, onValue, note }: FieldProps & { note?: string }) {
  const say = useSay()
  const id = useId()
  const options = [...(spec.words ?? [])].sort((a, b) => Number(a.key === 'other') - Number(b.key === 'other'))
  return (
    <div className="choice" role="radiogroup" aria-labelledby={id}>
      <span className="choice-label" id={id}>
        {label}
      </span>
      <span className="chips">
        {options.map((one) => (
          <button key={one.key} type="button" role="radio" aria-checked={value === one.key} className="slot" onClick={() => onValue(one.key)}>
            {say(one.name)}
          </button>
        ))}
      </span>
      {note && <p className="note">{note}</p>}
      {wrong && (
        <p className="field-error" role="alert">
          {wrong}
        </p>
      )}
    </div>
  )
}

/** Scale is the numbers of a rating, from none to the worst. */
function Scale({ spec, label, value, wrong, onValue, open, pain }: FieldProps & { open: boolean; pain: boolean }) {
  const t = useMeasureWords()
  const id = useId()
  const min = spec.min ?? 0
  const max = spec.max ?? min
  return (
    <div className="choice" role="radiogroup" aria-labelledby={id}>
      <span className="choice-label" id={id}>
        {label}
      </span>
      <span className="measure-scale">
        {Array.from({ length: max - min + 1 }, (_, i) => String(min + i)).map((one) => (
          <button key={one} type="button" role="radio" aria-checked={value === one} className="slot" onClick={() => onValue(open && value === one ? '' : one)}>
            {one}
          </button>
        ))}
      </span>
      {pain && (
        <p className="note measure-ends">
          <span>{t('none')}</span> <span>{t('worst', { n: max })}</span>
        </p>
      )}
      {wrong && (
        <p className="field-error" role="alert">
          {wrong}
        </p>
      )}
    </div>
  )
}

function Line({ label, value, onValue }: { label: string; value: string; onValue: (value: string) => void }) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} value={value} autoComplete="off" maxLength={200} onChange={(event) => onValue(event.target.value)} />
    </div>
  )
}
