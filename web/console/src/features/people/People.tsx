import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Checkbox, Input, Popover, Segmented, Select } from 'antd'
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { useUiWords } from '../../../../ui/strings'
import { formatAt } from '../../../../ui/time'
import { workspaceQuery } from '../../layout/catalogue'
import { DecideModal } from '../../layout/DecideModal'
import { HandModal } from '../../layout/HandModal'
import { PersonDrawer } from '../../layout/PersonDrawer'
import { atOnce } from '../../layout/segments'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { mayWrite, useSession } from '../session/session'
import { type ColumnKey, columnKeys, usual } from './columns'
import { csvAddress, channelQuery, foundQuery, type PeopleFilter, peopleQuery, programmeQuery } from './people'
import { PeopleTable } from './PeopleTable'
import { useStored } from './stored'
import { useWords } from './strings'
import './people.css'

const StartModal = lazy(() => import('../../layout/StartModal'))

interface Props {
  filter: PeopleFilter
  onFilter: (filter: PeopleFilter) => void
}

/** People is everyone one may see, narrowed by conditions that live in the address: a view is a link. */
export function People({ filter, onFilter }: Props) {
  const t = useWords()
  const ui = useUiWords()
  const people = useInfiniteQuery(peopleQuery(filter))
  const [shown, setShown] = useStored<ColumnKey[]>('peiban.people.columns', [...usual], (value): value is ColumnKey[] =>
    Array.isArray(value) && value.every((key) => (columnKeys as readonly unknown[]).includes(key)),
  )
  const [density, setDensity] = useStored<'loose' | 'dense'>('peiban.people.density', 'loose', (value): value is 'loose' | 'dense' => value === 'loose' || value === 'dense')
  const rows = useMemo(() => people.data?.pages.flatMap((page) => page.items) ?? [], [people.data])
  const total = people.data?.pages[0]?.total ?? rows.length
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } = people
  const [wanted, setWanted] = useState(0)
  // Pages follow one another until the rows in view are there, however far the scroll bar was dragged.
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError && rows.length < Math.min(wanted + 50, total)) void fetchNextPage()
  }, [wanted, rows.length, total, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage])
  const reach = useCallback((upTo: number) => setWanted(upTo), [])
  const writer = mayWrite(useSession())
  const { can } = useSession()
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map())
  const [deciding, setDeciding] = useState(false)
  const [adding, setAdding] = useState(false)
  const [handing, setHanding] = useState(false)
  const [starting, setStarting] = useState(false)
  const narrowed = JSON.stringify(filter)
  // Who is no longer in view must not be decided about unseen.
  useEffect(() => setChosen(new Map()), [narrowed])
  const choose = useCallback(
    (id: string, on: boolean) =>
      setChosen((before) => {
        const next = new Map(before)
        if (on) next.set(id, rows.find((row) => row.id === id)?.name ?? '')
        else next.delete(id)
        return next
      }),
    [rows],
  )
  const chooseAll = useCallback((on: boolean) => setChosen(on ? new Map(rows.map(({ id, name }) => [id, name])) : new Map()), [rows])
  const ids = useMemo(() => new Set(chosen.keys()), [chosen])
  const filtered = Boolean(filter.q || filter.programme || filter.tag?.length || filter.stage || filter.owner || filter.due || filter.found || filter.channel)

  return (
    <div className="people">
      <div className="people-head">
        <h1 className="page-title">{t('title')}</h1>
        <Views filter={filter} onFilter={onFilter} />
        <span className="people-tools">
          <Link to="/consents">{t('consents')}</Link>
          {can.includes('people.merge') && <Link to="/reviews">{t('reviews')}</Link>}
          <Columns shown={shown} onShown={setShown} />
          <Segmented<'loose' | 'dense'>
            aria-label={t('density')}
            value={density}
            onChange={setDensity}
            options={[
              { value: 'loose', label: t('loose') },
              { value: 'dense', label: t('dense') },
            ]}
          />
          {can.includes('people.write') && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t('add')}
            </Button>
          )}
          {can.includes('people.export') && (
            <Download href={csvAddress(filter)} label={t('csv')} />
          )}
        </span>
      </div>
      <Conditions filter={filter} onFilter={onFilter} />
      <div className="people-count" role="status">
        {people.data && <b>{t(filtered ? 'hits' : 'shown', { n: total.toLocaleString('en-US') })}</b>}
        {chosen.size > 0 && (
          <span className="people-chosen">
            {t('chosen', { n: chosen.size.toLocaleString('en-US') })}
            <Button size="small" onClick={() => setDeciding(true)}>
              {t('decide')}
            </Button>
            {can.includes('people.assign') && (
              <Button size="small" onClick={() => setHanding(true)}>
                {t('hand')}
              </Button>
            )}
            {can.includes('people.write') && (
              <Button size="small" disabled={chosen.size > atOnce} onClick={() => setStarting(true)}>
                {t('start')}
              </Button>
            )}
            <span className="note">{chosen.size > atOnce ? <b>{t('decideMost', { n: atOnce })}</b> : t('decideMost', { n: atOnce })}</span>
            <button type="button" className="link" onClick={() => setChosen(new Map())}>
              {t('chooseNone')}
            </button>
          </span>
        )}
        {people.isFetching && people.data && !isFetchingNextPage && <span className="note">{ui('updating')}</span>}
      </div>
      <section className="panel people-list" aria-label={t('title')}>
        {people.error && !people.data ? (
          <ErrorBox error={people.error} onRetry={() => void people.refetch()} />
        ) : !people.data ? (
          <Skeleton lines={14} />
        ) : total === 0 ? (
          <Empty
            title={t(filtered ? 'none' : 'noPeople')}
            action={filtered ? <Button onClick={() => onFilter({})}>{t('reset')}</Button> : undefined}
          >
            {t(filtered ? 'noneBody' : 'noPeopleBody')}
          </Empty>
        ) : (
          <PeopleTable
            rows={rows}
            total={total}
            shown={shown}
            dense={density === 'dense'}
            filter={filter}
            onSort={(sort, dir) => onFilter({ ...filter, sort, dir })}
            onReach={reach}
            chosen={writer ? ids : undefined}
            onChoose={choose}
            onChooseAll={chooseAll}
          />
        )}
        {isFetchNextPageError && <ErrorBox error={people.error} onRetry={() => void fetchNextPage()} />}
      </section>
      {adding && <PersonDrawer onClose={() => setAdding(false)} />}
      {handing && <HandModal people={[...chosen].map(([id, name]) => ({ id, name }))} onClose={() => setHanding(false)} onDone={() => setChosen(new Map())} />}
      {starting && (
        <Suspense fallback={null}>
          <StartModal people={[...chosen].map(([id, name]) => ({ id, name }))} onClose={() => setStarting(false)} />
        </Suspense>
      )}
      {deciding && <DecideModal people={[...chosen].map(([id, name]) => ({ id, name }))} onClose={() => setDeciding(false)} onDone={() => setChosen(new Map())} />}
    </div>
  )
}

