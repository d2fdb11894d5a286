import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { SharedView } from '../../../client/family'
import { get, OfflineError } from '../../../client/http'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { childConsentsQuery } from '../features/family/child'
import { Shared } from '../features/family/Shared'
import { useFamilyWords } from '../features/family/strings'
import { Away } from './Away'

export function SharedPage() {
  const { id } = useParams({ strict: false })
  const view = useQuery({ queryKey: ['me', 'shared', id] as const, queryFn: ({ signal }) => get<SharedView>(`/api/me/shared/${encodeURIComponent(id ?? '')}`, { signal }) })
  const t = useFamilyWords()
  const child = useQuery({ ...childConsentsQuery(id ?? ''), enabled: view.data?.guardian === true })
  const ask = child.data && (
    <Link to="/child/$id/consents" params={{ id: id ?? '' }} className="row-link">
      <span>
        {t('childLink')}
        <br />
        <span className="note">{t('childHint', { n: child.data.items.filter((one) => one.granted).length, of: child.data.items.length })}</span>
      </span>
    </Link>
  )
  if (view.data) return <Shared view={view.data} above={ask} />
  if (view.failureReason instanceof OfflineError) return <Away />
  if (view.error) return <ErrorBox error={view.error} onRetry={() => void view.refetch()} />
  return <Skeleton lines={6} />
}
