import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useSay } from '../../../../ui/i18n'
import { formatAt } from '../../../../ui/time'
import { Icon } from '../../parts/Icon'
import { dropFromQueue, type WaitingMeasure } from '../../queue/queue'
import { useMoment } from '../../session/Session'
import { useMeasureWords } from './strings'

/** MeasureKept says that a value waits on the phone and that nobody has seen it: who feels unwell does not wait with it. */
export function MeasureKept({ waiting, onAgain }: { waiting: WaitingMeasure; onAgain: () => void }) {
  const t = useMeasureWords()
  const say = useSay()
  const moment = useMoment()
  const top = useRef<HTMLHeadingElement>(null)
  useEffect(() => top.current?.focus(), [])
  return (
    <div className="stack">
      <section className="card reply" role="status">
        <h2 ref={top} tabIndex={-1}>
          {t('kept')}
        </h2>
        <p className="measure-said">{say(waiting.words)}</p>
        <p className="soft nowrap">{formatAt(new Date(waiting.at), moment)}</p>
        <p>{t('keptWhy')}</p>
      </section>
      {waiting.type !== 'weight' && (
        <p className="measure-urgent">
          {t('keptUnwell')}{' '}
          <a href="tel:120" className="nowrap">
            <Icon name="phone" />
            {t('call')}
          </a>
        </p>
      )}
      <Link to="/" className="main-button">
        {t('home')}
      </Link>
      <div className="pair">
        <button type="button" className="plain-button" onClick={onAgain}>
          {t('again')}
        </button>
        <button
          type="button"
          className="plain-button"
          onClick={() => {
            dropFromQueue(waiting.clientId)
            onAgain()
          }}
        >
          {t('undo')}
        </button>
      </div>
    </div>
  )
}
