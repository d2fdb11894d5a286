import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, Button, Drawer, Modal, Segmented, Select } from 'antd'
import { lazy, Suspense, useMemo, useState } from 'react'
import { ApiError } from '../../../../../client/http'
import type { DrawnJourney, DrawnStep, JourneyDo, JourneyEdit } from '../../../../../client/draw'
import { useSay } from '../../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../../ui/states'
import { startable } from '../../../layout/starts'
import { useSession } from '../../session/session'
import { Both } from '../fields'
import { draftQuery, mayEdit } from '../tags'
import { Unsaved } from '../Unsaved'
import { Canvas } from './Canvas'
import { Compare } from './Compare'
import { type Days, drawnQuery, editJourney, figuresQuery, kindsQuery } from './drawn'
import { JourneyNumbers, StepNumbers } from './Numbers'
import { SettingsPanel, StepPanel } from './Panel'
import { stepsIn } from './place'
import { useDraw } from './strings'
import { WalkPanel } from './WalkPanel'
import '../tags.css'
import '../programme/programme.css'
import './draw.css'

const Starting = lazy(() => import('./Starting'))

export interface JourneyView {
  /** The version in force, to be read; else the draft, to be edited. */
  force?: true
  /** The place of the step that is open; none: the journey's settings. */
  step?: string
  from?: string
  to?: string
}

interface Props {
  programme: string
  journey: string
  view: JourneyView
  onView: (view: JourneyView) => void
}

/** JourneyPage draws one journey: read as it is in force, edited in the draft, with numbers, a comparison and a test on one person. */
export function JourneyPage({ programme, journey, view, onView }: Props) {
  const t = useDraw()
  const drawn = useQuery(drawnQuery(programme, journey, view.force === true))
  const kinds = useQuery(kindsQuery(programme))
  const error = drawn.error ?? kinds.error
  if (error instanceof ApiError && error.status === 404) {
    if (!view.force) return <NewJourney programme={programme} journey={journey} />
    return (
      <Empty title={t('notInForce')} action={<Link to="/programmes/$key/journeys/$journey" params={{ key: programme, journey }}>{t('toDraft')}</Link>}>
        <Link to="/programmes/$key" params={{ key: programme }}>{t('backTo')}</Link>
      </Empty>
    )
  }
  if (error) {
    return (
      <>
        <ErrorBox error={error} onRetry={() => void Promise.all([drawn.refetch(), kinds.refetch()])} />
        <Link to="/programmes/$key/edit" params={{ key: programme }} search={{ part: 'files', file: `journeys/${journey}.yaml` }}>{t('asText')}</Link>
      </>
    )
  }
  if (!drawn.data || !kinds.data) return <Skeleton lines={14} />
  return (
    <Unsaved>
      <Drawn journey={drawn.data} kinds={kinds.data} view={view} onView={onView} />
    </Unsaved>
  )
}

/** NewJourney begins a journey of a key the draft has none of. */
function NewJourney({ programme, journey }: { programme: string; journey: string }) {
  const t = useDraw()
  const client = useQueryClient()
  const may = mayEdit(useSession())
  const draft = useQuery(draftQuery(programme))
  const [name, setName] = useState({ zh: '', en: '' })
  const make = useMutation({
    mutationFn: () => editJourney(programme, journey, { do: 'new', fields: { name } }, draft.data?.revision ?? 0),
    onSuccess: (next) => {
      client.setQueryData(drawnQuery(programme, journey, false).queryKey, next)
      void client.invalidateQueries({ queryKey: ['draft', programme] })
    },
  })
  return (
    <section className="panel box edit-form">
      <Link to="/programmes/$key" params={{ key: programme }}>{t('backTo')}</Link>
      <h1>{t('noJourney')}</h1>
      {may && (
        <>
          <p className="note">{t('newHint', { key: journey })}</p>
          <Both label={t('newName')} value={name} onValue={setName} />
          {make.error && <ErrorBox error={make.error} />}
          <Button type="primary" className="fit" loading={make.isPending} disabled={!draft.data || !name.zh.trim() || !name.en.trim()} onClick={() => make.mutate()}>
            {t('newJourney')}
          </Button>
        </>
      )}
    </section>
  )
}

interface DrawnProps {
  journey: DrawnJourney
  kinds: NonNullable<Parameters<typeof Canvas>[0]['kinds']>
  view: JourneyView
  onView: (view: JourneyView) => void
}

