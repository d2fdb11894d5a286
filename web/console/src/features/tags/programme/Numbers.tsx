import type { DocSetting, DocTarget, Limit, Quantity } from '../../../../../client/programmes'
import { useSay } from '../../../../../ui/i18n'
import { unitWords } from './units'
import { useWords } from './words'

/** Glucose always has a decimal, and no space stands before a percent sign. */
const shown = ({ value, unit }: Quantity, decimal = unit === 'mmol/L') => {
  const figure = decimal && Number.isInteger(value) ? value.toFixed(1) : String(value)
  return unit === '%' ? `${figure}%` : `${figure}\u00a0${unit}`
}

/** useLimit says a limit in signs: 4.4–7.0 mmol/L, < 130 mmHg. */
export function useLimit() {
  const t = useWords()
  return ({ key, low, high, below }: Limit): string => {
    const said = (q: Quantity) => shown(q, q.unit === 'mmol/L' || key === 'hba1c')
    const top = high ? t('upTo', { n: said(high) }) : below ? t('below', { n: said(below) }) : ''
    return [low && t('from', { n: said(low) }), top].filter(Boolean).join(t('comma'))
  }
}

/** Targets are the profiles a doctor chooses from, each limit with its unit. */
export function Targets({ targets }: { targets: readonly DocTarget[] }) {
  const t = useWords()
  const say = useSay()
  const limit = useLimit()
  return (
    <div className="target-cards">
      {targets.map((target) => (
        <section key={target.key} id={`target-${target.key}`} className="target-card">
          <h3>
            {say(target.name)} <code className="note">{target.key}</code> {target.default && <span className="badge">{t('defaultTarget')}</span>}
          </h3>
          <dl className="limits">
            {target.limits.map((one) => (
              <div key={one.key}>
                <dt>{say(one.name)}</dt>
                <dd>{limit(one)}</dd>
              </div>
            ))}
          </dl>
          <Source text={target.source} unsure={target.unsure} />
        </section>
      ))}
    </div>
  )
}

export function Source({ text, unsure }: { text: string; unsure: boolean }) {
  const t = useWords()
  return (
    <p className="note">
      {unsure && <span className="unsure">{t('unsure')}</span>} {text || t('noSource')}
    </p>
  )
}

/** Settings are the numbers a clinician may want otherwise. */
export function Settings({ settings }: { settings: readonly DocSetting[] }) {
  const t = useWords()
  const say = useSay()
  return (
    <table className="doc-table">
      <thead>
        <tr>
          <th scope="col">{t('h_setting')}</th>
          <th scope="col">{t('h_value')}</th>
          <th scope="col">{t('h_source')}</th>
          <th scope="col">{t('h_usedBy')}</th>
        </tr>
      </thead>
      <tbody>
        {settings.map((one) => (
          <tr key={one.key} id={`setting-${one.key}`}>
            <th scope="row">
              {say(one.name)} <code className="note">{one.key}</code>
            </th>
            <td className="nowrap">{shown({ value: one.value, unit: say(unitWords(one.unit)) }, one.unit === 'mmol/L')}</td>
            <td>
              <Source text={one.source} unsure={one.unsure} />
              {one.part && <p className="note">{t('ofPart', { part: one.part })}</p>}
            </td>
            <td>{one.usedBy}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
