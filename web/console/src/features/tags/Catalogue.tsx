import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input, Segmented, Select } from 'antd'
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { address } from '../../../../client/http'
import type { TagCatalogue, TagLine } from '../../../../client/rules'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { useUiWords } from '../../../../ui/strings'
import { formatAt } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { useSession } from '../session/session'
import { CatalogueTable } from './CatalogueTable'
import { Chooser } from './Chooser'
import { count } from './Names'
import { OfProgramme } from './of'
import { useWords } from './strings'
import { catalogueOf, draftQuery, type Kind, mayEdit, tagsIn } from './tags'
import './tags.css'

export const orders = ['programme', 'people', 'moved', 'used'] as const
export type Order = (typeof orders)[number]

export interface CatalogueView {
  q?: string
  group?: string
  kind?: Kind
  order?: Order
  /** The workspace's own when not given. */
  programme?: string
}

interface Props {
  view: CatalogueView
  onView: (view: CatalogueView) => void
}

/** narrowed keeps the tags of a group whose name, key, words or rule hold every word of q, in the order asked for. */
export function narrowed(items: readonly TagLine[], { q = '', group, order = 'programme' }: CatalogueView): TagLine[] {
  const wanted = q.toLowerCase().split(/\s+/).filter(Boolean)
  const found = items.filter((tag) => {
    if (group && tag.group !== group) return false
    if (wanted.length === 0) return true
    const codes = tag.codes?.flatMap(({ key, name }) => [key, name.zh, name.en]) ?? []
    const all = [tag.key, tag.name.zh, tag.name.en, tag.plain.zh, tag.plain.en, tag.rule, ...codes].join('\n').toLowerCase()
    return wanted.every((word) => all.includes(word))
  })
  const by: Record<Order, ((tag: TagLine) => number) | undefined> = {
    programme: undefined,
    people: (tag) => tag.has,
    moved: (tag) => tag.gained7d + tag.lost7d,
    used: (tag) => tag.usedBy,
  }
  const size = by[order]
  return size ? found.sort((a, b) => size(b) - size(a)) : found
}

/** Catalogue is every tag there is: what it means, how many have it, how that moves, who uses it. */
export function Catalogue({ view, onView }: Props) {
  const t = useWords()
  const ui = useUiWords()
  const moment = useMoment()
  const { can } = useSession()
  const kind = view.kind ?? 'tag'
  const catalogue = useQuery(catalogueOf(kind, view.programme))
  const data = useMemo(() => catalogue.data && only(catalogue.data, kind), [catalogue.data, kind])
  const q = useDeferredValue(view.q ?? '')
  const rows = useMemo(() => (data ? narrowed(data.items, { ...view, q }) : []), [data, view, q])
  const filtered = Boolean(view.q || view.group)
  return (
    <div className="tags-page">
      <div className="tags-head">
        <h1 className="page-title">{t('title')}</h1>
        {data && <Chooser programme={data.programme} onProgramme={(programme) => onView({ programme, kind: view.kind })} />}
        <Segmented<Kind>
          aria-label={t('kind')}
          value={kind}
          onChange={(next) => onView({ programme: view.programme, kind: next === 'segment' ? next : undefined })}
          options={[
            { value: 'tag', label: t('k_tag') },
            { value: 'segment', label: t('k_segment') },
          ]}
        />
        {data && <Edit programme={data.programme} kind={kind} />}
      </div>
      <div className="tags-filter">
        <Search q={view.q ?? ''} onSearch={(next) => onView({ ...view, q: next })} />
        {data && data.groups.length > 1 && <Groups catalogue={data} view={view} onView={onView} />}
        <label className="tags-order">
          {t('order')}{' '}
          <Select<Order>
            value={view.order ?? 'programme'}
            popupMatchSelectWidth={false}
            onChange={(order) => onView({ ...view, order: order === 'programme' ? undefined : order })}
            options={orders.map((value) => ({ value, label: t(`by_${value}`) }))}
          />
        </label>
        {data && can.includes('people.export') && <Download href={address('/api/tags.csv', { programme: data.programme, kind, group: view.group, q: view.q })} />}
      </div>
      <div className="tags-count" role="status">
        {data && (
          <>
            <b>{t(filtered ? (kind === 'tag' ? 'hits' : 'hitsSeg') : kind === 'tag' ? 'all' : 'allSeg', { n: count(rows.length) })}</b>
            <span className="note">
              {t('ofPeople', { n: count(data.people) })} · {t('version', { n: data.version })} · {ui('asOf', { time: formatAt(new Date(data.asOf), moment) })}
            </span>
          </>
        )}
      </div>
      <section className="panel tags-list" aria-label={t('title')}>
        {catalogue.error && !data ? (
          <ErrorBox error={catalogue.error} onRetry={() => void catalogue.refetch()} />
        ) : !data ? (
          <Skeleton lines={12} />
        ) : rows.length === 0 ? (
          <Empty title={t(filtered ? 'none' : kind === 'segment' ? 'noSegments' : 'noTags')} action={filtered ? <Button onClick={() => onView({ programme: view.programme, kind: view.kind })}>{t('reset')}</Button> : undefined}>
            {t(filtered ? 'noneBody' : kind === 'segment' ? 'noSegmentsBody' : 'noTagsBody')}
          </Empty>
        ) : (
          <OfProgramme value={data.programme}>
            <CatalogueTable rows={rows} groups={data.groups} kind={kind} />
          </OfProgramme>
        )}
      </section>
    </div>
  )
}

