import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { DocJourney, DocStep, ProgrammeDocument } from '../../../../../client/programmes'
import { useLanguage, useSay } from '../../../../../ui/i18n'
import { count } from '../Names'
import { layout, wrapped } from './graphLayout'
import { People } from './People'
import { useWords } from './words'

const lineHeight = 17
const pad = 7

/** JourneyGraph is a journey from top to bottom: who enters, each step, wait and branch, what ends it and what it hopes for. */
export function JourneyGraph({ doc, journey }: { doc: ProgrammeDocument; journey: DocJourney }) {
  const t = useWords()
  const say = useSay()
  return (
    <section id={`journey-${journey.key}`} className="journey" aria-label={say(journey.name)}>
      <h3>
        {say(journey.name)} <code className="note">{journey.key}</code> <span className={journey.class === 'safety' ? 'badge badge-safety' : 'badge'}>{t(`c_${journey.class}`)}</span>
      </h3>
      <p className="programme-facts">
        {doc.counted && (
          <span>
            <People programme={doc.key} part="run" of={journey.key} n={journey.running} label={t('peopleUnderWay', { name: say(journey.name), n: count(journey.running) })} text={t('underWay', { n: count(journey.running) })} />
          </span>
        )}
        <Link className="no-print" to="/programmes/$key/journeys/$journey" params={{ key: doc.key, journey: journey.key }} search={{ force: doc.counted || undefined }}>
          {t('drawing')}
        </Link>{' '}
        <Link className="no-print" to="/programmes/$key/edit" params={{ key: doc.key }} search={{ part: 'files', file: journey.file }}>
          {t('asText')}
        </Link>
      </p>
      <dl className="journey-facts">
        <dt>{t('enters')}</dt>
        <dd>
          {say(journey.enter.text)} <span className="note">{say(journey.again)}</span>
        </dd>
        <dt>{t('leaves')}</dt>
        <dd>{journey.leave.length > 0 ? journey.leave.map((one) => say(one.text)).join(t('or')) : t('leavesNever')}</dd>
        <dt>{t('goal')}</dt>
        <dd>{journey.goal ? t('goalWithin', { what: say(journey.goal.text), within: say(journey.lasting) }) : t('noGoal')}</dd>
      </dl>
      <Graph journey={journey} />
    </section>
  )
}

function Graph({ journey }: { journey: DocJourney }) {
  const t = useWords()
  const language = useLanguage()
  const say = useSay()
  const drawn = useMemo(() => {
    const pick = (text: { zh: string; en: string } | undefined) => (text ? text[language] || text.zh : '')
    const words = (step: DocStep) => ({
      text: wrapped(pick(step.text), 25, step.kind === 'if' ? 6 : 3),
      notes: (step.notes ?? []).slice(0, 2).flatMap((note) => wrapped(pick(note), 27, 2)),
    })
    const height = (step: DocStep) => {
      const { text, notes } = words(step)
      return 2 * pad + lineHeight * (1 + text.length) + 15 * notes.length
    }
    return { place: layout(journey.steps, height), words }
  }, [journey, language])
  const { place, words } = drawn
  const margin = 8
  return (
    <div className="graph-box">
      <svg className="graph" width={place.width + 2 * margin} height={place.height + 2 * margin + 20} viewBox={`${-margin} ${-margin} ${place.width + 2 * margin} ${place.height + 2 * margin + 20}`} role="img" aria-label={t('graphSays', { name: say(journey.name), n: place.boxes.length })}>
        <defs>
          <marker id={`arrow-${journey.key}`} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0L8 4L0 8z" className="graph-arrow" />
          </marker>
        </defs>
        {place.lines.map(({ points, side, past }, i) => {
          const last = points.at(-2) ?? points[0]!
          return (
            <g key={i}>
              <polyline className="graph-line" points={points.map((p) => p.join(',')).join(' ')} markerEnd={(side && !past) || points.length === 2 ? `url(#arrow-${journey.key})` : undefined} />
              {side && (
                <text className="graph-side" x={last[0] + 5} y={last[1] + 13}>
                  {typeof side === 'string' ? t(side) : wrapped(side[language] || side.zh, 14, 1)[0]}
                </text>
              )}
            </g>
          )
        })}
        {place.end && (
          <g>
            <circle className="graph-end" cx={place.end[0]} cy={place.end[1] + 12} r="5" />
          </g>
        )}
        {place.boxes.map(({ step, x, y, width, height }) => {
          const { text, notes } = words(step)
          return (
            <g key={step.id} className={`graph-step graph-${step.kind}`} transform={`translate(${x} ${y})`}>
              <title>{[step.rule ?? '', say(step.text), ...(step.notes ?? []).map((note) => say(note))].filter(Boolean).join('\n')}</title>
              <rect width={width} height={height} rx={step.kind === 'if' || step.ways ? 0 : 6} />
              <text className="graph-kind" x={pad + 2} y={pad + 12}>
                {t(`step_${step.kind}`)}
              </text>
              {text.map((line, i) => (
                <text key={i} x={pad + 2} y={pad + 12 + lineHeight * (i + 1)}>
                  {line}
                </text>
              ))}
              {notes.map((line, i) => (
                <text key={i} className="graph-note" x={pad + 2} y={pad + 12 + lineHeight * text.length + 15 * (i + 1) + 1}>
                  {line}
                </text>
              ))}
            </g>
          )
        })}
      </svg>
      <Steps steps={journey.steps} />
    </div>
  )
}

/** Steps are the same graph as a list, for who does not see it. */
function Steps({ steps }: { steps: readonly DocStep[] }) {
  const t = useWords()
  const say = useSay()
  return (
    <ol className="visually-hidden">
      {steps.map((step) => (
        <li key={step.id}>
          {t(`step_${step.kind}`)} {say(step.text)} {(step.notes ?? []).map((note) => say(note)).join(t('comma'))}
          {step.then && (
            <>
              {t('then')} <Steps steps={step.then} />
            </>
          )}
          {step.ways?.map((way) => (
            <div key={way.key}>
              {say(way.text)} <Steps steps={way.steps} />
            </div>
          ))}
          {step.else && step.else.length > 0 && (
            <>
              {t('else')} <Steps steps={step.else} />
            </>
          )}
        </li>
      ))}
    </ol>
  )
}

