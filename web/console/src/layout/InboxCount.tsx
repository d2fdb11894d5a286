import { queryOptions, useQuery } from '@tanstack/react-query'
import type { Tabs } from '../../../client/conversations'
import { get } from '../../../client/http'
import { useWords } from './strings'

const countQuery = queryOptions({
  queryKey: ['people', 'conversations', 'count'] as const,
  queryFn: ({ signal }) => get<Tabs>('/api/conversations/counts', { signal }),
  refetchInterval: 60_000,
})

/** InboxCount is the number in the menu of those who wait for the reader; nothing where nobody does. */
export function InboxCount() {
  const t = useWords()
  const { data } = useQuery(countQuery)
  const n = data?.mine ?? 0
  if (n === 0) return null
  return (
    <span className="stopped" title={t('inboxWait', { n })} aria-label={t('inboxWait', { n })} role="img">
      {n}
    </span>
  )
}
