import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { App as Antd, Button } from 'antd'
import { useEffect, useState } from 'react'
import type { Review } from '../../../../client/reviews'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { keysOn, typing } from '../../layout/keys'
import { useMoment } from '../../layout/now'
import { DecisionModal } from './DecisionModal'
import { bits, type Decision, decide, reviewQuery, undo } from './reviews'
import { chance, Name } from './Reviews'
import { useWords } from './strings'
import './reviews.css'

/** OneReview is one pair, field by field, with what speaks for one person and what merging would change. */
export function OneReview({ id }: { id: string }) {
  const t = useWords()
  const review = useQuery(reviewQuery(id))
  const back = <Link to="/reviews">{t('back')}</Link>
  if (review.error) return <ErrorBox error={review.error} onRetry={() => void review.refetch()} away={back} />
  if (!review.data) return <Skeleton lines={12} />
  return <Pair key={review.data.id} review={review.data} />
}

function Pair({ review }: { review: Review }) {
  const t = useWords()
  const say = useSay()
  const go = useNavigate()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [asking, setAsking] = useState<Exclude<Decision, 'later'>>()
  const { next, state } = review
  const waits = state === 'open' || state === 'later'
  const away = () => void (next ? go({ to: '/reviews/$id', params: { id: next } }) : go({ to: '/reviews' }))
  const changed = (now: Review) => {
    client.setQueryData(reviewQuery(now.id).queryKey, now)
    for (const key of [['reviews', 'list'], ['people'], ['person', now.left.id], ['person', now.right.id]]) void client.invalidateQueries({ queryKey: key })
  }
  const act = useMutation({
    mutationFn: ({ decision, why, kind }: { decision: Decision; why: string; kind?: string }) => decide(review, decision, why, kind),
    onSuccess: (now, { decision }) => {
      setAsking(undefined)
      changed(now)
      void message.success({ content: t(`done_${decision}`), duration: 6 })
      if (decision === 'later') away()
    },
  })
  const take = useMutation({
    mutationFn: () => undo(review),
    onSuccess: (now) => {
      changed(now)
      void message.success({ content: t('undone'), duration: 6 })
    },
  })
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!keysOn() || typing(event) || asking) return
      const key = event.key.toLowerCase()
      if (key === 'j' && next) void go({ to: '/reviews/$id', params: { id: next } })
      else if (!waits) return
      else if (key === 's' && !review.against) setAsking('same')
      else if (key === 'n') setAsking('different')
      else if (key === 'f') setAsking('family')
      else if (key === 'l' && state === 'open') act.mutate({ decision: 'later', why: '' })
      else return
      event.preventDefault()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  })
  return (
    <article className="reviews" aria-label={t('title')}>
      <div className="reviews-head">
        <Link to="/reviews">{t('back')}</Link>
        {review.place > 0 && <span className="note">{t('place', { n: review.place, of: review.waiting })}</span>}
        {next && (
          <Link className="reviews-tools" to="/reviews/$id" params={{ id: next }}>
            {t('next')}
          </Link>
        )}
      </div>
      <header className="review-top">
        <h1 className="page-title">
          <Name of={review.left} /> <span className="note">{t('and')}</span> <Name of={review.right} />
        </h1>
        <p>
          <b>{t('total', { bits: bits(review.weight) })}</b>
          {review.probability ? <> · {t('chance', { n: chance(review.probability) })}</> : null} · {say(review.advice)}
        </p>
        {review.cause && <p className="note user-text">{say(review.cause)}</p>}
      </header>
      <div className={waits ? 'review-cols' : undefined}>
        <section className="panel reviews-scroll" tabIndex={0} aria-label={t('h_field')}>
          <Fields review={review} />
        </section>
        {waits && (
          <aside className="panel review-side">
            <h2>{t('changes')}</h2>
            {review.against && (
              <p className="review-against user-text" role="note">
                <b>{t('against')}</b> {say(review.against)}
              </p>
            )}
            {review.root && !review.against && <p className="note">{t('stays', { name: review.root === review.left.id ? review.left.name : review.right.name })}</p>}
            <Changes review={review} />
          </aside>
        )}
      </div>
      {waits ? (
        <div className="panel review-act">
          <Button type="primary" disabled={Boolean(review.against)} onClick={() => setAsking('same')}>
            {t('same')}
          </Button>
          <Button onClick={() => setAsking('different')}>{t('different')}</Button>
          <Button onClick={() => setAsking('family')}>{t('family')}</Button>
          {state === 'open' && (
            <Button loading={act.isPending && !asking} onClick={() => act.mutate({ decision: 'later', why: '' })}>
              {t('later')}
            </Button>
          )}
          {keysOn() && (
            <span className="note">
              <Keys />
            </span>
          )}
        </div>
      ) : (
        <Decided review={review} onUndo={() => take.mutate()} busy={take.isPending} onNext={away} />
      )}
      {(take.error ?? (asking ? undefined : act.error)) && <ErrorBox error={take.error ?? act.error} />}
      {asking && <DecisionModal review={review} decision={asking} busy={act.isPending} error={act.error} onSend={(why, kind) => act.mutate({ decision: asking, why, kind })} onClose={() => setAsking(undefined)} />}
    </article>
  )
}

