import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { OfflineError } from '../../../client/http'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { FormFill } from '../features/forms/FormFill'
import { FormList } from '../features/forms/FormList'
import { formsQuery } from '../features/forms/query'
import { Away } from './Away'
import { Missing } from './Missing'

const one = getRouteApi('/app/forms/$key')

export function FormsPage() {
  const forms = useQuery(formsQuery)
  if (forms.data) return <FormList forms={forms.data.items} />
  if (forms.failureReason instanceof OfflineError) return <Away />
  if (forms.error) return <ErrorBox error={forms.error} onRetry={() => void forms.refetch()} />
  return <Skeleton lines={6} />
}

export function FormPage() {
  const { key } = one.useParams()
  const { fix } = one.useSearch()
  const forms = useQuery(formsQuery)
  const found = forms.data?.items.find((form) => form.key === key)
  // Handed in, the form has newer answers: the screen that says so keeps those it began with.
  const [first] = useState(found?.last)
  if (found) return <FormFill key={`${found.version} ${fix ?? ''}`} form={found} fix={fix ? (found.last?.id === fix ? found.last : first?.id === fix ? first : undefined) : undefined} />
  if (forms.failureReason instanceof OfflineError) return <Away />
  if (forms.error) return <ErrorBox error={forms.error} onRetry={() => void forms.refetch()} />
  if (forms.data) return <Missing />
  return <Skeleton lines={6} />
}
