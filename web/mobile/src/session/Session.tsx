import { createContext, useContext, useEffect, type ReactNode } from 'react'
import { serverNow } from '../../../client/clock'
import type { Me } from '../../../client/types'
import { setLanguage, useLanguage } from '../../../ui/i18n'
import type { Moment } from '../../../ui/time'

const Current = createContext<Me | undefined>(undefined)

/** Session makes the signed-in person known to every screen and puts the page into elder mode where they chose it. */
export function Session({ me, children }: { me: Me; children: ReactNode }) {
  useEffect(() => {
    document.documentElement.dataset.elder = String(me.elder)
  }, [me.elder])
  useEffect(() => setLanguage(me.language), [me.language])
  return <Current value={me}>{children}</Current>
}

export function useMe(): Me {
  const me = useContext(Current)
  if (!me) throw new Error('a screen was drawn outside a session')
  return me
}

/** useMoment is what the time words need: now, zone, language, elder mode. */
export function useMoment(): Moment {
  const me = useMe()
  const language = useLanguage()
  return { now: serverNow(), zone: me.zone, language, elder: me.elder }
}
