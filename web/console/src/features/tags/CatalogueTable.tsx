import { Link } from '@tanstack/react-router'
import { memo, useEffect, useMemo, useRef, useState } from 'react'
import type { TagCatalogue, TagCode, TagLine } from '../../../../client/rules'
import { useSay } from '../../../../ui/i18n'
import { CountedLater } from './FoundList'
import { Moved } from './Moved'
import { count } from './Names'
import { TagLink, useOf } from './of'
import { useWords } from './strings'
import { countTag, type Kind } from './tags'
import { Spark } from './Trend'

const height = 56
const ahead = 8

/** CatalogueTable draws only the rows in view, each of one height, so that ten thousand scroll like forty. */
export function CatalogueTable({ rows: tags, groups, kind }: { rows: readonly TagLine[]; groups: TagCatalogue['groups']; kind: Kind }) {
  const t = useWords()
  const say = useSay()
  // A tag with codes has a line for each below its own; the tag alone is counted.
  const rows = useMemo(() => tags.flatMap((tag): { tag: TagLine; code?: TagCode }[] => [{ tag }, ...(tag.codes ?? []).map((code) => ({ tag, code }))]), [tags])
  const box = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [room, setRoom] = useState(600)
  useEffect(() => {
    const el = box.current
    if (!el || typeof ResizeObserver === 'undefined') return
    const watch = new ResizeObserver(() => setRoom(el.clientHeight))
    watch.observe(el)
    return () => watch.disconnect()
  }, [])
  // A list that became shorter must not be looked at below its end.
  useEffect(() => {
    box.current?.scrollTo?.({ top: 0 })
    setTop(0)
  }, [tags])
  const first = Math.max(0, Math.floor(top / height) - ahead)
  const last = Math.min(rows.length, Math.ceil((top + room) / height) + ahead)
  const nameOf = (key: string) => say(groups.find((group) => group.key === key)?.name) || key
  return (
    <div ref={box} className="tag-grid" role="table" aria-label={t('title')} aria-rowcount={rows.length + 1} tabIndex={0} onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
      <div role="rowgroup">
        <div className="tag-row tag-row-head" role="row" aria-rowindex={1}>
          <span role="columnheader">{t(kind === 'tag' ? 'h_name' : 'k_segment')}</span>
          <span role="columnheader">{t('h_plain')}</span>
          <span role="columnheader">{t('h_group')}</span>
          <span role="columnheader" className="right">
            {t('h_has')}
          </span>
          <span role="columnheader" className="right">
            {t('h_unknown')}
          </span>
          <span role="columnheader" className="right">
            {t('h_moved')}
          </span>
          <span role="columnheader">{t('h_trend')}</span>
          <span role="columnheader" className="right">
            {t('h_used')}
          </span>
        </div>
      </div>
      <div role="rowgroup" className="tag-rows" style={{ height: rows.length * height }}>
        {rows.slice(first, last).map(({ tag, code }, i) =>
          code ? <CodeRow key={code.key} tag={tag} code={code} index={first + i} /> : <Row key={tag.key} tag={tag} index={first + i} group={nameOf(tag.group)} />,
        )}
      </div>
    </div>
  )
}

const Row = memo(function Row({ tag, index, group }: { tag: TagLine; index: number; group: string }) {
  const t = useWords()
  const say = useSay()
  const programme = useOf()
  return (
    <div className="tag-row" role="row" aria-rowindex={index + 2} style={{ transform: `translateY(${index * height}px)`, height }}>
      <span role="cell">
        <TagLink tag={tag.key} className="tag-name">
          {say(tag.name)}
        </TagLink>
        <code className="note">{tag.key}</code>
      </span>
      <span role="cell" className="tag-plain" title={say(tag.plain)}>
        {say(tag.plain)}
      </span>
      <span role="cell">{group}</span>
      <span role="cell" className="right">
        <Link to="/people" search={{ programme, tag: [tag.key] }} aria-label={t('openPeople', { name: say(tag.name), n: count(tag.has) })}>
          {count(tag.has)}
        </Link>
      </span>
      <span role="cell" className="right">
        {tag.unknown === undefined ? (
          <span className="unknown" title={t('countOnPage')}>
            {t('notCounted')}
          </span>
        ) : (
          tag.unknown === 0 ? <span>0</span> : <CountedLater text={count(tag.unknown)} label={t('openUnknown', { name: say(tag.name), n: count(tag.unknown) })} of="unknown" ask={() => countTag(tag, programme)} />
        )}
      </span>
      <span role="cell" className="right">
        {tag.gained7d + tag.lost7d === 0 ? <span className="unknown">{t('still')}</span> : <Moved tag={tag} />}
      </span>
      <span role="cell">
        <SettledSpark tag={tag.key} />
      </span>
      <span role="cell" className="right">
        {tag.usedBy === 0 ? <span className="unknown">{t('unused')}</span> : t('places', { n: tag.usedBy })}
      </span>
    </div>
  )
})

/** CodeRow is one of the things a tag can be: its people are among those of the tag above. */
const CodeRow = memo(function CodeRow({ tag, code, index }: { tag: TagLine; code: TagCode; index: number }) {
  const t = useWords()
  const say = useSay()
  const programme = useOf()
  const whole = `${say(tag.name)}${t('colon')}${say(code.name)}`
  return (
    <div className="tag-row tag-row-code" role="row" aria-rowindex={index + 2} style={{ transform: `translateY(${index * height}px)`, height }}>
      <span role="cell">
        <TagLink tag={tag.key} className="tag-name" label={whole}>
          {say(code.name)}
        </TagLink>
        <code className="note">{code.key}</code>
      </span>
      <span role="cell" className="tag-plain">
        <code className="note">{code.rule}</code>
      </span>
      <span role="cell" className="note">
        {t('codeOf')}
      </span>
      <span role="cell" className="right">
        <Link to="/people" search={{ programme, tag: [code.key] }} aria-label={t('openPeople', { name: whole, n: count(code.has) })}>
          {count(code.has)}
        </Link>
      </span>
      {[0, 1, 2, 3].map((i) => (
        <span key={i} role="cell" />
      ))}
    </div>
  )
})

/** Rows that only pass by must not ask for their course. */
function SettledSpark({ tag }: { tag: string }) {
  const [rested, set] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => set(true), 150)
    return () => clearTimeout(timer)
  }, [])
  return rested ? <Spark tag={tag} /> : <span className="spark-wait" />
}
