import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { type ReactNode, useState } from 'react'
import type { Knowledge, PersonConversation } from '../../../../client/conversations'
import type { Message } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { sentTo, suggestionsOf } from './inbox'
import { useWords } from './strings'

/** Side is what helps to answer: who it is, answers that fit with where they come from, and what the person got, read and did. */
export function Side({ v, about, onUse }: { v: PersonConversation; about: ReactNode; onUse: (text: string) => void }) {
  const t = useWords()
  return (
    <aside className="panel inbox-side">
      <section aria-label={t('who')}>
        <h3>
          {t('who')}
        </h3>
        {about}
      </section>
      <Suggested v={v} onUse={onUse} />
      <Got id={v.person.id} />
    </aside>
  )
}

function Suggested({ v, onUse }: { v: PersonConversation; onUse: (text: string) => void }) {
  const t = useWords()
  const [q, setQ] = useState('')
  const found = useQuery(suggestionsOf(v.person.id, q, v.seen ?? ''))
  return (
    <section aria-label={t('suggest')}>
      <h3>{t('suggest')}</h3>
      <Input.Search allowClear aria-label={t('search')} placeholder={t('search')} onSearch={(text) => setQ(text.trim())} />
      {found.error && !found.data ? (
        <ErrorBox error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton lines={3} />
      ) : (
        <>
          {found.data.asked && <p className="note">{t('suggestFor', { q: found.data.asked.slice(0, 30) })}</p>}
          {found.data.answers.length === 0 && <p className="note">{t('noSuggest')}</p>}
          <ul className="suggested">
            {found.data.answers.map((one) => (
              <One key={one.id} one={one} onUse={onUse} />
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function One({ one, onUse }: { one: Knowledge; onUse: (text: string) => void }) {
  const t = useWords()
  const [open, setOpen] = useState(false)
  return (
    <li>
      <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
        {one.title}
      </button>
      <p className="suggested-text">{open ? one.text : (one.quote ?? one.text)}</p>
      <p className="note">{t('source', { source: one.source || '–', by: one.approvedBy?.name ?? '–' })}</p>
      <Button size="small" onClick={() => onUse(one.text)}>{t('use')}</Button>
    </li>
  )
}

/** Got: what was sent, whether it was read, and what they answered; withheld ones say why. */
function Got({ id }: { id: string }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const sent = useQuery(sentTo(id))
  const state = (m: Message) => {
    const answer = m.answers?.find((a) => a.key === m.answer)
    if (m.answer) return t('answered', { what: answer ? say(answer.text) : m.answer })
    if (m.readAt) return `${t('read')} ${formatAt(new Date(m.readAt), moment)}`
    if (m.state === 'sent') return t('sent')
    if (m.state === 'suppressed' || m.state === 'dead') return t('suppressed', { why: say(m.reasonText) })
    return t('heldState')
  }
  return (
    <section aria-label={t('got')}>
      <h3>{t('got')}</h3>
      {sent.error && !sent.data ? (
        <ErrorBox error={sent.error} onRetry={() => void sent.refetch()} />
      ) : !sent.data ? (
        <Skeleton lines={3} />
      ) : sent.data.items.length === 0 ? (
        <p className="note">{t('noGot')}</p>
      ) : (
        <ul className="got">
          {sent.data.items.map((m) => (
            <li key={m.id}>
              <span className="user-text">{say(m.title)}</span>
              <span className="note">
                {formatAt(new Date(m.sentAt ?? m.due), moment)} · {state(m)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
