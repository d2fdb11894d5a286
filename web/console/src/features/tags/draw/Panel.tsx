import { Button } from 'antd'
import type { DrawnJourney, DrawnStep, JourneyEdit, JourneyKinds } from '../../../../../client/draw'
import { useSay } from '../../../../../ui/i18n'
import { useTyped } from '../Unsaved'
import { FormFields, without } from './Fields'
import { stepsIn } from './place'
import { useDraw } from './strings'

interface Props {
  journey: DrawnJourney
  kinds: JourneyKinds
  edits: boolean
  busy: boolean
  onEdit: (edit: JourneyEdit) => Promise<unknown>
}

/** StepPanel is the form of one step, and of its ways. */
export function StepPanel({ step, ...props }: Props & { step: DrawnStep }) {
  const t = useDraw()
  const say = useSay()
  const { kinds, journey } = props
  const kind = kinds.kinds.find(({ key }) => key === step.kind)
  const problems = journey.problems.filter(({ at }) => at === step.at)
  return (
    <section className="panel box draw-panel" aria-label={`${step.n} ${kind ? say(kind.name) : step.kind}`}>
      <h2>
        {step.n} {kind ? say(kind.name) : t('kindUnknown')}
      </h2>
      {kind && <p className="note">{say(kind.text)}</p>}
      <Problems problems={problems} />
      <Filled key={step.at} {...props} fields={[...(kind?.fields ?? []), ...kinds.step]} values={step.fields} edit={(fields) => ({ do: 'set', at: step.at, fields })} />
      {kind?.way && kind.way.length > 0 && (
        <>
          <h3>{t('waySettings')}</h3>
          {step.ways?.filter(({ fields, key }) => Object.keys(fields).length > 0 || key !== 'else').map((way, i) => (
            <fieldset key={way.at} className="draw-way">
              <legend>{t('wayN', { n: i + 1 })}</legend>
              <Filled key={way.at} {...props} fields={kind.way!} values={way.fields} edit={(fields) => ({ do: 'way', at: way.at, fields })} />
              {props.edits && (
                <Button size="small" danger className="fit" onClick={() => void props.onEdit({ do: 'remove_way', at: way.at }).catch(() => undefined)}>
                  {t('removeWay')}
                </Button>
              )}
            </fieldset>
          ))}
          {props.edits && (
            <Button size="small" className="fit" onClick={() => void props.onEdit({ do: 'add_way', at: step.at }).catch(() => undefined)}>
              {t('addWay')}
            </Button>
          )}
        </>
      )}
    </section>
  )
}

/** SettingsPanel is the form of the journey as a whole. */
export function SettingsPanel(props: Props) {
  const t = useDraw()
  const { journey, kinds } = props
  return (
    <section className="panel box draw-panel" aria-label={t('settings')}>
      <h2>{t('settings')}</h2>
      <Problems problems={journey.problems.filter(({ at }) => !at)} />
      <Filled {...props} fields={kinds.settings} values={journey.fields} edit={(fields) => ({ do: 'settings', fields })} />
    </section>
  )
}

function Problems({ problems }: { problems: DrawnJourney['problems'] }) {
  const say = useSay()
  if (problems.length === 0) return null
  return (
    <div role="status">
      <ul className="problems">
        {problems.map((problem, i) => (
          <li key={i}>
            <b>{say(problem.text)}</b> {say(problem.hint)}
          </li>
        ))}
      </ul>
    </div>
  )
}

interface FilledProps extends Props {
  fields: Parameters<typeof FormFields>[0]['fields']
  values: DrawnStep['fields']
  edit: (values: DrawnStep['fields']) => JourneyEdit
}

function Filled({ journey, kinds, edits, busy, onEdit, fields, values, edit }: FilledProps) {
  const t = useDraw()
  const { value, setValue, dirty: changed, saved, undo } = useTyped(values)
  if (fields.length === 0) return null
  return (
    <div className="edit-form">
      <FormFields programme={journey.programme} fields={fields} values={value} kinds={kinds} steps={stepsIn(journey.steps)} draft={journey.draft} disabled={!edits} on={typeof journey.fields['enter.on'] === 'string' ? journey.fields['enter.on'] : undefined} onChange={setValue} />
      {edits && (
        <div className="row draw-save">
          <Button type="primary" disabled={!changed} loading={busy} onClick={() => void onEdit(edit(without(value))).then(() => saved(value), () => undefined)}>
            {t('save')}
          </Button>
          {changed && <Button onClick={undo}>{t('cancel')}</Button>}
        </div>
      )}
    </div>
  )
}
