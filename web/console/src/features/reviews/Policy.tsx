import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App as Antd, Button, Input } from 'antd'
import { useRef, useState } from 'react'
import type { IdentityPolicy, PolicyProblem } from '../../../../client/reviews'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { usePolicyWords } from './policyWords'
import { checkPolicy, policyQuery, savePolicy } from './reviews'
import './reviews.css'

/** Policy shows how people are known by their identifiers, and lets it be changed as text that is checked while it is written. */
export function Policy() {
  const t = usePolicyWords()
  const policy = useQuery(policyQuery)
  if (policy.error) return <ErrorBox error={policy.error} onRetry={() => void policy.refetch()} away={<Link to="/reviews">{t('back')}</Link>} />
  if (!policy.data) return <Skeleton lines={14} />
  return <Editor key={policy.data.revision} policy={policy.data} />
}

function Editor({ policy }: { policy: IdentityPolicy }) {
  const t = usePolicyWords()
  const say = useSay()
  const moment = useMoment()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [text, setText] = useState(policy.text)
  const box = useRef<HTMLDivElement>(null)
  const checked = useQuery({ queryKey: ['reviews', 'policy', 'check', text], queryFn: ({ signal }) => checkPolicy(text, signal), placeholderData: (before) => before, enabled: text !== policy.text, retry: false })
  const save = useMutation({
    mutationFn: () => savePolicy(text, policy.revision),
    onSuccess: (now) => {
      client.setQueryData(policyQuery.queryKey, now)
      void message.success({ content: t('saved'), duration: 6 })
    },
  })
  const changed = text !== policy.text
  const problems = changed ? (checked.data?.problems ?? []) : []
  const types = changed && checked.data && problems.length === 0 ? checked.data.types : policy.types
  const jump = ({ line, col }: PolicyProblem) => {
    const area = box.current?.querySelector('textarea')
    if (!area) return
    const at = text.split('\n').slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + col - 1
    area.focus()
    area.setSelectionRange(at, at)
    area.scrollTop = Math.max(0, line - 8) * 20
  }
  return (
    <article className="reviews" aria-label={t('title')}>
      <div className="reviews-head">
        <h1 className="page-title">{t('title')}</h1>
        <Link to="/reviews">{t('back')}</Link>
        <span className="note">{policy.revision === 0 || !policy.at ? t('isShipped') : t('savedBy', { by: policy.by ? say(policy.by) : '–', at: formatAt(new Date(policy.at), moment), n: policy.revision })}</span>
      </div>
      <p className="note">{t('lead')}</p>
      <div className="policy-cols">
        <section aria-label={t('text')}>
          <div ref={box}>
            <Input.TextArea className="policy-text user-text" aria-label={t('text')} value={text} spellCheck={false} rows={28} onChange={(event) => setText(event.target.value)} />
          </div>
          <div className="policy-act">
            <Button type="primary" disabled={!changed || problems.length > 0 || checked.isFetching} loading={save.isPending} onClick={() => save.mutate()}>
              {t('save')}
            </Button>
            {text !== policy.shipped && <Button onClick={() => setText(policy.shipped)}>{t('shipped')}</Button>}
            <span role="status" className={problems.length > 0 ? 'wrong' : 'note'}>
              {changed && checked.data && (problems.length > 0 ? t('wrong', { n: problems.length }) : t('sound'))}
            </span>
          </div>
          {(save.error ?? checked.error) && <ErrorBox error={save.error ?? checked.error} />}
          {problems.length > 0 && (
            <ul className="review-changes">
              {problems.map((problem, i) => (
                <li key={i}>
                  <button type="button" className="link" onClick={() => jump(problem)}>
                    {t('at', { line: problem.line, col: problem.col })}
                  </button>{' '}
                  <span className="user-text">{say(problem.text)}</span>
                </li>
              ))}
            </ul>
          )}
        </section>
        <section className="panel reviews-scroll" tabIndex={0} aria-label={t('types')}>
          <table className="review-fields">
            <thead>
              <tr>
                <th scope="col">{t('h_type')}</th>
                <th scope="col">{t('h_scope')}</th>
                <th scope="col">{t('h_limit')}</th>
                <th scope="col">{t('h_priority')}</th>
                <th scope="col">{t('h_exclusive')}</th>
                <th scope="col">{t('h_merges')}</th>
              </tr>
            </thead>
            <tbody>
              {types.map((one) => (
                <tr key={one.type}>
                  <th scope="row" className="user-text">
                    {say(one.name)} <code>{one.type}</code>
                  </th>
                  <td>{t(one.scope)}</td>
                  <td className="figure">{one.limit}</td>
                  <td className="figure">{one.priority}</td>
                  <td>{t(one.exclusive ? 'yes' : 'no')}</td>
                  <td>{t(one.merges ? 'yes' : 'no')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
    </article>
  )
}
