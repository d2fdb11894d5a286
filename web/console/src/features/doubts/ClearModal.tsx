import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import type { Choice } from '../../../../client/layers'
import type { Doubt } from '../../../../client/doubts'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { clearDoubt } from './doubts'
import { useWords } from './strings'

/** ClearModal asks why doubtful data is well after all; the answer is kept with who gave it. */
export function ClearModal({ doubt, whys, onClose }: { doubt: Doubt; whys: readonly Choice[]; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [why, setWhy] = useState<string>()
  const [note, setNote] = useState('')
  const [tried, setTried] = useState(false)
  const act = useMutation({
    mutationFn: () => clearDoubt(doubt, why ?? '', note.trim()),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['people'] })
      void client.invalidateQueries({ queryKey: ['person', doubt.person.id] })
      void message.success(t('done'))
      onClose()
    },
  })
  const blocked = why === undefined ? t('whyFirst') : why === 'other' && note.trim() === '' ? t('noteFirst') : undefined
  const send = () => {
    setTried(true)
    if (!blocked) act.mutate()
  }
  return (
    <Modal open title={t('clearTitle', { reason: say(doubt.reason.text) })} okText={t('clear')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending }} onOk={send} onCancel={onClose} destroyOnHidden>
      <div className="doubt-clear">
        <p>
          <b>{doubt.person.name}</b> {say(doubt.text)}
        </p>
        <fieldset>
          <legend>{t('why')}</legend>
          <Radio.Group value={why} onChange={(event) => setWhy(event.target.value as string)} options={whys.map((one) => ({ value: one.key, label: say(one.text) }))} vertical />
        </fieldset>
        <label>
          <span>
            {t('note')} <span className="note">{t('noteMust')}</span>
          </span>
          <Input.TextArea value={note} maxLength={300} rows={2} aria-label={t('note')} onChange={(event) => setNote(event.target.value)} />
        </label>
        <p className="note">{t('clearHint')}</p>
        {tried && blocked && (
          <p className="wrong" role="alert">
            {blocked}
          </p>
        )}
        {act.error && <ErrorBox error={act.error} onRetry={send} />}
      </div>
    </Modal>
  )
}
