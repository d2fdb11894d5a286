import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { SharedView } from '../../../client/family'
import { get, OfflineError } from '../../../client/http'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { Shared } from '../features/family/Shared'
import { Away } from './Away'

export function SharedPage() {
  const { id } = useParams({ strict: false })
  const view = useQuery({ queryKey: ['me', 'shared', id] as const, queryFn: ({ signal }) => get<SharedView>(`/api/me/shared/${encodeURIComponent(id ?? '')}`, { signal }) })
  if (view.data) return <Shared view={view.data} />
  if (view.failureReason instanceof OfflineError) return <Away />
  if (view.error) return <ErrorBox error={view.error} onRetry={() => void view.refetch()} />
  return <Skeleton lines={6} />
}
