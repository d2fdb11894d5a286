import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input, Pagination, Segmented, Select } from 'antd'
import type { MatchRun, ReviewName, ReviewState } from '../../../../client/reviews'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { useUiWords } from '../../../../ui/strings'
import { formatAt } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { PersonName } from '../../layout/PersonName'
import { useSession } from '../session/session'
import { bits, fileAddress, pageSize, type ReviewFilter, reviewsQuery, runsQuery, startRun, states, stopRun } from './reviews'
import { useWords } from './strings'
import './reviews.css'

interface Props {
  filter: ReviewFilter
  onFilter: (filter: ReviewFilter) => void
}

/** Reviews is the queue of pairs that may be one person, the strongest first. */
export function Reviews({ filter, onFilter }: Props) {
  const t = useWords()
  const ui = useUiWords()
  const say = useSay()
  const moment = useMoment()
  const { can } = useSession()
  const reviews = useQuery(reviewsQuery(filter))
  const list = reviews.data
  const state: ReviewState = filter.state ?? 'open'
  const first = list?.items[0]
  const narrowed = Boolean(filter.state || filter.origin || filter.q)
  const decided = state !== 'open'
  return (
    <div className="reviews">
      <div className="reviews-head">
        <h1 className="page-title">{t('title')}</h1>
        <Segmented<ReviewState>
          aria-label={t('stateLabel')}
          value={state}
          onChange={(next) => onFilter({ ...filter, p: undefined, state: next === 'open' ? undefined : next })}
          options={states.map((one) => ({ value: one, label: t(`s_${one}`, { n: list ? list.states[one].toLocaleString('en-US') : '' }) }))}
        />
        <span className="reviews-tools">
          <Link to="/reviews/rules">{t('policy')}</Link>
          {can.includes('people.export') && <Download href={fileAddress(filter)} label={t('csv')} />}
        </span>
      </div>
      <p className="note">{t('lead')}</p>
      <Search />
      <div className="reviews-filter">
        <Input.Search key={filter.q ?? ''} className="reviews-find" aria-label={t('find')} placeholder={t('find')} defaultValue={filter.q} allowClear onSearch={(q) => onFilter({ ...filter, p: undefined, q: q.trim() || undefined })} />
        <Select<'' | 'matched' | 'intake'>
          aria-label={t('originLabel')}
          value={filter.origin ?? ''}
          onChange={(origin) => onFilter({ ...filter, p: undefined, origin: origin || undefined })}
          options={[{ value: '', label: t('anyOrigin') }, { value: 'matched', label: t('matched') }, { value: 'intake', label: t('intake') }]}
        />
        <span role="status">
          {list && <b>{t('hits', { n: list.total.toLocaleString('en-US') })}</b>}
          {reviews.isFetching && list && <span className="note"> {ui('updating')}</span>}
        </span>
        {!decided && first && (
          <Link className="reviews-first" to="/reviews/$id" params={{ id: first.id }}>
            <Button type="primary" tabIndex={-1}>
              {t('first')}
            </Button>
          </Link>
        )}
      </div>
      <section className="panel" aria-label={t('title')}>
        {reviews.error && !list ? (
          <ErrorBox error={reviews.error} onRetry={() => void reviews.refetch()} />
        ) : !list ? (
          <Skeleton lines={10} />
        ) : list.items.length === 0 ? (
          <Empty title={t(narrowed ? 'noneFiltered' : 'none')} action={narrowed ? <Button onClick={() => onFilter({})}>{t('reset')}</Button> : undefined}>
            {narrowed ? undefined : t('noneBody')}
          </Empty>
        ) : (
          <div className="reviews-scroll">
            <table className={reviews.isPlaceholderData ? 'review-list faded' : 'review-list'}>
              <thead>
                <tr>
                  <th scope="col">{t('h_pair')}</th>
                  <th scope="col">{t('h_bits')}</th>
                  <th scope="col">{t('h_chance')}</th>
                  <th scope="col">{t('h_from')}</th>
                  <th scope="col">{t('h_found')}</th>
                  {decided && <th scope="col">{t('h_by')}</th>}
                  <th scope="col">
                    <span className="visually-hidden">{t('look')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {list.items.map((row) => (
                  <tr key={row.id}>
                    <th scope="row">
                      <Name of={row.left} /> <span className="note">{t('and')}</span> <Name of={row.right} />
                    </th>
                    <td className="figure">{bits(row.weight)}</td>
                    <td className="figure">{row.probability ? `${chance(row.probability)}%` : '–'}</td>
                    <td>
                      {say(row.origin.text)}
                      {row.cause && <p className="note user-text">{say(row.cause)}</p>}
                    </td>
                    <td className="nowrap">{formatAt(new Date(row.found), moment)}</td>
                    {decided && (
                      <td>
                        {row.by ? say(row.by) : '–'} {row.decided && <span className="note nowrap">{formatAt(new Date(row.decided), moment)}</span>}
                      </td>
                    )}
                    <td>
                      <Link to="/reviews/$id" params={{ id: row.id }}>
                        {t('look')}
                      </Link>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      {list && list.total > pageSize && <Pagination align="end" current={filter.p ?? 1} pageSize={pageSize} total={list.total} showSizeChanger={false} onChange={(page) => onFilter({ ...filter, p: page > 1 ? page : undefined })} />}
    </div>
  )
}

/** chance is a probability in percent: never 100, which nobody can know. */
export const chance = (p: number): string => (p > 0.999 ? '99.9' : p > 0.99 ? (Math.floor(p * 1000) / 10).toFixed(1) : String(Math.round(p * 100)))

/** Name tells two people of one name apart: age, sex, end of the telephone number. */
export function Name({ of }: { of: ReviewName }) {
  const t = useWords()
  const rest = [of.age !== undefined ? t('years', { n: of.age }) : '', of.gender === 'male' || of.gender === 'female' ? t(of.gender) : '', of.last4 ? t('tail', { n: of.last4 }) : ''].filter(Boolean)
  return (
    <span className="review-name">
      <b>
        <PersonName of={of} />
      </b> <span className="note">{rest.join(' ')}</span>
    </span>
  )
}

function Search() {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const moment = useMoment()
  const runs = useQuery(runsQuery)
  const onSuccess = () => void client.invalidateQueries({ queryKey: ['reviews'] })
  const start = useMutation({ mutationFn: startRun, onSuccess })
  const stop = useMutation({ mutationFn: stopRun, onSuccess })
  const last = runs.data?.items[0]
  if (runs.error) return <ErrorBox error={runs.error} onRetry={() => void runs.refetch()} />
  if (!runs.data) return <Skeleton lines={1} />
  const on = runs.data.running ? last : undefined
  const at = (one: MatchRun) => formatAt(new Date(one.ended ?? one.created), moment)
  const told = !last
    ? t('runNever')
    : on
      ? on.state === 'waiting'
        ? t('runWaiting')
        : t('runOn', { stage: say(on.stageText) })
      : last.state === 'done'
        ? t('runDone', { at: at(last), people: last.people.toLocaleString('en-US'), found: last.found.toLocaleString('en-US'), fresh: last.fresh.toLocaleString('en-US') })
        : last.state === 'stopped'
          ? t('runStopped', { at: at(last), fresh: last.fresh.toLocaleString('en-US') })
          : t('runFailed', { at: at(last) })
  return (
    <section className="panel reviews-run" aria-label={t('runs')}>
      <span role="status">{told}</span>
      {on ? (
        <Button disabled={on.asked} loading={stop.isPending} onClick={() => stop.mutate(on.number)}>
          {t(on.asked ? 'runStopping' : 'runStop')}
        </Button>
      ) : (
        <Button loading={start.isPending} onClick={() => start.mutate()}>
          {t('runStart')}
        </Button>
      )}
      {(start.error ?? stop.error) && <ErrorBox error={start.error ?? stop.error} />}
    </section>
  )
}
