import { Away } from './Away'
import { MyPage } from '../features/me/MyPage'
import { MyReferrals } from '../features/referral/MyReferrals'
import { useWaiting } from '../queue/queue'
import { useMe } from '../session/Session'
import { useSettings, useSignOut } from '../session/settings'

export function MyRoute() {
  const me = useMe()
  const settings = useSettings()
  const signOut = useSignOut()
  const waiting = useWaiting().length
  if (!me.csrf) return <Away />
  return (
    <MyPage
      waiting={waiting}
      failed={settings.isError}
      onSet={(change) => settings.mutate(change)}
      onOut={signOut}
      above={<MyReferrals />}
    />
  )
}
