// How the file is said in plain words: amounts, dates as exactly as they were said, who wrote it.
import type { FileEntry, LabPoint, LabRow, MedicineTaken } from '../../../../client/file'
import { useSay } from '../../../../ui/i18n'
import { formatDay, type Moment } from '../../../../ui/time'
import { useMoment } from '../../session/Session'
import { useFileWords } from './strings'
import { printedUnit as sayUnit } from '../../../../ui/unit'

export { sayUnit }

/** sayDate keeps 2015 as 2015. */
export const sayDate = (at: string | undefined, moment: Moment): string =>
  !at ? '' : /^\d{4}(-\d{2})?$/.test(at) ? at : formatDay(new Date(at.length === 10 ? `${at}T12:00:00Z` : at), moment)

export function useDate(): (at: string | undefined) => string {
  const moment = useMoment()
  return (at) => sayDate(at, moment)
}

export const when = (entry: FileEntry): string => (typeof entry.properties.date === 'string' && entry.properties.date) || entry.at

/** What a medicine's own start or change says beside its dose. */
export function latestStart(medicine: MedicineTaken): FileEntry | undefined {
  return medicine.entries.find((one) => one.state === 'stands' && (one.properties.action === 'start' || one.properties.action === 'change' || one.type === 'glucocorticoid'))
}

const times = (medicine: MedicineTaken): string => {
  const said = latestStart(medicine)?.properties.times
  return typeof said === 'string' ? said : ''
}

/** useHow says how a medicine is taken; empty when nobody said. */
export function useHow(): (medicine: MedicineTaken) => string {
  const say = useSay()
  return (medicine) => [say(medicine.how), times(medicine), medicine.doseText ?? ''].filter(Boolean).join(' · ')
}

/** Where a value lies, in words: the person's own target before the laboratory's range. */
export function useJudged(): (lab: LabRow, point: LabPoint) => string {
  const t = useFileWords()
  return (lab, point) => {
    const limit = lab.target === undefined ? '' : `${lab.target.toFixed(lab.decimals)}${lab.unit === '%' ? '%' : ` ${sayUnit(lab.unit)}`}`
    if (lab.target !== undefined) return t(point.value <= lab.target ? 'inTarget' : 'aboveTarget', { n: limit })
    return point.flag ? t(({ low: 'belowRange', normal: 'inRange', high: 'aboveRange' } as const)[point.flag]) : ''
  }
}

/** isToday tells whether something is about the person's own today. */
export const dayOf = (at: string, zone: string): string => new Date(at).toLocaleDateString('sv-SE', { timeZone: zone })
