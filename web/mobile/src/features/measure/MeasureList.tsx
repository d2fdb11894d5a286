import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { FileEntry } from '../../../../client/file'
import { newKey } from '../../../../client/http'
import { isMeasure, type Measures } from '../../../../client/measures'
import { useSay } from '../../../../ui/i18n'
import { Empty } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Page } from '../../parts/Page'
import { useMoment } from '../../session/Session'
import { MeasureTrouble } from './MeasureTrouble'
import { takeBackMeasure } from './query'
import { useMeasureWords } from './strings'

/** MeasureList is everything but glucose of the last days, one by one, with who wrote it where that was not the person. */
export function MeasureList({ measures, waiting, back }: { measures: Measures; waiting?: ReactNode; back?: boolean }) {
  const t = useMeasureWords()
  const main = measures.kinds.find(isMeasure)
  const record = (
    <Link to="/measure" search={main ? { type: main } : {}} className="main-button">
      {t('record')}
    </Link>
  )
  return (
    <Page title={t('list')} {...(back && { back: '/' })}>
      {waiting}
      {measures.items.length === 0 ? (
        <Empty title={t('listNone')} action={record}>
          {t('listNoneText')}
        </Empty>
      ) : (
        <>
          {record}
          <ul className="readings">
            {measures.items.map((one) => (
              <Row key={one.id} entry={one} />
            ))}
          </ul>
        </>
      )}
      <Link to="/glucose" className="row-link">
        {t('glucosePage')}
      </Link>
      <Link to="/visit" className="row-link">
        {t('visit')}
      </Link>
    </Page>
  )
}

function Row({ entry }: { entry: FileEntry }) {
  const t = useMeasureWords()
  const say = useSay()
  const moment = useMoment()
  const client = useQueryClient()
  const [key] = useState(newKey)
  const back = useMutation({ mutationFn: () => takeBackMeasure(entry.id, key), onSuccess: () => client.invalidateQueries({ queryKey: ['me'] }) })
  const gone = entry.state !== 'stands'
  const notes = [
    gone && t('takenBack'),
    entry.replaced.length > 0 && t('changed'),
    entry.provenance !== 'person' && entry.recordedBy && t('by', { name: say(entry.recordedBy) }),
    typeof entry.properties.note === 'string' && entry.properties.note,
  ].filter(Boolean)
  return (
    <li className="measure-row">
      <span>
        <b className={gone ? 'measure-gone' : undefined}>{say(entry.text)}</b>
        <br />
        <span className="soft nowrap">{formatAt(new Date(entry.at), moment)}</span> {notes.length > 0 && <span className="note">{notes.join(' · ')}</span>}
      </span>
      {entry.mayChange && !gone && (
        <span className="reading-act">
          <Link to="/measure" search={{ type: entry.type, fix: entry.id }} className="text-button">
            {t('change')}
          </Link>
          <button type="button" className="text-button" aria-disabled={back.isPending} onClick={() => !back.isPending && back.mutate()}>
            {t('takeBack')}
          </button>
        </span>
      )}
      <MeasureTrouble error={back.error} />
    </li>
  )
}

