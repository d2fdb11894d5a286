import type { Link, Unit, Why } from '../client/types'
import { useLanguage, useSay } from './i18n'
import { useUiWords } from './strings'
import { formatAt } from './time'
import { Value } from './Value'
import './why.css'

interface Props {
  why: Why
  unit: Unit
  zone: string
  now: Date
  elder?: boolean
  onOpen?: (link: Link) => void
}

const states = ['has', 'no', 'unknown'] as const
const isState = (state: string): state is (typeof states)[number] => (states as readonly string[]).includes(state)

/**
 * WhyPanel is the one answer to "why?": the rule in words with this person's numbers, the records behind it, since when,
 * when it can next change by itself, which version, which source.
 */
export function WhyPanel({ why, unit, zone, now, elder = false, onOpen }: Props) {
  const t = useUiWords()
  const say = useSay()
  const language = useLanguage()
  const at = (time: string) => formatAt(new Date(time), { now, zone, language, elder })
  const shown = why.evidence.length
  return (
    <section className="why" aria-label={`${t('why')} ${say(why.title)}`}>
      <h2>
        {say(why.title)}
        {isState(why.state) && (
          <span className={`why-state ${why.state === 'has' ? '' : 'why-unknown'}`}>{t(why.state)}</span>
        )}
      </h2>
      <p>{say(why.sentence)}</p>
      {why.because && <p>{say(why.because)}</p>}

      {why.steps && why.steps.length > 0 && (
        <div>
          <h3>{t('checks')}</h3>
          <ul>
            {why.steps.map((step, i) => (
              <li key={i}>
                <span className={step.ok ? '' : 'why-step-no'}>{step.ok ? t('passed') : t('stopped')}</span>
                <span>{say(step.text)}</span>
                {step.at && <span className="why-when">{at(step.at)}</span>}
              </li>
            ))}
          </ul>
        </div>
      )}

      {(why.evidenceTotal > 0 || why.kind === 'tag') && (
        <div>
          <h3>
            {t('evidence')}{' '}
            <span className="why-when">
              {why.evidenceTotal > shown
                ? t('evidenceFirst', { n: why.evidenceTotal, shown })
                : why.evidenceTotal > 0
                  ? t('evidenceTotal', { n: why.evidenceTotal })
                  : t('noEvidence')}
            </span>
          </h3>
          <ul>
            {why.evidence.map((item) => (
              <li key={item.eventId}>
                <span className="why-when nowrap">{at(item.at)}</span>
                {item.reading && <Value reading={item.reading} unit={unit} />}
                {!item.reading && <span>{say(item.text)}</span>}
              </li>
            ))}
          </ul>
        </div>
      )}

      <div className="why-facts">
        {why.programme && <span>{t('ofProgramme', { name: say(why.programme.name) })}</span>}
        {why.since && <span>{t('since', { time: at(why.since) })}</span>}
        {why.nextChange ? (
          <span>{t('nextChange', { time: at(why.nextChange) })}</span>
        ) : (
          why.kind === 'tag' && <span>{t('noNextChange')}</span>
        )}
        {why.version && <span>{t('version', { version: why.version })}</span>}
        {why.source && <span>{t('source', { source: why.source })}</span>}
      </div>

      {why.rule && (
        <details>
          <summary>{t('rule')}</summary>
          <pre>{why.rule}</pre>
        </details>
      )}

      {why.links && why.links.length > 0 && onOpen && (
        <div>
          <h3>{t('related')}</h3>
          <ul>
            {why.links.map((link) => (
              <li key={`${link.kind} ${link.id}`}>
                <button type="button" onClick={() => onOpen(link)}>
                  {say(link.text)}
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  )
}
