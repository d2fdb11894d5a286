import { useQueryClient } from '@tanstack/react-query'
import { MyPage } from '../features/me/MyPage'
import { useWaiting } from '../queue/queue'
import { meQuery } from '../session/query'
import { useSettings, useSignOut } from '../session/settings'

export function MyRoute() {
  const client = useQueryClient()
  const settings = useSettings()
  const signOut = useSignOut()
  const waiting = useWaiting().length
  return (
    <MyPage
      waiting={waiting}
      failed={settings.isError}
      onSet={(change) => settings.mutate(change)}
      onChanged={() => void client.invalidateQueries({ queryKey: meQuery.queryKey })}
      onOut={signOut}
    />
  )
}
