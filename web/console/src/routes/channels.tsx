import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import type { ChannelFilter } from '../features/channels/channels'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const Channels = lazy(async () => ({ default: (await import('../features/channels/Channels')).Channels }))
const OneEntrance = lazy(async () => ({ default: (await import('../features/channels/OneEntrance')).OneEntrance }))

const text = (value: unknown): string | undefined => (typeof value === 'string' || typeof value === 'number' ? String(value) || undefined : undefined)

const filterOf = (raw: Record<string, unknown>): ChannelFilter => ({
  q: text(raw.q),
  kind: text(raw.kind),
  standing: text(raw.standing),
  province: text(raw.province),
  owner: text(raw.owner),
  from: text(raw.from),
  to: text(raw.to),
  sort: text(raw.sort),
  view: raw.view === 'regions' || raw.view === 'inviters' ? raw.view : undefined,
  p: typeof raw.p === 'number' && raw.p > 1 ? Math.floor(raw.p) : undefined,
})

export const channelsRoute = createRoute({ getParentRoute: () => root, path: '/channels', validateSearch: filterOf, component: Page })

function Page() {
  const filter = channelsRoute.useSearch()
  const go = useNavigate()
  const onFilter = useCallback((next: ChannelFilter) => void go({ to: '/channels', search: next }), [go])
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <Channels filter={filter} onFilter={onFilter} />
    </Suspense>
  )
}

export const channelRoute = createRoute({ getParentRoute: () => root, path: '/channels/$id', validateSearch: filterOf, component: One })

function One() {
  const { id } = channelRoute.useParams()
  const filter = channelRoute.useSearch()
  const go = useNavigate()
  const onFilter = useCallback((next: ChannelFilter) => void go({ to: '/channels/$id', params: { id }, search: next }), [go, id])
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <OneEntrance key={id} id={id} filter={filter} onFilter={onFilter} />
    </Suspense>
  )
}
