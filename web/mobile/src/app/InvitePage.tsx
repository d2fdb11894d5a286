import { Away } from './Away'
import { Invite } from '../features/invite/Invite'
import { useMe } from '../session/Session'

export function InvitePage() {
  const me = useMe()
  return me.csrf ? <Invite /> : <Away />
}
