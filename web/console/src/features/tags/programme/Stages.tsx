import type { ProgrammeDocument } from '../../../../../client/programmes'
import { useSay } from '../../../../../ui/i18n'
import { count } from '../Names'
import { People } from './People'
import { Source } from './Numbers'
import { useWords } from './words'

/** Stages are a ladder: asked from the top, a person is on the first rung that holds. The bar says how many of all are on it. */
export function Stages({ doc }: { doc: ProgrammeDocument }) {
  const t = useWords()
  const say = useSay()
  const most = Math.max(1, ...doc.stages.map(({ people }) => people))
  return (
    <>
      <p className="note">{t('ladderHint')}</p>
      <ol className="ladder">
        {doc.stages.map((stage) => (
          <li key={stage.key} id={`stage-${stage.key}`}>
            <div className="rung">
              <h3>
                {say(stage.name)} <code className="note">{stage.key}</code>
              </h3>
              {doc.counted && (
                <span className="rung-people">
                  <span className="rung-bar" aria-hidden="true">
                    <i style={{ width: `${(100 * stage.people) / most}%` }} />
                  </span>
                  <People programme={doc.key} part="stage" of={stage.key} n={stage.people} label={t('peopleInStage', { name: say(stage.name), n: count(stage.people) })} text={t('people', { n: count(stage.people) })} />
                </span>
              )}
            </div>
            <p>{say(stage.plain)}</p>
            <details>
              <summary>{t('ruleWord')}</summary>
              <p className="reading">{say(stage.reading)}</p>
              <pre>{stage.rule}</pre>
              {stage.stay && (
                <>
                  <p className="reading">
                    {t('staysWhile')} {say(stage.staying)}
                  </p>
                  <pre>{stage.stay}</pre>
                </>
              )}
            </details>
            <Source text={stage.source} unsure={false} />
          </li>
        ))}
      </ol>
    </>
  )
}
