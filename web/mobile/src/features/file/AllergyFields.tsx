import { useSay } from '../../../../ui/i18n'
import type { FieldsProps } from './EntryForm'
import { Chips, Line, wordsOf } from './fields'
import { useFileWords } from './strings'

/** AllergyFields asks to what, and what happened. */
export function AllergyFields({ values, wrong, catalogue, onValues }: FieldsProps) {
  const t = useFileWords()
  const say = useSay()
  const of = (field: string) => wordsOf(catalogue, 'allergy', field).map((one) => ({ key: one.key, text: say(one.name) }))
  return (
    <>
      <Chips label={t('kind')} options={of('kind')} value={values.kind ?? ''} wrong={wrong.kind} onValue={(kind) => onValues({ kind })} />
      <Line label={t('substance')} value={values.substance ?? ''} wrong={wrong.substance} onValue={(substance) => onValues({ substance })} />
      <Line label={t('reaction')} value={values.reaction ?? ''} wrong={wrong.reaction} onValue={(reaction) => onValues({ reaction })} />
      <Chips label={t('severity')} open options={of('severity')} value={values.severity ?? ''} wrong={wrong.severity} onValue={(severity) => onValues({ severity })} />
    </>
  )
}
