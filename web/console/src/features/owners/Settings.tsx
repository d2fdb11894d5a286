import { useMutation } from '@tanstack/react-query'
import { App as Antd, Button, InputNumber, Modal, Popconfirm, Select, Switch } from 'antd'
import { useState } from 'react'
import type { OwnerLine } from '../../../../client/owners'
import { ErrorBox } from '../../../../ui/states'
import { useOwnersChanged } from '../../layout/owners'
import { useSession } from '../session/session'
import { account, settings } from './owners'
import { useWords } from './strings'

/** Settings is how many somebody looks after, what they speak, whether rules give them people, and whether their account is open. */
export function Settings({ line, onClose }: { line: OwnerLine; onClose: () => void }) {
  const t = useWords()
  const { can } = useSession()
  const { message } = Antd.useApp()
  const changed = useOwnersChanged()
  const [capacity, setCapacity] = useState<number | null>(line.own ?? null)
  const [languages, setLanguages] = useState(line.languages)
  const [takes, setTakes] = useState(line.takes)
  const saved = (said: string) => () => {
    changed()
    void message.success(said)
    onClose()
  }
  const save = useMutation({ mutationFn: () => settings(line, { capacity: capacity ?? 0, languages, takes }), onSuccess: saved(t('saved')) })
  const door = useMutation({ mutationFn: () => account(line.id, line.closed), onSuccess: saved(t(line.closed ? 'opened' : 'closed')) })
  return (
    <Modal open title={t('setTitle', { name: line.name })} okText={t('save')} cancelText={t('cancel')} okButtonProps={{ loading: save.isPending }} onOk={() => save.mutate()} onCancel={onClose} destroyOnHidden>
      <div className="hand">
        <label className="hand-field">
          <span>{t('capacity')}</span>
          <InputNumber controls={false} aria-label={t('capacity')} min={0} max={5000} value={capacity} onChange={setCapacity} />
          <span className="note">{t('capacityNote', { n: line.own ? 200 : line.capacity })}</span>
        </label>
        <label className="hand-field">
          <span>{t('langLabel')}</span>
          <Select mode="tags" aria-label={t('langLabel')} value={languages} onChange={setLanguages} options={[{ value: 'zh', label: t('lang_zh') }, { value: 'en', label: t('lang_en') }]} />
          <span className="note">{t('langNote')}</span>
        </label>
        <label className="owners-switch">
          <Switch checked={takes} disabled={line.closed} onChange={setTakes} aria-label={t('takes')} /> {t('takes')}
        </label>
        {can.includes('staff.manage') &&
          (line.closed ? (
            <Button loading={door.isPending} onClick={() => door.mutate()}>
              {t('open')}
            </Button>
          ) : (
            <Popconfirm title={t('closeTitle', { name: line.name })} description={t('closeBody')} okText={t('close')} cancelText={t('cancel')} onConfirm={() => door.mutate()}>
              <Button danger loading={door.isPending}>
                {t('close')}
              </Button>
            </Popconfirm>
          ))}
        {save.error && <ErrorBox error={save.error} />}
        {door.error && <ErrorBox error={door.error} />}
      </div>
    </Modal>
  )
}
