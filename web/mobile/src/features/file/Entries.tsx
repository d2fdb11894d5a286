import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { FileEntry } from '../../../../client/file'
import { useSay } from '../../../../ui/i18n'
import { titles } from './forms'
import { fileQuery, retract, sender } from './query'
import { useFileWords } from './strings'
import { useDate, when } from './tell'
import { Trouble } from './Trouble'

/** What the phone has a form for; the rest is written down with the nurse. */
export const editable: readonly string[] = ['hba1c', ...Object.keys(titles)]

/** Source is who wrote a statement down; a doctor's words are signed or told by another, never in between. */
export function Source({ entry }: { entry: FileEntry }) {
  const t = useFileWords()
  const say = useSay()
  const parts = [
    entry.signed && t('signed'),
    !entry.signed && entry.said?.by === 'doctor' && t('reported'),
    !entry.signed && entry.said?.by === 'family' && t('familySaid'),
    !entry.signed && entry.said?.by === 'report' && t('reportSaid'),
    entry.provenance === 'person' ? t('mine') : entry.recordedBy && t('by', { name: say(entry.recordedBy) }),
  ].filter(Boolean)
  return <span className="note">{parts.join(' · ')}</span>
}

/** Entries lists statements with who wrote them; what is one's own can be changed and taken back. */
export function Entries({ entries, plain = false }: { entries: readonly FileEntry[]; plain?: boolean }) {
  const say = useSay()
  const date = useDate()
  const shown = entries.filter((one) => one.state === 'stands' && one.properties.action !== 'taken' && one.properties.action !== 'missed')
  return (
    <ul className="file-entries">
      {shown.map((one) => (
        <li key={one.id}>
          {!plain && <span>{say(one.text)}</span>}
          <Said entry={one} />
          <span className="soft">{date(when(one))}</span>
          <Source entry={one} />
          <Acts entry={one} />
        </li>
      ))}
    </ul>
  )
}

/** Said is what was told in sentences, which the line above leaves out. */
function Said({ entry: { properties } }: { entry: FileEntry }) {
  const told = [properties.finding, properties.note].filter((one): one is string => typeof one === 'string' && one !== '')
  return told.map((one) => (
    <span key={one} className="user-text">
      {one}
    </span>
  ))
}

const reasons = ['wrong', 'notMine', 'double'] as const

function Acts({ entry }: { entry: FileEntry }) {
  const t = useFileWords()
  const client = useQueryClient()
  const [send] = useState(sender)
  const [asking, setAsking] = useState(false)
  // A wrong image made a wrong stage; who knows better unticks it.
  const [stages, setStages] = useState(true)
  const read = (entry.stages?.length ?? 0) > 0
  const back = useMutation({
    mutationFn: (reason: string) => retract(send, entry.id, reason, read && stages),
    onSuccess: () => client.invalidateQueries({ queryKey: fileQuery.queryKey }),
  })
  if (!entry.mayChange) return null
  if (asking) {
    return (
      <div className="stack" role="group" aria-label={t('takeBackWhy')}>
        <p>{t('takeBackWhy')}</p>
        {read && (
          <label className="tick">
            <input type="checkbox" checked={stages} onChange={(event) => setStages(event.target.checked)} />
            <span>{t('stageToo')}</span>
          </label>
        )}
        <span className="chips">
          {reasons.map((one) => (
            <button key={one} type="button" className="slot" aria-disabled={back.isPending} onClick={() => !back.isPending && back.mutate(t(one))}>
              {t(one)}
            </button>
          ))}
          <button type="button" className="slot slot-more" onClick={() => setAsking(false)}>
            {t('cancel')}
          </button>
        </span>
        <Trouble error={back.error} />
      </div>
    )
  }
  return (
    <span className="file-acts">
      {editable.includes(entry.type) && (
        <Link to="/file/entry/$id" params={{ id: entry.id }} className="text-button">
          {t('change')}
        </Link>
      )}
      <button type="button" className="text-button" onClick={() => setAsking(true)}>
        {t('takeBack')}
      </button>
    </span>
  )
}
