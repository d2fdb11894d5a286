import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, Button, Modal } from 'antd'
import { useState } from 'react'
import type { Changed, ChangedFile, Diff, Draft, Published } from '../../../../client/rules'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { useSession } from '../session/session'
import { DraftFile } from './DraftFile'
import { DraftPreview } from './DraftPreview'
import { count } from './Names'
import { Publish } from './Publish'
import { useWords } from './strings'
import { trialQuery } from './programme/programmes'
import { TrialRun } from './programme/TrialRun'
import { discardDraft, draftQuery, fileQuery, isCode, mayEdit, tagsIn, underTheirTag } from './tags'
import { RuleDiff, useChange } from './Versions'
import './tags.css'

/** DraftPage is what the next version would change, whom it would touch, and the way to put it into force. */
export function DraftPage({ programme }: { programme: string }) {
  const t = useWords()
  const editor = mayEdit(useSession())
  const draft = useQuery(draftQuery(programme))
  const [out, setOut] = useState<Published>()
  const [file, setFile] = useState<{ path: string; line: number }>()
  const trial = useQuery({ ...trialQuery(programme), enabled: editor }).data
  if (out) return <Out published={out} programme={programme} />
  if (draft.error) return <ErrorBox error={draft.error} onRetry={() => void draft.refetch()} />
  if (!draft.data) return <Skeleton lines={10} />
  const d = draft.data
  if (!d.exists)
    return (
      <Empty title={t('noDraft')} action={<Link to="/tags" search={{ programme }}>{t('backToTags')}</Link>}>
        {t(editor ? 'noDraftBody' : 'noDraftView')}
      </Empty>
    )
  return (
    <article className="tag-page">
      <DraftHead draft={d} editor={editor} onPublished={setOut} tests={trial?.state === 'done' && trial.revision === d.revision ? trial : undefined} />
      {d.stale && <Alert type="warning" showIcon title={t('staleTitle')} description={t('staleBody')} />}
      <div className="tag-cols">
        <div className="tag-main">
          <Changes draft={d} editor={editor} />
          {d.problems.length > 0 && <Unsound draft={d} editor={editor} />}
        </div>
        <aside className="tag-side">
          <section className="panel box" aria-label={t('preview')}>
            <h2>{t('preview')}</h2>
            {d.new ? <p className="note">{t('nobodyYet')}</p> : <DraftPreview programme={programme} draft={d} editor={editor} />}
          </section>
          {editor && (
            <section className="panel box" aria-label={t('tests')}>
              <h2>{t('tests')}</h2>
              <TrialRun draft={d} editor={editor} onFile={(path, line) => setFile({ path, line })} />
              {file && <DraftFile draft={d} path={file.path} line={file.line} onClose={() => setFile(undefined)} />}
            </section>
          )}
        </aside>
      </div>
    </article>
  )
}

function DraftHead({ draft, editor, tests, onPublished }: { draft: Draft; editor: boolean; tests?: { passed: number; failed: number }; onPublished: (published: Published) => void }) {
  const t = useWords()
  const moment = useMoment()
  const [open, setOpen] = useState<'publish' | 'discard'>()
  return (
    <header className="tag-head">
      <Link to="/tags" search={{ programme: draft.programme }}>{t('backToTags')}</Link>
      <h1>{draft.new ? t('draftTitleNew', { key: draft.programme }) : t('draftTitle', { n: draft.base })}</h1>
      <div className="tag-facts">
        {draft.at && <span>{t('savedAt', { at: formatAt(new Date(draft.at), moment), by: draft.by?.name ?? '' })}</span>}
        <span>{t('notInForce')}</span>
        <Link to="/programmes/$key/edit" params={{ key: draft.programme }}>
          {t('allParts')}
        </Link>
      </div>
      {editor && (
        <span className="tags-acts">
          <Button onClick={() => setOpen('discard')}>{t('discard')}</Button>
          <Button type="primary" disabled={!draft.sound || draft.stale} onClick={() => setOpen('publish')}>
            {t('publish')}
          </Button>
        </span>
      )}
      {open === 'publish' && <Publish draft={draft} tests={tests} onClose={() => setOpen(undefined)} onPublished={onPublished} />}
      {open === 'discard' && <Discard draft={draft} onClose={() => setOpen(undefined)} />}
    </header>
  )
}

