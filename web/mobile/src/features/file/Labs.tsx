import type { LabRow } from '../../../../client/file'
import { useSay } from '../../../../ui/i18n'
import { Behind, Section } from './MyFile'
import { useFileWords } from './strings'
import { sayUnit, useDate, useJudged } from './tell'

/** Labs is the latest value of each test with its target in words, and beside a value outside it the next step. */
export function Labs({ labs }: { labs: readonly LabRow[] }) {
  const t = useFileWords()
  return (
    <Section title={t('labs')} add="lab">
      {labs.length === 0 && <p className="soft">{t('labsNone')}</p>}
      {labs.map((one) => (
        <Lab key={one.test} lab={one} />
      ))}
    </Section>
  )
}

function Lab({ lab }: { lab: LabRow }) {
  const t = useFileWords()
  const say = useSay()
  const date = useDate()
  const judged = useJudged()
  const { latest, previous, decimals } = lab
  if (!latest) return null
  const text = (n: number) => `${n.toFixed(decimals)}${lab.unit === '%' ? '' : ' '}${sayUnit(lab.unit)}`
  const outside = lab.target !== undefined ? latest.value > lab.target : latest.flag === 'high' || latest.flag === 'low'
  const word = judged(lab, latest)
  return (
    <section className="card">
      <h3>{say(lab.name)}</h3>
      <p>
        <b className="lab-value nowrap">{text(latest.value)}</b> <span className="soft">{word}</span>
      </p>
      {latest.ifcc !== undefined && <p className="note">{t('alsoIn', { value: latest.ifcc, unit: 'mmol/mol' })}</p>}
      {outside && <p>{t('talk')}</p>}
      <p className="note">
        {t('testOn', { at: date(latest.at) })}
        {previous && ` · ${t('before', { value: text(previous.value) })}`}
      </p>
      <Behind entries={lab.entries} />
    </section>
  )
}
