import { createRoute, redirect, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import type { RefusedView } from '../features/data/Refused'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

// Whoever works through Today never opens these: they come when they are asked for.
const Sources = lazy(async () => ({ default: (await import('../features/data/Sources')).Sources }))
const Live = lazy(async () => ({ default: (await import('../features/data/Live')).Live }))
const RefusedPage = lazy(async () => ({ default: (await import('../features/data/Refused')).RefusedPage }))

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value || undefined : undefined)
const number = (value: unknown): number | undefined => (typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined)

export const dataRoute = createRoute({
  getParentRoute: () => root,
  path: '/data',
  beforeLoad: () => {
    throw redirect({ to: '/data/sources' })
  },
})

export const sourcesRoute = createRoute({
  getParentRoute: () => root,
  path: '/data/sources',
  validateSearch: (raw: Record<string, unknown>): { open?: number } => ({ open: number(raw.open) }),
  component: SourcesPage,
})

function SourcesPage() {
  const { open } = sourcesRoute.useSearch()
  const go = useNavigate()
  const onOpen = useCallback((next: number | undefined) => void go({ to: '/data/sources', search: { open: next } }), [go])
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <Sources open={open} onOpen={onOpen} />
    </Suspense>
  )
}

export const liveRoute = createRoute({
  getParentRoute: () => root,
  path: '/data/live',
  validateSearch: (raw: Record<string, unknown>): { source?: number } => ({ source: number(raw.source) }),
  component: LivePage,
})

function LivePage() {
  const { source } = liveRoute.useSearch()
  const go = useNavigate()
  const onSource = useCallback((next: number | undefined) => void go({ to: '/data/live', search: { source: next } }), [go])
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <Live source={source} onSource={onSource} />
    </Suspense>
  )
}

export const refusedRoute = createRoute({
  getParentRoute: () => root,
  path: '/data/refused',
  validateSearch: (raw: Record<string, unknown>): RefusedView => ({
    list: raw.list === 'waiting' ? 'waiting' : undefined,
    source: number(raw.source),
    reason: text(raw.reason),
    type: text(raw.type),
    state: raw.state === 'replayed' || raw.state === 'dropped' || raw.state === 'all' ? raw.state : undefined,
  }),
  component: Refused,
})

function Refused() {
  const view = refusedRoute.useSearch()
  const go = useNavigate()
  const onView = useCallback((next: RefusedView) => void go({ to: '/data/refused', search: next }), [go])
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <RefusedPage view={view} onView={onView} />
    </Suspense>
  )
}
