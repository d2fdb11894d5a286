import { useQuery } from '@tanstack/react-query'
import { Modal, Segmented } from 'antd'
import { useState } from 'react'
import type { FileEntry } from '../../../../client/file'
import { isMeasure } from '../../../../client/measures'
import type { Person } from '../../../../client/types'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { measuresQuery } from './person'
import { RecordMeasure } from './RecordMeasure'
import { RecordReading } from './RecordReading'
import { useWords } from './strings'

/** Record takes what was told by word of mouth: what the person's programmes measure stands first. */
export function Record({ person, entry, onClose }: { person: Person; entry?: FileEntry; onClose: () => void }) {
  const t = useWords()
  const known = useQuery(measuresQuery(person.id))
  const [chosen, setChosen] = useState(entry?.type)
  const kinds = (known.data?.kinds ?? []).filter((kind) => kind === 'glucose' || isMeasure(kind))
  const kind = chosen ?? kinds[0]
  return (
    <Modal open title={t(entry ? 'fixTitle' : 'recordTitle', { name: person.name })} footer={null} onCancel={onClose} width={620} destroyOnHidden>
      {known.error ? (
        <ErrorBox error={known.error} onRetry={() => void known.refetch()} />
      ) : !kind ? (
        <Skeleton lines={6} />
      ) : (
        <>
          {!entry && (
            <Segmented
              block
              className="record-kinds"
              aria-label={t('recordKind')}
              value={kind}
              onChange={setChosen}
              options={kinds.map((one) => ({ value: one, label: t(isMeasure(one) ? `m_${one}` : 'm_glucose') }))}
            />
          )}
          {isMeasure(kind) ? <RecordMeasure key={kind} person={person} type={kind} entry={entry} onClose={onClose} /> : <RecordReading person={person} onClose={onClose} />}
        </>
      )}
    </Modal>
  )
}
