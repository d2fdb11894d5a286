import { createRoute, useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { type PeopleFilter, reaches, sorts } from '../features/people/people'
import { People } from '../features/people/People'
import { root } from './root'

const text = (value: unknown): string | undefined => (typeof value === 'string' || typeof value === 'number' ? String(value) || undefined : undefined)

export const peopleRoute = createRoute({
  getParentRoute: () => root,
  path: '/people',
  validateSearch: (raw: Record<string, unknown>): PeopleFilter => {
    const tag = (Array.isArray(raw.tag) ? raw.tag : [raw.tag]).map(text).filter((key): key is string => key !== undefined)
    return {
      q: text(raw.q),
      tag: tag.length ? tag : undefined,
      stage: text(raw.stage),
      programme: text(raw.programme),
      owner: text(raw.owner),
      found: text(raw.found),
      of: raw.found === undefined ? undefined : text(raw.of),
      channel: text(raw.channel),
      reached: raw.channel === undefined ? undefined : reaches.find((one) => one === raw.reached),
      cameFrom: raw.channel === undefined ? undefined : text(raw.cameFrom),
      cameTo: raw.channel === undefined ? undefined : text(raw.cameTo),
      due: raw.due === true || raw.due === 1 ? true : undefined,
      sort: sorts.find((sort) => sort === raw.sort),
      dir: raw.dir === 'desc' || raw.dir === 'asc' ? raw.dir : undefined,
    }
  },
  component: PeoplePage,
})

function PeoplePage() {
  const filter = peopleRoute.useSearch()
  const go = useNavigate()
  const onFilter = useCallback((next: PeopleFilter) => void go({ to: '/people', search: next, replace: next.q !== undefined }), [go])
  return <People filter={filter} onFilter={onFilter} />
}
