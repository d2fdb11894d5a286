import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input, Modal } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import type { Draft, RuleProblem } from '../../../../../client/rules'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { useSettled } from '../RuleField'
import { useUnsaved } from '../Unsaved'
import { fileQuery, saveFile, vocabularyQuery } from '../tags'
import { FileField } from './FileField'
import { checkFileQuery, removeFile, textsQuery } from './programmes'
import { useSave } from './useSave'
import { useWords } from './words'

interface Props {
  draft: Draft
  editor: boolean
  path?: string
  line?: number
  onOpen: (path: string | undefined, line?: number) => void
}

const heads = ['journeys', 'segments', 'forms', 'tags', 'tests', 'content', 'common', 'other'] as const
const headOf = (path: string): (typeof heads)[number] => {
  if (path === 'segments.yaml') return 'segments'
  if (path === 'tags.yaml') return 'tags'
  return heads.find((head) => path.startsWith(`${head}/`)) ?? 'other'
}

/** EditFiles are the files of a draft as text, by what they hold, with what is wrong at its line. */
export function EditFiles({ draft, editor, path, line, onOpen }: Props) {
  const t = useWords()
  const [adding, setAdding] = useState(false)
  const wrong = new Map<string, number>()
  for (const problem of draft.problems) wrong.set(problem.file, (wrong.get(problem.file) ?? 0) + 1)
  return (
    <div className="split">
      <section className="panel box" aria-label={t('p_files')}>
        <div className="file-list">
          {heads.map((head) => {
            const files = draft.files.filter((file) => headOf(file.path) === head)
            return (
              files.length > 0 && (
                <details key={head} open={path ? headOf(path) === head : head === 'journeys'}>
                  <summary>
                    {t(`d_${head}`)} <span className="note">{files.length}</span>
                  </summary>
                  <ul>
                    {files.map((file) => (
                      <li key={file.path}>
                        <button type="button" className={file.path === path ? 'link here' : 'link'} aria-current={file.path === path || undefined} onClick={() => onOpen(file.path)}>
                          {file.path}
                        </button>{' '}
                        <span className="note">{[file.state !== 'same' && t(`f_${file.state}`), wrong.has(file.path) && t('problemsN', { n: wrong.get(file.path) ?? 0 })].filter(Boolean).join(' · ')}</span>
                      </li>
                    ))}
                  </ul>
                </details>
              )
            )
          })}
        </div>
        {editor && (
          <Button className="fit" onClick={() => setAdding(true)}>
            {t('addFile')}
          </Button>
        )}
        {adding && <NewFile draft={draft} onClose={() => setAdding(false)} onMade={onOpen} />}
      </section>
      {path ? <OneFile key={path} draft={draft} editor={editor} path={path} line={line} onGone={() => onOpen(undefined)} /> : <p className="panel box unknown">{t('chooseFile')}</p>}
    </div>
  )
}

const begin = {
  journeys: 'name: {zh: 新旅程, en: New journey}\nenter: {tag: KEY}\nleave: tag("KEY")\nsteps:\n  - message: KEY\n',
  tags: '# key:\n#   name: {zh: , en: }\n',
  tests: '- name: \n  given:\n    - 2026-03-08 09:00  \n  at 2026-03-08 09:00: []\n',
  forms: '{\n  "resourceType": "Questionnaire"\n}\n',
  segments: '# key:\n#   name: {zh: , en: }\n',
} as const

function NewFile({ draft, onClose, onMade }: { draft: Draft; onClose: () => void; onMade: (path: string) => void }) {
  const t = useWords()
  const [path, setPath] = useState('journeys/')
  const head = headOf(path)
  const save = useSave(draft.programme, (_: null, revision) => saveFile(draft.programme, path, (begin as Record<string, string>)[head] ?? '\n', revision), () => {
    onClose()
    onMade(path)
  })
  return (
    <Modal open title={t('addFile')} okText={t('addFile')} okButtonProps={{ loading: save.isPending, disabled: draft.files.some((file) => file.path === path && file.state !== 'removed') }} onOk={() => save.mutate(null)} onCancel={onClose} destroyOnHidden>
      <p className="note">{t('fileHint')}</p>
      <Input value={path} maxLength={120} aria-label={t('pathWord')} onChange={(event) => setPath(event.target.value)} />
      {save.error && <ErrorBox error={save.error} />}
    </Modal>
  )
}

