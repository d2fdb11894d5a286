import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Pagination, Segmented } from 'antd'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { useUiWords } from '../../../../ui/strings'
import { formatAt } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { useSession } from '../session/session'
import { csvAddress, type DoubtFilter, doubtsQuery, pageSize, type State } from './doubts'
import { Handling, What, When } from './One'
import { useWords } from './strings'
import './doubts.css'

interface Props {
  filter: DoubtFilter
  onFilter: (filter: DoubtFilter) => void
}

/** Doubts is the work list of doubtful data: what does not fit, of whom, what shows it, and clearing it with a reason. */
export function Doubts({ filter, onFilter }: Props) {
  const t = useWords()
  const ui = useUiWords()
  const say = useSay()
  const moment = useMoment()
  const { can } = useSession()
  const doubts = useQuery(doubtsQuery(filter))
  const list = doubts.data
  const state: State = filter.state ?? 'open'
  const narrowed = filter.reason !== undefined || state !== 'open'
  return (
    <div className="doubts">
      <div className="doubts-head">
        <h1 className="page-title">{t('title')}</h1>
        <Segmented<State>
          aria-label={t('stateLabel')}
          value={state}
          onChange={(next) => onFilter({ reason: filter.reason, state: next === 'open' ? undefined : next })}
          options={[
            { value: 'open', label: t('open', { n: list ? list.open.toLocaleString('en-US') : '' }) },
            { value: 'cleared', label: t('cleared', { n: list ? list.cleared.toLocaleString('en-US') : '' }) },
            { value: 'all', label: t('all') },
          ]}
        />
        {can.includes('people.export') && (
          <Download className="doubts-csv" href={csvAddress(filter)} label={t('csv')} />
        )}
      </div>
      <p className="note">{t('lead')}</p>
      {list && (
        <div className="chips" role="group" aria-label={t('reasons')}>
          <button type="button" className="chip" aria-pressed={filter.reason === undefined} onClick={() => onFilter({ state: filter.state })}>
            {t('any')}
          </button>
          {list.reasons.map(({ key, text, n }) => (
            <button key={key} type="button" className="chip" aria-pressed={filter.reason === key} onClick={() => onFilter({ state: filter.state, reason: key })}>
              {say(text)} <span className="chip-n">{n.toLocaleString('en-US')}</span>
            </button>
          ))}
        </div>
      )}
      <div role="status" className="doubts-count">
        {list && <b>{t('hits', { n: list.total.toLocaleString('en-US') })}</b>} {list && <span className="note">{ui('asOf', { time: formatAt(new Date(list.asOf), moment) })}</span>}
        {doubts.isFetching && list && <span className="note"> {ui('updating')}</span>}
      </div>
      <section className="panel" aria-label={t('title')}>
        {doubts.error && !list ? (
          <ErrorBox error={doubts.error} onRetry={() => void doubts.refetch()} />
        ) : !list ? (
          <Skeleton lines={10} />
        ) : list.items.length === 0 ? (
          <Empty title={t(narrowed ? 'noneFiltered' : 'none')} action={narrowed ? <Button onClick={() => onFilter({ state: 'all' })}>{t('reset')}</Button> : undefined}>
            {t(narrowed ? 'noneFilteredBody' : 'noneBody')}
          </Empty>
        ) : (
          <table className={doubts.isPlaceholderData ? 'doubt-table faded' : 'doubt-table'}>
            <thead>
              <tr>
                <th scope="col">{t('h_found')}</th>
                <th scope="col">{t('h_person')}</th>
                <th scope="col">{t('h_what')}</th>
                <th scope="col">{t('h_when')}</th>
                <th scope="col">{t('h_owner')}</th>
                <th scope="col">{t('h_state')}</th>
              </tr>
            </thead>
            <tbody>
              {list.items.map((doubt) => (
                <tr key={doubt.id}>
                  <td className="nowrap">{formatAt(new Date(doubt.foundAt), moment)}</td>
                  <th scope="row">
                    <Link to="/people/$id" params={{ id: doubt.person.id }}>
                      {doubt.person.name}
                    </Link>
                  </th>
                  <td>
                    <What doubt={doubt} />
                  </td>
                  <td>
                    <When doubt={doubt} />
                  </td>
                  <td>{doubt.owner?.name ?? <span className="unknown">{t('nobody')}</span>}</td>
                  <td>
                    <Handling doubt={doubt} whys={list.whys} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      {list && list.total > pageSize && <Pagination align="end" current={filter.p ?? 1} pageSize={pageSize} total={list.total} showSizeChanger={false} onChange={(page) => onFilter({ ...filter, p: page > 1 ? page : undefined })} />}
    </div>
  )
}
