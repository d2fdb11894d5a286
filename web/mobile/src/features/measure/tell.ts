import type { MeasureType } from '../../../../client/measures'
import type { Text } from '../../../../client/types'
import type { MeasureForms } from '../../session/measureForms'

/** wordsOf says a measure that waits on the phone, with words and units of the catalogue: 血压 132/84 mmHg. */
export function wordsOf(forms: MeasureForms, type: MeasureType, properties: Record<string, unknown>): Text {
  const kind = forms.eventTypes.find((one) => one.key === type)
  const inLanguage = (language: 'zh' | 'en'): string => {
    const spec = (name: string) => kind?.fields.find((one) => one.name === name)
    const code = (name: string) => spec(name)?.words?.find((one) => one.key === properties[name])?.name[language] ?? ''
    const unit = (name: string) => spec(name)?.unitWord?.[language] ?? spec(name)?.unit ?? ''
    const outOf = (name: string) => (properties[name] === undefined ? '' : `${String(properties[name])}/${spec(name)?.max ?? ''}`)
    const parts = {
      blood_pressure: [`${String(properties.systolic)}/${String(properties.diastolic)} ${unit('systolic')}`],
      weight: [`${String(properties.value)} ${unit('value')}`],
      pain: [code('site'), outOf('value')],
      symptom: [code('kind'), outOf('severity')],
    }[type]
    return [kind?.name[language], ...parts].filter(Boolean).join(' ')
  }
  return { zh: inLanguage('zh'), en: inLanguage('en') }
}
