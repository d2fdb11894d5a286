import { Button, Modal } from 'antd'
import { useRef, useState } from 'react'
import type { Draft } from '../../../../../client/rules'
import { ErrorBox } from '../../../../../ui/states'
import { exportAddress, importZip } from './programmes'
import { useSave } from './useSave'
import { useWords } from './words'

/** Transfer takes a programme out as a zip of its folder, and a zip in: into the draft, never into what is in force. */
export function Transfer({ draft, editor }: { draft: Draft; editor: boolean }) {
  const t = useWords()
  const input = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File>()
  const bring = useSave(draft.programme, (zip: File, revision) => importZip(draft.programme, zip, revision), () => setFile(undefined))
  return (
    <section className="panel box" aria-label={t('p_transfer')}>
      <h2>{t('export')}</h2>
      <p className="note">{t('exportHint')}</p>
      <div className="row">
        {!draft.new && (
          <Button href={exportAddress(draft.programme, 'force')} download>
            {t('exportForce')}
          </Button>
        )}
        {draft.exists && (
          <Button href={exportAddress(draft.programme, 'draft')} download>
            {t('exportDraft')}
          </Button>
        )}
      </div>
      {editor && (
        <>
          <h2>{t('import')}</h2>
          <p className="note">{t('importHint')}</p>
          <input ref={input} type="file" accept=".zip,application/zip" className="visually-hidden" aria-label={t('chooseZip')} tabIndex={-1} onChange={(event) => { bring.reset(); setFile(event.target.files?.[0]); event.target.value = '' }} />
          <Button className="fit" onClick={() => input.current?.click()}>
            {t('chooseZip')}
          </Button>
          {bring.isSuccess && !file && <p role="status">{bring.data.sound ? t('imported') : t('importedBad', { n: bring.data.problems.length })}</p>}
          {file && (
            <Modal open title={t('importTitle', { name: file.name })} okText={t('importNow')} okButtonProps={{ loading: bring.isPending }} onOk={() => bring.mutate(file)} onCancel={() => setFile(undefined)}>
              <p>{t(draft.exists ? 'importOver' : 'importSure')}</p>
              {bring.error && <ErrorBox error={bring.error} />}
            </Modal>
          )}
        </>
      )}
    </section>
  )
}
