import { useQuery } from '@tanstack/react-query'
import type { Relatives } from '../../../client/family'
import { get, OfflineError } from '../../../client/http'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { Family } from '../features/family/Family'
import { Away } from './Away'

export function FamilyPage() {
  const family = useQuery({ queryKey: ['me', 'family'] as const, queryFn: ({ signal }) => get<Relatives>('/api/me/family', { signal }) })
  if (family.data) return <Family family={family.data} />
  if (family.failureReason instanceof OfflineError) return <Away />
  if (family.error) return <ErrorBox error={family.error} onRetry={() => void family.refetch()} />
  return <Skeleton lines={6} />
}
