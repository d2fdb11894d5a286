import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Line, MyChat } from '../../../../client/conversations'
import { get, newKey, post } from '../../../../client/http'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Page } from '../../parts/Page'
import { useMoment } from '../../session/Session'
import { useOwnerName } from '../contact/Contact'
import { useChatWords } from './strings'
import './chat.css'

const chatQuery = infiniteQueryOptions({
  queryKey: ['me', 'chat'] as const,
  queryFn: ({ signal, pageParam }) => get<MyChat>('/api/me/chat', { signal, query: { cursor: pageParam, limit: 30 } }),
  initialPageParam: '',
  getNextPageParam: (page) => page.nextCursor || undefined,
})

/** Chat is what the person and those who look after them wrote: the newest last, the box to write in below it. */
export function Chat() {
  const t = useChatWords()
  const say = useSay()
  const who = useOwnerName()
  const chat = useInfiniteQuery(chatQuery)
  const first = chat.data?.pages[0]
  const lines = chat.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page title={t('title', { who })} back="/messages" dense>
      {chat.error && !first ? (
        <ErrorBox error={chat.error} onRetry={() => void chat.refetch()} />
      ) : !first ? (
        <Skeleton lines={6} />
      ) : (
        <>
          {first.hours && <p className="note">{say(first.hours)}</p>}
          {chat.hasNextPage && (
            <button type="button" className="plain-button" onClick={() => void chat.fetchNextPage()}>
              {t('more')}
            </button>
          )}
          {lines.length === 0 ? <Empty title={t('none')}>{t('noneText')}</Empty> : <Lines lines={lines} />}
          {first.waits && (
            <p role="status" className="note">
              {t('waits')}
            </p>
          )}
          <Write who={who} />
        </>
      )}
    </Page>
  )
}

function Lines({ lines }: { lines: readonly Line[] }) {
  const t = useChatWords()
  const say = useSay()
  const moment = useMoment()
  return (
    <ol className="chat">
      {lines.toReversed().map((line) => (
        <li key={line.id} className={line.from === 'person' ? 'chat-me' : 'chat-them'}>
          <span className="note">
            {line.from === 'person' ? t('me') : line.from === 'bot' ? t('bot') : say(line.by) || t('staff')} · {formatAt(new Date(line.at), moment)}
          </span>
          <p>{line.text}</p>
        </li>
      ))}
    </ol>
  )
}

function Write({ who }: { who: string }) {
  const t = useChatWords()
  const client = useQueryClient()
  const [text, setText] = useState('')
  // The same words are sent once however often they are tried; other words are another message.
  const tried = useRef({ text: '', key: newKey() })
  const send = useMutation({
    mutationFn: () => {
      const said = text.trim()
      if (tried.current.text !== said) tried.current = { text: said, key: newKey() }
      return post<MyChat>('/api/me/chat', { text: said }, { idempotencyKey: tried.current.key })
    },
    onSuccess: async () => {
      tried.current = { text: '', key: newKey() }
      setText('')
      await client.invalidateQueries({ queryKey: chatQuery.queryKey })
    },
  })
  return (
    <form
      className="chat-write"
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim()) send.mutate()
      }}
    >
      <label className="field">
        {t('write', { who })}
        <textarea rows={2} maxLength={1000} value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      {send.error && (
        <p role="alert" className="field-error">
          {t('failed')}
        </p>
      )}
      <button type="submit" className="main-button" disabled={!text.trim() || send.isPending}>
        {t(send.isPending ? 'sending' : 'send')}
      </button>
      <p className="note">{t('emergency')}</p>
    </form>
  )
}
