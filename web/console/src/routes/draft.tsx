import { useQuery } from '@tanstack/react-query'
import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { Empty, ErrorBox, Skeleton } from '../../../ui/states'
import { workspaceQuery } from '../layout/catalogue'
import { useWords } from '../layout/strings'
import { root } from './root'

const DraftPage = lazy(async () => ({ default: (await import('../features/tags/DraftPage')).DraftPage }))
const TagEditor = lazy(async () => ({ default: (await import('../features/tags/TagEditor')).TagEditor }))

interface Search {
  programme?: string
  /** A new one is a segment. */
  kind?: 'segment'
  /** The count and the preview looked at: a reload finds them again. */
  count?: string
  preview?: string
}
const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
const validateSearch = (raw: Record<string, unknown>): Search => ({ programme: text(raw.programme), kind: raw.kind === 'segment' ? 'segment' : undefined, count: text(raw.count), preview: text(raw.preview) })

export const draftRoute = createRoute({ getParentRoute: () => root, path: '/draft', validateSearch, component: Draft })
export const newTagRoute = createRoute({ getParentRoute: () => root, path: '/draft/new', validateSearch, component: NewTag })
export const editTagRoute = createRoute({ getParentRoute: () => root, path: '/draft/tags/$key', validateSearch, component: EditTag })

/** Of the programme in the address, or else the workspace's first. */
function Of({ programme, children }: { programme: string | undefined; children: (programme: string) => ReactNode }) {
  const t = useWords()
  const workspace = useQuery({ ...workspaceQuery, enabled: programme === undefined })
  const key = programme ?? workspace.data?.programmes[0]?.key
  if (key !== undefined) return <Suspense fallback={<Skeleton lines={12} />}>{children(key)}</Suspense>
  if (workspace.error) return <ErrorBox error={workspace.error} onRetry={() => void workspace.refetch()} />
  return workspace.data ? <Empty title={t('lostTitle')} /> : <Skeleton lines={12} />
}

function Draft() {
  const { programme } = draftRoute.useSearch()
  return <Of programme={programme}>{(key) => <DraftPage programme={key} />}</Of>
}

function NewTag() {
  const { programme, kind } = newTagRoute.useSearch()
  const go = useNavigate()
  return (
    <Of programme={programme}>
      {(of) => (
        <TagEditor
          programme={of}
          segment={kind === 'segment'}
          onSaved={(key) => void go({ to: '/draft/tags/$key', params: { key }, search: { programme: of }, replace: true, ignoreBlocker: true })}
          onRemoved={() => void go({ to: '/tags', search: { programme: of } })}
        />
      )}
    </Of>
  )
}

function EditTag() {
  const { programme } = editTagRoute.useSearch()
  const { key } = editTagRoute.useParams()
  const go = useNavigate()
  return (
    <Of programme={programme}>
      {(of) => <TagEditor key={key} programme={of} tag={key} onSaved={() => undefined} onRemoved={() => void go({ to: '/draft', search: { programme: of }, ignoreBlocker: true })} />}
    </Of>
  )
}
