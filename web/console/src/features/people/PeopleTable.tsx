import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { PersonRow } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { useSlotName } from '../../../../ui/slots'
import { catalogueQuery, useOutcome } from '../../layout/catalogue'
import { Facts } from '../../layout/Facts'
import { useMoment } from '../../layout/now'
import { type ColumnKey, columns, type Tools } from './columns'
import type { PeopleFilter, Sort } from './people'
import { useWords } from './strings'

interface Props {
  rows: readonly PersonRow[]
  total: number
  shown: readonly ColumnKey[]
  dense: boolean
  filter: PeopleFilter
  onSort: (sort: Sort, dir: 'asc' | 'desc') => void
  /** Called when the rows up to `upTo` should be there. */
  onReach: (upTo: number) => void
  /** Who is chosen, by id; undefined: nobody can be. */
  chosen?: ReadonlySet<string>
  onChoose: (id: string, on: boolean) => void
  onChooseAll: (on: boolean) => void
}

const ahead = 12

/**
 * PeopleTable draws only the rows in view: ten thousand scroll like forty. All have one height, so the scroll bar tells
 * where one is even before the rows there have come.
 */
export function PeopleTable({ rows, total, shown, dense, filter, onSort, onReach, chosen, onChoose, onChooseAll }: Props) {
  const t = useWords()
  const tools = useTools()
  const go = useNavigate()
  const box = useRef<HTMLDivElement>(null)
  const height = dense ? 32 : 40
  const [top, setTop] = useState(0)
  const [room, setRoom] = useState(600)
  const [at, setAt] = useState(-1)

  useEffect(() => {
    const el = box.current
    if (!el || typeof ResizeObserver === 'undefined') return
    const watch = new ResizeObserver(() => setRoom(el.clientHeight))
    watch.observe(el)
    return () => watch.disconnect()
  }, [])
  const list = JSON.stringify(filter)
  useEffect(() => {
    box.current?.scrollTo?.({ top: 0 })
    setTop(0)
    setAt(-1)
  }, [list])

  const first = Math.max(0, Math.floor(top / height) - ahead)
  const last = Math.min(total, Math.ceil((top + room) / height) + ahead)
  useEffect(() => {
    if (last > rows.length - ahead) onReach(last)
  }, [last, rows.length, onReach])

  const widths = ['minmax(196px, 1.1fr)', ...shown.map((key) => columns[key].width)]
  const template = widths.join(' ')
  // Head and rows are laid out apart, so both get the same least width: the columns' own, the gaps, the padding.
  const least = widths.reduce((sum, width) => sum + Number(/\d+/.exec(width)?.[0] ?? 0) + 12, 20)
  const reveal = useCallback(
    (index: number) => {
      const el = box.current
      if (!el) return
      const head = 36
      const from = index * height
      if (from < el.scrollTop) el.scrollTop = from
      else if (from + height > el.scrollTop + el.clientHeight - head) el.scrollTop = from + height - el.clientHeight + head
    },
    [height],
  )
  const press = (event: React.KeyboardEvent) => {
    const page = Math.max(1, Math.floor(room / height) - 2)
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -total, End: total }[event.key]
    if (by !== undefined) {
      const next = Math.min(Math.max((at < 0 ? (by > 0 ? -1 : 0) : at) + by, 0), total - 1)
      setAt(next)
      reveal(next)
      event.preventDefault()
    } else if (event.key === ' ' && chosen && event.target === box.current) {
      const row = rows[at]
      if (row) onChoose(row.id, !chosen.has(row.id))
      event.preventDefault()
    } else if (event.key === 'Enter' && event.target === box.current) {
      const row = rows[at]
      if (row) void go({ to: '/people/$id', params: { id: row.id } })
    }
  }

  const visible = []
  for (let i = first; i < last; i++) visible.push(i)
  return (
    <div
      ref={box}
      className={dense ? 'grid grid-dense' : 'grid'}
      role="grid"
      aria-label={t('list', { n: total })}
      aria-rowcount={total + 1}
      aria-colcount={shown.length + 1}
      aria-activedescendant={at >= first && at < last ? `row-${at}` : undefined}
      tabIndex={0}
      onScroll={(e) => setTop(e.currentTarget.scrollTop)}
      onKeyDown={press}
    >
      <div className="grid-row grid-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template, minWidth: least }}>
        <span role="columnheader" className="grid-first" aria-sort={filter.sort === 'name' ? (filter.dir === 'desc' ? 'descending' : 'ascending') : undefined}>
          {chosen && (
            <input
              type="checkbox"
              aria-label={t('chooseAll', { n: rows.length })}
              checked={rows.length > 0 && rows.every(({ id }) => chosen.has(id))}
              ref={(el) => {
                if (el) el.indeterminate = chosen.size > 0 && !rows.every(({ id }) => chosen.has(id))
              }}
              onChange={(event) => onChooseAll(event.target.checked)}
            />
          )}
          <HeadName name={t('name')} sort="name" filter={filter} onSort={onSort} />
        </span>
        {shown.map((key) => (
          <HeadCell key={key} name={t(key)} sort={columns[key].sort} filter={filter} onSort={onSort} />
        ))}
      </div>
      <div role="rowgroup" className="grid-body" style={{ height: total * height, minWidth: least }}>
        {visible.map((i) => (
          <Row key={i} index={i} row={rows[i]} top={i * height} height={height} template={template} shown={shown} tools={tools} current={i === at} chosen={chosen && chosen.has(rows[i]?.id ?? '')} onChoose={onChoose} />
        ))}
      </div>
    </div>
  )
}

