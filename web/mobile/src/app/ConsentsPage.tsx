import { useQueryClient } from '@tanstack/react-query'
import { MyConsents } from '../features/me/MyConsents'
import { meQuery } from '../session/query'
import { useMe } from '../session/Session'
import { Away } from './Away'

export function ConsentsPage() {
  const client = useQueryClient()
  const me = useMe()
  if (!me.csrf) return <Away />
  return <MyConsents consents={me.consents} onChanged={() => client.invalidateQueries({ queryKey: meQuery.queryKey })} />
}
