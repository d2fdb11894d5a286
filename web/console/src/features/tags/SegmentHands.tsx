import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Pagination, Segmented, Select } from 'antd'
import { useState } from 'react'
import { get } from '../../../../client/http'
import type { SegmentDecision } from '../../../../client/rules'
import type { List } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt, formatDay } from '../../../../ui/time'
import { DecideModal } from '../../layout/DecideModal'
import { useMoment } from '../../layout/now'
import type { Decision } from '../../layout/segments'
import { mayWrite, useSession } from '../session/session'
import { useHandWords } from './handWords'
import { useOf } from './of'
import { useSettled } from './RuleField'
import { findPeople } from './tags'

type State = 'holds' | 'ended'
type Named = { id: string; name: string }

const pageSize = 20

const handsOf = (segment: string, programme: string | undefined, state: State, page: number) =>
  queryOptions({
    queryKey: ['tags', 'hands', segment, programme, state, page] as const,
    queryFn: ({ signal }) => get<List<SegmentDecision>>(`/api/segments/${encodeURIComponent(segment)}/hands`, { signal, query: { programme, state, cursor: page > 1 ? String((page - 1) * pageSize) : undefined, limit: pageSize } }),
    placeholderData: keepPreviousData,
  })

/** SegmentHands is who was put into a segment or taken out, by whom, why and until when; one may be ended early. */
export function SegmentHands({ segment }: { segment: string }) {
  const t = useHandWords()
  const writer = mayWrite(useSession())
  const [state, setState] = useState<State>('holds')
  const [page, setPage] = useState(1)
  const [about, setAbout] = useState<{ people: Named[]; start: Decision }>()
  const hands = useQuery(handsOf(segment, useOf(), state, page))
  const total = hands.data?.total ?? 0
  return (
    <section className="panel box" aria-label={t('title')}>
      <div className="row">
        <h2>{t('title')}</h2>
        <Segmented<State> aria-label={t('which')} size="small" value={state} onChange={(next) => { setState(next); setPage(1) }} options={[{ value: 'holds', label: t('holds') }, { value: 'ended', label: t('ended') }]} />
        {writer ? <Button onClick={() => setAbout({ people: [], start: 'in' })}>{t('decide')}</Button> : <span className="note">{t('mayNot')}</span>}
      </div>
      {hands.error ? (
        <ErrorBox error={hands.error} onRetry={() => void hands.refetch()} />
      ) : !hands.data ? (
        <Skeleton lines={4} />
      ) : hands.data.items.length === 0 ? (
        <p className="unknown">{t(state === 'holds' ? 'nobody' : 'nobodyEnded')}</p>
      ) : (
        <div className="preview-box">
          <table className={hands.isPlaceholderData ? 'found-table faded' : 'found-table'}>
            <thead>
              <tr>
                <th scope="col">{t('person')}</th>
                <th scope="col">{t('what')}</th>
                <th scope="col">{t('reason')}</th>
                <th scope="col">{t('by')}</th>
                <th scope="col">{t('until')}</th>
                {writer && state === 'holds' && (
                  <th scope="col">
                    <span className="visually-hidden">{t('acts')}</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {hands.data.items.map((one) => (
                <Row key={one.person.id} one={one} onEnd={writer && state === 'holds' ? () => setAbout({ people: [one.person], start: 'rule' }) : undefined} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {total > pageSize && <Pagination size="small" align="end" current={page} pageSize={pageSize} total={total} showSizeChanger={false} onChange={setPage} />}
      {about && <Decide segment={segment} about={about} onAbout={setAbout} />}
    </section>
  )
}

function Row({ one, onEnd }: { one: SegmentDecision; onEnd?: () => void }) {
  const t = useHandWords()
  const say = useSay()
  const moment = useMoment()
  return (
    <tr>
      <th scope="row">
        <Link to="/people/$id" params={{ id: one.person.id }} className="user-text">
          {one.person.name}
        </Link>
      </th>
      <td className="nowrap">{one.ended ? say(one.ended) : t(one.in ? 'in' : 'out')}</td>
      <td className="user-text">{one.reason || <span className="unknown">{t('noReason')}</span>}</td>
      <td>
        {say(one.by)} <span className="note nowrap">{formatAt(new Date(one.at), moment)}</span>
      </td>
      <td className="nowrap">{one.until ? formatDay(new Date(one.until), moment) : <span className="unknown">{t('open')}</span>}</td>
      {onEnd && (
        <td>
          <button type="button" className="link nowrap" aria-label={t('endOf', { name: one.person.name })} onClick={onEnd}>
            {t('end')}
          </button>
        </td>
      )}
    </tr>
  )
}

function Decide({ segment, about, onAbout }: { segment: string; about: { people: Named[]; start: Decision }; onAbout: (about: { people: Named[]; start: Decision } | undefined) => void }) {
  const chosen = about.start === 'rule'
  return (
    <DecideModal segment={segment} people={about.people} start={about.start} onClose={() => onAbout(undefined)}>
      {chosen ? undefined : <Pick people={about.people} onPeople={(people) => onAbout({ ...about, people })} />}
    </DecideModal>
  )
}

/** Pick finds people by name, one after another. */
function Pick({ people, onPeople }: { people: readonly Named[]; onPeople: (people: Named[]) => void }) {
  const t = useHandWords()
  const [text, setText] = useState('')
  const q = useSettled(text, 200)
  const found = useQuery(findPeople(q))
  return (
    <label>
      <span>{t('who')}</span>
      <Select
        mode="multiple"
        labelInValue
        showSearch={{ filterOption: false, onSearch: setText }}
        aria-label={t('who')}
        placeholder={t('whoHint')}
        value={people.map(({ id, name }) => ({ value: id, label: name }))}
        loading={found.isFetching}
        onChange={(next: { value: string; label: React.ReactNode }[]) => onPeople(next.map(({ value, label }) => ({ id: value, name: String(label) })))}
        options={(q === text && !found.isPlaceholderData ? found.data?.items : undefined)?.map((row) => ({ value: row.id, label: row.last4 ? `${row.name} ${row.last4}` : row.name }))}
      />
    </label>
  )
}
