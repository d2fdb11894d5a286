import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App as Antd, Button } from 'antd'
import { useState, type ReactNode } from 'react'
import type { FileEntry, HealthFile as File } from '../../../../../client/file'
import { ApiError } from '../../../../../client/http'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { mayWrite, useSession } from '../../session/session'
import type { At } from '../person'
import { useWords as usePersonWords } from '../strings'
import { ActsProvider, type Acts } from './acts'
import { Entries } from './Entry'
import { EntryDrawer, type Editing } from './EntryDrawer'
import { typesOf, sections, type SectionKey } from './fields'
import { fileQuery, formsQuery, sender, sign } from './file'
import { Labs } from './Labs'
import { MapModal } from './MapModal'
import { Fills } from './Fills'
import { Medicines } from './Medicines'
import { Forms } from './Forms'
import { ReportDrawer } from './ReportDrawer'
import { RetractModal } from './RetractModal'
import { Allergies, Devices, Diagnoses, Life, More, Plans } from './Sections'
import { useWords } from './sentences'
import './file.css'

/** HealthFile is what is known of a person's health, in sections; each statement says who said so and when. */
export function HealthFile({ id, at }: { id: string; at?: At }) {
  const t = useWords()
  const person = usePersonWords()
  const session = useSession()
  const file = useQuery(fileQuery(id, at))
  const [edit, setEdit] = useState<Editing>()
  const [retract, setRetract] = useState<FileEntry>()
  const [map, setMap] = useState<FileEntry>()
  const [paper, setPaper] = useState(false)
  const forms = useQuery(formsQuery(id, at))
  const signing = useSigning(id)
  if (file.error && !file.data) return <ErrorBox error={file.error} onRetry={() => void file.refetch()} away={<Link to="/people">{person('back')}</Link>} />
  if (!file.data) return <Skeleton lines={14} />
  const writes = !at && mayWrite(session)
  // How to inform a patient is for doctors to say.
  const mine = (type: string) => type !== 'disclosure' || session.can.includes('file.sign')
  const acts: Acts | undefined = writes
    ? {
        correct: (entry) => setEdit({ types: [entry.type], entry }),
        retract: setRetract,
        map: session.can.includes('file.map') ? setMap : undefined,
        sign: session.can.includes('file.sign') ? (entry) => signing.mutate(entry) : undefined,
      }
    : undefined
  return (
    <ActsProvider value={acts}>
      <div className="file">
        <nav className="file-nav" aria-label={t('sections')}>
          {sections.map((key) => (
            <a key={key} href={`#file-${key}`} onClick={(event) => { event.preventDefault(); document.getElementById(`file-${key}`)?.scrollIntoView({ block: 'start' }) }}>
              {t(`s_${key}`)} <span className="file-count">{key === 'forms' ? (forms.data?.items.reduce((n, one) => n + one.filled, 0) ?? '') : sizeOf(file.data, key)}</span>
            </a>
          ))}
        </nav>
        <div className="file-sections">
          {sections.map((key) => (
            <Section
              key={key}
              name={key}
              file={file.data}
              forms={key === 'forms' ? <Forms person={id} forms={forms} writes={writes} /> : undefined}
              onAdd={!writes ? undefined : key === 'reports' ? () => setPaper(true) : typesOf[key].length > 0 ? () => setEdit({ types: typesOf[key].filter(mine) }) : undefined}
            />
          ))}
        </div>
      </div>
      {paper && <ReportDrawer person={id} onClose={() => setPaper(false)} />}
      {edit && <EntryDrawer person={id} editing={edit} reports={file.data.reports} targets={file.data.targets} onClose={() => setEdit(undefined)} />}
      {retract && <RetractModal person={id} entry={retract} onClose={() => setRetract(undefined)} />}
      {map && <MapModal person={id} entry={map} onClose={() => setMap(undefined)} />}
    </ActsProvider>
  )
}

/** useSigning signs what others told, in the doctor's own name. */
function useSigning(id: string) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const { notification } = Antd.useApp()
  const [send] = useState(sender)
  return useMutation({
    mutationFn: (entry: FileEntry) => sign(send, id, entry.id),
    onSuccess: () => notification.success({ title: t('signedNow'), duration: 10, placement: 'bottomLeft' }),
    onError: (error) => notification.error({ title: error instanceof ApiError ? say(error.problem.text) : t('notSigned'), duration: 10, placement: 'bottomLeft' }),
    onSettled: () => client.invalidateQueries({ queryKey: ['person', id] }),
  })
}

const standing = (entries: readonly FileEntry[]) => entries.filter((one) => one.state === 'stands').length

/** sizeOf counts the rows of a section, so that the list beside it says where there is something to read. */
export function sizeOf(file: File, key: SectionKey): number {
  switch (key) {
    case 'diagnoses':
      return file.diagnoses.length + file.stages.length + standing(file.events)
    case 'allergies':
      return file.allergies.length + standing(file.reactions)
    case 'plans':
      return file.plans.length + standing(file.targets.entries)
    case 'surgery':
    case 'imaging':
      return standing(file[key])
    case 'other':
      return standing(file.visits) + standing(file.scores)
    case 'reports':
      return standing(file.reports)
    case 'forms':
      return 0
    case 'life':
      return file.life.filter((one) => one.now).length
    default:
      return file[key].length
  }
}

function Section({ name, file, forms, onAdd }: { name: SectionKey; file: File; forms?: ReactNode; onAdd?: () => void }) {
  const t = useWords()
  const title = t(`s_${name}`)
  return (
    <section className="panel file-section" id={`file-${name}`} aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        {onAdd && (
          <Button size="small" aria-label={t('addTo', { section: title })} onClick={onAdd}>
            {t(name === 'reports' ? 'upload' : 'add')}
          </Button>
        )}
      </div>
      <div className="file-body">
        {forms ?? <Body name={name} file={file} />}
      </div>
    </section>
  )
}

function Body({ name, file }: { name: SectionKey; file: File }) {
  const t = useWords()
  // What was taken back still stands behind a click, so only a section nobody ever wrote in is empty.
  const empty = <p className="unknown">{t(`none_${name}`)}</p>
  switch (name) {
    case 'diagnoses':
      return file.diagnoses.length + file.stages.length + file.events.length === 0 ? empty : <Diagnoses diagnoses={file.diagnoses} stages={file.stages} events={file.events} />
    case 'medicines':
      return file.medicines.length + file.fills.length === 0 ? (
        empty
      ) : (
        <>
          {file.medicines.length > 0 && <Medicines medicines={file.medicines} />}
          <Fills fills={file.fills} />
        </>
      )
    case 'labs':
      return file.labs.length === 0 ? empty : <Labs labs={file.labs} />
    case 'allergies':
      return file.allergies.length + file.reactions.length === 0 ? empty : <Allergies allergies={file.allergies} reactions={file.reactions} />
    case 'surgery':
    case 'imaging':
      return file[name].length === 0 ? empty : <Entries entries={file[name]} />
    case 'plans':
      return <Plans targets={file.targets} plans={file.plans} />
    case 'devices':
      return file.devices.length === 0 ? empty : <Devices devices={file.devices} />
    case 'life':
      return file.life.length === 0 ? empty : <Life life={file.life} />
    case 'other':
      return file.visits.length + file.scores.length === 0 ? (
        empty
      ) : (
        <>
          <More title={t('visits')} entries={file.visits} />
          <More title={t('scores')} entries={file.scores} />
        </>
      )
    case 'reports':
      return file.reports.length === 0 ? empty : <Entries entries={file.reports} />
    case 'forms':
      return null
  }
}
