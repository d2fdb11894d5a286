import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, DatePicker, Select } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import type { AuditRow } from '../../../../client/audit'
import { address } from '../../../../client/http'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { Download } from '../../layout/Download'
import { useSession } from '../session/session'
import { type AuditFilter, auditQuery, choicesQuery, namedQuery, partsOf, secondOf } from './audit'
import { useWords } from './strings'
import './audit.css'

interface Props {
  filter: AuditFilter
  onFilter: (filter: AuditFilter) => void
}

const heads = ['h_at', 'h_who', 'h_deed', 'h_about', 'h_detail'] as const

/** Audit is who read or wrote what about whom, the newest first. */
export function Audit({ filter, onFilter }: Props) {
  const t = useWords()
  const say = useSay()
  const { can } = useSession()
  const choices = useQuery(choicesQuery)
  const list = useInfiniteQuery(auditQuery(filter))
  const staff = new Map(choices.data?.members.map(({ key, text }) => [key, say(text)]))
  const first = list.data?.pages[0]
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  const narrowed = Object.values(filter).some((value) => value !== undefined)
  const set = (more: AuditFilter) => onFilter({ ...filter, ...more })
  const day = (value?: string) => (value ? dayjs(value) : null)
  return (
    <>
      <p className="note">{t('lead')}</p>
      <div className="data-bar">
        <DatePicker aria-label={t('from')} placeholder={t('from')} value={day(filter.from)} maxDate={day(filter.to) ?? undefined} onChange={(at) => set({ from: at?.format('YYYY-MM-DD') })} />
        <DatePicker aria-label={t('to')} placeholder={t('to')} value={day(filter.to)} minDate={day(filter.from) ?? undefined} onChange={(at) => set({ to: at?.format('YYYY-MM-DD') })} />
        <Select
          aria-label={t('actor')}
          className="data-select"
          popupMatchSelectWidth={false}
          showSearch={{ optionFilterProp: 'label' }}
          value={filter.actor ?? ''}
          onChange={(actor: string) => set({ actor: actor || undefined })}
          options={[{ value: '', label: t('anyActor') }, ...(choices.data?.members ?? []).map(({ key, text }) => ({ value: key, label: say(text) }))]}
        />
        <Select
          aria-label={t('action')}
          className="data-select"
          popupMatchSelectWidth={false}
          showSearch={{ optionFilterProp: 'label' }}
          value={filter.action ?? ''}
          onChange={(action: string) => set({ action: action || undefined })}
          options={[{ value: '', label: t('anyAction') }, ...(choices.data?.actions ?? []).map(({ key, text }) => ({ value: key, label: say(text) }))]}
        />
        <About id={filter.person} known={items.find(({ person }) => person?.id === filter.person)?.person?.name} onPerson={(person) => set({ person })} />
        {narrowed && <Button onClick={() => onFilter({})}>{t('reset')}</Button>}
        {first && (
          <b role="status" className="nowrap">
            {t('hits', { n: first.total.toLocaleString('en-US') })}
          </b>
        )}
        {first && first.total > 0 && can.includes('people.export') && <Download className="data-aside" href={address('/api/audit.csv', { ...filter })} label={t('file')} />}
      </div>
      <section className="panel data-scroll" aria-label={t('h_deed')}>
        {list.error && !list.data ? (
          <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton lines={12} />
        ) : items.length === 0 ? (
          <Empty title={t('none')} action={narrowed ? <Button onClick={() => onFilter({})}>{t('reset')}</Button> : undefined}>
            {t('noneBody')}
          </Empty>
        ) : (
          <table className={list.isPlaceholderData ? 'data-table audit-table data-old' : 'data-table audit-table'}>
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
              {items.map((row) => (
                <Row key={row.id} row={row} staff={staff} />
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

const known = ['rows', 'of', 'whole', 'events', 'people', 'count', 'types', 'list', 'format', 'to', 'from', 'file', 'reason', 'basis', 'source', 'role', 'programme', 'kind', 'names', 'stored', 'repeated', 'refused', 'failed', 'done', 'waiting', 'tasks', 'tasksStay', 'handover', 'job', 'run', 'why', 'found', 'new', 'entrance', 'delivery', 'bytes', 'query', 'products', 'days', 'programmes', 'login', 'outcome', 'task', 'webhook', 'import', 'reject', 'hours', 'abroad', 'taken', 'perDay', 'perWeek', 'firstDays', 'firstPerDay', 'askedPerDay'] as const

/** Codes a line may hold where people would look for words. */
const coded = { outcome: ['reached', 'agreed', 'no_answer', 'went_to_hospital', 'refer_pharmacist', 'refer_doctor', 'adverse_event', 'do_not_contact', 'handled', 'appointment', 'unreached'], why: ['left', 'load', 'asked', 'fits', 'rule', 'returned'], role: ['admin', 'manager', 'health_manager', 'pharmacist', 'doctor', 'viewer'] } as const

function Row({ row, staff }: { row: AuditRow; staff: ReadonlyMap<string, string> }) {
  const t = useWords()
  const say = useSay()
  const word = (key: string) => {
    const one = known.find((name) => name === key)
    return one ? t(`d_${one}`) : key
  }
  const told = (key: string, value: string) => {
    if (value === 'true' || value === 'false') return t(value === 'true' ? 'yes' : 'no')
    const code = key === 'outcome' || key === 'why' || key === 'role' ? coded[key].find((one) => one === value) : undefined
    return code ? t(`v_${code}`) : (staff.get(value) ?? value)
  }
  return (
    <tr>
      <td className="nowrap">
        <time dateTime={row.at}>{secondOf(row.at)}</time>
      </td>
      <td>{say(row.who)}</td>
      <th scope="row">{say(row.deed)}</th>
      <td>
        {row.person ? (
          <Link to="/people/$id" params={{ id: row.person.id }}>
            {row.person.name || row.person.id}
          </Link>
        ) : (
          <span className="unknown">–</span>
        )}
      </td>
      <td className="note">
        {partsOf(row.detail).map(([key, value]) => (
          <span key={key} className="audit-part">
            {word(key)} <b>{told(key, value)}</b>
          </span>
        ))}
        {row.number && (
          <span className="audit-part">
            {t('request')} <code>{row.number}</code>
          </span>
        )}
      </td>
    </tr>
  )
}

/** About chooses whom lines are about, by name, pinyin or the last four digits. */
function About({ id, known, onPerson }: { id?: string; known?: string; onPerson: (id: string | undefined) => void }) {
  const t = useWords()
  const [q, setQ] = useState('')
  const [name, setName] = useState<string>()
  const found = useQuery(namedQuery(q.trim()))
  const options = (q ? (found.data ?? []) : []).map((one) => ({ value: one.id, label: one.name }))
  if (id && !options.some(({ value }) => value === id)) options.unshift({ value: id, label: name ?? known ?? id })
  return (
    <Select
      aria-label={t('person')}
      className="audit-about"
      allowClear
      placeholder={t('anyPerson')}
      popupMatchSelectWidth={false}
      notFoundContent={null}
      showSearch={{ filterOption: false, onSearch: setQ }}
      value={id}
      onChange={(next: string | undefined, one) => {
        setName(Array.isArray(one) ? undefined : one?.label)
        setQ('')
        onPerson(next)
      }}
      options={options}
    />
  )
}
