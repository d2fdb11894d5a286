import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Segmented, Select } from 'antd'
import { useState } from 'react'
import { address } from '../../../../client/http'
import type { Reject } from '../../../../client/sources'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { Download } from '../../layout/Download'
import { useSession } from '../session/session'
import { DataFrame } from './DataFrame'
import { count, type RefusedFilter, refusedQuery, sourcesQuery, typesQuery, useMachineAt } from './data'
import { Many } from './Many'
import { reasonCodes, reasonText } from './reasons'
import { RejectDrawer } from './RejectDrawer'
import { useWords } from './strings'
import { Waiting } from './Waiting'

export interface RefusedView extends RefusedFilter {
  list?: 'waiting'
}

type State = NonNullable<RefusedFilter['state']> | 'open'

interface Props {
  view: RefusedView
  onView: (view: RefusedView) => void
}

/** RefusedPage is what was not taken in: what somebody has to mend, and what waits for its person's consent. */
export function RefusedPage({ view, onView }: Props) {
  const t = useWords()
  return (
    <DataFrame>
      <div className="data-bar">
        <Segmented
          aria-label={t('lists')}
          value={view.list ?? 'refused'}
          onChange={(list) => onView(list === 'waiting' ? { list } : {})}
          options={[
            { value: 'refused', label: t('listRefused') },
            { value: 'waiting', label: t('listWaiting') },
          ]}
        />
        <span className="note">{t(view.list ? 'waitingLead' : 'refusedLead')}</span>
      </div>
      {view.list ? <Waiting /> : <Refused filter={view} onFilter={onView} />}
    </DataFrame>
  )
}

function Refused({ filter, onFilter }: { filter: RefusedFilter; onFilter: (filter: RefusedFilter) => void }) {
  const t = useWords()
  const say = useSay()
  const { can } = useSession()
  const may = can.includes('intake.manage')
  const sources = useQuery(sourcesQuery).data?.items ?? []
  const types = useQuery(typesQuery).data ?? []
  const list = useInfiniteQuery(refusedQuery(filter))
  const [opened, setOpened] = useState<string>()
  const [running, setRunning] = useState(false)
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  const total = list.data?.pages[0]?.total ?? 0
  const narrowed = filter.source !== undefined || filter.reason !== undefined || filter.type !== undefined || filter.state !== undefined
  const set = (more: RefusedFilter) => onFilter({ ...filter, ...more })
  const asked = filter.reason !== undefined && !reasonCodes.includes(filter.reason) ? [filter.reason, ...reasonCodes] : reasonCodes
  return (
    <>
      <div className="data-bar">
        <Select disabled={running} aria-label={t('source')} className="data-select" popupMatchSelectWidth={false} value={filter.source ?? 0} onChange={(n: number) => set({ source: n || undefined })} options={[{ value: 0, label: t('allSources') }, ...sources.map((one) => ({ value: one.number, label: one.name }))]} />
        <Select disabled={running} aria-label={t('reason')} className="data-select" popupMatchSelectWidth={false} showSearch={{ optionFilterProp: 'label' }} value={filter.reason ?? ''} onChange={(code: string) => set({ reason: code || undefined })} options={[{ value: '', label: t('anyReason') }, ...asked.map((code) => ({ value: code, label: say(reasonText(code)) }))]} />
        <Select disabled={running} aria-label={t('type')} className="data-select" popupMatchSelectWidth={false} showSearch={{ optionFilterProp: 'label' }} value={filter.type ?? ''} onChange={(key: string) => set({ type: key || undefined })} options={[{ value: '', label: t('anyType') }, ...types.map((one) => ({ value: one.key, label: say(one.name) }))]} />
        <Segmented<State>
          disabled={running}
          aria-label={t('state')}
          value={filter.state ?? 'open'}
          onChange={(state) => set({ state: state === 'open' ? undefined : state })}
          options={(['open', 'replayed', 'dropped', 'all'] as const).map((value) => ({ value, label: t(`st_${value}`) }))}
        />
        {list.data && (
          <b role="status" className="nowrap">
            {t('hits', { n: count(total) })}
          </b>
        )}
        {total > 0 && can.includes('people.export') && <Download className="data-aside" href={address('/api/rejects.csv', { ...filter })} label={t('file')} />}
      </div>
      {may && filter.state === undefined && (total > 0 || running) && <Many key={JSON.stringify(filter)} filter={filter} total={total} onRunning={setRunning} />}
      <section className="panel data-scroll" aria-label={t('listRefused')}>
        {list.error && !list.data ? (
          <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton lines={8} />
        ) : items.length === 0 ? (
          <Empty title={t(narrowed ? 'refusedNoneFilter' : 'refusedNone')} action={narrowed ? <Button onClick={() => onFilter({})}>{t('reset')}</Button> : undefined}>
            {t(narrowed ? 'refusedNoneFilterBody' : 'refusedNoneBody')}
          </Empty>
        ) : (
          <table className={list.isPlaceholderData ? 'data-table data-old' : 'data-table'}>
            <thead>
              <tr>
                {(['h_first', 'source', 'what', 'wrong', 'h_times', 'state'] as const).map((head) => (
                  <th key={head} scope="col">
                    {t(head)}
                  </th>
                ))}
                {may && <th scope="col" aria-label={t('openOne')} />}
              </tr>
            </thead>
            <tbody>
              {items.map((reject) => (
                <Row key={reject.id} reject={reject} onOpen={may ? () => setOpened(reject.id) : undefined} />
              ))}
            </tbody>
          </table>
        )}
      </section>
      {list.hasNextPage && (
        <Button className="data-more" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
      {opened && <RejectDrawer key={opened} id={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}

function Row({ reject, onOpen }: { reject: Reject; onOpen?: () => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const machine = useMachineAt()
  return (
    <tr>
      <td className="nowrap">{formatAt(new Date(reject.first), moment)}</td>
      <td>{reject.source.name}</td>
      <td>{reject.name ? say(reject.name) : reject.type ? <code>{reject.type}</code> : <span className="unknown">{t('noType')}</span>}</td>
      <td>
        {say(reasonText(reject.reason))}
        {reject.field && (
          <p className="note">
            {t('where')} <code>{reject.field}</code>
          </p>
        )}
      </td>
      <td>
        {t('timesN', { n: count(reject.times) })}
        {reject.times > 1 && <p className="note nowrap">{t('lastAt', { at: formatAt(new Date(reject.last), moment) })}</p>}
      </td>
      <td>
        {t(`st_${reject.state}`)}
        {reject.done && <p className="note">{t('handled', { by: reject.by?.name ?? '', at: machine(reject.done) })}</p>}
      </td>
      {onOpen && (
        <td>
          <Button size="small" onClick={onOpen}>
            {t('openOne')}
          </Button>
        </td>
      )}
    </tr>
  )
}
