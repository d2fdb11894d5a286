import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { OfflineError } from '../../../client/http'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { childConsentsQuery } from '../features/family/child'
import { useFamilyWords } from '../features/family/strings'
import { MyConsents } from '../features/me/MyConsents'
import { useMe } from '../session/Session'
import { Away } from './Away'

/** ChildConsentsPage is what is asked about a child, to be answered by the guardian on their own phone. */
export function ChildConsentsPage() {
  const { id = '' } = useParams({ strict: false })
  const t = useFamilyWords()
  const me = useMe()
  const client = useQueryClient()
  const asked = useQuery(childConsentsQuery(id))
  if (!me.csrf || asked.failureReason instanceof OfflineError) return <Away />
  if (asked.error) return <ErrorBox error={asked.error} onRetry={() => void asked.refetch()} />
  if (!asked.data) return <Skeleton lines={6} />
  const name = me.family.find((one) => one.id === id)?.name ?? ''
  return (
    <MyConsents
      title={t('childTitle', { name })}
      intro={t('childIntro')}
      address={`/api/me/family/${encodeURIComponent(id)}/consents`}
      consents={asked.data.items.filter((one) => one.granted || one.purpose !== 'marketing_push')}
      onChanged={() => client.invalidateQueries({ queryKey: ['me', 'child', id] })}
    />
  )
}
