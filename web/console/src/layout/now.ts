import { useEffect, useState } from 'react'
import { onClockMoved, serverNow } from '../../../client/clock'
import { type Moment } from '../../../ui/time'
import { useLanguage } from '../../../ui/i18n'
import { useSession } from '../features/session/session'

/** The console shows mmol/L; the person's own unit is shown beside what was entered in it. */
export const unit = 'mmol/L' as const

/** useNow is the server's time, moving on every quarter of a minute: rehearsal clocks jump, so it is never the device's. */
export function useNow(): Date {
  const [now, set] = useState(serverNow)
  useEffect(() => {
    const look = () => set(serverNow())
    const timer = setInterval(look, 15_000)
    const stop = onClockMoved(look)
    return () => {
      clearInterval(timer)
      stop()
    }
  }, [])
  return now
}

/** useMoment is what the time formats need: now, the workspace's zone, the reader's language. */
export function useMoment(): Moment {
  const now = useNow()
  const language = useLanguage()
  const { zone } = useSession().workspace
  return { now, zone, language }
}
