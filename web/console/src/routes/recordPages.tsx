import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { Audit } from '../features/audit/Audit'
import type { AuditFilter } from '../features/audit/audit'
import { DataFrame } from '../features/data/DataFrame'
import { Events } from '../features/events/Events'
import type { EventsFilter } from '../features/events/events'

const text = (value: unknown): string | undefined => (typeof value === 'string' || typeof value === 'number' ? String(value) || undefined : undefined)
const texts = (value: unknown): string[] | undefined => (Array.isArray(value) && value.length > 0 ? value.map(String) : undefined)

/** AuditPage reads its filter from the address, where anything may stand. */
export function AuditPage() {
  const { from, to, actor, action, person } = getRouteApi('/data/audit').useSearch()
  const go = useNavigate()
  const onFilter = useCallback((search: AuditFilter) => void go({ to: '/data/audit', search }), [go])
  return (
    <DataFrame>
      <Audit filter={{ from: text(from), to: text(to), actor: text(actor), action: text(action), person: text(person) }} onFilter={onFilter} />
    </DataFrame>
  )
}

export function EventsPage() {
  const { type, source, from, to } = getRouteApi('/data/events').useSearch()
  const go = useNavigate()
  const onFilter = useCallback((search: EventsFilter) => void go({ to: '/data/events', search }), [go])
  return (
    <DataFrame>
      <Events filter={{ type: texts(type), source: text(source), from: text(from), to: text(to) }} onFilter={onFilter} />
    </DataFrame>
  )
}
