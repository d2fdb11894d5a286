import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { History } from '../features/history/History'
import { historyQuery } from '../features/history/query'

const route = getRouteApi('/app/glucose')

export function HistoryPage() {
  const { days = 7 } = route.useSearch()
  const history = useQuery({ ...historyQuery(days), placeholderData: keepPreviousData })
  if (history.data) return <History data={history.data} days={days} />
  if (history.error) return <ErrorBox error={history.error} onRetry={() => void history.refetch()} />
  return <Skeleton lines={8} />
}