function Views({ filter, onFilter }: Props) {
  const t = useWords()
  const { role } = useSession().staff
  // The programme's keys for its stages and tags; a view shows only where the programme has them.
  const programme = useProgramme()
  const has = {
    risk: programme?.stages.some((s) => s.key === 'risk'),
    silent: programme?.tags.some((tag) => tag.key === 'lc_silent14'),
  }
  const views: [string, PeopleFilter][] = [
    [t('v_all'), {}],
    ...(role === 'health_manager' || role === 'pharmacist' || role === 'manager' ? [[t('v_mine'), { owner: 'me' }] as [string, PeopleFilter]] : []),
    [t('v_due'), { due: true }],
    ...(has.risk ? [[t('v_risk'), { stage: 'risk' }] as [string, PeopleFilter]] : []),
    ...(has.silent ? [[t('v_silent'), { tag: ['lc_silent14'] }] as [string, PeopleFilter]] : []),
  ]
  const same = (a: PeopleFilter) => {
    const plain = ({ q, programme, tag, stage, owner, due, found, of, channel, reached, cameFrom, cameTo }: PeopleFilter) => JSON.stringify([channel ?? '', reached ?? '', cameFrom ?? '', cameTo ?? '', q ?? '', programme ?? '', tag ?? [], stage ?? '', owner ?? '', due ?? false, found ?? '', of ?? ''])
    return plain(a) === plain(filter)
  }
  return (
    <div className="chips" role="group" aria-label={t('views')}>
      {views.map(([name, view]) => (
        <button key={name} type="button" className="chip" aria-pressed={same(view)} onClick={() => onFilter({ ...view, sort: filter.sort, dir: filter.dir })}>
          {name}
        </button>
      ))}
    </div>
  )
}

