import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useCallback } from 'react'
import type { EditView } from '../features/tags/programme/EditPage'
import type { JourneyView } from '../features/tags/draw/JourneyPage'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const ProgrammeList = lazy(async () => ({ default: (await import('../features/tags/programme/ProgrammeList')).ProgrammeList }))
const ProgrammePage = lazy(async () => ({ default: (await import('../features/tags/programme/ProgrammePage')).ProgrammePage }))
const EditPage = lazy(async () => ({ default: (await import('../features/tags/programme/EditPage')).EditPage }))
const VersionsPage = lazy(async () => ({ default: (await import('../features/tags/programme/VersionsPage')).VersionsPage }))
const RehearsalPage = lazy(async () => ({ default: (await import('../features/tags/rehearsal/RehearsalPage')).RehearsalPage }))
const ChecklistPage = lazy(async () => ({ default: (await import('../features/tags/programme/ChecklistPage')).ChecklistPage }))
const JourneyPage = lazy(async () => ({ default: (await import('../features/tags/draw/Route')).JourneyPlace }))
const NewProgramme = lazy(async () => ({ default: (await import('../features/tags/programme/NewProgramme')).NewProgramme }))

const Later = ({ children }: { children: ReactNode }) => <Suspense fallback={<Skeleton lines={12} />}>{children}</Suspense>

const number = (value: unknown): number | undefined => {
  const n = Number(value)
  return Number.isInteger(n) && n > 0 ? n : undefined
}
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value || undefined : undefined)

export const programmesRoute = createRoute({
  getParentRoute: () => root,
  path: '/programmes',
  component: () => (
    <Later>
      <ProgrammeList />
    </Later>
  ),
})

export const newProgrammeRoute = createRoute({ getParentRoute: () => root, path: '/programmes/new', component: New })

function New() {
  const go = useNavigate()
  return (
    <Later>
      <NewProgramme onBegun={(key) => void go({ to: '/programmes/$key/checklist', params: { key } })} />
    </Later>
  )
}

export const programmeRoute = createRoute({
  getParentRoute: () => root,
  path: '/programmes/$key',
  /** Which programme text: a version, or the draft; without either what is in force. */
  validateSearch: (raw: Record<string, unknown>): { version?: number; draft?: true } => ({ version: number(raw.version), draft: raw.draft === true || raw.draft === 1 ? true : undefined }),
  component: One,
})

function One() {
  const { key } = programmeRoute.useParams()
  const { version, draft } = programmeRoute.useSearch()
  return (
    <Later>
      <ProgrammePage key={key} programme={key} which={draft ? 'draft' : (version ?? 'force')} />
    </Later>
  )
}

const editParts = ['numbers', 'stages', 'shape', 'segments', 'texts', 'forms', 'files', 'tests', 'transfer'] as const

export const editProgrammeRoute = createRoute({
  getParentRoute: () => root,
  path: '/programmes/$key/edit',
  validateSearch: (raw: Record<string, unknown>): EditView => ({ part: editParts.find((part) => part === raw.part), file: text(raw.file), line: number(raw.line), text: text(raw.text) }),
  component: Edit,
})

function Edit() {
  const { key } = editProgrammeRoute.useParams()
  const view = editProgrammeRoute.useSearch()
  const go = useNavigate()
  const onView = useCallback((next: EditView) => void go({ to: '/programmes/$key/edit', params: { key }, search: next, replace: true, resetScroll: false }), [go, key])
  return (
    <Later>
      <EditPage key={key} programme={key} view={view} onView={onView} />
    </Later>
  )
}

export const versionsRoute = createRoute({
  getParentRoute: () => root,
  path: '/programmes/$key/versions',
  validateSearch: (raw: Record<string, unknown>): { version?: number; against?: number } => ({ version: number(raw.version), against: number(raw.against) }),
  component: Versions,
})

function Versions() {
  const { key } = versionsRoute.useParams()
  const view = versionsRoute.useSearch()
  const go = useNavigate()
  return (
    <Later>
      <VersionsPage key={key} programme={key} version={view.version} against={view.against} onView={(next) => void go({ to: '/programmes/$key/versions', params: { key }, search: next, resetScroll: false })} />
    </Later>
  )
}

export const rehearsalRoute = createRoute({
  getParentRoute: () => root,
  path: '/programmes/$key/rehearsal',
  validateSearch: (raw: Record<string, unknown>): { run?: string; journey?: string } => ({ run: text(raw.run), journey: text(raw.journey) }),
  component: Rehearsed,
})

function Rehearsed() {
  const { key } = rehearsalRoute.useParams()
  const { run, journey } = rehearsalRoute.useSearch()
  const go = useNavigate()
  const onRun = useCallback((next?: string) => void go({ to: '/programmes/$key/rehearsal', params: { key }, search: { run: next, journey }, replace: true, resetScroll: false }), [go, key, journey])
  return (
    <Later>
      <RehearsalPage key={key} programme={key} run={run} journey={journey} onRun={onRun} />
    </Later>
  )
}

export const checklistRoute = createRoute({ getParentRoute: () => root, path: '/programmes/$key/checklist', component: Checks })

function Checks() {
  const { key } = checklistRoute.useParams()
  return (
    <Later>
      <ChecklistPage key={key} programme={key} />
    </Later>
  )
}

export const journeyRoute = createRoute({
  getParentRoute: () => root,
  path: '/programmes/$key/journeys/$journey',
  validateSearch: (raw: Record<string, unknown>): JourneyView => raw,
  component: () => (
    <Later>
      <JourneyPage />
    </Later>
  ),
})
