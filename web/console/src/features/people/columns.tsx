// The columns of the list: what each shows, how wide it is, what it sorts by.
import type { ReactNode } from 'react'
import type { PersonRow, Text } from '../../../../client/types'
import type { useSlotName } from '../../../../ui/slots'
import { formatAgo, formatAt, formatDay, type Moment } from '../../../../ui/time'
import { Value } from '../../../../ui/Value'
import { unit } from '../../layout/now'
import type { Sort } from './people'
import type { useWords } from './strings'

export const columnKeys = ['stage', 'reading', 'share', 'contact', 'next', 'reason', 'silent', 'owner', 'tags'] as const
export type ColumnKey = (typeof columnKeys)[number]
export const usual: readonly ColumnKey[] = ['stage', 'reading', 'share', 'contact', 'next', 'reason']

export interface Tools {
  t: ReturnType<typeof useWords>
  say: (text: Text | undefined) => string
  slot: ReturnType<typeof useSlotName>
  outcome: (key: string | undefined) => Text | undefined
  moment: Moment
}

interface Column {
  width: string
  sort?: Sort
  cell: (row: PersonRow, tools: Tools) => ReactNode
}

const faint = (text: string) => <span className="unknown">{text}</span>

export const columns: Record<ColumnKey, Column> = {
  stage: { width: '96px', sort: 'stage', cell: (row, { say }) => say(row.stage.name) },
  reading: {
    width: '232px',
    sort: 'lastReading',
    cell: ({ lastReading: r }, { t, slot, moment }) =>
      r ? (
        <span className="cell-reading">
          <Value reading={r} unit={unit} size="cell" />{' '}
          <span className="cell-more">
            {r.context && slot(r.context)} {formatDay(new Date(r.at), moment)}
          </span>
        </span>
      ) : (
        faint(t('noReading'))
      ),
  },
  share: {
    width: '124px',
    cell: ({ inTarget14: share }, { t }) => {
      const of = share?.of ?? 0
      if (!share || of < 1) return faint(t('few', { n: 0 }))
      // Below four a share says nothing; the count does.
      return of < 4 ? faint(t('few', { n: of })) : t('times', { n: share.n, of })
    },
  },
  contact: {
    width: 'minmax(140px, 1fr)',
    cell: ({ lastContact: c }, { t, say, outcome, moment }) => {
      if (!c) return faint(t('noContact'))
      const kinds = { call: 'k_call', message: 'k_message', task: 'k_task', visit: 'k_visit' } as const
      const what = say(outcome(c.outcome)) || t(kinds[c.kind as keyof typeof kinds] ?? 'k_other')
      return `${formatAgo(new Date(c.at), moment.now, moment.language)} ${what}`
    },
  },
  next: {
    width: 'minmax(190px, 1.3fr)',
    sort: 'next',
    cell: ({ nextStep: n }, { t, say, moment }) =>
      n ? `${formatAt(new Date(n.at), moment)} ${say(n.text)}` : faint(t('nothing')),
  },
  reason: { width: 'minmax(170px, 1.3fr)', cell: (row, { t, say }) => (row.reason ? say(row.reason) : faint(t('nothing'))) },
  silent: {
    width: '120px',
    sort: 'silent',
    cell: ({ silentDays: days }, { t }) => (days === undefined ? faint(t('noReading')) : days === 0 ? t('today') : t('days', { n: days })),
  },
  owner: { width: '96px', cell: (row, { t }) => row.owner?.name ?? faint(t('nobody')) },
  tags: {
    width: 'minmax(200px, 1.4fr)',
    cell: (row, { t, say }) =>
      row.tags.length ? (
        <>
          {row.tags.slice(0, 3).map((tag) => say(tag.name)).join(' · ')}
          {row.tags.length > 3 && ` ${t('more', { n: row.tags.length - 3 })}`}
        </>
      ) : (
        faint(t('nothing'))
      ),
  },
}
