import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, Tabs } from 'antd'
import type { Draft } from '../../../../../client/rules'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { useSession } from '../../session/session'
import { draftQuery, mayEdit } from '../tags'
import { Unsaved } from '../Unsaved'
import { EditFiles } from './EditFiles'
import { EditForms } from './EditForms'
import { EditNumbers } from './EditNumbers'
import { EditSegments } from './EditSegments'
import { EditShape } from './EditShape'
import { EditStages } from './EditStages'
import { EditTexts } from './EditTexts'
import { numbersQuery } from './programmes'
import { Transfer } from './Transfer'
import { TrialRun } from './TrialRun'
import { useWords } from './words'
import './programme.css'
import '../tags.css'

export const parts = ['numbers', 'stages', 'shape', 'segments', 'texts', 'forms', 'files', 'tests', 'transfer'] as const
export type EditPart = (typeof parts)[number]

export interface EditView {
  part?: EditPart
  file?: string
  line?: number
  text?: string
}

interface Props {
  programme: string
  view: EditView
  onView: (view: EditView) => void
}

/** EditPage changes every part of a programme in its draft; nothing in force changes until the draft is published. */
export function EditPage({ programme, view, onView }: Props) {
  const t = useWords()
  const say = useSay()
  const editor = mayEdit(useSession())
  const draft = useQuery(draftQuery(programme))
  const numbers = useQuery(numbersQuery(programme))
  const error = draft.error ?? numbers.error
  if (error) return <ErrorBox error={error} onRetry={() => void Promise.all([draft.refetch(), numbers.refetch()])} />
  if (!draft.data || !numbers.data) return <Skeleton lines={12} />
  const d = draft.data
  const items = parts.map((part) => ({
    key: part,
    label: t(`p_${part}`),
    children: part === (view.part ?? 'numbers') ? <Part part={part} draft={d} editor={editor} view={view} onView={onView} /> : null,
  }))
  return (
    <div className="edit-page">
      <header className="programme-head">
        <Link to="/programmes/$key" params={{ key: programme }}>
          {t('backToDocument')}
        </Link>
        <h1>{t('editTitle', { name: say(numbers.data.name) || programme })}</h1>
        <DraftState draft={d} />
      </header>
      <Unsaved>
        <Tabs activeKey={view.part ?? 'numbers'} onChange={(part) => onView({ part: part as EditPart })} items={items} destroyOnHidden />
      </Unsaved>
    </div>
  )
}

function Part({ part, draft, editor, view, onView }: { part: EditPart; draft: Draft; editor: boolean; view: EditView; onView: (view: EditView) => void }) {
  switch (part) {
    case 'numbers':
      return <EditNumbers draft={draft} editor={editor} />
    case 'stages':
      return <EditStages draft={draft} editor={editor} />
    case 'shape':
      return <EditShape draft={draft} editor={editor} />
    case 'segments':
      return <EditSegments draft={draft} editor={editor} />
    case 'forms':
      return <EditForms draft={draft} editor={editor} open={view.text} onOpen={(text) => onView({ part, text })} />
    case 'texts':
      return <EditTexts draft={draft} editor={editor} open={view.text} onOpen={(text) => onView({ part, text })} />
    case 'files':
      return <EditFiles draft={draft} editor={editor} path={view.file} line={view.line} onOpen={(file, line) => onView({ part, file, line })} />
    case 'tests':
      return <TrialRun draft={draft} editor={editor} onFile={(file, line) => onView({ part: 'files', file, line })} />
    default:
      return <Transfer draft={draft} editor={editor} />
  }
}

/** DraftState says how the draft stands: how many files differ, what is wrong, and the way to put it into force. */
function DraftState({ draft }: { draft: Draft }) {
  const t = useWords()
  const say = useSay()
  const changed = draft.files.filter(({ state }) => state !== 'same').length
  return (
    <>
      <p className="programme-facts" role="status">
        <span>{draft.exists ? t(draft.new ? 'draftNew' : 'draftChanged', { n: changed, base: draft.base }) : t('draftNone')}</span>
        {!draft.sound && <b className="stale">{t('problemsN', { n: draft.problems.length })}</b>}
        {draft.exists && (
          <Link to="/draft" search={{ programme: draft.programme }}>
            {t('toPublish')}
          </Link>
        )}
        {draft.exists && (
          <Link to="/programmes/$key/rehearsal" params={{ key: draft.programme }}>
            {t('toRehearsal')}
          </Link>
        )}
      </p>
      {draft.stale && <Alert type="warning" showIcon title={t('draftStale')} />}
      {draft.problems.length > 0 && (
        <ul className="problems edit-problems">
          {draft.problems.slice(0, 5).map((problem, i) => (
            <li key={i}>
              <Link to="/programmes/$key/edit" params={{ key: draft.programme }} search={{ part: 'files', file: problem.file, line: problem.line || undefined }}>
                <code>{[problem.file, problem.line || undefined].filter((one) => one !== undefined).join(':')}</code>
              </Link>{' '}
              <b>{say(problem.text)}</b> {say(problem.hint)}
            </li>
          ))}
          {draft.problems.length > 5 && <li>{t('andMore', { n: draft.problems.length - 5 })}</li>}
        </ul>
      )}
    </>
  )
}
