import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Checkbox, Input } from 'antd'
import { useState } from 'react'
import type { VisitAnswer } from '../../../../client/visit'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { mayWrite, useSession } from '../session/session'
import { answersQuery, confirmAnswer, refuseAnswer } from './query'
import { useWords } from './words'

/** Answers is what came by links: never shown as signed, and nothing of it holds before somebody ticks it. */
export function Answers({ id }: { id: string }) {
  const t = useWords()
  const answers = useQuery(answersQuery(id))
  return (
    <section className="panel" aria-label={t('answers')}>
      <h2>{t('answers')}</h2>
      {answers.error ? (
        <ErrorBox error={answers.error} onRetry={() => void answers.refetch()} />
      ) : !answers.data ? (
        <Skeleton lines={3} />
      ) : answers.data.items.length === 0 ? (
        <p className="unknown">{t('noAnswers')}</p>
      ) : (
        answers.data.items.map((one) => <Answer key={one.id} id={id} answer={one} />)
      )}
    </section>
  )
}

function Answer({ id, answer }: { id: string; answer: VisitAnswer }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const session = useSession()
  const waits = answer.status === 'waiting' && mayWrite(session)
  return (
    <div className="visit-answer">
      <p>
        <b>{t(answer.status)}</b> <span className="nowrap">{formatAt(new Date(answer.at), moment)}</span>
      </p>
      <p className="user-text">
        {t('answerBy', { name: answer.name })}
        {answer.hospital && ` · ${answer.hospital}`}
      </p>
      <p className="badge">{say(answer.origin)}</p>
      {answer.note && <p className="user-text visit-note">{t('note', { text: answer.note })}</p>}
      {waits ? (
        <Check id={id} answer={answer} />
      ) : (
        <ul className="plain">
          {answer.items.map((one) => (
            <li key={one.n}>
              <span className="user-text">{say(one.text)}</span> <span className="note">{answer.status === 'confirmed' && t(one.taken ? 'taken' : 'left')}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Check({ id, answer }: { id: string; answer: VisitAnswer }) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [ticked, setTicked] = useState<number[]>([])
  const [reason, setReason] = useState<string>()
  const done = () => void client.invalidateQueries({ queryKey: ['person', id] })
  const confirm = useMutation({
    mutationFn: () => confirmAnswer(id, answer.id, ticked),
    onSuccess: () => void message.success(t('done'), 6),
    onSettled: done,
  })
  const refuse = useMutation({
    mutationFn: (why: string) => refuseAnswer(id, answer.id, why),
    onSuccess: () => void message.success(t('refusedDone'), 6),
    onSettled: done,
  })
  return (
    <div className="visit-check">
      {answer.items.map((one) => (
        <Checkbox key={one.n} checked={ticked.includes(one.n)} onChange={(event) => setTicked(event.target.checked ? [...ticked, one.n] : ticked.filter((n) => n !== one.n))}>
          <span className="user-text">{say(one.text)}</span>
        </Checkbox>
      ))}
      <p className="note">{t('check')}</p>
      {(confirm.error ?? refuse.error) && <ErrorBox error={confirm.error ?? refuse.error} />}
      {reason === undefined ? (
        <span className="visit-acts">
          <Button onClick={() => setReason('')}>{t('refuse')}</Button>
          <Button type="primary" loading={confirm.isPending} onClick={() => confirm.mutate()}>
            {ticked.length > 0 ? t('take', { n: ticked.length }) : t('takeNone')}
          </Button>
        </span>
      ) : (
        <div className="visit-refuse">
          <Input aria-label={t('reason')} placeholder={t('reason')} value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
          <Button onClick={() => setReason(undefined)}>{t('cancel')}</Button>
          <Button type="primary" disabled={reason.trim() === ''} loading={refuse.isPending} onClick={() => refuse.mutate(reason.trim())}>
            {t('refuse')}
          </Button>
        </div>
      )}
    </div>
  )
}
