import { App as Antd, Button, Modal } from 'antd'
import { useState } from 'react'
import type { Outlet, Outlets } from '../../../../client/outlets'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { SenderForm } from './SenderForm'
import { useSender } from './senders'
import { useWords } from './strings'

/** SenderCard is one connected way out. */
export function SenderCard({ all, one }: { all: Outlets; one: Outlet }) {
  const t = useWords()
  const say = useSay()
  const { message } = Antd.useApp()
  const { save, remove, attempt } = useSender(one)
  const [open, setOpen] = useState<'change' | 'remove'>()
  const kind = all.kinds.find((k) => k.key === one.kind)
  const copy = async () => {
    await navigator.clipboard.writeText(one.address ?? '')
    void message.success(t('copied'))
  }
  return (
    <section className="panel senders-card" aria-label={one.name}>
      <div className="senders-line">
        <h2 className="user-text">{one.name}</h2>
        <span className="note">{kind && say(kind.name)}</span>
        {one.paused && (
          <span className="badge" title={t('pausedLine')}>
            {t('paused')}
          </span>
        )}
        {all.mayManage && (
          <span className="senders-acts">
            <Button size="small" type="primary" loading={attempt.isPending} onClick={() => attempt.mutate()}>
              {t('check')}
            </Button>
            <Button size="small" onClick={() => setOpen('change')}>
              {t('change')}
            </Button>
            <Button size="small" loading={save.isPending} onClick={() => save.mutate({ paused: !one.paused })}>
              {t(one.paused ? 'resume' : 'pause')}
            </Button>
            <Button size="small" danger onClick={() => setOpen('remove')}>
              {t('remove')}
            </Button>
          </span>
        )}
      </div>
      {kind && <p className="note">{say(kind.about)}</p>}
      {attempt.data && <p role="status">{t('checked')}</p>}
      {(attempt.error ?? save.error) && <ErrorBox error={attempt.error ?? save.error} />}
      {one.address && all.mayManage && (
        <div>
          <span className="note">{t('address')}</span>
          <p className="senders-line">
            <code className="senders-address">{one.address}</code>
            <Button size="small" onClick={() => void copy()}>
              {t('copy')}
            </Button>
          </p>
        </div>
      )}
      {open === 'change' && <SenderForm all={all} one={one} onClose={() => setOpen(undefined)} />}
      {open === 'remove' && (
        <Modal open title={t('removeSure')} okText={t('remove')} cancelText={t('cancel')} okButtonProps={{ danger: true, loading: remove.isPending }} onOk={() => remove.mutate(undefined, { onSuccess: () => setOpen(undefined) })} onCancel={() => setOpen(undefined)}>
          <p>{t('removeLine')}</p>
          {remove.error && <ErrorBox error={remove.error} />}
        </Modal>
      )}
    </section>
  )
}
