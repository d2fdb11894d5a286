import { useId, useRef } from 'react'
import type { FileEntry } from '../../../../client/file'
import type { Catalogue } from '../../../../client/types'
import { Pick } from './fields'
import { useRefusal, useSize } from './refusal'
import { useFileWords } from './strings'

interface Props {
  label: string
  catalogue: Catalogue
  reports: readonly FileEntry[]
  /** The id of a report that is kept already. */
  chosen: string
  /** A photo or PDF still on the phone; it is sent with the form. */
  paper: File | undefined
  wrong?: string
  onChosen: (id: string) => void
  onPaper: (file: File | undefined) => void
}

/** PaperField puts a report beside a statement: one that is kept already, or a new photo or PDF. */
export function PaperField({ label, catalogue, reports, chosen, paper, wrong, onChosen, onPaper }: Props) {
  const t = useFileWords()
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const refusal = useRefusal(catalogue)
  const size = useSize()
  const kept = reports.flatMap(({ state, file }) => (state === 'stands' && file ? [{ key: file.id, name: { zh: file.name, en: file.name } }] : []))
  const refused = paper && refusal(paper)
  return (
    <div className="choice" role="group" aria-labelledby={id}>
      <span className="choice-label" id={id}>
        {label}
      </span>
      {kept.length > 0 && !paper && <Pick label={t('paperKept')} none={t('paperNone')} options={kept} value={chosen} onValue={onChosen} />}
      <input
        ref={input}
        type="file"
        aria-label={t('choose')}
        hidden
        accept={catalogue.reports.media.join(',')}
        onChange={(event) => {
          onPaper(event.target.files?.[0])
          event.target.value = ''
        }}
      />
      {paper ? (
        <>
          {!refused && <p className="soft user-text">{t('chosen', { name: paper.name, size: size(paper.size) })}</p>}
          <button type="button" className="plain-button" onClick={() => onPaper(undefined)}>
            {t('paperDrop')}
          </button>
        </>
      ) : (
        <button type="button" className="plain-button" onClick={() => input.current?.click()}>
          {t('choose')}
        </button>
      )}
      {(refused ?? wrong) && (
        <p className="field-error" role="alert">
          {refused ?? wrong}
        </p>
      )}
    </div>
  )
}
