import { useState } from 'react'
import type { TagState } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { useWords } from './strings'

/** Tags shows what the person has; unknown and no are one click away, and unknown looks unknown. Each opens its why. */
export function Tags({ tags, onWhy }: { tags: readonly TagState[]; onWhy: (tag: TagState) => void }) {
  const t = useWords()
  const say = useSay()
  const [all, setAll] = useState(false)
  const has = tags.filter((tag) => tag.state === 'has')
  const unknown = tags.filter((tag) => tag.state === 'unknown')
  const no = tags.filter((tag) => tag.state === 'no')
  const chip = (tag: TagState) => (
    <li key={`${tag.programme} ${tag.key}`}>
      <button type="button" className={`tag tag-${tag.state}`} onClick={() => onWhy(tag)}>
        {say(tag.name)}
        {tag.state === 'unknown' && <span className="tag-state">{t('unknownTag')}</span>}
        {tag.state === 'no' && <span className="tag-state">{t('noTag')}</span>}
        <span className="visually-hidden">{t('why')}</span>
        <svg width="12" height="12" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
          <circle cx="8" cy="8" r="6.4" />
          <path d="M8 7v4.2M8 4.6v.2" strokeLinecap="round" />
        </svg>
      </button>
    </li>
  )
  return (
    <div className="person-line">
      <h2>{t('tags')}</h2>
      <ul className="chips">
        {has.map(chip)}
        {has.length === 0 && <li className="unknown">{t('noTags')}</li>}
        {all && [...unknown, ...no].map(chip)}
        {unknown.length + no.length > 0 && (
          <li>
            <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
              {all ? t('fewerTags') : t('moreTags', { n: unknown.length + no.length, unknown: unknown.length, no: no.length })}
            </button>
          </li>
        )}
      </ul>
    </div>
  )
}
