import type { FieldsProps } from './EntryForm'
import { Chips, Line, Pick } from './fields'
import { useFileWords } from './strings'
import { sayUnit } from './tell'

/** LabFields asks for one value in the unit the paper has; units are those of the test. */
export function LabFields({ values, wrong, catalogue, onValues, fixed }: FieldsProps & { fixed: boolean }) {
  const t = useFileWords()
  const test = catalogue.labs.find((one) => one.key === values.test)
  return (
    <>
      {fixed ? null : (
        <Pick
          label={t('test')}
          options={catalogue.labs}
          value={values.test ?? ''}
          wrong={wrong.test}
          onValue={(key) => onValues({ test: key, unit: catalogue.labs.find((one) => one.key === key)?.unit ?? '' })}
        />
      )}
      <Line label={t('value')} numeric value={values.value ?? ''} wrong={wrong.value} onValue={(value) => onValues({ value })} />
      {test && test.units.length > 1 && (
        <Chips label={t('unit')} options={test.units.map((one) => ({ key: one, text: sayUnit(one) }))} value={values.unit ?? ''} wrong={wrong.unit} onValue={(unit) => onValues({ unit })} />
      )}
      {test?.units.length === 1 && (
        <p className="soft">
          {t('unit')} {sayUnit(test.unit)}
        </p>
      )}
      {test && test.key !== 'hba1c' && (
        <fieldset className="field">
          <legend>{t('reference')}</legend>
          <span className="pair">
            <Line label={t('refLow')} numeric value={values.refLow ?? ''} wrong={wrong.refLow} onValue={(refLow) => onValues({ refLow })} />
            <Line label={t('refHigh')} numeric value={values.refHigh ?? ''} wrong={wrong.refHigh} onValue={(refHigh) => onValues({ refHigh })} />
          </span>
        </fieldset>
      )}
    </>
  )
}
