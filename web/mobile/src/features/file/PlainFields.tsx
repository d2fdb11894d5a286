import { Fragment, useId } from 'react'
import type { HealthFile } from '../../../../client/file'
import type { Catalogue } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { dateIn } from '../../../../ui/time'
import { useMoment } from '../../session/Session'
import { Chips, Line, Pick, wordsOf } from './fields'
import type { Ask, PlainWhat, Values } from './forms'
import { PaperField } from './PaperField'
import { shown } from './statement'
import { useFileWords } from './strings'

interface Props {
  what: PlainWhat
  values: Values
  wrong: Partial<Record<string, string>>
  catalogue: Catalogue
  file?: HealthFile
  correcting: boolean
  paper: File | undefined
  onPaper: (file: File | undefined) => void
  onValues: (change: Values) => void
}

/** PlainFields asks one thing after the other, as the form's list says; what depends on an answer comes after it. */
export function PlainFields({ what, values, wrong, catalogue, file, correcting, paper, onPaper, onValues }: Props) {
  const t = useFileWords()
  const say = useSay()
  const draw = (ask: Ask) => {
    const { name, as } = ask
    const optional = !ask.must
    const label = optional ? t('optional', { name: t(ask.label) }) : t(ask.label)
    const value = values[name] ?? ''
    const props = { label, value, wrong: wrong[name], onValue: (next: string) => onValues({ [name]: next }) }
    const spec = catalogue.eventTypes.find((one) => one.key === what)?.fields.find((one) => one.name === name)
    const words = lastOther(wordsOf(catalogue, what, name).filter((one) => !ask.only || ask.only(values).includes(one.key)))
    switch (as) {
      case 'chips':
        return <Chips {...props} open={optional} options={words.map((one) => ({ key: one.key, text: say(one.name) }))} />
      case 'pick':
        return <Pick {...props} options={words} onValue={(next) => onValues(what === 'circumstance' ? { [name]: next, answer: '', value: '' } : { [name]: next })} />
      case 'system':
        return <Pick {...props} none={t('notStated')} options={catalogue.stages} onValue={(system) => onValues({ [name]: system, [name.replace('system', 'stage')]: '' })} />
      case 'stage':
        return <Chips {...props} options={(catalogue.stages.find((one) => one.key === values[name.replace('stage', 'system')])?.stages ?? []).map((key) => ({ key, text: key }))} />
      case 'scale':
        return <Chips {...props} open options={range(spec?.min ?? 0, spec?.max ?? 0).map((key) => ({ key, text: key }))} />
      case 'number':
        return <Line {...props} numeric after={spec?.unitWord && <span className="soft">{say(spec.unitWord)}</span>} />
      case 'ahead':
        return <Ahead {...props} />
      case 'medicine':
        return name === 'class' ? null : <MedicineChips label={label} values={values} file={file} onValues={onValues} />
      case 'paper':
        return <PaperField label={label} catalogue={catalogue} reports={file?.reports ?? []} chosen={value} paper={paper} wrong={wrong[name]} onChosen={props.onValue} onPaper={onPaper} />
      case 'lines':
        return <Lines {...props} hint={ask.hint && t(ask.hint)} />
      case 'line':
        return <Line {...props} hint={ask.hint && t(ask.hint)} />
    }
  }
  return shown(what, values, correcting).map((ask) => <Fragment key={`${ask.name} ${ask.label}`}>{draw(ask)}</Fragment>)
}

const range = (min: number, max: number): string[] => Array.from({ length: max - min + 1 }, (_, i) => String(min + i))

const lastOther = <T extends { key: string }>(list: readonly T[]): T[] => [...list].sort((a, b) => Number(a.key === 'other') - Number(b.key === 'other'))

interface FieldProps {
  label: string
  value: string
  wrong?: string
  onValue: (value: string) => void
}

/** Lines is room for a few sentences. */
function Lines({ label, value, wrong, onValue, hint }: FieldProps & { hint?: string }) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea id={id} rows={2} value={value} placeholder={hint} maxLength={300} aria-invalid={wrong !== undefined} aria-describedby={wrong ? `${id}-wrong` : undefined} onChange={(event) => onValue(event.target.value)} />
      {wrong && (
        <p className="field-error" id={`${id}-wrong`} role="alert">
          {wrong}
        </p>
      )}
    </div>
  )
}

/** Ahead is a day to come, in the phone's own calendar. */
function Ahead({ label, value, wrong, onValue }: FieldProps) {
  const id = useId()
  const moment = useMoment()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="date" value={value} min={dateIn(moment.now, moment.zone)} aria-invalid={wrong !== undefined} aria-describedby={wrong ? `${id}-wrong` : undefined} onChange={(event) => onValue(event.target.value)} />
      {wrong && (
        <p className="field-error" id={`${id}-wrong`} role="alert">
          {wrong}
        </p>
      )}
    </div>
  )
}

/** MedicineChips is which of one's own medicines it may come from; nobody needs to know. */
function MedicineChips({ label, values, file, onValues }: { label: string; values: Values; file?: HealthFile; onValues: (change: Values) => void }) {
  const say = useSay()
  const mine = (file?.medicines ?? []).filter((one) => one.known && (one.current || one.key === values.generic))
  if (mine.length === 0) return null
  return (
    <Chips
      label={label}
      open
      options={mine.map((one) => ({ key: one.key, text: say(one.name) }))}
      value={values.generic ?? (values.class ? `class:${values.class}` : '')}
      onValue={(key) => onValues({ generic: key.includes(':') ? '' : key, class: mine.find((one) => one.key === key)?.class ?? '' })}
    />
  )
}
