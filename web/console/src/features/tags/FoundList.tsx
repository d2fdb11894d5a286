import { keepPreviousData, queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { Button, Drawer, Input, Pagination } from 'antd'
import { useState } from 'react'
import { address, get } from '../../../../client/http'
import type { Found } from '../../../../client/rules'
import type { List, PersonRow } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { useUiWords } from '../../../../ui/strings'
import { formatAt, formatDay } from '../../../../ui/time'
import { Value } from '../../../../ui/Value'
import { Download } from '../../layout/Download'
import { Facts } from '../../layout/Facts'
import { unit, useMoment } from '../../layout/now'
import { useSession } from '../session/session'
import { Gone } from './Gone'
import { count } from './Names'
import { useSettled } from './RuleField'
import { useWords } from './strings'
import { isGone } from './tags'
import './tags.css'

export interface FoundPlace {
  found: string
  of: string
  /** Counts again where the list was not kept. */
  onAgain?: () => void
}

const foundQuery = (found: string) =>
  queryOptions({
    queryKey: ['found', found] as const,
    queryFn: ({ signal }) => get<Found>(`/api/found/${found}`, { signal }),
    staleTime: Infinity,
    retry: false,
  })

const pageSize = 50

const peopleOf = ({ found, of }: FoundPlace, q: string, page: number) =>
  queryOptions({
    queryKey: ['people', 'found', found, of, q, page] as const,
    queryFn: ({ signal }) => get<List<PersonRow>>('/api/people', { signal, query: { found, of, q: q || undefined, cursor: page > 1 ? String((page - 1) * pageSize) : undefined, limit: pageSize } }),
    placeholderData: keepPreviousData,
    retry: false,
  })

/** Counted is a number that opens its people. Nobody to open is plain text. */
export function Counted({ n, text, place }: { n: number; text: string; place: FoundPlace | undefined }) {
  const [open, setOpen] = useState(false)
  if (n === 0 || !place) return <span>{text}</span>
  return (
    <>
      <button type="button" className="link" onClick={() => setOpen(true)}>
        {text}
      </button>
      {open && <FoundList place={place} n={n} onClose={() => setOpen(false)} />}
    </>
  )
}

/** CountedLater asks for the people only when the number is opened: a list of many tags has many numbers. */
export function CountedLater({ text, label, of, ask }: { text: string; label: string; of: string; ask: () => Promise<{ found: string }> }) {
  const t = useWords()
  const { isPending, error, data, mutate, reset } = useMutation({ mutationFn: ask })
  return (
    <>
      <button type="button" className="link" aria-label={label} aria-busy={isPending} disabled={isPending} onClick={() => mutate()}>
        {isPending ? t('counting') : text}
      </button>
      {error && (
        <Drawer open title={label} onClose={reset}>
          <ErrorBox error={error} onRetry={() => mutate()} />
        </Drawer>
      )}
      {data && <FoundList place={{ found: data.found, of, onAgain: () => mutate() }} onClose={reset} />}
    </>
  )
}

/** FoundList is the people behind one number, beside what was being done: found by name, page by page, or as a file. */
export function FoundList({ place, n, onClose }: { place: FoundPlace; n?: number; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const ui = useUiWords()
  const moment = useMoment()
  const { can } = useSession()
  const [text, setText] = useState('')
  const [page, setPage] = useState(1)
  const q = useSettled(text.trim(), 250)
  const found = useQuery(foundQuery(place.found))
  const people = useQuery(peopleOf(place, q, page))
  const set = found.data?.sets.find(({ of }) => of === place.of)
  const everyone = set?.people ?? n
  const total = people.data?.total ?? 0
  const wide = new URLSearchParams({ found: place.found, of: place.of })
  return (
    <Drawer
      open
      onClose={onClose}
      size={720}
      title={set ? say(set.text) : t('foundTitle')}
      extra={
        <span className="row">
          {can.includes('people.export') && (
            <Download href={address('/api/people.csv', { found: place.found, of: place.of, q: q || undefined })} label={t('foundFile')} />
          )}
          <Button href={`/console/people?${wide}`} target="_blank">
            {t('foundWide')}
          </Button>
        </span>
      }
    >
      <div className="found">
        <Input value={text} allowClear placeholder={t('tryWho')} aria-label={t('foundSearch')} onChange={(event) => { setText(event.target.value); setPage(1) }} />
        <p className="note" role="status">
          {everyone !== undefined && t('foundAll', { n: count(everyone) })}
          {people.data && !q && everyone !== undefined && total < everyone && ` · ${t('foundSeen', { n: count(total) })}`}
          {people.data && q && ` · ${t('foundHits', { n: count(total) })}`}
          {found.data && ` · ${ui('asOf', { time: formatAt(new Date(found.data.asOf), moment) })}`}
        </p>
        {isGone(people.error) ? (
          <Gone error={people.error} onAgain={place.onAgain && (() => { onClose(); place.onAgain?.() })} />
        ) : people.error ? (
          <ErrorBox error={people.error} onRetry={() => void people.refetch()} />
        ) : !people.data ? (
          <Skeleton lines={8} />
        ) : people.data.items.length === 0 ? (
          <Empty title={t(q ? 'nobodyFound' : 'noneVisible')}>{t(q ? 'foundNoneBody' : 'foundUnseenBody')}</Empty>
        ) : (
          <table className={people.isPlaceholderData ? 'found-table faded' : 'found-table'}>
            <thead>
              <tr>
                <th scope="col">{t('h_person')}</th>
                <th scope="col">{t('h_stage')}</th>
                <th scope="col">{t('h_reading')}</th>
                <th scope="col">{t('h_owner')}</th>
              </tr>
            </thead>
            <tbody>
              {people.data.items.map((row) => (
                <tr key={row.id}>
                  <th scope="row">
                    <a href={`/console/people/${row.id}`} target="_blank" rel="noreferrer">
                      <Facts person={row} tail />
                    </a>
                  </th>
                  <td>{say(row.stage.name)}</td>
                  <td>
                    {row.lastReading ? (
                      <>
                        <Value reading={row.lastReading} unit={unit} size="cell" /> <span className="note nowrap">{formatDay(new Date(row.lastReading.at), moment)}</span>
                      </>
                    ) : (
                      <span className="unknown">{t('noReading')}</span>
                    )}
                  </td>
                  <td>{row.owner?.name ?? <span className="unknown">{t('nobodyOwns')}</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {total > pageSize && <Pagination align="end" current={page} pageSize={pageSize} total={total} showSizeChanger={false} onChange={setPage} />}
      </div>
    </Drawer>
  )
}
