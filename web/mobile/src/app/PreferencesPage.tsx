import { useQuery } from '@tanstack/react-query'
import { OfflineError } from '../../../client/http'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { preferencesQuery, Preferences } from '../features/me/Preferences'
import { Away } from './Away'

export function PreferencesPage() {
  const held = useQuery(preferencesQuery)
  if (held.data) return <Preferences held={held.data} />
  if (held.failureReason instanceof OfflineError) return <Away />
  if (held.error) return <ErrorBox error={held.error} onRetry={() => void held.refetch()} />
  return <Skeleton lines={6} />
}
