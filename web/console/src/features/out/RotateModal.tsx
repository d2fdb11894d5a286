import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Modal, Select } from 'antd'
import { useState } from 'react'
import { ErrorBox } from '../../../../ui/states'
import { useWords } from './strings'

/** For how long the old one is still good, hours. */
const overlaps = [0, 1, 24, 72, 168, 336]

/** RotateModal makes a key or a secret anew; the one before is good for a while yet. */
export function RotateModal({ name, rotate, onClose }: { name: string; rotate: (hours: number) => Promise<void>; onClose: () => void }) {
  const t = useWords()
  const client = useQueryClient()
  const [hours, setHours] = useState(24)
  const act = useMutation({
    mutationFn: () => rotate(hours),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['out'] })
      onClose()
    },
  })
  return (
    <Modal open title={t('rotateTitle', { name })} okText={t('doRotate')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending }} onOk={() => act.mutate()} onCancel={onClose} destroyOnHidden>
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
