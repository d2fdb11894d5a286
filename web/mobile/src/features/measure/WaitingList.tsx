import { useSay } from '../../../../ui/i18n'
import { formatAt } from '../../../../ui/time'
import { dropFromQueue, isMeasureWaiting, useWaiting } from '../../queue/queue'
import { useMoment } from '../../session/Session'
import { useMeasureWords } from './strings'

/** WaitingList is what was entered without a network and is still on this phone only. */
export function WaitingList() {
  const t = useMeasureWords()
  const say = useSay()
  const moment = useMoment()
  const waiting = useWaiting().filter(isMeasureWaiting)
  if (waiting.length === 0) return null
  return (
    <section aria-label={t('waiting')}>
      <h2>{t('waiting')}</h2>
      <ul className="readings">
        {waiting.toReversed().map((one) => (
          <li key={one.clientId} className="measure-row">
            <span>
              <b>{say(one.words)}</b>
              <br />
              <span className="soft nowrap">{formatAt(new Date(one.at), moment)}</span> <span className="note nowrap">{t('onPhone')}</span>
            </span>
            <span className="reading-act">
              <button type="button" className="text-button" onClick={() => dropFromQueue(one.clientId)}>
                {t('takeBack')}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