function Drawn({ journey, kinds, view, onView }: DrawnProps) {
  const t = useDraw()
  const say = useSay()
  const client = useQueryClient()
  const may = mayEdit(useSession())
  const edits = may && journey.draft
  const days: Days = { from: view.from, to: view.to }
  const figures = useQuery(figuresQuery(journey.programme, journey.key, days, journey.inForce))
  const byStep = useMemo(() => new Map((figures.data?.steps ?? []).map((one) => [one.step, one])), [figures.data])
  const [past, setPast] = useState<string[]>([])
  const [future, setFuture] = useState<string[]>([])
  const [removing, setRemoving] = useState<DrawnStep>()
  const [comparing, setComparing] = useState(false)
  const [testing, setTesting] = useState(false)
  const [starting, setStarting] = useState(false)
  const { can } = useSession()
  const starts = useQuery({ ...startable(journey.programme), enabled: journey.inForce && can.includes('people.write') })
  const byHand = starts.data?.items.some((one) => one.programme === journey.programme && one.journey === journey.key)
  const [here, setHere] = useState<string>()
  const query = drawnQuery(journey.programme, journey.key, false)
  const save = useMutation({
    mutationFn: (edit: JourneyEdit) => editJourney(journey.programme, journey.key, edit, journey.revision),
    onSuccess: (next) => {
      client.setQueryData(query.queryKey, next)
      setHere(undefined)
      void client.invalidateQueries({ queryKey: ['draft', journey.programme], predicate: ({ queryKey }) => queryKey[2] !== 'drawn' && queryKey[2] !== 'kinds' })
      void client.invalidateQueries({ queryKey: draftQuery(journey.programme).queryKey })
      void client.invalidateQueries({ queryKey: ['tags', 'desk'] })
    },
  })
  const steps = stepsIn(journey.steps)
  const open = steps.find(({ at }) => at === view.step)
  const choose = (at: string) => onView({ ...view, step: at || undefined })
  const edit = async (change: JourneyEdit) => {
    const before = journey.source
    const next = await save.mutateAsync(change)
    setPast([...past, before].slice(-50))
    setFuture([])
    return next
  }
  const back = async (from: string[], to: string[], setFrom: (all: string[]) => void, setTo: (all: string[]) => void) => {
    const source = from.at(-1)
    if (source === undefined) return
    await save.mutateAsync({ do: 'source', source })
    setFrom(from.slice(0, -1))
    setTo([...to, journey.source])
  }
  const quiet = (work: Promise<unknown>) => void work.catch(() => undefined)
  const add = (at: string, kind: string) => quiet(edit({ do: 'add', at, kind }).then(() => choose(at)))
  const act = (what: JourneyDo, step: DrawnStep) => {
    if (what === 'remove') return setRemoving(step)
    const shift = what === 'up' ? -1 : what === 'down' || what === 'copy' ? 1 : 0
    const to = step.at.replace(/\d+$/, (n) => String(Number(n) + shift))
    quiet(edit({ do: what, at: step.at }).then(() => choose(to)))
  }
  const clash = save.error instanceof ApiError && (save.error.status === 412 || save.error.status === 428)
  const old = journey.draft && journey.changed
  return (
    <div className="draw-page">
      <header className="programme-head">
        <Link to="/programmes/$key" params={{ key: journey.programme }}>
          {t('backTo')}
        </Link>
        <h1>{t('title', { name: say(journey.name) })}</h1>
        <div className="row draw-tools">
          <Segmented
            aria-label={t('which')}
            value={view.force ? 'force' : 'draft'}
            onChange={(value) => onView({ ...view, force: value === 'force' ? true : undefined, step: undefined })}
            options={[{ value: 'force', label: t('force'), disabled: !journey.inForce && journey.draft }, { value: 'draft', label: t('draft') }]}
          />
          {edits && (
            <>
              <Button disabled={past.length === 0 || save.isPending} onClick={() => quiet(back(past, future, setPast, setFuture))}>{t('undo')}</Button>
              <Button disabled={future.length === 0 || save.isPending} onClick={() => quiet(back(future, past, setFuture, setPast))}>{t('redo')}</Button>
            </>
          )}
          {edits && <Button disabled={!journey.sound} title={journey.sound ? undefined : t('testSound')} onClick={() => setTesting(true)}>{t('test')}</Button>}
          {edits && journey.sound && journey.differs && (
            <Link to="/programmes/$key/rehearsal" params={{ key: journey.programme }} search={{ journey: journey.key }}>{t('ifThen')}</Link>
          )}
          {byHand && <Button onClick={() => setStarting(true)}>{t('startHand')}</Button>}
          {journey.draft && journey.inForce && <Button onClick={() => setComparing(true)}>{t('compare', { n: journey.version })}</Button>}
          {edits && journey.differs && (
            <Button type="primary" onClick={() => setComparing(true)}>
              {t('publish')}
            </Button>
          )}
          <Link to="/programmes/$key/edit" params={{ key: journey.programme }} search={{ part: 'files', file: journey.file }}>{t('asText')}</Link>
        </div>
      </header>
      <p className="programme-facts" role="status">
        <span>{journey.inForce ? t('versionIn', { n: journey.version }) : t('noVersion')}</span>
        {old && <b>{t('changedHere')}</b>}
        {save.isPending && <span className="note">{t('saving')}</span>}
        {!journey.draft && may && <Link to="/programmes/$key/journeys/$journey" params={{ key: journey.programme, journey: journey.key }}>{t('toDraft')}</Link>}
        {!may && <span className="note">{t('readOnly')}</span>}
      </p>
      {journey.inForce && <JourneyNumbers journey={journey} days={days} figures={figures} onDays={(next) => onView({ ...view, ...next })} />}
      {old && figures.data && <p className="stale">{t('stale')}</p>}
      {save.error &&
        (clash ? (
          <Alert type="warning" showIcon title={t('clash')} action={<Button onClick={() => { save.reset(); void client.invalidateQueries({ queryKey: ['draft', journey.programme] }) }}>{t('reload')}</Button>} />
        ) : (
          <ErrorBox error={save.error} />
        ))}
      <div className="draw-body">
        {journey.steps.length === 0 && <p className="unknown">{t('journeyEmpty')} {edits && t('journeyEmptyHint')}</p>}
        <Canvas
          key={`${journey.key} ${journey.draft}`}
          journey={journey}
          kinds={kinds}
          chosen={view.step ?? ''}
          here={here}
          edits={edits}
          figures={byStep}
          onChoose={choose}
          onAdd={add}
          onDo={act}
          numbers={journey.inForce ? (step) => (step.stood || !journey.draft ? <StepNumbers journey={journey} days={days} step={step} figures={byStep.get(step.id)} old={old} /> : null) : undefined}
        />
        {open ? <StepPanel key={open.at} step={open} journey={journey} kinds={kinds} edits={edits} busy={save.isPending} onEdit={edit} /> : <SettingsPanel journey={journey} kinds={kinds} edits={edits} busy={save.isPending} onEdit={edit} />}
      </div>
      <ProblemList journey={journey} onChoose={choose} />
      {removing && <Removing step={removing} steps={steps} waiting={byStep.get(removing.id)?.waiting ?? 0} onClose={() => setRemoving(undefined)} onRemove={(to) => quiet(edit({ do: 'remove', at: removing.at, to }).then(() => { setRemoving(undefined); choose('') }))} />}
      {starting && (
        <Suspense fallback={null}>
          <Starting programme={journey.programme} journey={journey.key} name={say(journey.name)} onClose={() => setStarting(false)} />
        </Suspense>
      )}
      {comparing && <Compare journey={journey} kinds={kinds} figures={byStep} edits={edits} onEdit={(change) => quiet(edit(change))} onClose={() => setComparing(false)} />}
      <Drawer open={testing} onClose={() => { setTesting(false); setHere(undefined) }} title={t('testTitle')} size={520} mask={false} destroyOnHidden>
        <WalkPanel key={journey.revision} journey={journey} steps={steps} onHere={setHere} />
      </Drawer>
    </div>
  )
}

