import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback } from 'react'
import { type EffectView, spans, ways } from '../features/effect/effect'
import type { Opens } from '../features/effect/EffectPage'
import { Skeleton } from '../../../ui/states'
import { root } from './root'

const EffectPage = lazy(async () => ({ default: (await import('../features/effect/EffectPage')).EffectPage }))
const CountedLater = lazy(async () => ({ default: (await import('../features/tags/FoundList')).CountedLater }))

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value || undefined : undefined)

export const effectRoute = createRoute({
  getParentRoute: () => root,
  path: '/effect',
  validateSearch: (raw: Record<string, unknown>): EffectView => ({
    programme: text(raw.programme),
    journey: text(raw.journey),
    days: spans.find((one) => one === Number(raw.days)),
    by: ways.find((one) => one === raw.by),
  }),
  component: Page,
})

/** The list behind a number is the one of the tags. */
const Opened: Opens = (props) => (
  <Suspense fallback={<span>{props.text}</span>}>
    <CountedLater {...props} />
  </Suspense>
)

function Page() {
  const view = effectRoute.useSearch()
  const go = useNavigate()
  const onView = useCallback((next: EffectView) => void go({ to: '/effect', search: next, resetScroll: false }), [go])
  return (
    <Suspense fallback={<Skeleton lines={14} />}>
      <EffectPage view={view} onView={onView} Opens={Opened} />
    </Suspense>
  )
}
