import { AutoComplete, Checkbox, Input, Select } from 'antd'
import { useId } from 'react'
import { useSay } from '../../../../../ui/i18n'
import { type FieldKey, useFieldWords } from './fieldWords'
import type { Spec } from './fields'
import { useWords } from './sentences'

interface Props {
  spec: Spec
  value: string | boolean | undefined
  wrong?: string
  /** Codes the server takes but does not list in the catalogue, such as the units of one test. */
  choices?: readonly string[]
  onValue: (value: string | boolean) => void
}

const long = ['note', 'finding', 'reaction', 'text']

/** FieldBox asks for one property as the catalogue describes it: a list, a number with its unit, a yes, or words. */
export function FieldBox({ spec, value, wrong, choices, onValue }: Props) {
  const t = useWords()
  const label = useFieldWords()
  const say = useSay()
  const id = useId()
  const text = typeof value === 'string' ? value : ''
  const name = label(spec.name as FieldKey)
  const shared = { id, status: wrong ? ('error' as const) : undefined, 'aria-invalid': wrong !== undefined, 'aria-describedby': wrong ? `${id}-bad` : undefined }
  if (spec.kind === 'bool') {
    return (
      <div className="field">
        <Checkbox checked={value === true} onChange={(event) => onValue(event.target.checked)}>
          {name}
        </Checkbox>
      </div>
    )
  }
  return (
    <div className="field">
      <label htmlFor={id}>
        {name}
        {spec.required && <span className="file-must"> *</span>}
      </label>
      {spec.words && spec.words.length > 0 ? (
        <Select
          {...shared}
          value={text || undefined}
          placeholder={t('pick')}
          allowClear={spec.required ? false : { label: t('unpick') }}
          showSearch={{ optionFilterProp: 'label' }}
          options={spec.words.map((one) => ({ value: one.key, label: say(one.name) }))}
          onChange={(next: string | undefined) => onValue(next ?? '')}
        />
      ) : spec.kind === 'number' ? (
        <Input {...shared} inputMode="decimal" autoComplete="off" value={text} suffix={say(spec.unitWord) || undefined} onChange={(event) => onValue(event.target.value)} />
      ) : choices && choices.length > 0 ? (
        <AutoComplete {...shared} value={text} options={choices.map((one) => ({ value: one }))} onChange={(next: string) => onValue(next)} />
      ) : long.includes(spec.name) ? (
        <Input.TextArea {...shared} autoSize={{ minRows: 2, maxRows: 6 }} maxLength={500} value={text} onChange={(event) => onValue(event.target.value)} />
      ) : (
        <Input {...shared} autoComplete="off" maxLength={120} value={text} onChange={(event) => onValue(event.target.value)} />
      )}
      {wrong && (
        <p className="field-error" id={`${id}-bad`} role="alert">
          {wrong}
        </p>
      )}
    </div>
  )
}
