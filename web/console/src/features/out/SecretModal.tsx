import { App as Antd, Button, Modal } from 'antd'
import { useWords } from './strings'

interface Props {
  title: string
  lead: string
  /** What to keep, by what it is called. */
  parts: [label: string, text: string][]
  onClose: () => void
}

/** SecretModal tells a key or a secret, once. A click beside it does not lose it. */
export function SecretModal({ title, lead, parts, onClose }: Props) {
  const t = useWords()
  const { message } = Antd.useApp()
  return (
    <Modal open title={title} mask={{ closable: false }} keyboard={false} closable={false} width={760} footer={<Button type="primary" onClick={onClose}>{t('kept')}</Button>}>
      <div className="data-key">
        <p>{lead}</p>
        {parts.map(([label, text]) => (
          <div key={label} className="data-copy" role="group" aria-label={label}>
            <b>{label}</b>
            <pre tabIndex={0}>{text}</pre>
            {navigator.clipboard && (
              <Button size="small" onClick={() => void navigator.clipboard.writeText(text).then(() => message.success({ content: t('copied'), duration: 6 }))}>
                {t('copy')}
              </Button>
            )}
          </div>
        ))}
      </div>
    </Modal>
  )
}
