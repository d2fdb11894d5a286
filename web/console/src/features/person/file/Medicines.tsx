import type { MedicineTaken } from '../../../../../client/file'
import { useSay } from '../../../../../ui/i18n'
import { useActs } from './acts'
import { Entries, Records, useDate } from './Entry'
import { useWords } from './sentences'

/** Medicines shows what is taken now; what was stopped is folded below it. */
export function Medicines({ medicines }: { medicines: readonly MedicineTaken[] }) {
  const t = useWords()
  const now = medicines.filter((one) => one.current)
  const stopped = medicines.filter((one) => !one.current)
  const unmapped = medicines.filter((one) => !one.known).length
  return (
    <>
      {unmapped > 0 && <p className="file-notice">{t('unmappedTotal', { n: unmapped })}</p>}
      <ul className="file-rows">
        {now.map((one) => (
          <Medicine key={one.key} medicine={one} />
        ))}
      </ul>
      {stopped.length > 0 && (
        <details className="file-fold" open={now.length === 0 || undefined}>
          <summary>{t('stopped', { n: stopped.length })}</summary>
          <ul className="file-rows">
            {stopped.map((one) => (
              <Medicine key={one.key} medicine={one} />
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

/** Single doses are told beside what was prescribed, not among it. */
const dose = ['taken', 'missed']

function Medicine({ medicine }: { medicine: MedicineTaken }) {
  const t = useWords()
  const say = useSay()
  const date = useDate()
  const acts = useActs()
  const last = medicine.courses.at(-1)
  const doses = medicine.entries.filter((one) => dose.includes(String(one.properties.action)))
  const told = medicine.current ? medicine : last
  const amount = [told && say(told.how), told?.doseText].filter(Boolean)
  const course = !last?.from ? t('sinceUnknown') : last.to ? t('fromTo', { from: date(last.from), to: date(last.to) }) : t('since', { at: date(last.from) })
  const unmapped = medicine.entries.find((one) => one.state === 'stands' && one.mayChange)
  const named = say(medicine.name)
  return (
    <li className="file-row">
      <div className="file-row-head">
        <b className="user-text">{named}</b>
        {medicine.known ? say(medicine.className) !== named && <span className="file-2">{say(medicine.className)}</span> : <span className="badge badge-hearsay">{t('unmapped')}</span>}
        <span>{amount.length > 0 ? amount.join(' · ') : <span className="unknown">{t('noDose')}</span>}</span>
        <span className="file-2 nowrap">{course}</span>
        {medicine.taken28 + medicine.missed28 > 0 && <span className="file-2">{t('taken28', { taken: medicine.taken28, missed: medicine.missed28 })}</span>}
        {!medicine.known && acts?.map && unmapped && (
          <button type="button" className="link" onClick={() => acts.map?.(unmapped)}>
            {t('map')}
          </button>
        )}
      </div>
      {medicine.problems
        .filter((one) => one.code !== 'unknown_medicine')
        .map((one) => (
          <p key={one.code} className="file-notice">
            {say(one.text)}
          </p>
        ))}
      <Records entries={medicine.entries.filter((one) => !dose.includes(String(one.properties.action)))} />
      {doses.length > 0 && (
        <details className="file-fold">
          <summary>{t('doses', { n: doses.length })}</summary>
          <Entries entries={doses} />
        </details>
      )}
    </li>
  )
}
