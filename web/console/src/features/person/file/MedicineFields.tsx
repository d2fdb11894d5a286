import { AutoComplete, Input } from 'antd'
import { useId, useState } from 'react'
import type { MedicineItem } from '../../../../../client/file'
import type { Values } from './fields'
import { MedicineSearch } from './MedicineSearch'
import { useWords } from './sentences'

interface Props {
  /** How much at a time is asked too. */
  dosed: boolean
  values: Values
  wrong: Partial<Record<string, string>>
  onValues: (change: Values) => void
}

/** MedicineFields asks which medicine and, where it is taken, how much at a time, in one of the units the medicine is dosed in. */
export function MedicineFields({ dosed, values, wrong, onValues }: Props) {
  const t = useWords()
  const id = useId()
  const [chosen, setChosen] = useState<MedicineItem>()
  const text = (key: string) => (typeof values[key] === 'string' ? values[key] : '')
  return (
    <>
      <MedicineSearch
        free
        text={text('name')}
        chosen={chosen}
        wrong={wrong.name ?? wrong.generic}
        onText={(name) => onValues({ name })}
        onChoose={(item) => {
          setChosen(item)
          onValues({ generic: item?.key ?? '', ...(item && !item.units.includes(text('doseUnit')) ? { doseUnit: item.unit } : {}) })
        }}
      />
      {dosed && (
        <>
          <div className="file-pair">
            <div className="field">
              <label htmlFor={`${id}-dose`}>{t('dose')}</label>
              <Input id={`${id}-dose`} inputMode="decimal" autoComplete="off" value={text('dose')} status={wrong.dose ? 'error' : undefined} onChange={(event) => onValues({ dose: event.target.value })} />
              {wrong.dose && (
                <p className="field-error" role="alert">
                  {wrong.dose}
                </p>
              )}
            </div>
            <div className="field">
              <label htmlFor={`${id}-unit`}>{t('doseUnit')}</label>
              <AutoComplete
                id={`${id}-unit`}
                value={text('doseUnit')}
                status={wrong.doseUnit ? 'error' : undefined}
                options={(chosen?.units ?? []).map((one) => ({ value: one }))}
                onChange={(doseUnit: string) => onValues({ doseUnit })}
              />
              {wrong.doseUnit && (
                <p className="field-error" role="alert">
                  {wrong.doseUnit}
                </p>
              )}
            </div>
          </div>
          {chosen && chosen.high > 0 && <p className="note">{t('doseRange', { low: chosen.low, high: chosen.high, unit: chosen.unit })}</p>}
        </>
      )}
    </>
  )
}
