import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, DatePicker, Select } from 'antd'
import dayjs from 'dayjs'
import type { EventRecord } from '../../../../client/audit'
import { address } from '../../../../client/http'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { eventsQuery, type EventsFilter } from './events'
import { useWords } from './strings'

interface Props {
  filter: EventsFilter
  onFilter: (filter: EventsFilter) => void
}

const heads = ['h_at', 'h_person', 'h_event', 'h_source'] as const

/** Events is the list of all that happened to everybody one may see, and its file. */
export function Events({ filter, onFilter }: Props) {
  const t = useWords()
  const say = useSay()
  const list = useInfiniteQuery(eventsQuery(filter))
  const first = list.data?.pages[0]
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  const narrowed = Object.values(filter).some((value) => value !== undefined)
  const set = (more: EventsFilter) => onFilter({ ...filter, ...more })
  const day = (value?: string) => (value ? dayjs(value) : null)
  return (
    <>
      <p className="note">{t('lead')}</p>
      <div className="data-bar">
        <Select
          mode="multiple"
          aria-label={t('type')}
          className="data-types"
          maxTagCount="responsive"
          popupMatchSelectWidth={false}
          placeholder={t('anyType')}
          showSearch={{ optionFilterProp: 'label' }}
          value={filter.type ?? []}
          onChange={(type: string[]) => set({ type: type.length > 0 ? type : undefined })}
          options={(first?.types ?? []).map(({ key, text }) => ({ value: key, label: say(text) }))}
        />
        <Select
          aria-label={t('source')}
          className="data-select"
          popupMatchSelectWidth={false}
          value={filter.source ?? ''}
          onChange={(source: string) => set({ source: source || undefined })}
          options={[{ value: '', label: t('anySource') }, ...(first?.sources ?? []).map(({ key, text }) => ({ value: key, label: say(text) }))]}
        />
        <DatePicker aria-label={t('from')} placeholder={t('from')} value={day(filter.from)} maxDate={day(filter.to) ?? undefined} onChange={(at) => set({ from: at?.format('YYYY-MM-DD') })} />
        <DatePicker aria-label={t('to')} placeholder={t('to')} value={day(filter.to)} minDate={day(filter.from) ?? undefined} onChange={(at) => set({ to: at?.format('YYYY-MM-DD') })} />
        {narrowed && <Button onClick={() => onFilter({})}>{t('reset')}</Button>}
        {items.length > 0 && <Download className="data-aside" href={address('/api/event-records.csv', { ...filter })} label={t('file')} />}
      </div>
      <section className="panel data-scroll" aria-label={t('h_event')}>
        {list.error && !list.data ? (
          <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton lines={12} />
        ) : items.length === 0 ? (
          <Empty title={t('none')} action={narrowed ? <Button onClick={() => onFilter({})}>{t('reset')}</Button> : undefined}>
            {t(list.hasNextPage ? 'still' : 'noneBody')}
          </Empty>
        ) : (
          <table className={list.isPlaceholderData ? 'data-table data-old' : 'data-table'}>
            <thead>
              <tr>
                {heads.map((head) => (
                  <th key={head} scope="col">
                    {t(head)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <Row key={one.id} one={one} />
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
    </>
  )
}

function Row({ one }: { one: EventRecord }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  return (
    <tr>
      <td className="nowrap">
        <time dateTime={one.at}>{formatAt(new Date(one.at), moment)}</time>
        {Date.parse(one.received) - Date.parse(one.at) > 3_600_000 && <p className="note">{t('received', { at: formatAt(new Date(one.received), moment) })}</p>}
      </td>
      <td>
        <Link to="/people/$id" params={{ id: one.person.id }}>
          {one.person.name || one.person.id}
        </Link>
      </td>
      <th scope="row">
        {say(one.text)}
        {one.imported && <p className="note">{t('imported')}</p>}
      </th>
      <td>{one.source || t('own')}</td>
    </tr>
  )
}
