import { useQuery } from '@tanstack/react-query'
import { OfflineError } from '../../../client/http'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { visitQuery } from '../features/visit/query'
import { VisitMine } from '../features/visit/VisitMine'
import { Away } from './Away'

export function VisitPage() {
  const visit = useQuery(visitQuery)
  if (visit.data) return <VisitMine visit={visit.data} />
  if (visit.failureReason instanceof OfflineError) return <Away />
  if (visit.error) return <ErrorBox error={visit.error} onRetry={() => void visit.refetch()} />
  return <Skeleton lines={8} />
}