/** The programme the list is narrowed to, or else the workspace's first. */
function useProgramme(key?: string) {
  const workspace = useQuery(workspaceQuery)
  return useQuery(programmeQuery(key ?? workspace.data?.programmes[0]?.key)).data
}

function Conditions({ filter, onFilter }: Props) {
  const t = useWords()
  const say = useSay()
  const workspace = useQuery(workspaceQuery).data
  const programme = useProgramme(filter.programme)
  // What is chosen here is the programme's: where there are several, the list must be of the one whose words were read.
  const own = workspace && workspace.programmes.length > 1 ? programme?.key : undefined
  const { role } = useSession().staff
  const [text, setText] = useState(filter.q ?? '')
  useEffect(() => setText(filter.q ?? ''), [filter.q])
  // Typing narrows the list a moment after the last key, not at each.
  useEffect(() => {
    const q = text.trim() || undefined
    if (q === filter.q) return
    const timer = setTimeout(() => onFilter({ ...filter, q }), 250)
    return () => clearTimeout(timer)
  }, [text, filter, onFilter])

  const found = useQuery(foundQuery(filter.found)).data
  const channel = useQuery(channelQuery(filter.channel)).data
  const moment = useMoment()
  const ownerName = (owner: string) =>
    owner === 'me' ? t('me') : owner === 'none' ? t('nobody') : (workspace?.owners.find((o) => o.id === owner)?.name ?? owner)
  const stageName = (key: string) => say(programme?.stages.find((s) => s.key === key)?.name) || key
  const tagName = (key: string) => say(programme?.tags.find((tag) => tag.key === key)?.name) || key
  const on: { what: string; without: PeopleFilter }[] = []
  if (filter.programme) {
    // Tags and stages are chosen among those of the programme: without it they would stand for another's.
    const name = say(workspace?.programmes.find((one) => one.key === filter.programme)?.name) || filter.programme
    on.push({ what: t('c_programme', { name }), without: { ...filter, programme: undefined, tag: undefined, stage: undefined } })
  }
  if (filter.owner) on.push({ what: t('c_owner', { name: ownerName(filter.owner) }), without: { ...filter, owner: undefined } })
  if (filter.stage) on.push({ what: t('c_stage', { name: stageName(filter.stage) }), without: { ...filter, stage: undefined } })
  for (const key of filter.tag ?? [])
    on.push({ what: t('c_tag', { name: tagName(key) }), without: { ...filter, tag: filter.tag?.filter((other) => other !== key) } })
  if (filter.found) on.push({ what: found ? t('c_found', { what: say(found.sets.find(({ of }) => of === filter.of)?.text), at: formatAt(new Date(found.asOf), moment) }) : t('c_foundOld'), without: { ...filter, found: undefined, of: undefined } })
  if (filter.channel) {
    const days = filter.cameFrom || filter.cameTo ? ` ${filter.cameFrom ?? ''}–${filter.cameTo ?? ''}` : ''
    on.push({ what: t(`c_${filter.reached ?? 'arrived'}`, { name: channel?.name ?? '' }) + days, without: { ...filter, channel: undefined, reached: undefined, cameFrom: undefined, cameTo: undefined } })
  }
  if (filter.due) on.push({ what: t('c_due'), without: { ...filter, due: undefined } })
  if (filter.q) on.push({ what: t('c_q', { q: filter.q }), without: { ...filter, q: undefined } })

  return (
    <div className="people-filter">
      <Input className="people-search" value={text} allowClear placeholder={t('search')} aria-label={t('search')} onChange={(e) => setText(e.target.value)} />
      {workspace && workspace.programmes.length > 1 && (
        <Select
          aria-label={t('addProgramme')}
          placeholder={t('addProgramme')}
          value={filter.programme ?? null}
          popupMatchSelectWidth={false}
          onChange={(key: string | null) => onFilter({ ...filter, programme: key ?? undefined, tag: undefined, stage: undefined })}
          options={workspace.programmes.map(({ key, name }) => ({ value: key, label: say(name) }))}
        />
      )}
      {/* A condition is taken away by its chip below, in this page's own words. */}
      <Select
        aria-label={t('addStage')}
        placeholder={t('addStage')}
        value={filter.stage ?? null}
        popupMatchSelectWidth={false}
        onChange={(stage: string | null) => onFilter({ ...filter, programme: stage ? own : filter.programme, stage: stage ?? undefined })}
        options={programme?.stages.map((s) => ({ value: s.key, label: s.people === undefined ? say(s.name) : `${say(s.name)} ${s.people}` }))}
      />
      <Select
        aria-label={t('addTag')}
        placeholder={t('addTag')}
        value={null}
        showSearch={{ optionFilterProp: 'label' }}
        popupMatchSelectWidth={false}
        onChange={(key: string | null) => key && onFilter({ ...filter, programme: own, tag: [...new Set([...(filter.tag ?? []), key])] })}
        options={programme?.tags.filter((tag) => !filter.tag?.includes(tag.key)).map((tag) => ({ value: tag.key, label: say(tag.name) }))}
      />
      {role !== 'health_manager' && (
        <Select
          aria-label={t('addOwner')}
          placeholder={t('addOwner')}
          value={filter.owner ?? null}
          popupMatchSelectWidth={false}
          onChange={(owner: string | null) => onFilter({ ...filter, owner: owner ?? undefined })}
          options={[
            { value: 'me', label: t('me') },
            { value: 'none', label: t('nobody') },
            ...(workspace?.owners.map((o) => ({ value: o.id, label: `${o.name} ${o.people}` })) ?? []),
          ]}
        />
      )}
      {on.length > 0 && (
        <ul className="chips" aria-label={t('conditions')}>
          {on.map(({ what, without }) => (
            <li key={what}>
              <button type="button" className="chip chip-on" aria-label={t('remove', { what })} onClick={() => onFilter(without)}>
                {what}
                <svg width="10" height="10" viewBox="0 0 10 10" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
                  <path d="M1 1 9 9M9 1 1 9" />
                </svg>
              </button>
            </li>
          ))}
          {on.length > 1 && (
            <li>
              <button type="button" className="link" onClick={() => onFilter({ sort: filter.sort, dir: filter.dir })}>
                {t('clear')}
              </button>
            </li>
          )}
        </ul>
      )}
    </div>
  )
}

function Columns({ shown, onShown }: { shown: readonly ColumnKey[]; onShown: (keys: ColumnKey[]) => void }) {
  const t = useWords()
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <Checkbox.Group
          className="people-columns"
          value={[...shown]}
          // Kept in the order of the table, whatever order they were ticked in.
          onChange={(keys) => onShown(columnKeys.filter((key) => keys.includes(key)))}
          options={columnKeys.map((key) => ({ value: key, label: t(key) }))}
        />
      }
    >
      <Button>{t('columns')}</Button>
    </Popover>
  )
}
