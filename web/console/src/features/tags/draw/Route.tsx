import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { JourneyPage, type JourneyView } from './JourneyPage'

const text = (value: unknown): string | undefined => (value === undefined || value === '' ? undefined : String(value))

/** JourneyPlace is the page at its address; what is in the address is read here, so that the first screen does not carry it. */
export function JourneyPlace() {
  const { key = '', journey = '' } = useParams({ strict: false })
  const raw: JourneyView = useSearch({ strict: false })
  const go = useNavigate()
  const view: JourneyView = { force: raw.force ? true : undefined, step: text(raw.step), from: text(raw.from), to: text(raw.to) }
  return <JourneyPage key={`${key} ${journey}`} programme={key} journey={journey} view={view} onView={(next) => void go({ to: '/programmes/$key/journeys/$journey', params: { key, journey }, search: next, replace: true, resetScroll: false })} />
}
