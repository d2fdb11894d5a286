import { Button, Checkbox, InputNumber, Modal, Space } from 'antd'
import { useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import type { Entrance } from '../../../../client/channels'
import { pictureOf } from './channels'
import { useWords } from './strings'

/** PrintCode gives the picture of a code as a file, or prints it as large as it was asked for. */
export function PrintCode({ entrance, onClose }: { entrance: Entrance; onClose: () => void }) {
  const t = useWords()
  const [cm, setCm] = useState(5)
  const [dpi, setDpi] = useState(300)
  const [caption, setCaption] = useState(true)
  const fits = cm >= 1 && cm <= 50 && dpi >= 72 && dpi <= 1200 && (cm / 2.54) * dpi <= 6000
  useEffect(() => {
    document.body.classList.add('channels-printing')
    return () => document.body.classList.remove('channels-printing')
  }, [])
  return (
    <Modal open title={t('print')} footer={null} onCancel={onClose} destroyOnHidden>
      <div className="data-form">
        <div className="data-pair">
          <label className="data-field">
            <span>{t('width')}</span>
            <InputNumber controls={false} aria-label={t('width')} min={1} max={50} value={cm} onChange={(v) => setCm(v ?? 5)} />
          </label>
          <label className="data-field">
            <span>{t('dpi')}</span>
            <InputNumber controls={false} aria-label={t('dpi')} min={72} max={1200} value={dpi} onChange={(v) => setDpi(v ?? 300)} />
          </label>
        </div>
        <Checkbox checked={caption} onChange={(e) => setCaption(e.target.checked)}>
          {t('caption')}
        </Checkbox>
        <Space wrap>
          <Button type="primary" disabled={!fits} href={pictureOf(entrance.id, 'png', cm, dpi, caption)} download={`${entrance.name}.png`}>
            {t('png')}
          </Button>
          <Button disabled={!fits} href={pictureOf(entrance.id, 'svg', cm, dpi, caption)} download={`${entrance.name}.svg`}>
            {t('svg')}
          </Button>
          <Button disabled={!fits} onClick={() => print()}>
            {t('printNow')}
          </Button>
        </Space>
      </div>
      {createPortal(
        <div className="channels-sheet" aria-hidden="true">
          <figure>{fits && <img src={pictureOf(entrance.id, 'svg', cm, dpi, caption)} alt="" style={{ width: `${cm}cm` }} />}</figure>
        </div>,
        document.body,
      )}
    </Modal>
  )
}
