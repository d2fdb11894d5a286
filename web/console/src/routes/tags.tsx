import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import type { CatalogueView } from '../features/tags/Catalogue'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

// Whoever works through Today never opens these: they come when they are asked for.
const Catalogue = lazy(async () => ({ default: (await import('../features/tags/Catalogue')).Catalogue }))
const TagPage = lazy(async () => ({ default: (await import('../features/tags/TagPage')).TagPage }))

const text = (value: unknown): string | undefined => (typeof value === 'string' || typeof value === 'number' ? String(value) || undefined : undefined)

export const tagsRoute = createRoute({
  getParentRoute: () => root,
  path: '/tags',
  validateSearch: (raw: Record<string, unknown>): CatalogueView => ({
    q: text(raw.q),
    group: text(raw.group),
    kind: raw.kind === 'segment' ? 'segment' : undefined,
    programme: text(raw.programme),
    order: raw.order === 'people' || raw.order === 'moved' || raw.order === 'used' ? raw.order : undefined,
  }),
  component: Tags,
})

function Tags() {
  const view = tagsRoute.useSearch()
  const go = useNavigate()
  const onView = useCallback((next: CatalogueView) => void go({ to: '/tags', search: next, replace: true }), [go])
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <Catalogue view={view} onView={onView} />
    </Suspense>
  )
}

export const tagRoute = createRoute({
  getParentRoute: () => root,
  path: '/tags/$key',
  /** The count looked at: a reload finds it again. */
  validateSearch: (raw: Record<string, unknown>): { count?: string; programme?: string } => ({ count: text(raw.count), programme: text(raw.programme) }),
  component: Tag,
})

function Tag() {
  const { key } = tagRoute.useParams()
  const { programme } = tagRoute.useSearch()
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <TagPage key={`${programme} ${key}`} tag={key} programme={programme} />
    </Suspense>
  )
}
