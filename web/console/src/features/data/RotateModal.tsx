import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Modal, Select } from 'antd'
import { useState } from 'react'
import type { Source, SourceKey } from '../../../../client/sources'
import { ErrorBox } from '../../../../ui/states'
import { rotateSource } from './data'
import { useWords } from './strings'

/** For how long the old key is still taken, hours. */
const overlaps = [0, 1, 24, 72, 168, 336]

/** RotateModal gives a source another key; the one before is taken for a while yet. */
export function RotateModal({ source, onClose, onKey }: { source: Source; onClose: () => void; onKey: (fresh: SourceKey) => void }) {
  const t = useWords()
  const client = useQueryClient()
  const [hours, setHours] = useState(24)
  const act = useMutation({
    mutationFn: () => rotateSource(source.number, hours),
    onSuccess: (fresh) => {
      void client.invalidateQueries({ queryKey: ['intake'] })
      onKey(fresh)
      onClose()
    },
  })
  return (
    <Modal open title={t('rotateTitle', { name: source.name })} okText={t('doRotate')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending }} onOk={() => act.mutate()} onCancel={onClose} destroyOnHidden>
      <div className="data-form">
        <p>{t('rotateBody')}</p>
        <label className="data-field">
          <span>{t('overlap')}</span>
          <Select aria-label={t('overlap')} value={hours} onChange={setHours} options={overlaps.map((n) => ({ value: n, label: n === 0 ? t('overlap0') : n < 72 ? t('overlapH', { n }) : t('overlapD', { n: n / 24 }) }))} />
        </label>
        {act.error && <ErrorBox error={act.error} />}
      </div>
    </Modal>
  )
}
