import type { FillRow } from '../../../../client/file'
import { useSay } from '../../../../ui/i18n'
import { Entries } from './Entries'
import { Section } from './MyFile'
import { useFileWords } from './strings'
import { useDate } from './tell'

const shown = 3

/** Fills is what the person got from a pharmacy, the newest first; older ones are folded. */
export function Fills({ fills }: { fills: readonly FillRow[] }) {
  const t = useFileWords()
  const say = useSay()
  const date = useDate()
  const stands = fills.filter((one) => one.entry.state === 'stands')
  const row = (one: FillRow) => (
    <section key={one.entry.id}>
      <h3>{say(one.name)}</h3>
      <p>
        {one.days !== undefined && one.until ? t('fillFor', { n: one.days, at: date(one.until) }) : <span className="soft">{t('fillOpen')}</span>} {one.place && <span className="soft">{one.place}</span>}
      </p>
      <Entries entries={[one.entry]} plain />
    </section>
  )
  return (
    <Section title={t('fills')} add="fill">
      {stands.length === 0 ? <p className="soft">{t('fillsNone')}</p> : <div className="card">{stands.slice(0, shown).map(row)}</div>}
      {stands.length > shown && (
        <details className="card">
          <summary>{t('fillsEarlier', { n: stands.length - shown })}</summary>
          {stands.slice(shown).map(row)}
        </details>
      )}
    </Section>
  )
}
