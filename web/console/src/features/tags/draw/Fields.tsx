import { Button, Checkbox, DatePicker, Input, InputNumber, Select } from 'antd'
import dayjs from 'dayjs'
import { useMemo } from 'react'
import type { DrawnStep, Fields as Values, FieldValue, FormField, JourneyKinds, ListOption, Variant } from '../../../../../client/draw'
import { useLanguage, useSay } from '../../../../../ui/i18n'
import type { Text } from '../../../../../client/types'
import { Both, Line } from '../fields'
import { InJourney, RuleField } from '../RuleField'
import { useDraw } from './strings'

interface Props {
  programme: string
  fields: readonly FormField[]
  values: Values
  kinds: JourneyKinds
  steps: readonly DrawnStep[]
  draft: boolean
  disabled: boolean
  /** The event the journey is entered by. */
  on?: string
  onChange: (values: Values) => void
}

/** asked tells whether a field is asked while the others say what they say. */
export function asked(field: FormField, values: Values): boolean {
  if (!field.when) return true
  const says = values[field.when]
  return typeof says === 'string' && (field.is ?? []).includes(says)
}

/** without drops what is empty, so that two forms are the same when they say the same. */
export function without(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => {
      if (value === undefined || value === '') return false
      if (Array.isArray(value)) return value.length > 0
      return typeof value !== 'object' || value.zh !== '' || value.en !== ''
    }),
  )
}

/** FormFields are the fields of a form as the server describes them. */
export function FormFields({ fields, values, onChange, on, ...rest }: Props) {
  const says = (key: string) => (typeof values[key] === 'string' ? values[key] : undefined)
  const event = (says('way') === 'event' ? says('for') : undefined) ?? says('enter.on') ?? on
  const place = useMemo(() => ({ on: event }), [event])
  return (
    <InJourney.Provider value={place}>
      {fields.filter((field) => asked(field, values)).map((field) => (
        <One key={field.key} field={field} value={values[field.key]} values={values} onValue={(value) => onChange({ ...values, [field.key]: value })} {...rest} />
      ))}
    </InJourney.Provider>
  )
}

interface OneProps extends Omit<Props, 'fields' | 'onChange' | 'on'> {
  field: FormField
  value: FieldValue | undefined
  onValue: (value: FieldValue | undefined) => void
}

function One({ field, value, values, kinds, steps, programme, draft, disabled, onValue }: OneProps) {
  const t = useDraw()
  const say = useSay()
  const language = useLanguage()
  const name = say(field.name)
  const label = field.need ? `${name} *` : name
  const text = typeof value === 'string' ? value : ''
  const hint = field.help ? say(field.help) : field.type === 'span' ? t('spanHint') : field.type === 'share' ? t('shareHint') : undefined
  const wrap = (child: React.ReactNode) => (
    <Line label={label} hint={hint}>
      {child}
    </Line>
  )
  switch (field.type) {
    case 'texts':
      return <Both label={label} hint={hint} value={(value as Text | undefined) ?? { zh: '', en: '' }} onValue={onValue} />
    case 'rule':
      return <RuleField label={label} hint={hint} value={text} onChange={onValue} kind="bool" programme={programme} draft={draft} />
    case 'rules':
      return <Rules label={label} values={(value as string[] | undefined) ?? []} programme={programme} draft={draft} onValues={onValue} />
    case 'one':
      return wrap(<Choose label={name} options={optionsOf(field, kinds, steps, values, language)} value={text} need={field.need} disabled={disabled} onValue={onValue} />)
    case 'many':
      return wrap(
        <Select mode="multiple" aria-label={name} disabled={disabled} value={(value as string[] | undefined) ?? []} options={optionsOf(field, kinds, steps, values, language)} optionFilterProp="label" placeholder={t('none')} onChange={(next: string[]) => onValue(next)} />,
      )
    case 'variants':
      return <Variants label={label} hint={hint} field={field} kinds={kinds} steps={steps} values={(value as Variant[] | undefined) ?? []} programme={programme} draft={draft} onValues={onValue} />
    case 'whole':
      return wrap(<InputNumber aria-label={name} disabled={disabled} min={field.min} max={field.max} precision={0} value={text === '' ? null : Number(text)} onChange={(next) => onValue(next === null ? undefined : String(next))} />)
    case 'day':
      return wrap(<DatePicker aria-label={name} disabled={disabled} value={text ? dayjs(text) : null} onChange={(next) => onValue(next ? next.format('YYYY-MM-DD') : undefined)} />)
    case 'yes':
      return (
        <Checkbox disabled={disabled} checked={text === 'true'} onChange={(event) => onValue(event.target.checked ? 'true' : undefined)}>
          {name}
        </Checkbox>
      )
    default:
      return wrap(<Input aria-label={name} className={field.type === 'line' ? undefined : 'short'} disabled={disabled} value={text} onChange={(event) => onValue(event.target.value)} />)
  }
}

