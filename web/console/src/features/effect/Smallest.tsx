import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, InputNumber, Modal } from 'antd'
import { useId, useState } from 'react'
import type { EffectSettings } from '../../../../client/journeys'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { saveSettings, settingsQuery } from './effect'
import { useWords } from './strings'

/** Smallest lets a manager say how few people a group may have before its figures are shown. */
export function Smallest({ now }: { now: number }) {
  const t = useWords()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('smallestChange', { n: now })}
      </Button>
      {open && <Asked onClose={() => setOpen(false)} />}
    </>
  )
}

function Asked({ onClose }: { onClose: () => void }) {
  const t = useWords()
  const held = useQuery({ ...settingsQuery, staleTime: 0, gcTime: 0 })
  if (held.data && !held.isFetching) return <Form key={held.data.version} held={held.data} onClose={onClose} />
  return (
    <Modal open title={t('smallestTitle')} footer={null} onCancel={onClose}>
      {held.error ? <ErrorBox error={held.error} onRetry={() => void held.refetch()} /> : <Skeleton lines={3} />}
    </Modal>
  )
}

function Form({ held, onClose }: { held: EffectSettings; onClose: () => void }) {
  const t = useWords()
  const id = useId()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [smallest, setSmallest] = useState<number | null>(held.smallest)
  const bad = smallest === null || !Number.isInteger(smallest) || smallest < held.least || smallest > held.most
  const save = useMutation({
    mutationFn: saveSettings,
    onSuccess: async (next) => {
      client.setQueryData(settingsQuery.queryKey, next)
      await client.invalidateQueries({ queryKey: ['people', 'effect'] })
      void message.success(t('smallestSaved', { n: next.smallest }))
      onClose()
    },
  })
  return (
    <Modal
      open
      title={t('smallestTitle')}
      okText={t('save')}
      cancelText={t('cancel')}
      okButtonProps={{ disabled: bad || smallest === held.smallest, loading: save.isPending }}
      onOk={() => smallest !== null && save.mutate({ smallest, version: held.version })}
      onCancel={onClose}
    >
      <div className="effect-smallest">
        <label htmlFor={id}>{t('smallestLabel')}</label>
        <InputNumber id={id} value={smallest} precision={0} status={bad ? 'error' : undefined} aria-invalid={bad} aria-describedby={`${id}-hint`} onChange={setSmallest} />
        <p id={`${id}-hint`} className={bad ? 'wrong' : 'note'} role={bad ? 'alert' : undefined}>
          {t('smallestBounds', { least: held.least, most: held.most, usual: held.usual })}
        </p>
        <p className="note">{t('smallestNote')}</p>
        {save.error && <ErrorBox error={save.error} onRetry={() => save.reset()} />}
      </div>
    </Modal>
  )
}
