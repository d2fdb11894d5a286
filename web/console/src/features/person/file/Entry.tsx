import { useState } from 'react'
import type { FileEntry } from '../../../../../client/file'
import { useSay } from '../../../../../ui/i18n'
import { formatDay } from '../../../../../ui/time'
import { useMoment } from '../../../layout/now'
import { useActs } from './acts'
import { Paper } from './Paper'
import { useWords } from './sentences'

/** useDate says a date as exactly as it was said: 2015 stays 2015. */
export function useDate(): (at: string | undefined) => string {
  const moment = useMoment()
  return (at) => (!at ? '' : /^\d{4}(-\d{2})?$/.test(at) ? at : formatDay(new Date(at.length === 10 ? `${at}T12:00:00Z` : at), moment))
}

/** Source is who said so, where, and who wrote it down when. A doctor's words are signed or hearsay, never in between. */
export function Source({ entry }: { entry: FileEntry }) {
  const t = useWords()
  const say = useSay()
  const date = useDate()
  const { said, recordedBy } = entry
  const hearsay = said?.by === 'doctor' && !entry.signed
  const how = said?.how ? t(`how_${said.how}`) : ''
  const parts = [said && !hearsay && !entry.signed ? say(said.byText) || t(`by_${said.by}`) : '', said?.name ?? '', how].filter(Boolean)
  return (
    <span className="entry-source">
      {entry.signed && <span className="badge badge-signed">{t('signed')}</span>}
      {hearsay && <span className="badge badge-hearsay">{t('hearsay')}</span>}
      {entry.verified && <span className="badge">{t('verified')}</span>}
      {parts.length > 0 && <span>{parts.join(' · ')}</span>}
      <span className="note nowrap">
        {recordedBy ? t('recorded', { by: say(recordedBy), at: date(entry.recordedAt) }) : t('recordedAt', { at: date(entry.recordedAt) })}
      </span>
    </span>
  )
}

const when = (entry: FileEntry) => (typeof entry.properties.date === 'string' && entry.properties.date) || entry.at

/** Entry is one statement: what, when, who said so, what it replaced, and what may be done to it. */
export function Entry({ entry, old = false }: { entry: FileEntry; old?: boolean }) {
  const t = useWords()
  const say = useSay()
  const date = useDate()
  const acts = useActs()
  const [open, setOpen] = useState(false)
  return (
    <li className={old ? 'entry entry-old' : 'entry'}>
      <time className="line-at" dateTime={entry.at}>
        {date(when(entry))}
      </time>
      <div className="entry-said">
        <span className="user-text">{say(entry.text)}</span>
        {typeof entry.properties.note === 'string' && entry.properties.note !== '' && <span className="entry-note user-text">{entry.properties.note}</span>}
        <Source entry={entry} />
        {!old && entry.stages?.map((one) => (
          <span key={one.id} className="entry-note user-text">
            {say(one.text)}
          </span>
        ))}
        {entry.imaging && <span className="note">{t('readFromImages')}</span>}
        {entry.file && <Paper file={entry.file} name={entry.file.name || say(entry.text)} />}
        {old && <span className="note">{t(entry.state === 'retracted' ? 'retractedState' : 'replacedState')}</span>}
        {entry.reason && <span className="note user-text">{t('because', { reason: entry.reason })}</span>}
        {entry.replaced.length > 0 && (
          <button type="button" className="link entry-more" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('older', { n: entry.replaced.length })}
          </button>
        )}
        {open && (
          <ol className="entries">
            {entry.replaced.map((one) => (
              <Entry key={one.id} entry={one} old />
            ))}
          </ol>
        )}
      </div>
      {!old && acts && entry.mayChange && (
        <span className="entry-acts">
          <button type="button" className="link" onClick={() => acts.correct(entry)}>
            {t('correct')}
          </button>
          <button type="button" className="link" onClick={() => acts.retract(entry)}>
            {t('retract')}
          </button>
        </span>
      )}
    </li>
  )
}

const first = 5

/** Entries lists what stands; what was taken back is one click away, and long lists begin with the newest. */
export function Entries({ entries }: { entries: readonly FileEntry[] }) {
  const t = useWords()
  const [withdrawn, setWithdrawn] = useState(false)
  const [all, setAll] = useState(false)
  const stands = entries.filter((one) => one.state === 'stands')
  const gone = entries.filter((one) => one.state === 'retracted')
  const shown = all ? stands : stands.slice(0, first)
  return (
    <>
      {stands.length === 0 && <p className="unknown">{t('noRecord')}</p>}
      <ol className="entries">
        {shown.map((one) => (
          <Entry key={one.id} entry={one} />
        ))}
        {withdrawn && gone.map((one) => <Entry key={one.id} entry={one} old />)}
      </ol>
      {(gone.length > 0 || (stands.length > first && !all)) && (
        <span className="entries-more">
        {stands.length > first && !all && (
          <button type="button" className="link" onClick={() => setAll(true)}>
            {t('records', { n: stands.length })}
          </button>
        )}
        {gone.length > 0 && (
          <button type="button" className="link" aria-expanded={withdrawn} onClick={() => setWithdrawn(!withdrawn)}>
            {t('withdrawn', { n: gone.length })}
          </button>
        )}
        </span>
      )}
    </>
  )
}

/** Records folds the statements behind a row away; a row of one statement says who said so at once. */
export function Records({ entries }: { entries: readonly FileEntry[] }) {
  const t = useWords()
  const [open, setOpen] = useState(false)
  const stands = entries.filter((one) => one.state === 'stands')
  const latest = stands[0]
  return (
    <div className="records">
      {latest && !open && <Source entry={latest} />}
      <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
        {latest ? t('records', { n: stands.length }) : t('withdrawn', { n: entries.length })}
      </button>
      {open && <Entries entries={entries} />}
    </div>
  )
}