interface Option {
  value: string
  label: string
}

function optionsOf(field: FormField, kinds: JourneyKinds, steps: readonly DrawnStep[], values: Values, language: 'zh' | 'en'): Option[] {
  const word = (text: Text, key: string) => text[language] || text.zh || key
  if (field.of === 'steps') return steps.map((step) => ({ value: step.id, label: `${step.n} ${word(step.text, step.kind)}` }))
  const all: ListOption[] = kinds.lists[field.of ?? ''] ?? []
  // What belongs to one choice of the field before is offered only there: the codes of one kind of event.
  const above = Object.values(values).filter((one): one is string => typeof one === 'string')
  return all.filter(({ under }) => !under || above.includes(under)).map(({ key, name }) => ({ value: key, label: word(name, key) }))
}

function Choose({ label, options, value, need, disabled, onValue }: { label: string; options: Option[]; value: string; need?: boolean; disabled: boolean; onValue: (value: string | undefined) => void }) {
  const t = useDraw()
  return <Select aria-label={label} showSearch optionFilterProp="label" allowClear={!need} disabled={disabled} value={value || undefined} placeholder={t('none')} options={options} onChange={(next: string | undefined) => onValue(next)} />
}

function Rules({ label, values, programme, draft, onValues }: { label: string; values: readonly string[]; programme: string; draft: boolean; onValues: (values: string[]) => void }) {
  const t = useDraw()
  return (
    <Line label={label}>
      {values.map((rule, i) => (
        <div key={i} className="draw-many">
          <RuleField label={`${label} ${i + 1}`} value={rule} onChange={(next) => onValues(values.map((one, k) => (k === i ? next : one)))} kind="bool" programme={programme} draft={draft} />
          <Button size="small" onClick={() => onValues(values.filter((_, k) => k !== i))}>
            {t('takeOut')}
          </Button>
        </div>
      ))}
      <Button size="small" className="fit" onClick={() => onValues([...values, ''])}>
        {t('leaveField')}
      </Button>
    </Line>
  )
}

interface VariantsProps {
  label: string
  hint?: string
  field: FormField
  kinds: JourneyKinds
  steps: readonly DrawnStep[]
  values: readonly Variant[]
  programme: string
  draft: boolean
  onValues: (values: Variant[]) => void
}

function Variants({ label, hint, field, kinds, steps, values, programme, draft, onValues }: VariantsProps) {
  const t = useDraw()
  const language = useLanguage()
  const set = (i: number, next: Partial<Variant>) => onValues(values.map((one, k) => (k === i ? { ...one, ...next } : one)))
  return (
    <Line label={label} hint={hint}>
      {values.map((variant, i) => (
        <div key={i} className="draw-many">
          <RuleField label={`${t('variantIf')} ${i + 1}`} value={variant.if} onChange={(next) => set(i, { if: next })} kind="bool" programme={programme} draft={draft} />
          <Choose label={`${t('variantText')} ${i + 1}`} options={optionsOf(field, kinds, steps, {}, language)} value={variant.content} disabled={false} onValue={(next) => set(i, { content: next ?? '' })} />
          <Button size="small" onClick={() => onValues(values.filter((_, k) => k !== i))}>
            {t('takeOut')}
          </Button>
        </div>
      ))}
      <Button size="small" className="fit" onClick={() => onValues([...values, { if: '', content: '' }])}>
        {t('addVariant')}
      </Button>
    </Line>
  )
}