function Keys() {
  const t = useWords()
  const marks: Record<string, string> = { s: 'S', n: 'N', f: 'F', l: 'L', j: 'J' }
  const parts = t('keys', { s: '\u0001s', n: '\u0001n', f: '\u0001f', l: '\u0001l', j: '\u0001j' }).split('\u0001')
  return (
    <>
      {parts[0]}
      {parts.slice(1).map((part) => (
        <span key={part[0]}>
          <kbd>{marks[part[0] ?? '']}</kbd>
          {part.slice(1)}
        </span>
      ))}
    </>
  )
}

function Fields({ review }: { review: Review }) {
  const t = useWords()
  const say = useSay()
  return (
    <table className="review-fields">
      <thead>
        <tr>
          <th scope="col">{t('h_field')}</th>
          <th scope="col">{t('left')}</th>
          <th scope="col">{t('right')}</th>
          <th scope="col">{t('h_evidence')}</th>
          <th scope="col">{t('h_after')}</th>
        </tr>
      </thead>
      <tbody>
        {review.fields.map((field) => (
          <tr key={field.name.en}>
            <th scope="row" className="user-text">
              {say(field.name)}
            </th>
            {[field.left, field.right].map((value, i) => (
              <td key={i} className="user-text">
                {say(value) || <span className="unknown">{t('nothing')}</span>}
              </td>
            ))}
            <td>
              {field.bits === undefined ? (
                <span className="unknown">{t('noEvidence')}</span>
              ) : (
                <>
                  <b className="nowrap">{bits(field.bits)}</b>
                  {field.said && <p className="note user-text">{say(field.said)}</p>}
                </>
              )}
            </td>
            <td className="user-text">{say(field.after) || <span className="unknown">{t('nothing')}</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Changes is what merging would do to consent, points, journeys and owner: seen before anything is clicked. */
export function Changes({ review }: { review: Review }) {
  const t = useWords()
  const say = useSay()
  if (review.changes.length === 0) return <p className="unknown">{t('changesNone')}</p>
  return (
    <ul className="review-changes">
      {review.changes.map((change) => (
        <li key={change.text.en} className={change.less ? 'review-less user-text' : 'user-text'}>
          {say(change.text)}
        </li>
      ))}
    </ul>
  )
}

function Decided({ review, onUndo, busy, onNext }: { review: Review; onUndo: () => void; busy: boolean; onNext: () => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const what = review.state === 'same' ? t('same') : review.state === 'family' ? t('family') : t('different')
  return (
    <div className="panel review-act">
      <span>
        <b>{t('decided', { by: review.by ? say(review.by) : '–', at: review.decided ? formatAt(new Date(review.decided), moment) : '', what })}</b>
        {review.why && <span className="note user-text"> {review.why}</span>}
      </span>
      <Button loading={busy} onClick={onUndo}>
        {t(review.state === 'same' ? 'undo_same' : 'undo')}
      </Button>
      <Button type="primary" onClick={onNext}>
        {t(review.next ? 'next' : 'back')}
      </Button>
    </div>
  )
}
