import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Modal, Radio, Select } from 'antd'
import type { DrawnJourney, JourneyEdit, JourneyKinds, StepFigures } from '../../../../../client/draw'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { Canvas } from './Canvas'
import { drawnQuery } from './drawn'
import { stepsIn } from './place'
import { useDraw } from './strings'

interface Props {
  journey: DrawnJourney
  kinds: JourneyKinds
  figures: ReadonlyMap<string, StepFigures>
  edits: boolean
  onEdit: (edit: JourneyEdit) => void
  onClose: () => void
}

/** Compare is the draft beside the version in force, as drawings and as text, with who waits where and who takes them. */
export function Compare({ journey, kinds, figures, edits, onEdit, onClose }: Props) {
  const t = useDraw()
  const say = useSay()
  const force = useQuery({ ...drawnQuery(journey.programme, journey.key, true), enabled: journey.inForce })
  const steps = stepsIn(journey.steps)
  const gone = new Set(journey.gone.map(({ id }) => id))
  // In the drawing of the version in force, what is taken out is marked.
  const before = force.data && { ...force.data, draft: true, steps: marked(force.data.steps, gone) }
  return (
    <Modal open onCancel={onClose} footer={null} width="min(1360px, 96vw)" title={t('compareTitle')} destroyOnHidden>
      {!journey.changed && <p className="unknown">{t('compareSame')}</p>}
      {force.error && <ErrorBox error={force.error} onRetry={() => void force.refetch()} />}
      <div className="draw-pair">
        {journey.inForce && (
          <section aria-label={t('inForceSide', { n: journey.version })}>
            <h3>{t('inForceSide', { n: journey.version })}</h3>
            {before ? <Canvas journey={before} kinds={kinds} chosen={undefined} edits={false} onChoose={() => undefined} compact /> : <Skeleton lines={8} />}
          </section>
        )}
        <section aria-label={t('draftSide')}>
          <h3>{t('draftSide')}</h3>
          <Canvas journey={journey} kinds={kinds} chosen={undefined} edits={false} onChoose={() => undefined} compact />
        </section>
      </div>
      {journey.inForce && (
        <>
          <h3>{t('gone')}</h3>
          {journey.gone.length === 0 ? (
            <p className="note">{t('goneNone')}</p>
          ) : (
            <ul className="draw-gone">
              {journey.gone.map((step) => (
                <li key={step.id}>
                  <span>
                    {say(step.text)} <code className="note">{step.id}</code> <b>{t('waitingHere', { n: figures.get(step.id)?.waiting ?? 0 })}</b>
                  </span>
                  <label>
                    {t('goesTo')}{' '}
                    <Select
                      aria-label={`${say(step.text)} ${t('heirs')}`}
                      allowClear
                      disabled={!edits}
                      value={step.to || undefined}
                      placeholder={t('nobody')}
                      options={steps.map((one) => ({ value: one.id, label: `${one.n} ${say(one.text)}` }))}
                      onChange={(to: string | undefined) => onEdit({ do: 'instead', fields: { [step.id]: to ?? '' } })}
                    />
                  </label>
                </li>
              ))}
            </ul>
          )}
          <h3>{t('insideAsk')}</h3>
          <Radio.Group
            disabled={!edits}
            value={journey.inside}
            onChange={(event) => onEdit({ do: 'settings', fields: { ...journey.fields, inside: event.target.value as string } })}
            options={[{ value: 'stay', label: t('inside_stay') }, { value: 'follow', label: t('inside_follow') }]}
          />
          <p className="note">{t('insideNote')}</p>
        </>
      )}
      {journey.lines.length > 0 && (
        <>
          <h3>{t('lines')}</h3>
          <pre className="draw-lines">
            {journey.lines.map((line, i) => (
              <div key={i} className={`draw-line-${line.op}`}>
                {line.op === 'added' ? '+ ' : line.op === 'removed' ? '- ' : line.op === 'gap' ? '…' : '  '}
                {line.text}
              </div>
            ))}
          </pre>
        </>
      )}
      <p className="row">
        {journey.sound ? (
          <Link className="button" to="/draft" search={{ programme: journey.programme }}>{t('toPublish')}</Link>
        ) : (
          <span className="wrong">{t('soundFirst')}</span>
        )}
      </p>
    </Modal>
  )
}

function marked(steps: DrawnJourney['steps'], gone: ReadonlySet<string>): DrawnJourney['steps'] {
  return steps.map((step) => ({ ...step, change: gone.has(step.id) ? ('removed' as 'changed') : ('same' as const), ways: step.ways?.map((way) => ({ ...way, steps: marked(way.steps, gone) })) }))
}
