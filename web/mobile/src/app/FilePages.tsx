import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { FileEntry, HealthFile } from '../../../client/file'
import { OfflineError } from '../../../client/http'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { EntryForm } from '../features/file/EntryForm'
import { isPlain, titles, type What } from '../features/file/forms'
import { MyFile } from '../features/file/MyFile'
import { catalogueQuery, fileQuery } from '../features/file/query'
import { ReportForm } from '../features/file/ReportForm'
import { Away } from './Away'
import { Missing } from './Missing'

const add = getRouteApi('/app/file/add/$what')
const one = getRouteApi('/app/file/entry/$id')

export function FilePage() {
  const file = useQuery(fileQuery)
  if (file.data) return <MyFile file={file.data} />
  if (file.failureReason instanceof OfflineError) return <Away />
  if (file.error) return <ErrorBox error={file.error} onRetry={() => void file.refetch()} />
  return <Skeleton lines={8} />
}

export { Choices as ChoicesPage } from '../features/file/Choices'

export function AddPage() {
  const { what } = add.useParams()
  const catalogue = useQuery(catalogueQuery)
  const file = useQuery({ ...fileQuery, enabled: isPlain(what) })
  const navigate = useNavigate()
  const done = () => void navigate({ to: '/file' })
  const paper = what === 'report' || what === 'receipt'
  if (!paper && !(what in titles)) return <Missing />
  const { data } = catalogue
  // Medicines and reports to choose from may be missing; the rest can be asked all the same.
  if (data && (!isPlain(what) || file.data || file.error)) {
    return paper ? <ReportForm catalogue={data} receipt={what === 'receipt'} onDone={done} /> : <EntryForm what={what as What} catalogue={data} file={file.data} onDone={done} />
  }
  if (catalogue.failureReason instanceof OfflineError) return <Away />
  if (catalogue.error) return <ErrorBox error={catalogue.error} onRetry={() => void catalogue.refetch()} />
  return <Skeleton lines={6} />
}

/** Where the statements of the file lie that the phone has a form for. */
const entriesOf = (file: HealthFile): FileEntry[] => [
  ...[...file.medicines, ...file.labs, ...file.allergies, ...file.diagnoses, ...file.devices, ...file.life].flatMap((row) => row.entries),
  ...[...file.imaging, ...file.surgery, ...file.reactions],
  ...file.fills.map((row) => row.entry),
]

export function EntryPage() {
  const { id } = one.useParams()
  const file = useQuery(fileQuery)
  const catalogue = useQuery(catalogueQuery)
  const navigate = useNavigate()
  const entry = file.data && entriesOf(file.data).find((row) => row.id === id)
  const what = entry?.type === 'hba1c' ? 'lab' : entry?.type
  if (entry && what && catalogue.data) {
    if (!(what in titles)) return <Missing />
    return <EntryForm key={id} what={what as What} entry={entry} catalogue={catalogue.data} file={file.data} onDone={() => void navigate({ to: '/file' })} />
  }
  const error = file.error ?? catalogue.error
  if (error instanceof OfflineError) return <Away />
  if (error) return <ErrorBox error={error} onRetry={() => void file.refetch()} />
  if (file.data && !entry) return <Missing />
  return <Skeleton lines={6} />
}
