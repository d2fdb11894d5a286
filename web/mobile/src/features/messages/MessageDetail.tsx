import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { newKey, post } from '../../../../client/http'
import type { Message } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { formatAt } from '../../../../ui/time'
import { Value } from '../../../../ui/Value'
import { Body } from '../../../../ui/Body'
import { Icon } from '../../parts/Icon'
import { Page } from '../../parts/Page'
import { useMe, useMoment } from '../../session/Session'
import { answerText } from './Messages'
import { useMessageWords } from './strings'

interface Props {
  message: Message
  /** Read or answered: the lists are fetched again. */
  onChanged: () => void
}

export function MessageDetail({ message, onChanged }: Props) {
  const t = useMessageWords()
  const say = useSay()
  const me = useMe()
  const moment = useMoment()
  const path = `/api/me/messages/${encodeURIComponent(message.id)}`
  const read = useMutation({ mutationFn: () => post<unknown>(`${path}/read`), onSuccess: onChanged })
  const answer = useMutation({
    mutationFn: (key: string) => post<unknown>(`${path}/answer`, { answer: key }, { idempotencyKey: newKey() }),
    onSuccess: onChanged,
  })
  const { mutate } = read
  const unread = !message.readAt
  useEffect(() => {
    if (unread) mutate()
  }, [unread, mutate])

  return (
    <Page title={say(message.title)} back="/messages">
      <p className="note">{formatAt(new Date(message.sentAt ?? message.due), moment)}</p>
      {message.reading && <Value reading={message.reading} unit={me.unit} />}
      <Body text={say(message.body)} />
      {message.call?.map(({ label, tel }) => (
        <a key={tel} className="plain-button" href={`tel:${tel}`}>
          <Icon name="phone" />
          {say(label)}
        </a>
      ))}
      {message.answers && message.answers.length > 0 && !message.answer && (
        <section className="stack" aria-label={t('answer')}>
          <h2>{t('answer')}</h2>
          {message.answers.map(({ key, text }) => (
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
        </section>
      )}
      {answer.error && (
        <p className="field-error" role="alert">
          {t('failed')}
        </p>
      )}
      {message.answer && (
        <p role="status">
          {t('answered', { answer: answerText(message, say) })}
          {answer.isSuccess && ` · ${t('thanks')}`}
        </p>
      )}
      <Link to="/record" className="plain-button">
        {t('record')}
      </Link>
    </Page>
  )
}
