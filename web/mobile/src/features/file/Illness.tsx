import type { HealthFile } from '../../../../client/file'
import { useSay } from '../../../../ui/i18n'
import { Behind, Section } from './MyFile'
import { useFileWords } from './strings'
import { useDate } from './tell'

/** Illness is what the person has, as it was said: what no doctor signed is shown as told. */
export function Illness({ file: { diagnoses, stages } }: { file: HealthFile }) {
  const t = useFileWords()
  const say = useSay()
  const date = useDate()
  const rows = diagnoses.filter((one) => one.entries.some((entry) => entry.state === 'stands'))
  return (
    <Section title={t('diagnoses')} add="diagnosis">
      {rows.length + stages.length === 0 && <p className="soft">{t('diagnosesNone')}</p>}
      {rows.map((one) => (
        <section key={`${one.condition} ${say(one.name)}`} className="card">
          <h3>
            {say(one.name)} {say(one.statusText)}
          </h3>
          <p className="note">
            {one.since && <span className="nowrap">{t('sinceYear', { at: date(one.since) })} · </span>}
            {t(one.signed ? 'signed' : 'notSigned')}
          </p>
          <Behind entries={one.entries} />
        </section>
      ))}
      {stages.length > 0 && (
        <ul className="card file-rows">
          {stages.map((one) => (
            <li key={`${one.system} ${one.side}`}>
              <b>{say(one.systemName)}</b> {one.side === 'left' ? t('left') : one.side === 'right' ? t('right') : ''} {one.stage && t('stage', { stage: one.stage })}{' '}
              <span className="soft nowrap">{date(one.at)}</span>
              <p className="note">{t(one.signed ? 'signed' : one.verified ? 'stageChecked' : 'stageTold')}</p>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
