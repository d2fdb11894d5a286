import { Modal, Switch } from 'antd'
import { useId } from 'react'
import { setKeysOn, useKeysOn } from '../../layout/keys'
import { useWords } from './strings'

/** KeysHelp lists the single keys and switches them off for those whose tools type by voice. */
export function KeysHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords()
  const on = useKeysOn()
  const id = useId()
  const keys = [
    ['J', t('keyJ')],
    ['K', t('keyK')],
    ['Enter', t('keyEnter')],
    ['E', t('keyE')],
    ['S', t('keyS')],
    ['P', t('keyP')],
    ['X', t('keyX')],
    ['/', t('keyFind')],
    ['?', t('keyHelp')],
  ]
  return (
    <Modal open={open} onCancel={onClose} title={t('keysTitle')} footer={null} width={360} destroyOnHidden>
      <dl className="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className="keys-switch">
        <Switch id={id} checked={on} onChange={setKeysOn} /> <label htmlFor={id}>{t('keysOn')}</label>
      </p>
    </Modal>
  )
}
