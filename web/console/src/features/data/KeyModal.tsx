import { App as Antd, Button, Modal } from 'antd'
import type { SourceKey } from '../../../../client/sources'
import { baseOf, curlOf } from './data'
import { useWords } from './strings'

/** KeyModal tells a write key, once, and how to send with it. A click beside it does not lose the key. */
export function KeyModal({ fresh: { source, writeKey }, address, onClose }: { fresh: SourceKey; address: string; onClose: () => void }) {
  const t = useWords()
  return (
    <Modal open title={t('keyTitle', { name: source.name })} mask={{ closable: false }} keyboard={false} closable={false} width={760} footer={<Button type="primary" onClick={onClose}>{t('keyKept')}</Button>}>
      <div className="data-key">
        <p>{t('keyOnce')}</p>
        <Copied label={t('key')} text={writeKey} />
        <Copied label={t('sendTo')} text={`${baseOf(address)}/v1/batch`} />
        <Copied label={t('library')} text={baseOf(address)} />
        <Copied label={t('tryIt')} text={curlOf(address, writeKey)} />
        <p className="note">{t('tryThen')}</p>
      </div>
    </Modal>
  )
}

function Copied({ label, text }: { label: string; text: string }) {
  const t = useWords()
  const { message } = Antd.useApp()
  return (
    <div className="data-copy" role="group" aria-label={label}>
      <b>{label}</b>
      <pre tabIndex={0}>{text}</pre>
      {navigator.clipboard && (
        <Button size="small" onClick={() => void navigator.clipboard.writeText(text).then(() => message.success({ content: t('copied'), duration: 6 }))}>
          {t('copy')}
        </Button>
      )}
    </div>
  )
}
