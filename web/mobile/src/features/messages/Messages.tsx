import { Link } from '@tanstack/react-router'
import type { Message } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { Empty } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Page } from '../../parts/Page'
import { useMoment } from '../../session/Session'
import { useOwnerName } from '../contact/Contact'
import { useMessageWords } from './strings'

export function answerText(message: Message, say: ReturnType<typeof useSay>): string {
  return say(message.answers?.find(({ key }) => key === message.answer)?.text) || (message.answer ?? '')
}

/** Messages is everything said to this person, the newest first; nothing in it expires. */
export function Messages({ messages, onMore }: { messages: readonly Message[]; onMore?: () => void }) {
  const t = useMessageWords()
  const say = useSay()
  const moment = useMoment()
  const who = useOwnerName()
  return (
    <Page title={t('title')}>
      <Link to="/chat" className="plain-button">
        {t('chat', { who })}
      </Link>
      {messages.length === 0 ? (
        <Empty title={t('none')}>{t('noneText')}</Empty>
      ) : (
        <ul className="messages">
          {messages.map((message) => (
            <li key={message.id}>
              <Link to="/messages/$id" params={{ id: message.id }} className={message.readAt ? 'message' : 'message message-new'}>
                <span className="message-top">
                  <strong>{say(message.title)}</strong>
                  {!message.readAt && <span className="chip chip-new">{t('unread')}</span>}
                </span>
                <span className="message-body">{preview(say(message.body))}</span>
                <span className="note">
                  {formatAt(new Date(message.sentAt ?? message.due), moment)}
                  {message.answer && ` · ${t('answered', { answer: answerText(message, say) })}`}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {onMore && (
        <button type="button" className="plain-button" onClick={onMore}>
          {t('more')}
        </button>
      )}
    </Page>
  )
}

/** preview is the text in one run, without the marks of lists and emphasis. */
const preview = (body: string): string =>
  body
    .split('\n')
    .map((line) => line.replace(/^\s*([-*•#]+|\d+[.、)])\s*/, '').trim())
    .filter(Boolean)
    .join(' ')
    .replaceAll('**', '')
