import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input, Pagination, Segmented, Select } from 'antd'
import { useState } from 'react'
import type { Entrance, Entrances } from '../../../../client/channels'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { Download } from '../../layout/Download'
import { useSession } from '../session/session'
import '../data/data.css'
import { type ChannelFilter, entrancesQuery, fileAddress, pageSize, type View, wholeDay, zipOf } from './channels'
import { CostFile } from './Costs'
import { EntranceForm } from './EntranceForm'
import { Inviters } from './Inviters'
import { Cells, heads } from './Numbers'
import { Regions } from './Regions'
import { useWords } from './strings'
import './channels.css'

export interface Props {
  filter: ChannelFilter
  onFilter: (filter: ChannelFilter) => void
}

/** Channels is where people come from: the entry codes, regions, and who brought whom. */
export function Channels({ filter, onFilter }: Props) {
  const t = useWords()
  const { can } = useSession()
  const manages = can.includes('channels.manage')
  const views = [
    { value: 'codes', label: t('codes') },
    { value: 'regions', label: t('regions') },
    ...(manages ? [{ value: 'inviters', label: t('inviters') }] : []),
  ]
  return (
    <div className="channels">
      <div className="data-head">
        <h1 className="page-title">{t('title')}</h1>
        <Segmented aria-label={t('views')} value={filter.view ?? 'codes'} options={views} onChange={(v) => onFilter({ from: filter.from, to: filter.to, view: v === 'codes' ? undefined : (v as View) })} />
        <span className="note">{t('lead')}</span>
      </div>
      {filter.view === 'inviters' && manages ? <Inviters filter={filter} onFilter={onFilter} /> : filter.view === 'regions' ? <Regions filter={filter} onFilter={onFilter} /> : <Codes filter={filter} onFilter={onFilter} />}
    </div>
  )
}

/** Days are the span figures are about. */
export function Days({ filter, onFilter }: Props) {
  const t = useWords()
  const day = (key: 'from' | 'to') => (
    <Input
      className="channels-day"
      aria-label={t(key)}
      prefix={<span className="note">{t(key)}</span>}
      title={t('dayHint')}
      allowClear
      maxLength={10}
      defaultValue={filter[key]}
      key={`${key} ${filter[key] ?? ''}`}
      onBlur={(e) => (e.target.value === '' || wholeDay(e.target.value)) && (e.target.value || undefined) !== filter[key] && onFilter({ ...filter, [key]: e.target.value || undefined, p: undefined })}
      onPressEnter={(e) => e.currentTarget.blur()}
    />
  )
  return (
    <>
      {day('from')}
      {day('to')}
    </>
  )
}

function Codes({ filter, onFilter }: Props) {
  const t = useWords()
  const say = useSay()
  const query = useQuery(entrancesQuery(filter))
  const list = query.data
  const [adding, setAdding] = useState(false)
  if (query.error && !list) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />
  if (!list) return <Skeleton lines={12} />
  const narrowed = Boolean(filter.q || filter.kind || filter.standing || filter.province || filter.owner)
  const set = (more: Partial<ChannelFilter>) => onFilter({ ...filter, ...more, p: undefined })
  return (
    <>
      <div className="data-bar">
        <Input.Search className="channels-find" aria-label={t('find')} placeholder={t('find')} allowClear defaultValue={filter.q} maxLength={80} onSearch={(q) => set({ q: q || undefined })} />
        <Select aria-label={t('kind')} className="data-select" value={filter.kind ?? ''} onChange={(v: string) => set({ kind: v || undefined })} options={[{ value: '', label: t('anyKind') }, ...list.kinds.map(({ key, text }) => ({ value: key, label: say(text) }))]} />
        <Select aria-label={t('standing')} className="data-select" value={filter.standing ?? ''} onChange={(v: string) => set({ standing: v || undefined })} options={[{ value: '', label: t('anyStanding') }, ...(['open', 'early', 'paused', 'ended'] as const).map((s) => ({ value: s, label: t(s) }))]} />
        <Days filter={filter} onFilter={onFilter} />
        <div className="data-aside">
          <Download href={fileAddress(filter)} />
          {list.total > 0 && <Button href={zipOf(narrowed ? list.items.map(({ id }) => id) : undefined, 5, 300)}>{t('zip')}</Button>}
          {list.mayManage && (
            <>
              <CostFile />
              <Button type="primary" onClick={() => setAdding(true)}>
                {t('add')}
              </Button>
            </>
          )}
        </div>
      </div>
      <section className="panel data-scroll" aria-label={t('codes')}>
        {list.items.length === 0 ? (
          <Empty title={t(narrowed ? 'noneFound' : list.mayManage ? 'none' : 'noneMine')} action={narrowed ? <Button onClick={() => onFilter({})}>{t('reset')}</Button> : undefined}>
            {t(narrowed ? 'noneFoundBody' : 'noneBody')}
          </Empty>
        ) : (
          <CodeTable list={list} filter={filter} old={query.isPlaceholderData} />
        )}
      </section>
      <p className="note">{t('rule')}</p>
      {list.total > pageSize && <Pagination align="end" current={filter.p ?? 1} pageSize={pageSize} total={list.total} showSizeChanger={false} onChange={(p) => onFilter({ ...filter, p: p > 1 ? p : undefined })} />}
      {adding && <EntranceForm all={list} onClose={() => setAdding(false)} />}
    </>
  )
}

function CodeTable({ list, filter, old }: { list: Entrances; filter: ChannelFilter; old: boolean }) {
  const t = useWords()
  return (
    <table className={old ? 'data-table data-old' : 'data-table'}>
      <thead>
        <tr>
          {(['h_name', 'h_region', 'h_standing'] as const).map((head) => (
            <th key={head} scope="col">
              {t(head)}
            </th>
          ))}
          {heads.map((head) => (
            <th key={head} scope="col" className="num">
              {t(head)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {list.items.map((one) => (
          <Row key={one.id} one={one} filter={filter} />
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={3}>
            {t('sum')}
          </th>
          <Cells f={list.sum} />
        </tr>
      </tfoot>
    </table>
  )
}

function Row({ one, filter }: { one: Entrance; filter: ChannelFilter }) {
  const t = useWords()
  const say = useSay()
  return (
    <tr>
      <th scope="row">
        <Link to="/channels/$id" params={{ id: one.id }} search={{ from: filter.from, to: filter.to }} className="user-text">
          {one.name}
        </Link>
        <p className="note">
          {say(one.kindText)}
          {one.channel && <span className="user-text"> · {one.channel}</span>}
          {one.default && ` · ${t('isDefault')}`}
        </p>
      </th>
      <td className="user-text">
        {one.region}
        {one.place && <p className="note">{one.place}</p>}
      </td>
      <td className="nowrap">{t(one.standing)}</td>
      <Cells f={one.figures} of={one.id} from={filter.from} to={filter.to} />
    </tr>
  )
}