function Discard({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const t = useWords()
  const client = useQueryClient()
  const discard = useMutation({
    mutationFn: () => discardDraft(draft.programme, draft.revision),
    onSuccess: async () => {
      onClose()
      await client.invalidateQueries({ queryKey: ['draft'] })
    },
  })
  return (
    <Modal open title={t('discardTitle')} okText={t('discard')} okButtonProps={{ danger: true, loading: discard.isPending }} onOk={() => discard.mutate()} onCancel={onClose}>
      <p>{draft.diff ? t('discardBody', { n: tagsIn(draft.diff.tags) }) : t('discardBad')}</p>
      {discard.error && <ErrorBox error={discard.error} />}
    </Modal>
  )
}

const nothingYet = { tags: [], stages: [], journeys: [], content: [], other: [] } satisfies Diff

function Changes({ draft, editor }: { draft: Draft; editor: boolean }) {
  const t = useWords()
  const change = useChange()
  const say = useSay()
  const { programme } = draft
  const diff: Diff = draft.diff ?? nothingYet
  const file = (kind: string, one: ChangedFile, path: string) => ({ kind, name: say(one.name) || one.key, change: one.change, path, lines: one.lines })
  const rest = [
    ...diff.journeys.map((one) => file(t('u_journey'), one, `journeys/${one.key}.yaml`)),
    ...diff.content.map((one) => file(t('u_content'), one, `content/${one.key}.md`)),
    ...diff.other.map((one) => file(t('u_file'), one, one.key)),
  ]
  const numbers = [...(diff.settings ?? []), ...(diff.targets ?? [])]
  const nothing = diff.tags.length + diff.stages.length + rest.length === 0
  return (
    <section className="panel box" aria-label={t('changes')}>
      <h2>{t('changes')}</h2>
      {nothing && <p className="unknown">{t(draft.sound ? 'noChanges' : 'changesLater')}</p>}
      <ul className="changed">
        {underTheirTag(diff.tags).map((one) => (
          <ChangedRule key={`tag ${one.key}`} one={one} kind={t(isCode(one.key) ? 'u_code' : 'u_tag')}>
            {editor && one.change !== 'removed' && !isCode(one.key) && (
              <Link to="/draft/tags/$key" params={{ key: one.key }} search={{ programme }}>
                {t('editOn')}
              </Link>
            )}
          </ChangedRule>
        ))}
        {diff.stages.map((one) => (
          <ChangedRule key={`stage ${one.key}`} one={one} kind={t('u_stage')} />
        ))}
        {numbers.map((one) => (
          <li key={`number ${one.key}`}>
            <div className="row">
              <span className="note">{t('u_number')}</span> <b>{say(one.name) || one.key}</b> <code className="note">{one.key}</code> <span className="badge">{change(one.change)}</span>
            </div>
            <p>{one.was && one.is ? `${one.was} → ${one.is}` : (one.is ?? one.was)}</p>
          </li>
        ))}
        {rest.map((one) => (
          <li key={`${one.kind} ${one.path}`}>
            <div className="row">
              <span className="note">{one.kind}</span> <b>{one.name}</b> <span className="badge">{change(one.change)}</span>
              {one.change !== 'removed' && draft.files.some(({ path }) => path === one.path) && (
                <Link to="/programmes/$key/edit" params={{ key: programme }} search={{ part: 'files', file: one.path }}>
                  {t('editOn')}
                </Link>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function ChangedRule({ one, kind, children }: { one: Changed; kind: string; children?: React.ReactNode }) {
  const say = useSay()
  const change = useChange()
  return (
    <li className={isCode(one.key) ? 'of-code' : undefined}>
      <div className="row">
        <span className="note">{kind}</span>
        <b>{say(one.name) || one.key}</b>
        <span className="badge">{change(one.change)}</span>
        {children}
      </div>
      <RuleDiff was={one.was} is={one.is} code={isCode(one.key)} />
    </li>
  )
}

/** keyAt is the tag that stands at a line of tags.yaml: the last key at the margin, at it or above. */
export function keyAt(text: string, line: number): string | undefined {
  for (const row of text.split('\n').slice(0, line).reverse()) {
    const key = /^([a-z]\w*):/.exec(row)?.[1]
    if (key) return key
  }
  return undefined
}

/** holdsTags tells whether a file is one tags lie in: the programme's own or a shared part's. Segments are written like tags. */
export const holdsTags = (path: string): boolean => /^(?:common\/[^/]+\/)?(?:tags\.yaml|tags\/[^/]+\.yaml)$|^segments\.yaml$/.test(path)

function Unsound({ draft, editor }: { draft: Draft; editor: boolean }) {
  const [file, setFile] = useState<{ path: string; line: number }>()
  const inTags = [...new Set(draft.problems.map((problem) => problem.file).filter(holdsTags))]
  const texts = useQueries({ queries: inTags.map((path) => ({ ...fileQuery(draft.programme, path, draft.revision), enabled: editor, retry: false })) })
  const t = useWords()
  const say = useSay()
  const tagOf = (path: string, line: number) => {
    const text = texts[inTags.indexOf(path)]?.data?.text
    return text === undefined ? undefined : keyAt(text, line)
  }
  return (
    <section className="panel box" aria-label={t('problems')}>
      <h2>{t('problemsN', { n: draft.problems.length })}</h2>
      <ul className="problems">
        {draft.problems.map((problem, i) => {
          const tag = tagOf(problem.file, problem.line)
          return (
            <li key={i}>
              <code>{[problem.file, problem.line || undefined, problem.line ? problem.col || undefined : undefined].filter((part) => part !== undefined).join(':')}</code> <b>{say(problem.text)}</b> {say(problem.hint)} {tag && <Mend programme={draft.programme} tag={tag} />}
              {!tag && problem.file && editor && draft.files.some(({ path, state }) => path === problem.file && state !== 'removed') && (
                <button type="button" className="link" onClick={() => setFile({ path: problem.file, line: problem.line })}>
                  {t('mendFile')}
                </button>
              )}
            </li>
          )
        })}
      </ul>
      {file && <DraftFile draft={draft} path={file.path} line={file.line} onClose={() => setFile(undefined)} />}
    </section>
  )
}

function Mend({ programme, tag }: { programme: string; tag: string | undefined }) {
  const t = useWords()
  if (!tag) return null
  return (
    <Link to="/draft/tags/$key" params={{ key: tag }} search={{ programme }}>
      {t('mendTag', { key: tag })}
    </Link>
  )
}

/** What publishing did, told once it is done. */
function Out({ published, programme }: { published: Published; programme: string }) {
  const t = useWords()
  return (
    <div role="status">
      <Empty title={t('published', { n: published.version })} action={<Link to="/tags" search={{ programme }}>{t('backToTags')}</Link>}>
        {t('publishedBody', { people: count(published.people), changed: count(published.changed), transitions: count(published.transitions), ms: count(published.tookMs) })}
      </Empty>
    </div>
  )
}
