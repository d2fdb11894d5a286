import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Checkbox, Input, Modal } from 'antd'
import { useState } from 'react'
import type { Draft, Published } from '../../../../client/rules'
import { ErrorBox } from '../../../../ui/states'
import { count } from './Names'
import { useWords } from './strings'
import { previewQuery, publish, tagsIn } from './tags'

interface Props {
  draft: Draft
  tests?: { passed: number; failed: number }
  onClose: () => void
  onPublished: (published: Published) => void
}

/** Publish asks twice: what is changed and why goes into the history, and the number of people touched is read first. */
export function Publish({ draft, tests, onClose, onPublished }: Props) {
  const t = useWords()
  const client = useQueryClient()
  const preview = useQuery({ ...previewQuery(draft.programme), enabled: !draft.new }).data
  const [note, setNote] = useState('')
  const [sure, setSure] = useState(false)
  const [tried, setTried] = useState(false)
  const send = useMutation({
    mutationFn: () => publish(draft.programme, draft.revision, note.trim()),
    onSuccess: (published) => {
      onPublished(published)
      for (const key of ['tags', 'draft', 'rules', 'people', 'person', 'programme', 'workspace', 'found']) void client.invalidateQueries({ queryKey: [key] })
    },
  })
  const fresh = preview?.state === 'done' && preview.revision === draft.revision
  const go = () => {
    setTried(true)
    if (note.trim() && sure) send.mutate()
  }
  return (
    <Modal open title={t('publishTitle', { n: tagsIn(draft.diff?.tags ?? []) })} okText={t('publishNow')} okButtonProps={{ loading: send.isPending }} onOk={go} onCancel={onClose} mask={{ closable: false }}>
      <div className="publish">
        <p>{draft.new ? t('nobodyYet') : fresh ? (preview.changed === 0 ? t('nobodyMoves') : t('publishTouches', { n: count(preview.changed), of: count(preview.people) })) : <b>{t('notPreviewed')}</b>}</p>
        <p>{tests ? (tests.failed === 0 ? t('testsPassed', { n: count(tests.passed) }) : <b>{t('testsFailed', { n: count(tests.failed), of: count(tests.passed + tests.failed) })}</b>) : t('testsAtPublish')}</p>
        <label className="field">
          <span className="field-label">{t('note')}</span>
          <Input.TextArea value={note} maxLength={500} autoSize={{ minRows: 2, maxRows: 5 }} placeholder={t('noteHint')} status={tried && !note.trim() ? 'error' : undefined} onChange={(event) => setNote(event.target.value)} />
        </label>
        {tried && !note.trim() && (
          <p className="wrong" role="alert">
            {t('noteFirst')}
          </p>
        )}
        <Checkbox checked={sure} onChange={(event) => setSure(event.target.checked)}>
          {t('publishSure')}
        </Checkbox>
        {tried && !sure && (
          <p className="wrong" role="alert">
            {t('sureFirst')}
          </p>
        )}
        {send.error && <ErrorBox error={send.error} />}
      </div>
    </Modal>
  )
}
