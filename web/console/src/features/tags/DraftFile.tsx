import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Drawer } from 'antd'
import { useEffect, useRef, useState } from 'react'
import type { Draft } from '../../../../client/rules'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { useWords } from './strings'
import { draftQuery, fileQuery, saveFile } from './tags'

interface Props {
  draft: Draft
  path: string
  /** The line to begin at. */
  line?: number
  onClose: () => void
}

/** DraftFile edits one file of the draft as text: a check that expects what the rule no longer says must change with it. */
export function DraftFile({ draft, path, line, onClose }: Props) {
  const t = useWords()
  // The file as it was when it was opened: the revision goes on with each save, what is being typed does not.
  const [revision] = useState(draft.revision)
  const file = useQuery({ ...fileQuery(draft.programme, path, revision), refetchOnWindowFocus: false, staleTime: Infinity })
  return (
    <Drawer open onClose={onClose} title={path} size={720} destroyOnHidden mask={{ closable: false }}>
      {file.error ? <ErrorBox error={file.error} onRetry={() => void file.refetch()} /> : file.data === undefined ? <Skeleton lines={10} /> : <Text draft={draft} path={path} start={file.data.text} line={line} onClose={onClose} hint={t('fileHint')} />}
    </Drawer>
  )
}

function Text({ draft, path, start, line, onClose, hint }: Props & { start: string; hint: string }) {
  const t = useWords()
  const client = useQueryClient()
  const [text, setText] = useState(start)
  const field = useRef<HTMLTextAreaElement>(null)
  const save = useMutation({
    mutationFn: () => saveFile(draft.programme, path, text, draft.revision),
    onSuccess: (next) => {
      client.setQueryData(draftQuery(draft.programme).queryKey, next)
      onClose()
    },
  })
  useEffect(() => {
    const el = field.current
    if (!el || !line) return
    const from = start.split('\n').slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0)
    el.focus()
    el.setSelectionRange(from, from)
    // Lines are 22 px high in this field; three of them above give the place.
    el.scrollTop = Math.max(0, (line - 4) * 22)
  }, [start, line])
  return (
    <div className="draft-file">
      <p className="note">{hint}</p>
      <textarea ref={field} aria-label={path} spellCheck={false} wrap="off" value={text} onChange={(event) => setText(event.target.value)} />
      {save.error && <ErrorBox error={save.error} />}
      <div className="row">
        <Button type="primary" disabled={text === start} loading={save.isPending} onClick={() => save.mutate()}>
          {t('saveDraft')}
        </Button>
        <Button onClick={onClose}>{t('closeFile')}</Button>
      </div>
    </div>
  )
}
