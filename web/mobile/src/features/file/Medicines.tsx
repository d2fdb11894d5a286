import type { CodeText, MedicineTaken } from '../../../../client/file'
import { useSay } from '../../../../ui/i18n'
import { CourseDays } from './CourseDays'
import { Behind, Section } from './MyFile'
import { useFileWords } from './strings'
import { Taken } from './Taken'
import { useDate, useHow } from './tell'

/** Medicines is what is taken now and how, each with its tap for today; what was stopped is folded below. */
export function Medicines({ medicines }: { medicines: readonly MedicineTaken[] }) {
  const t = useFileWords()
  const say = useSay()
  const date = useDate()
  const now = medicines.filter((one) => one.current)
  const over = medicines.filter((one) => !one.current)
  return (
    <Section title={t('medicines')} add="medication">
      {now.length === 0 && <p className="soft">{t('medicinesNone')}</p>}
      {now.map((one) => (
        <Medicine key={one.key} medicine={one} />
      ))}
      {over.length > 0 && (
        <details className="card">
          <summary>{t('stopped', { n: over.length })}</summary>
          {over.map((one) => {
            const end = one.courses.at(-1)?.to
            return (
              <section key={one.key}>
                <h3>{say(one.name)}</h3>
                {end && <p className="soft">{t('until', { at: date(end) })}</p>}
                <Behind entries={one.entries} />
              </section>
            )
          })}
        </details>
      )}
    </Section>
  )
}

/** What the person should know of a medicine; what does not fit in the records is for staff. */
const forPerson = ['allergy', 'same_class']

/** Clashes says that a medicine does not go with an allergy or with another, and that a pharmacist looks. */
export function Clashes({ problems }: { problems: readonly CodeText[] }) {
  const t = useFileWords()
  const say = useSay()
  const shown = problems.filter((one) => forPerson.includes(one.code))
  if (shown.length === 0) return null
  return (
    <div role="note">
      {shown.map((one) => (
        <p key={one.code}>
          <b>{say(one.text)}</b>
        </p>
      ))}
      <p className="note">{t('looked')}</p>
    </div>
  )
}

function Medicine({ medicine }: { medicine: MedicineTaken }) {
  const t = useFileWords()
  const say = useSay()
  const date = useDate()
  const how = useHow()(medicine)
  const from = medicine.courses.at(-1)?.from
  return (
    <section className="card">
      <h3 className="medicine-name">{say(medicine.name)}</h3>
      <p>{how || <span className="soft">{t('noDose')}</span>}</p>
      {from && <p className="note">{t('since', { at: date(from) })}</p>}
      <Clashes problems={medicine.problems} />
      {!medicine.known && <p className="note">{t('unknown')}</p>}
      <Taken medicine={medicine} />
      <CourseDays medicine={medicine} />
      <Behind entries={medicine.entries} />
    </section>
  )
}
