import { App as Antd, Modal } from 'antd'
import { useEffect, useState } from 'react'
import type { FileEntry } from '../../../../../client/file'
import { useWords } from './sentences'

type File = NonNullable<FileEntry['file']>

/** Paper opens a kept report: a picture is shown from memory, anything else is saved. The look is on record with the server. */
export function Paper({ file, name }: { file: File; name: string }) {
  const t = useWords()
  const { message } = Antd.useApp()
  const [shown, setShown] = useState<string>()
  const [busy, setBusy] = useState(false)
  useEffect(() => () => void (shown && URL.revokeObjectURL(shown)), [shown])
  const picture = /^image\/(jpeg|png|webp)$/.test(file.media)
  const open = async () => {
    setBusy(true)
    try {
      const answer = await fetch(file.url, { credentials: 'same-origin' })
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      const address = URL.createObjectURL(await answer.blob())
      if (picture) setShown(address)
      else save(address, file.name || name)
    } catch {
      void message.error(t('openFailed'), 6)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <button type="button" className="link" aria-busy={busy} disabled={busy} onClick={() => void open()}>
        {busy ? t('opening') : t(picture ? 'openFile' : 'saveNamed', { name })}
      </button>
      {shown && (
        <Modal open title={name} width={880} footer={null} onCancel={() => setShown(undefined)}>
          <img className="file-picture" src={shown} alt={name} />
        </Modal>
      )}
    </>
  )
}

function save(address: string, name: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