function OneFile({ draft, editor, path, line, onGone }: { draft: Draft; editor: boolean; path: string; line?: number; onGone: () => void }) {
  // As it was when it was opened: the revision goes on with each save, what is being typed does not.
  const [revision] = useState(draft.revision)
  const file = useQuery({ ...fileQuery(draft.programme, path, revision), refetchOnWindowFocus: false, staleTime: Infinity })
  if (file.error) return <ErrorBox error={file.error} onRetry={() => void file.refetch()} />
  if (!file.data) return <Skeleton lines={14} />
  return <Editing draft={draft} editor={editor} path={path} start={file.data.text} line={line} onGone={onGone} />
}

const nothing: readonly RuleProblem[] = []

function Editing({ draft, editor, path, start, line, onGone }: { draft: Draft; editor: boolean; path: string; start: string; line?: number; onGone: () => void }) {
  const t = useWords()
  const say = useSay()
  const [text, setText] = useState(start)
  const [kept, setKept] = useState(start)
  const settled = useSettled(text, 600)
  const forget = useUnsaved(text !== kept)
  const vocabulary = useQuery(vocabularyQuery(draft.programme)).data
  const texts = useQuery(textsQuery(draft.programme)).data?.items
  const check = useQuery(checkFileQuery(draft.programme, path, settled, editor && settled !== kept))
  const known = draft.problems.filter((problem) => problem.file === path)
  const problems = settled === kept ? known : check.data && settled === text && !check.isPlaceholderData ? check.data.problems : nothing
  const words = useMemo(() => ({ vocabulary, texts: texts ?? [] }), [vocabulary, texts])
  const save = useSave(draft.programme, (value: string, revision) => saveFile(draft.programme, path, value, revision), setKept)
  const remove = useSave(draft.programme, (_: null, revision) => removeFile(draft.programme, path, revision), () => {
    forget()
    onGone()
  })
  const shown = useStable(problems)
  return (
    <section className="panel box file-edit" aria-label={path}>
      <h2>
        <code>{path}</code>
      </h2>
      {headOf(path) === 'journeys' && (
        <Link to="/programmes/$key/journeys/$journey" params={{ key: draft.programme, journey: path.slice('journeys/'.length).replace(/\.yaml$/, '') }}>
          {t('drawing')}
        </Link>
      )}
      <FileField path={path} label={path} value={text} onChange={setText} problems={shown} line={line} readOnly={!editor} words={words} />
      <div aria-live="polite">
        {shown.length > 0 && (
          <ul className="problems">
            {shown.slice(0, 20).map((problem, i) => (
              <li key={i}>
                <b>
                  {problem.line > 0 && `${t('lineN', { n: problem.line })} `}
                  {say(problem.text)}
                </b>{' '}
                {say(problem.hint)}
              </li>
            ))}
          </ul>
        )}
        {shown.length === 0 && settled !== kept && check.data && <p className="note">{t(check.data.elsewhere > 0 ? 'fineHere' : 'fine', { n: check.data.elsewhere })}</p>}
      </div>
      {(save.error ?? remove.error ?? check.error) && <ErrorBox error={save.error ?? remove.error ?? check.error} />}
      {editor && (
        <div className="row">
          <Button type="primary" disabled={text === kept} loading={save.isPending} onClick={() => save.mutate(text)}>
            {t('save')}
          </Button>
          {text !== kept && <Button onClick={() => setText(kept)}>{t('undo')}</Button>}
          {save.isSuccess && text === kept && <span role="status">{t('saved')}</span>}
          <Button danger loading={remove.isPending} onClick={() => remove.mutate(null)}>
            {t('removeFile')}
          </Button>
        </div>
      )}
    </section>
  )
}

/** useStable keeps the same list while it says the same, so that marks are not set anew at each key. */
function useStable(problems: readonly RuleProblem[]): readonly RuleProblem[] {
  const sign = JSON.stringify(problems)
  const [kept, set] = useState({ sign, problems })
  useEffect(() => {
    if (kept.sign !== sign) set({ sign, problems })
  }, [kept.sign, sign, problems])
  return kept.problems
}
