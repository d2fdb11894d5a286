import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Checkbox, Modal } from 'antd'
import { useState } from 'react'
import type { Members } from '../../../../client/reviews'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { useRecordWords } from './recordWords'
import { split } from './reviews'

/** SplitModal gives some identifiers of a record, with what came by them, to a person of their own. */
export function SplitModal({ id, record, onClose }: { id: string; record: Members['items'][number]; onClose: () => void }) {
  const t = useRecordWords()
  const say = useSay()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [chosen, setChosen] = useState<string[]>([])
  const [tried, setTried] = useState(false)
  const act = useMutation({
    mutationFn: () => split(id, record.id, chosen),
    onSuccess: () => {
      void client.invalidateQueries()
      void message.success({ content: t('splitDone'), duration: 6 })
      onClose()
    },
  })
  const missing = chosen.length === 0 ? t('splitFirst') : chosen.length === record.identifiers.length ? t('splitAll') : undefined
  const send = () => {
    setTried(true)
    if (!missing) act.mutate()
  }
  return (
    <Modal open title={t('splitTitle')} okText={t('splitDo')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending }} onOk={send} onCancel={onClose} destroyOnHidden>
      <div className="review-ask">
        <p>{t('splitLead')}</p>
        <Checkbox.Group
          value={chosen}
          onChange={setChosen}
          options={record.identifiers.map((one) => ({ value: one.key, label: <span className="user-text">{[say(one.typeText), one.scope, one.value].filter(Boolean).join(' ')}</span> }))}
        />
        {tried && missing && (
          <p className="wrong" role="alert">
            {missing}
          </p>
        )}
        {act.error && <ErrorBox error={act.error} onRetry={send} />}
      </div>
    </Modal>
  )
}
