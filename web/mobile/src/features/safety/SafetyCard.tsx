import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { OfflineError, post } from '../../../../client/http'
import type { Message } from '../../../../client/types'
import { isLow } from '../../../../ui/band'
import { useSay } from '../../../../ui/i18n'
import { useLimits } from '../../../../ui/limits'
import { useSlotName } from '../../../../ui/slots'
import { formatAt } from '../../../../ui/time'
import { Value } from '../../../../ui/Value'
import { Body } from '../../../../ui/Body'
import { Icon } from '../../parts/Icon'
import { addAnswer, type Answers } from '../../queue/queue'
import { useMe, useMoment } from '../../session/Session'
import { useSafetyWords } from './strings'
import { stillUnwell } from './localCard'
import { startTimer, useTimer } from './timer'

interface Props {
  card: Message
  /** Written by the phone while the network is away. */
  local: boolean
  /** The way to the nurse, who is asked at once from here. */
  contact: ReactNode
  onAnswered: (answer: string) => void
  onWrong?: () => void
  onMeasure: () => void
}

/** SafetyCard fills the screen and leaves only by an answer. It is drawn alone: there is nothing behind it to reach. */
export function SafetyCard({ card, local, contact, onAnswered, onWrong, onMeasure }: Props) {
  const t = useSafetyWords()
  const say = useSay()
  const me = useMe()
  const moment = useMoment()
  const slotName = useSlotName()
  const heading = useRef<HTMLHeadingElement>(null)
  const { reading } = card
  const low = reading !== undefined && isLow(reading.band) // the timer counts to the next glucose

  const asked = (card.answers?.length ?? 0) > 0
  const [still, setStill] = useState(false)

  const answer = useMutation({
    mutationFn: async (key: string) => {
      const words = card.answers?.find((one) => one.key === key)?.text
      const keep = (to: Answers) => (addAnswer(to, asked ? key : undefined, words), { key, sent: false })
      if (local) return keep({ of: reading?.id ?? '' })
      const path = `/api/me/messages/${encodeURIComponent(card.id)}`
      try {
        // A card without answers of its own is answered by having been seen.
        if (asked) await post(`${path}/answer`, { answer: key }, { idempotencyKey: `answer-${card.id}` })
        else await post(`${path}/read`)
        return { key, sent: true }
      } catch (error) {
        // Without a network nobody may be held on this screen: the answer goes the way of a reading.
        if (error instanceof OfflineError) return keep({ card: card.id })
        throw error
      }
    },
    // Nobody else can be told yet, so the next step is said here.
    onSuccess: ({ key, sent }) => (!sent && key === stillUnwell ? setStill(true) : onAnswered(key)),
  })

  useEffect(() => {
    heading.current?.focus()
    window.scrollTo?.(0, 0)
  }, [card.id])

  if (still) {
    return (
      <main className="safety" role="alert" aria-label={t('card')}>
        <h1>{t('stillTitle')}</h1>
        <p className="safety-local">{t('unsent')}</p>
        <p>{t(low ? 'still' : 'stillHigh')}</p>
        <a className="danger-button" href="tel:120">
          <Icon name="phone" />
          {t('call')}
        </a>
        <button type="button" className="answer-button" onClick={() => onAnswered(stillUnwell)}>
          {t('ok')}
        </button>
      </main>
    )
  }
  const answers = asked && card.answers ? card.answers : [{ key: 'seen', text: { zh: t('seen'), en: t('seen') } }]
  const calls = card.call ?? []
  return (
    <main className="safety" role="alert" aria-label={t('card')}>
      <h1 ref={heading} tabIndex={-1}>
        {reading ? <Value reading={reading} unit={local ? reading.entered.unit : me.unit} size="big" /> : say(card.title)}
      </h1>
      {card.measured && (
        <p>
          <b>{say(card.measured.text)}</b> <span className="soft nowrap">{formatAt(new Date(card.measured.at), moment)}</span>
        </p>
      )}
      {reading && (
        <p className="soft">
          {reading.context && `${slotName(reading.context)} · `}
          <span className="nowrap">{formatAt(new Date(reading.at), moment)}</span>
        </p>
      )}
      {local && <p className="safety-local">{t('local')}</p>}
      <Body text={say(card.body)} />
      {low && <Timer onMeasure={onMeasure} />}
      {card.measured?.type === 'blood_pressure' && (
        <button type="button" className="main-button" onClick={onMeasure}>
          {t('measure')}
        </button>
      )}
      <div className="safety-calls">
        {calls
          .filter(({ tel }) => tel !== '120')
          .map(({ label, tel }) => (
            <a key={tel} className="plain-button" href={`tel:${tel}`}>
              <Icon name="phone" />
              {say(label)}
            </a>
          ))}
        <a className="danger-button" href="tel:120">
          <Icon name="phone" />
          {t('call')}
        </a>
      </div>
      <h2>{t('feel')}</h2>
      <div className="pair">
        {answers.map(({ key, text }) => (
          <button
            key={key}
            type="button"
            className="answer-button"
            aria-disabled={answer.isPending}
            onClick={() => !answer.isPending && answer.mutate(key)}
          >
            {say(text)}
          </button>
        ))}
      </div>
      {answer.error && <p className="field-error">{t('failed')}</p>}
      {onWrong && (
        <button type="button" className="text-button" onClick={onWrong}>
          {t('wrong')}
        </button>
      )}
      <div className="foot foot-lone">{contact}</div>
    </main>
  )
}

/** Timer counts to the next measurement. The seconds are not read aloud; the end is. */
export function Timer({ onMeasure }: { onMeasure: () => void }) {
  const t = useSafetyWords()
  const timer = useTimer()
  const minutes = useLimits()?.retest
  if (timer.over) {
    return (
      <div className="timer">
        <p role="status">{t('over')}</p>
        <button type="button" className="main-button" onClick={onMeasure}>
          {t('measure')}
        </button>
      </div>
    )
  }
  if (timer.running) {
    return (
      <p className="timer timer-runs" aria-live="off">
        <Icon name="clock" />
        {t('running', { left: timer.left })}
      </p>
    )
  }
  if (minutes === undefined) return null
  return (
    <button type="button" className="main-button" onClick={() => startTimer(minutes)}>
      <Icon name="clock" />
      {t('timer', { minutes })}
    </button>
  )
}

/** TimerStrip keeps a running count in sight on the ordinary screens. */
export function TimerStrip({ onMeasure }: { onMeasure: () => void }) {
  const timer = useTimer()
  return timer.running || timer.over ? (
    <div className="timer-strip">
      <Timer onMeasure={onMeasure} />
    </div>
  ) : null
}
