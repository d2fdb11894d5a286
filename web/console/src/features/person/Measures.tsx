import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { FileEntry } from '../../../../client/file'
import type { Person } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { mayWrite, useSession } from '../session/session'
import { RetractModal } from './file/RetractModal'
import { measuresQuery } from './person'
import { Record } from './Record'
import { useWords } from './strings'

const few = 6

/** Measures lists what was measured or felt beside glucose; for whom glucose is the main thing only where there is any. */
export function Measures({ person }: { person: Person }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const writer = mayWrite(useSession())
  const list = useQuery(measuresQuery(person.id))
  const [all, setAll] = useState(false)
  const [fixing, setFixing] = useState<FileEntry>()
  const [taking, setTaking] = useState<FileEntry>()
  if (list.error) return <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
  if (!list.data) return null
  const { items, kinds } = list.data
  if (items.length === 0 && kinds[0] === 'glucose') return null
  const shown = all ? items : items.slice(0, few)
  return (
    <section className="panel" aria-label={t('measures')}>
      <div className="panel-head">
        <h2>{t('measures')}</h2>
      </div>
      <div className="measures-body">
        {items.length === 0 && <p className="unknown">{t('measuresNone')}</p>}
        <ul className="measures-list">
          {shown.map((one) => {
            const gone = one.state !== 'stands'
            const notes = [
              gone && t('takenBack'),
              one.replaced.length > 0 && t('corrected'),
              one.recordedBy && t('recordedBy', { name: say(one.recordedBy) }),
              typeof one.properties.note === 'string' && one.properties.note,
            ].filter(Boolean)
            return (
              <li key={one.id}>
                <b className={gone ? 'measures-gone' : undefined}>{say(one.text)}</b>
                <span className="nowrap">{formatAt(new Date(one.at), moment)}</span>
                <span className="note user-text">{notes.join(' · ')}</span>
                {writer && one.mayChange && !gone && (
                  <span className="measures-acts">
                    <button type="button" className="link" onClick={() => setFixing(one)}>
                      {t('fix')}
                    </button>
                    <button type="button" className="link" onClick={() => setTaking(one)}>
                      {t('takeBack')}
                    </button>
                  </span>
                )}
              </li>
            )
          })}
        </ul>
        {items.length > few && !all && (
          <button type="button" className="link" onClick={() => setAll(true)}>
            {t('showAll', { n: items.length })}
          </button>
        )}
      </div>
      {fixing && <Record person={person} entry={fixing} onClose={() => setFixing(undefined)} />}
      {taking && <RetractModal person={person.id} entry={taking} onClose={() => setTaking(undefined)} />}
    </section>
  )
}