/** ProblemList says in one line below the drawing what is wrong where; a click goes there. */
function ProblemList({ journey, onChoose }: { journey: DrawnJourney; onChoose: (at: string) => void }) {
  const t = useDraw()
  const say = useSay()
  return (
    <section className="panel box draw-problems" aria-label={t('problemList')}>
      {journey.problems.length === 0 ? (
        <p className="note" role="status">{t('checkFine')}</p>
      ) : (
        <p role="status">
          <b className="wrong">{t('problemsN', { n: journey.problems.length })}</b>{' '}
          {journey.problems.map((problem, i) => (
            <span key={i}>
              {i > 0 && ' · '}
              <button type="button" className="link" onClick={() => onChoose(problem.at ?? '')}>
                {problem.n ? t('problemAt', { n: problem.n }) : t('whole')} {say(problem.text)}
              </button>
            </span>
          ))}
        </p>
      )}
      {journey.others > 0 && (
        <p>
          <Link to="/programmes/$key/edit" params={{ key: journey.programme }}>{t('otherProblems', { n: journey.others })}</Link>
        </p>
      )}
    </section>
  )
}

/** Removing asks who takes the people that wait in a step of the version in force. */
function Removing({ step, steps, waiting, onClose, onRemove }: { step: DrawnStep; steps: readonly DrawnStep[]; waiting: number; onClose: () => void; onRemove: (to?: string) => void }) {
  const t = useDraw()
  const say = useSay()
  const [to, setTo] = useState<string>()
  const others = steps.filter(({ at }) => at !== step.at && !at.startsWith(`${step.at}.`))
  return (
    <Modal open title={t('removeTitle', { n: step.n })} okText={t('remove')} cancelText={t('cancel')} okButtonProps={{ danger: true }} onOk={() => onRemove(to)} onCancel={onClose}>
      <p>{t('removeAsk')}</p>
      {step.stood && (
        <label className="field">
          <span className="field-label">{t('removeWaiting', { n: waiting })}</span>
          <Select aria-label={t('heirs')} allowClear value={to} placeholder={t('nobody')} onChange={setTo} options={others.map((one) => ({ value: one.at, label: `${one.n} ${say(one.text)}` }))} />
        </label>
      )}
    </Modal>
  )
}
