import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Drawer, Input, Segmented, Select } from 'antd'
import { type RefObject, useEffect, useId, useRef, useState } from 'react'
import type { FileEntry, Said, Stated, TargetsView } from '../../../../../client/file'
import { ApiError } from '../../../../../client/http'
import type { Catalogue } from '../../../../../client/types'
import { useLanguage, useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { catalogueQuery } from '../../../layout/catalogue'
import { useKeep } from '../../../layout/keep'
import { useSession } from '../../session/session'
import { FieldBox } from './FieldBox'
import { addedUp, detailsOf, fieldsOf, limitValues, papered, propertiesOf, readsOf, rebased, shownField, sidesOf, type Spec, stagesOf, usual, type Values, valuesOf } from './fields'
import { correct, sender, state } from './file'
import { MedicineFields } from './MedicineFields'
import { useWords } from './sentences'
import { StagesBox } from './StagesBox'
import { ProfileBox, SlotsBox } from './TargetFields'
import { moved, Trouble } from './Trouble'

export interface Editing {
  /** What may be added; a correction keeps its own. */
  types: readonly string[]
  entry?: FileEntry
}

interface Props {
  person: string
  editing: Editing
  /** What a statement may be read from. */
  reports: readonly FileEntry[]
  /** Which targets hold, and the profiles the person's programmes have. */
  targets: Pick<TargetsView, 'limits' | 'profiles'>
  onClose: () => void
}

/** EntryDrawer adds a statement to the file or replaces one. Fields, words and units are the catalogue's; the server judges. */
export function EntryDrawer({ person, editing, reports, targets, onClose }: Props) {
  const t = useWords()
  const catalogue = useQuery(catalogueQuery)
  const dirty = useRef(false)
  const cancel = useKeep(() => dirty.current, onClose)
  return (
    <Drawer open onClose={cancel} title={t(editing.entry ? 'drawerCorrect' : 'drawerAdd')} size={480}>
      {catalogue.error ? (
        <ErrorBox error={catalogue.error} onRetry={() => void catalogue.refetch()} />
      ) : catalogue.data ? (
        <Form person={person} editing={editing} reports={reports} targets={targets} catalogue={catalogue.data} dirty={dirty} onCancel={cancel} onClose={onClose} />
      ) : (
        <Skeleton lines={10} />
      )}
    </Drawer>
  )
}

const sayers = ['', 'person', 'family', 'doctor', 'report', 'device'] as const
const ways = ['', 'visit', 'call', 'message', 'form', 'paper', 'device'] as const

function Form({ person, editing, reports, targets, catalogue, dirty, onCancel, onClose }: Props & { catalogue: Catalogue; dirty: RefObject<boolean>; onCancel: () => void }) {
  const t = useWords()
  const say = useSay()
  const language = useLanguage()
  const id = useId()
  const client = useQueryClient()
  const { notification } = Antd.useApp()
  const { can } = useSession()
  const { entry } = editing
  const types = catalogue.eventTypes
  const { profiles } = targets
  const signs = can.includes('file.sign')
  const holding = profiles.find((one) => one.holds)?.key ?? ''
  // Limits a doctor is about to sign stand there as they hold or as the profile has them. Who tells a doctor's words tells only those.
  const limitsOf = (profile: string): Values => (!signs ? {} : limitValues(profile === holding ? targets.limits : (profiles.find((one) => one.key === profile)?.limits ?? [])))
  // What holds now stands there to begin with: who sets one limit chooses no other profile by it.
  const begin = (type: string): Values => ({ ...usual[type], ...(type === 'target' ? { profile: holding, ...limitsOf(holding) } : {}) })
  const [send] = useState(sender)
  const [type, setType] = useState(editing.types[0] ?? '')
  const [values, setValues] = useState<Values>(() => (entry ? valuesOf(entry.properties) : begin(type)))
  const [stages, setStages] = useState(() => readsOf(entry?.stages))
  const [at, setAt] = useState('')
  const [said, setSaid] = useState<{ by: '' | Said['by']; name: string; how: (typeof ways)[number] }>({ by: entry?.said?.by ?? '', name: entry?.said?.name ?? '', how: entry?.said?.how ?? '' })
  const [reason, setReason] = useState('')
  const [wrong, setWrong] = useState<Partial<Record<string, string>>>({})
  const typed = JSON.stringify([values, stages, at, said, reason])
  const [clean, setClean] = useState(typed)
  useEffect(() => {
    dirty.current = typed !== clean
  }, [dirty, typed, clean])
  const specs: readonly Spec[] = types.find((one) => one.key === type)?.fields ?? []
  const latest = () => void client.invalidateQueries({ queryKey: ['person', person] })

  const save = useMutation({
    mutationFn: (properties: Record<string, unknown>) => {
      const { by, name, how } = said
      const read = type === 'imaging' ? stagesOf(stages, values.side).stages : undefined
      const body = { type, at: at.trim() || undefined, properties, said: by ? { by, name: name.trim() || undefined, how: how || undefined } : undefined, stages: read?.length || entry?.stages ? read : undefined }
      return entry ? correct(send, person, entry.id, { ...body, reason: reason.trim() }) : state(send, person, body)
    },
    onSuccess: (done: Stated) => {
      latest()
      const note = done.notes.map((one) => say(one.text)).join(' ')
      notification[note ? 'warning' : 'success']({ title: note ? t('savedNote', { note }) : t(entry ? 'corrected' : 'saved'), duration: 10, placement: 'bottomLeft' })
      onClose()
    },
    onError: (error) => {
      // The server names the field it means: its words stand there, and above the button for who does not look.
      const [, nth, part] = (error instanceof ApiError && /^body\.stages\[(\d)\]\.(\w+)$/.exec(error.problem.field ?? '')) || []
      const side = nth && stagesOf(stages, values.side).stages[Number(nth)]?.side
      const field = side && part ? `${side}.${part}` : error instanceof ApiError ? /^body\.(?:properties\.)?(\w+)$/.exec(error.problem.field ?? '')?.[1] : undefined
      if (field && error instanceof ApiError) setWrong({ [field]: [say(error.problem.text), say(error.problem.hintText)].filter(Boolean).join(language === 'zh' ? '。' : '. ') })
    },
  })
  const submit = () => {
    const { properties, wrong: found } = propertiesOf(type, values, specs, entry?.properties)
    const next: Partial<Record<string, string>> = {}
    for (const [name, what] of Object.entries(found)) next[name] = t(what === 'number' ? 'badNumber' : 'missing')
    if (type === 'imaging') for (const [name, what] of Object.entries(stagesOf(stages, values.side).wrong)) next[name] = t(what === 'number' ? 'badNumber' : 'missing')
    if (entry && reason.trim() === '') next.reasonOf = t('reasonFirst')
    setWrong(next)
    if (Object.keys(next).length === 0) save.mutate(properties)
  }
  const change = (next: Values) => setValues((before) => ({ ...before, ...next }))
  const pick = (next: string) => {
    setType(next)
    setValues(begin(next))
    setStages({})
    setClean(JSON.stringify([begin(next), {}, at, said, reason]))
    setWrong({})
  }
  // Codes that depend on another answer: the units of a test, the stages of a system.
  const choices: Partial<Record<string, readonly string[]>> = {
    unit: catalogue.labs.find((one) => one.key === (type === 'hba1c' ? 'hba1c' : values.test))?.units,
    stage: catalogue.stages.find((one) => one.key === values.system)?.stages,
  }
  const papers = reports.filter((one) => one.state === 'stands' && one.file)
  const named = (key: string) => say(types.find((one) => one.key === key)?.name) || key
  return (
    <form
      className="file-form"
      aria-label={t(entry ? 'drawerCorrect' : 'drawerAdd')}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {entry ? (
        <p>
          <b className="user-text">{say(entry.text)}</b>
        </p>
      ) : editing.types.length > 3 ? (
        <div className="field">
          <label htmlFor={`${id}-type`}>{t('what')}</label>
          <Select id={`${id}-type`} value={type} onChange={pick} options={editing.types.map((one) => ({ value: one, label: named(one) }))} />
        </div>
      ) : (
        editing.types.length > 1 && <Segmented aria-label={t('what')} value={type} onChange={pick} options={editing.types.map((one) => ({ value: one, label: named(one) }))} />
      )}
      {specs.length === 0 && <p className="unknown">{t('noFields')}</p>}
      {(type === 'medication' || type === 'fill') && specs.length > 0 && <MedicineFields key={type} dosed={type === 'medication'} values={values} wrong={wrong} onValues={change} />}
      {(fieldsOf[type] ?? []).map((name) => {
        const found = specs.find((one) => one.name === name)
        const spec = found && type === 'care_plan' && name === 'detail' ? { ...found, words: found.words?.filter((one) => detailsOf(values.kind, [one.key]).length > 0) } : found
        const text = typeof values[name] === 'string' ? values[name] : ''
        if (spec && type === 'target' && name === 'profile') return <ProfileBox key={name} profiles={profiles} value={text} onValue={(profile) => setValues((before) => ({ ...rebased(before, limitsOf(String(before.profile ?? '')), limitsOf(profile)), profile }))} />
        if (spec && type === 'plan' && name === 'points' && (values.kind || 'glucose') === 'glucose')
          return <SlotsBox key={name} contexts={catalogue.contexts} value={text} wrong={wrong[name]} onValue={(points) => setValues((before) => addedUp({ ...before, points }, 'points'))} />
        return (
          spec &&
          shownField(type, name, values) && (
            <FieldBox key={`${type}.${name}`} spec={spec} value={values[name]} wrong={wrong[name]} choices={choices[name]} onValue={(value) => change(name === 'test' ? { test: value, unit: catalogue.labs.find((lab) => lab.key === value)?.unit ?? '' } : type === 'plan' ? addedUp({ ...values, [name]: value }, name) : { [name]: value })} />
          )
        )
      })}
      {type === 'imaging' && specs.length > 0 && <StagesBox systems={catalogue.stages} sides={sidesOf(values.side)} value={stages} wrong={wrong} onValue={setStages} />}
      {papers.length > 0 && papered(specs).length > 0 && (
        <div className="field">
          <label htmlFor={`${id}-file`}>{t('fromReport')}</label>
          <Select
            id={`${id}-file`}
            allowClear={{ label: t('unpick') }}
            value={typeof values.file === 'string' && values.file !== '' ? values.file : undefined}
            placeholder={t('pick')}
            options={papers.map((one) => ({ value: one.file?.id ?? '', label: one.file?.name || say(one.text) }))}
            onChange={(file: string | undefined) => change({ file: file ?? '' })}
          />
        </div>
      )}
      <div className="field">
        <label htmlFor={`${id}-at`}>{t('when')}</label>
        <Input id={`${id}-at`} value={at} autoComplete="off" maxLength={40} status={wrong.at ? 'error' : undefined} onChange={(event) => setAt(event.target.value)} />
        <p className="note">{t(entry ? 'whenKeep' : 'whenHint')}</p>
        {wrong.at && (
          <p className="field-error" role="alert">
            {wrong.at}
          </p>
        )}
      </div>
      <div className="file-pair">
        <div className="field">
          <label htmlFor={`${id}-by`}>{t('whoSaid')}</label>
          <Select id={`${id}-by`} value={said.by} onChange={(by) => setSaid({ ...said, by })} options={sayers.map((one) => ({ value: one, label: one ? t(`by_${one}`) : t('mine') }))} />
        </div>
        {said.by && (
          <div className="field">
            <label htmlFor={`${id}-how`}>{t('how')}</label>
            <Select id={`${id}-how`} value={said.how} onChange={(how) => setSaid({ ...said, how })} options={ways.map((one) => ({ value: one, label: one ? t(`how_${one}`) : t('howNone') }))} />
          </div>
        )}
      </div>
      {said.by ? (
        <div className="field">
          <label htmlFor={`${id}-name`}>{t('whoName')}</label>
          <Input id={`${id}-name`} value={said.name} maxLength={60} onChange={(event) => setSaid({ ...said, name: event.target.value })} />
        </div>
      ) : null}
      {can.includes('file.sign') && (said.by === '' || said.by === 'doctor') && specs.some((one) => one.name === 'signed') ? (
        <p className="file-notice">{t('signHint')}</p>
      ) : (
        said.by === 'doctor' && <p className="file-notice">{t('hearsayHint')}</p>
      )}
      {entry && (
        <div className="field">
          <label htmlFor={`${id}-why`}>
            {t('why')}
            <span className="file-must"> *</span>
          </label>
          <Input id={`${id}-why`} value={reason} maxLength={300} status={wrong.reasonOf ? 'error' : undefined} onChange={(event) => setReason(event.target.value)} />
          <p className="note">{t('whyHint')}</p>
          {wrong.reasonOf && (
            <p className="field-error" role="alert">
              {wrong.reasonOf}
            </p>
          )}
        </div>
      )}
      <Trouble
        error={save.error}
        onLatest={() => {
          latest()
          onClose()
        }}
      />
      <div className="file-save">
        <Button onClick={onCancel}>{t('cancel')}</Button>
        <Button type="primary" htmlType="submit" loading={save.isPending} disabled={moved(save.error) || specs.length === 0}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}