/** What every cell needs, made anew only when the words, the time or the catalogue change: rows are memoised on it. */
function useTools(): Tools {
  const t = useWords()
  const say = useSay()
  const slot = useSlotName()
  const outcome = useOutcome()
  const moment = useMoment()
  const known = useQuery(catalogueQuery).data
  const { language, now } = moment
  return useMemo(() => ({ t, say, slot, outcome, moment }), [language, now, known])
}

interface RowProps {
  index: number
  row: PersonRow | undefined
  top: number
  height: number
  template: string
  shown: readonly ColumnKey[]
  tools: Tools
  current: boolean
  /** Undefined: nobody can be chosen. */
  chosen: boolean | undefined
  onChoose: Props['onChoose']
}

const Row = memo(function Row({ index, row, top, height, template, shown, tools, current, chosen, onChoose }: RowProps) {
  const go = useNavigate()
  const style = { transform: `translateY(${top}px)`, height, gridTemplateColumns: template }
  if (!row) {
    return (
      <div className="grid-row grid-wait" role="row" aria-rowindex={index + 2} style={style}>
        <span role="gridcell">
          <span className="visually-hidden">{tools.t('loadingRow')}</span>
        </span>
      </div>
    )
  }
  const open = (event: React.MouseEvent) => {
    // With a modifier the link does what the browser does; marking text opens nothing.
    if (event.ctrlKey || event.metaKey || event.shiftKey || getSelection()?.toString()) return
    event.preventDefault()
    void go({ to: '/people/$id', params: { id: row.id } })
  }
  return (
    <div
      id={`row-${index}`}
      className={row.safety ? 'grid-row grid-safety' : 'grid-row'}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={current}
      style={style}
      onClick={open}
    >
      <span role="gridcell" className="grid-first">
        {chosen !== undefined && (
          <input type="checkbox" tabIndex={-1} aria-label={tools.t('choose', { name: row.name })} checked={chosen} onClick={(event) => event.stopPropagation()} onChange={(event) => onChoose(row.id, event.target.checked)} />
        )}
        {/* A plain link: the router's own listens to every change of address, and there are many rows. */}
        <a href={`/console/people/${row.id}`} tabIndex={-1} className="grid-name">
          <Facts person={row} />
        </a>
        {row.safety && <b className="kind-safety-word">{tools.t('safety')}</b>}
      </span>
      {shown.map((key) => (
        <span role="gridcell" key={key}>
          {columns[key].cell(row, tools)}
        </span>
      ))}
    </div>
  )
})

function HeadCell(props: HeadProps) {
  const dir = props.filter.sort === props.sort && props.sort ? (props.filter.dir ?? 'asc') : undefined
  return (
    <span role="columnheader" aria-sort={dir === 'asc' ? 'ascending' : dir === 'desc' ? 'descending' : undefined}>
      <HeadName {...props} />
    </span>
  )
}

interface HeadProps {
  name: string
  sort?: Sort
  filter: PeopleFilter
  onSort: Props['onSort']
}

function HeadName({ name, sort, filter, onSort }: HeadProps) {
  const t = useWords()
  const active = sort !== undefined && filter.sort === sort
  const dir = active ? (filter.dir ?? 'asc') : undefined
  const next = dir === 'asc' ? 'desc' : 'asc'
  return (
    <>
      {sort ? (
        <button
          type="button"
          className={active ? 'grid-sort grid-sorted' : 'grid-sort'}
          aria-label={t(next === 'asc' ? 'sortUp' : 'sortDown', { name })}
          onClick={() => onSort(sort, next)}
        >
          {name}
          <svg width="10" height="12" viewBox="0 0 10 12" aria-hidden="true">
            <path d="M5 0.5 L8.6 4.8 H1.4 Z" className={dir === 'asc' ? 'on' : undefined} />
            <path d="M5 11.5 L1.4 7.2 H8.6 Z" className={dir === 'desc' ? 'on' : undefined} />
          </svg>
        </button>
      ) : (
        name
      )}
    </>
  )
}
