import { useEffect } from 'react'
import { useOnline } from '../../../client/online'
import { useSay } from '../../../ui/i18n'
import { Icon } from '../parts/Icon'
import { useMe } from '../session/Session'
import { dropFromQueue, flushQueue, isAnswer, isMeasureWaiting, useWaiting, type Sent, type Waiting } from './queue'
import { useQueueWords } from './strings'

/** OfflineBar says in one thin line that the network is away, and sends what waits as soon as it is back. */
export function OfflineBar({ onSent }: { onSent: (sent: Sent[]) => void }) {
  const t = useQueueWords()
  const online = useOnline()
  const { csrf } = useMe()
  const all = useWaiting()
  const refused = all.filter((one) => one.refused)
  const good = all.filter((one) => !one.refused)
  const count = good.length

  useEffect(() => {
    // A page opened without a network is nobody's to the server until it has said who this is.
    if (count === 0 || !csrf) return
    const send = () => void flushQueue().then((sent) => sent.length > 0 && onSent(sent))
    send()
    // The browser may not notice that the network is back; a try every 20 s does no harm.
    const timer = setInterval(send, 20_000)
    return () => clearInterval(timer)
  }, [count, online, csrf, onSent])

  const answers = good.some(isAnswer)
  const line = online ? t(answers ? 'sendingAnswers' : 'sending', { n: count }) : t(answers ? 'offlineAnswers' : 'offlineCount', { n: count })
  return (
    <>
      {(!online || count > 0) && (
        <p className="thin-bar" role="status">
          <Icon name="offline" />
          {count > 0 ? line : t('offline')}
        </p>
      )}
      {refused.map((one) => (
        <Refused key={one.clientId} one={one} />
      ))}
    </>
  )
}

function Refused({ one }: { one: Waiting }) {
  const t = useQueueWords()
  const say = useSay()
  const why = say(one.refused)
  return (
    <div className="thin-bar" role="status">
      <span>
        {isAnswer(one)
          ? t('answerRefused', { answer: say(one.words) || one.answer || '', why })
          : isMeasureWaiting(one)
            ? t('measureRefused', { words: say(one.words), why })
            : t('refused', { value: String(one.value), unit: one.unit, why })}
      </span>
      <button type="button" className="text-button" onClick={() => dropFromQueue(one.clientId)}>
        {t(isAnswer(one) ? 'dropAnswer' : 'drop')}
      </button>
    </div>
  )
}
