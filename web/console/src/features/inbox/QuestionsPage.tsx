import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button } from 'antd'
import { useState } from 'react'
import type { Question } from '../../../../client/conversations'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { handle, questionsQuery } from './inbox'
import { EntryModal } from './KnowledgePage'
import { useWords } from './strings'

/** QuestionsPage is what the assistant had no answer for: make an answer of it, or say that none is needed. */
export function QuestionsPage() {
  const t = useWords()
  const moment = useMoment()
  const { message } = Antd.useApp()
  const client = useQueryClient()
  const list = useQuery(questionsQuery)
  const [making, setMaking] = useState<Question>()
  const settle = useMutation({
    mutationFn: ({ of, reason }: { of: Question; reason: string }) => handle(of.person.id, { action: 'settled', chat: of.chat, reason }),
    onSettled: () => void client.invalidateQueries({ queryKey: questionsQuery.queryKey }),
    onError: (error) => void message.error(error.message),
  })
  return (
    <section className="panel knowledge" aria-label={t('questions')}>
      <p className="note">{t('qLead')}</p>
      {list.error && !list.data ? (
        <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
      ) : !list.data ? (
        <Skeleton lines={8} />
      ) : list.data.items.length === 0 ? (
        <Empty title={t('qNone')}>{t('qNoneBody')}</Empty>
      ) : (
        <ul className="knowledge-list">
          {list.data.items.map((one) => (
            <li key={one.chat}>
              <div>
                <p className="user-text">{one.text}</p>
                <span className="note">
                  {one.person.name} · {formatAt(new Date(one.at), moment)}
                </span>
              </div>
              <div className="knowledge-deeds">
                <Button onClick={() => setMaking(one)}>{t('qMake')}</Button>
                <Button disabled={settle.isPending} onClick={() => settle.mutate({ of: one, reason: 'dismissed' })}>{t('qDismiss')}</Button>
              </div>
            </li>
          ))}
        </ul>
      )}
      {making && (
        <EntryModal
          first={{ kind: 'answer', title: making.text.slice(0, 40), questions: [making.text.slice(0, 120)], automatic: true }}
          onClose={() => setMaking(undefined)}
          onSaved={() => settle.mutate({ of: making, reason: 'answer' })}
        />
      )}
    </section>
  )
}