/** only keeps the things of one kind, and the groups that have any of them. */
function only(catalogue: TagCatalogue, kind: Kind): TagCatalogue {
  const items = catalogue.items.filter((one) => one.kind === kind)
  const groups = catalogue.groups.map((group) => ({ ...group, tags: items.filter((one) => one.group === group.key).length })).filter((group) => group.tags > 0)
  return { ...catalogue, items, groups }
}

/** Edit leads those who may to the draft and to a new tag. */
function Edit({ programme, kind }: { programme: string; kind: Kind }) {
  const t = useWords()
  const editor = mayEdit(useSession())
  const draft = useQuery({ ...draftQuery(programme), enabled: editor }).data
  if (!editor) return null
  return (
    <span className="tags-acts">
      {draft?.exists && (
        <Link to="/draft" search={{ programme }}>
          {draft.diff ? t('openDraft', { n: tagsIn(draft.diff.tags) }) : t('openDraftBad')}
        </Link>
      )}
      <Link to="/draft/new" search={{ programme, kind: kind === 'segment' ? 'segment' : undefined }} className="ant-btn ant-btn-primary button-link">
        {t(kind === 'segment' ? 'newSegmentAct' : 'newTagAct')}
      </Link>
    </span>
  )
}

function Search({ q, onSearch }: { q: string; onSearch: (q: string | undefined) => void }) {
  const t = useWords()
  const [text, setText] = useState(q)
  useEffect(() => setText(q), [q])
  useEffect(() => {
    if (text.trim() === q) return
    const timer = setTimeout(() => onSearch(text.trim() || undefined), 200)
    return () => clearTimeout(timer)
  }, [text, q, onSearch])
  return <Input className="tags-search" value={text} allowClear placeholder={t('search')} aria-label={t('search')} onChange={(event) => setText(event.target.value)} />
}

function Groups({ catalogue, view, onView }: Props & { catalogue: TagCatalogue }) {
  const t = useWords()
  const say = useSay()
  const sum = catalogue.items.length
  return (
    <div className="chips" role="group" aria-label={t('groups')}>
      <button type="button" className="chip" aria-pressed={!view.group} onClick={() => onView({ ...view, group: undefined })}>
        {t('allGroups')} <span className="chip-n">{sum}</span>
      </button>
      {catalogue.groups.map((group) => (
        <button key={group.key} type="button" className="chip" aria-pressed={view.group === group.key} title={group.exclusive ? t('exclusive') : undefined} onClick={() => onView({ ...view, group: view.group === group.key ? undefined : group.key })}>
          {say(group.name) || group.key} <span className="chip-n">{group.tags}</span>
        </button>
      ))}
    </div>
  )
}
