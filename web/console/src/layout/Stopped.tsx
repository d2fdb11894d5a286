import { queryOptions, useQuery } from '@tanstack/react-query'
import { get } from '../../../client/http'
import type { OutStopped } from '../../../client/outs'
import { useSession } from '../features/session/session'
import { useWords } from './strings'

const stoppedQuery = queryOptions({
  queryKey: ['out', 'stopped'] as const,
  queryFn: ({ signal }) => get<OutStopped>('/api/out/stopped', { signal }),
  refetchInterval: 60_000,
})

/** Stopped is the number in the menu of what should go out and does not; nothing where all is well. */
export function Stopped() {
  const t = useWords()
  const { can } = useSession()
  const { data } = useQuery({ ...stoppedQuery, enabled: can.includes('people.export') })
  const n = (data?.webhooks ?? 0) + (data?.deliveries ?? 0)
  if (n === 0) return null
  return (
    <span className="stopped" title={t('stopped', { n })} aria-label={t('stopped', { n })} role="img">
      {n}
    </span>
  )
}
