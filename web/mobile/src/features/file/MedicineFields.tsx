import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { MedicineItem } from '../../../../client/file'
import { useSay } from '../../../../ui/i18n'
import type { FieldsProps } from './EntryForm'
import { Chips, Line } from './fields'
import { medicinesQuery } from './query'
import { useFileWords } from './strings'
import { sayUnit } from './tell'

/** useSettled follows a text once nobody typed for `ms`. */
function useSettled(text: string, ms: number): string {
  const [settled, set] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => set(text), ms)
    return () => clearTimeout(timer)
  }, [text, ms])
  return settled
}

const usual = ['1', '2', '3', '4']

/** MedicineFields finds a medicine by the name on its box, then asks how much, how often and when; of one that was got, for how long. */
export function MedicineFields({ values, wrong, onValues, dosed }: FieldsProps & { dosed: boolean }) {
  const t = useFileWords()
  const say = useSay()
  const name = values.name ?? ''
  const [chosen, setChosen] = useState<MedicineItem>()
  const q = useSettled(name.trim(), 250)
  const found = useQuery(medicinesQuery(chosen ? '' : q))
  const known = useQuery({ ...medicinesQuery(values.generic ?? ''), enabled: chosen === undefined && Boolean(values.generic) })
  const item = chosen ?? known.data?.items.find((one) => one.key === values.generic)
  const items = name.trim() === '' || item ? [] : (found.data?.items ?? [])
  const nothing = !item && q !== '' && q === name.trim() && found.isSuccess && !found.isPlaceholderData && items.length === 0
  const units = item?.units ?? []
  return (
    <>
      <Line
        label={t('medicineName')}
        hint={t('medicineHint')}
        value={name}
        wrong={wrong.name ?? wrong.generic}
        onValue={(next) => {
          setChosen(undefined)
          onValues({ name: next, generic: '' })
        }}
        after={
          <>
            {items.length > 0 && (
              <ul className="found" aria-label={t('found')}>
                {items.map((one) => (
                  <li key={one.key}>
                    <button
                      type="button"
                      className="row-link"
                      onClick={() => {
                        setChosen(one)
                        onValues({ name: say(one.name), generic: one.key, ...(dosed && { doseUnit: one.units.includes(values.doseUnit ?? '') ? (values.doseUnit ?? '') : one.unit }) })
                      }}
                    >
                      <span>
                        {say(one.name)} <span className="soft">{say(one.className)}</span>
                        {one.brands.length > 0 && <span className="note"> {one.brands.join(' ')}</span>}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            )}
            {item && <p className="note">{say(item.className)}</p>}
            {nothing && (
              <p className="note" role="status">
                {t('notFound', { name: name.trim() })}
              </p>
            )}
          </>
        }
      />
      {dosed ? (
        <>
          <Line label={t('dose')} numeric value={values.dose ?? ''} wrong={wrong.dose} onValue={(dose) => onValues({ dose })} />
          {units.length > 1 ? (
            <Chips label={t('unit')} options={units.map((one) => ({ key: one, text: sayUnit(one) }))} value={values.doseUnit ?? ''} wrong={wrong.doseUnit} onValue={(doseUnit) => onValues({ doseUnit })} />
          ) : units.length === 1 ? (
            <p className="soft">
              {t('unit')} {sayUnit(units[0] ?? '')}
            </p>
          ) : (
            <Line label={t('unit')} value={values.doseUnit ?? ''} wrong={wrong.doseUnit} onValue={(doseUnit) => onValues({ doseUnit })} />
          )}
          <Chips
            label={t('perDayAsk')}
            open
            options={(usual.includes(values.timesPerDay ?? '') || !values.timesPerDay ? usual : [...usual, values.timesPerDay]).map((one) => ({ key: one, text: one }))}
            value={values.timesPerDay ?? ''}
            wrong={wrong.timesPerDay}
            onValue={(timesPerDay) => onValues({ timesPerDay })}
          />
          <Line label={t('when')} hint={t('whenHint')} value={values.times ?? ''} wrong={wrong.times} onValue={(times) => onValues({ times })} />
        </>
      ) : (
        <>
          <Line label={t('fillDays')} numeric value={values.days ?? ''} wrong={wrong.days} onValue={(days) => onValues({ days })} />
          <Line label={t('place')} hint={t('placeHint')} value={values.place ?? ''} wrong={wrong.place} onValue={(place) => onValues({ place })} />
        </>
      )}
    </>
  )
}
