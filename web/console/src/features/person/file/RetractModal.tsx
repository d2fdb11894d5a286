import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Checkbox, Input, Modal } from 'antd'
import { useId, useState } from 'react'
import type { FileEntry } from '../../../../../client/file'
import { useSay } from '../../../../../ui/i18n'
import { retract, sender } from './file'
import { useWords } from './sentences'
import { moved, Trouble } from './Trouble'

interface Props {
  person: string
  entry: Pick<FileEntry, 'id' | 'text' | 'stages'>
  /** What takes it back; a statement of the file when not given. */
  take?: (send: ReturnType<typeof sender>, reason: string, stages?: boolean) => Promise<unknown>
  onClose: () => void
}

/** RetractModal takes a statement back with its reason; what was said stays readable. */
export function RetractModal({ person, entry, take = (send, reason, stages) => retract(send, person, entry.id, reason, stages), onClose }: Props) {
  const t = useWords()
  const say = useSay()
  const id = useId()
  const { message } = Antd.useApp()
  const client = useQueryClient()
  const [send] = useState(sender)
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const read = entry.stages ?? []
  // A wrong image made a wrong stage: who knows better unticks it.
  const [stages, setStages] = useState(true)
  const latest = () => void client.invalidateQueries({ queryKey: ['person', person] })
  const act = useMutation({
    mutationFn: () => take(send, reason.trim(), read.length > 0 ? stages : undefined),
    onSuccess: () => {
      latest()
      void message.success(t('retracted'), 6)
      onClose()
    },
  })
  const lacks = reason.trim() === ''
  const submit = () => {
    setTried(true)
    if (!lacks) act.mutate()
  }
  return (
    <Modal
      open
      title={t('retractTitle')}
      okText={t('retractDo')}
      cancelText={t('cancel')}
      okButtonProps={{ loading: act.isPending, disabled: moved(act.error) }}
      onOk={submit}
      onCancel={onClose}
    >
      <div className="file-form">
        <p>
          <b className="user-text">{say(entry.text)}</b>
        </p>
        <p className="note">{t('retractHint')}</p>
        {read.length > 0 && (
          <div className="field">
            <Checkbox checked={stages} onChange={(event) => setStages(event.target.checked)}>
              {t('retractStages')}
            </Checkbox>
            <ul className="retract-stages">
              {read.map((one) => (
                <li key={one.id} className="user-text">
                  {say(one.text)}
                </li>
              ))}
            </ul>
          </div>
        )}
        <div className="field">
          <label htmlFor={id}>{t('reason')}</label>
          <Input id={id} value={reason} maxLength={300} status={tried && lacks ? 'error' : undefined} onChange={(event) => setReason(event.target.value)} onPressEnter={submit} />
          {tried && lacks && (
            <p className="field-error" role="alert">
              {t('reasonFirst')}
            </p>
          )}
        </div>
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
