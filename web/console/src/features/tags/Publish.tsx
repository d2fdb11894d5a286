import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Checkbox, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import type { Draft, Published } from '../../../../client/rules'
import { useSay } from '../../../../ui/i18n'
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
  const say = useSay()
  const [enter, setEnter] = useState<Record<string, boolean>>({})
  const [note, setNote] = useState('')
  const [sure, setSure] = useState(false)
  const [tried, setTried] = useState(false)
  const send = useMutation({
    mutationFn: () => publish(draft.programme, draft.revision, note.trim(), matching.filter(({ key }) => enter[key]).map(({ key }) => key)),
    onSuccess: (published) => {
      onPublished(published)
      for (const key of ['tags', 'draft', 'rules', 'people', 'person', 'programme', 'workspace', 'found']) void client.invalidateQueries({ queryKey: [key] })
    },
  })
  const fresh = preview?.state === 'done' && preview.revision === draft.revision
  const matching = (fresh && preview.matching) || []
  const undecided = matching.some(({ key }) => enter[key] === undefined)
  const go = () => {
    setTried(true)
    if (note.trim() && sure && !undecided) send.mutate()
  }
  return (
    <Modal open title={t('publishTitle', { n: tagsIn(draft.diff?.tags ?? []) })} okText={t('publishNow')} okButtonProps={{ loading: send.isPending }} onOk={go} onCancel={onClose} mask={{ closable: false }}>
      <div className="publish">
        <p>{draft.new ? t('nobodyYet') : fresh ? (preview.changed === 0 ? t('nobodyMoves') : t('publishTouches', { n: count(preview.changed), of: count(preview.people) })) : <b>{t('notPreviewed')}</b>}</p>
        <p>{tests ? (tests.failed === 0 ? t('testsPassed', { n: count(tests.passed) }) : <b>{t('testsFailed', { n: count(tests.failed), of: count(tests.passed + tests.failed) })}</b>) : t('testsAtPublish')}</p>
        {matching.map(({ key, name, people }) => (
          <fieldset key={key} className="field">
            <legend className="field-label">{t('enterThem', { name: say(name), n: count(people) })}</legend>
            <Radio.Group value={enter[key] ?? null} onChange={(event) => setEnter({ ...enter, [key]: event.target.value as boolean })}>
              <Radio value={true}>{t('enterYes')}</Radio>
              <Radio value={false}>{t('enterNo')}</Radio>
            </Radio.Group>
          </fieldset>
        ))}
        {tried && undecided && (
          <p className="wrong" role="alert">
            {t('enterFirst')}
          </p>
        )}
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
