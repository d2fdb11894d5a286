import { useEffect } from 'react'
import { useOnline } from '../../../client/online'
import type { Recorded } from '../../../client/types'
import { useSay } from '../../../ui/i18n'
import { Icon } from '../parts/Icon'
import { dropFromQueue, flushQueue, useWaiting } from './queue'
import { useQueueWords } from './strings'

/** OfflineBar says in one thin line that the network is away, and sends what waits as soon as it is back. */
export function OfflineBar({ onSent }: { onSent: (sent: Recorded[]) => void }) {
  const t = useQueueWords()
  const say = useSay()
  const online = useOnline()
  const all = useWaiting()
  const refused = all.filter((one) => one.refused)
  const count = all.length - refused.length

  useEffect(() => {
    if (count === 0) return
    const send = () => void flushQueue().then((sent) => sent.length > 0 && onSent(sent))
    send()
    // The browser may not notice that the network is back; a try every 20 s does no harm.
    const timer = setInterval(send, 20_000)
    return () => clearInterval(timer)
  }, [count, online, onSent])

  return (
    <>
      {(!online || count > 0) && (
        <p className="thin-bar" role="status">
          <Icon name="offline" />
          {online ? t('sending', { n: count }) : count > 0 ? t('offlineCount', { n: count }) : t('offline')}
        </p>
      )}
      {refused.map((one) => (
        <p key={one.clientId} className="thin-bar" role="status">
          {t('refused', { value: String(one.value), unit: one.unit, why: say(one.refused) })}
          <button type="button" className="text-button" onClick={() => dropFromQueue(one.clientId)}>
            {t('drop')}
          </button>
        </p>
      ))}
    </>
  )
}
