import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Modal } from 'antd'
import { useState } from 'react'
import type { FileEntry, MedicineItem } from '../../../../../client/file'
import { mapTo, sender } from './file'
import { MedicineSearch } from './MedicineSearch'
import { useWords } from './sentences'
import { Trouble } from './Trouble'

/** MapModal says which medicine of the catalogue a name means. */
export function MapModal({ person, entry, onClose }: { person: string; entry: FileEntry; onClose: () => void }) {
  const t = useWords()
  const { message } = Antd.useApp()
  const client = useQueryClient()
  const [send] = useState(sender)
  const name = typeof entry.properties.name === 'string' ? entry.properties.name : ''
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<MedicineItem>()
  const [tried, setTried] = useState(false)
  const latest = () => void client.invalidateQueries({ queryKey: ['person', person] })
  const act = useMutation({
    mutationFn: (generic: string) => mapTo(send, person, entry.id, generic),
    onSuccess: () => {
      latest()
      void message.success(t('saved'), 6)
      onClose()
    },
  })
  return (
    <Modal
      open
      title={t('mapTitle', { name })}
      okText={t('mapDo')}
      cancelText={t('cancel')}
      okButtonProps={{ loading: act.isPending }}
      onOk={() => {
        setTried(true)
        if (chosen) act.mutate(chosen.key)
      }}
      onCancel={onClose}
    >
      <div className="file-form">
        <p className="note">{t('mapHint')}</p>
        <MedicineSearch text={text} onText={setText} chosen={chosen} onChoose={setChosen} wrong={tried && !chosen ? t('mapFirst') : undefined} />
        <Trouble
          error={act.error}
          onLatest={() => {
            latest()
            onClose()
          }}
        />
      </div>
    </Modal>
  )
}
