// What is asked of a pressure, a pain, a weight or a symptom, with words, units and limits, kept on this phone from the catalogue: a form
// must open without a network. No value and nothing of a person is in it.
import { isMeasure } from '../../../client/measures'
import type { Catalogue } from '../../../client/types'

export type MeasureForms = Pick<Catalogue, 'eventTypes'>

const place = 'peiban.measures'

/** keepMeasureForms is called with every catalogue heard. */
export function keepMeasureForms({ eventTypes }: MeasureForms): MeasureForms {
  const forms = { eventTypes: eventTypes.filter((one) => isMeasure(one.key)) }
  localStorage.setItem(place, JSON.stringify(forms))
  return forms
}

/** keptMeasureForms is what was kept; undefined before the first visit. */
export function keptMeasureForms(): MeasureForms | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? 'null') as MeasureForms | null
    return kept && Array.isArray(kept.eventTypes) && kept.eventTypes.length > 0 ? kept : undefined
  } catch {
    return undefined
  }
}
