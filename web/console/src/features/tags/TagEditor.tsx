import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, App as Antd, Button, Modal } from 'antd'
import { useMemo, useState } from 'react'
import { ApiError } from '../../../../client/http'
import type { Draft, TagForm } from '../../../../client/rules'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { useSay } from '../../../../ui/i18n'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { useSession } from '../session/session'
import { CountAll } from './CountAll'
import { firstMistake, Form } from './TagFields'
import { shapeQuery } from './programme/programmes'
import { useWords } from './strings'
import { type Asked, catalogueOf, draftQuery, formQuery, hasQuestion, mayEdit, removeTag, saveTag } from './tags'
import { TryOne } from './TryOne'
import { LeaveGuard } from './Unsaved'
import './tags.css'

interface Props {
  programme: string
  /** Undefined: a tag that is not there yet. */
  tag?: string
  /** A new one is a segment. */
  segment?: boolean
  onSaved: (key: string) => void
  onRemoved: () => void
}

const blank: TagForm = { name: { zh: '', en: '' }, group: '', private: 'health', plain: { zh: '', en: '' }, when: '', because: { zh: '', en: '' }, source: '' }

/** TagEditor writes one tag into the draft: nothing that runs changes until the draft is published. */
export function TagEditor(props: Props) {
  const t = useWords()
  const editor = mayEdit(useSession())
  const draft = useQuery({ ...draftQuery(props.programme), enabled: editor })
  const form = useQuery({ ...formQuery(props.programme, props.tag ?? ''), enabled: editor && props.tag !== undefined })
  if (!editor)
    return (
      <Empty title={t('mayNotEdit')} action={props.tag ? <Link to="/tags/$key" params={{ key: props.tag }} search={{ programme: props.programme }}>{t('lookInstead')}</Link> : <Link to="/tags" search={{ programme: props.programme }}>{t('backToTags')}</Link>}>
        {t('mayNotEditBody')}
      </Empty>
    )
  const error = draft.error ?? form.error
  if (error) return <ErrorBox error={error} onRetry={() => void Promise.all([draft.refetch(), props.tag && form.refetch()])} />
  if (!draft.data || (props.tag !== undefined && !form.data)) return <Skeleton lines={14} />
  return <Editor key={props.tag ?? ''} {...props} draft={draft.data} start={form.data ?? (props.segment ? { ...blank, segment: true } : blank)} />
}

function Editor({ programme, tag, draft, start, onSaved, onRemoved }: Props & { draft: Draft; start: TagForm }) {
  const t = useWords()
  const say = useSay()
  const [form, setForm] = useState(start)
  const [saved, setSaved] = useState(start)
  const [key, setKey] = useState(tag ?? '')
  const [tried, setTried] = useState(false)
  const dirty = JSON.stringify(form) !== JSON.stringify(saved)
  const segment = start.segment ?? false
  const tags = useQuery(catalogueOf('tag', programme)).data
  const segments = useQuery(catalogueOf('segment', programme)).data
  // The headings as the draft has them: one that was just made is there to be chosen.
  const groups = useQuery(shapeQuery(programme)).data?.groups ?? tags?.groups ?? []
  const taken = useMemo(() => new Set([...(tags?.items ?? []), ...(segments?.items ?? [])].map((one) => one.key)), [tags, segments])
  const mistake = firstMistake(form, key, tag === undefined ? taken : undefined)
  const inForce = tag !== undefined && taken.has(tag)
  const save = useSave(programme, (next, stored) => {
    setSaved(stored)
    if (tag === undefined) onSaved(next)
  })
  // A draft that is not there, or does not compile, has no words to read a rule with: those in force stand in.
  const readable = draft.exists && draft.sound
  const asked = useMemo<Asked>(
    () => ({ programme, rule: form.when, needs: form.needs || undefined, value: form.value || undefined, draft: readable || undefined, tag, code: form.code, codes: form.codes }),
    [programme, readable, tag, form.when, form.needs, form.value, form.code, form.codes],
  )
  const store = () => {
    setTried(true)
    if (!mistake) save.mutate({ key, form, revision: draft.revision })
  }
  return (
    <article className="tag-page">
      <header className="tag-head">
        {tag ? (
          inForce ? (
            <Link to="/tags/$key" params={{ key: tag }} search={{ programme }}>
              {t('backToTag')}
            </Link>
          ) : (
            <Link to="/draft" search={{ programme }}>
              {t('backToDraft')}
            </Link>
          )
        ) : (
          <Link to="/tags" search={{ programme, kind: segment ? 'segment' : undefined }}>{t('backToTags')}</Link>
        )}
        <h1>
          {tag ? t(segment ? 'editingSegment' : 'editing', { name: say(form.name) || tag }) : t(segment ? 'newSegment' : 'newTag')} {tag && <code className="note">{tag}</code>}
        </h1>
        <Stands draft={draft} dirty={dirty} />
        <span className="tags-acts">
          {tag && <Remove programme={programme} tag={tag} segment={segment} draft={draft} onRemoved={onRemoved} />}
          {draft.exists && (
            <Link to="/draft" search={{ programme }} className="ant-btn ant-btn-default button-link">
              {t('toPreview')}
            </Link>
          )}
          <Button type="primary" loading={save.isPending} disabled={!dirty} onClick={store}>
            {t('saveDraft')}
          </Button>
        </span>
      </header>
      {draft.stale && <Alert type="warning" showIcon title={t('staleTitle')} description={t('staleBody')} />}
      {save.error && <SaveError error={save.error} programme={programme} onAgain={store} />}
      <div className="tag-cols">
        <div className="tag-main">
          <Form form={form} onForm={setForm} tagKey={key} onKey={tag === undefined ? setKey : undefined} programme={programme} draft={readable} groups={groups} mistake={tried ? mistake : undefined} />
        </div>
        <aside className="tag-side tag-side-stick">
          <section className="panel box" aria-label={t('tryOne')}>
            <h2>{t('tryOne')}</h2>
            <TryOne asked={asked} />
          </section>
          <section className="panel box" aria-label={t('everyone')}>
            <h2>{t('everyone')}</h2>
            <CountAll asked={asked} compare={inForce ? tag : undefined} blocked={hasQuestion(asked) ? undefined : t('ruleFirst')} />
          </section>
        </aside>
      </div>
      <LeaveGuard dirty={() => dirty} />
    </article>
  )
}

function Stands({ draft, dirty }: { draft: Draft; dirty: boolean }) {
  const t = useWords()
  const moment = useMoment()
  return (
    <div className="tag-facts" role="status">
      <span className="badge">{t('draftOf', { n: draft.base })}</span>
      {dirty ? <b>{t('unsaved')}</b> : draft.exists && draft.at ? <span>{t('savedAt', { at: formatAt(new Date(draft.at), moment), by: draft.by?.name ?? '' })}</span> : <span>{t('sameAsNow')}</span>}
    </div>
  )
}

function useSave(programme: string, onDone: (key: string, stored: TagForm) => void) {
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const t = useWords()
  return useMutation({
    mutationFn: ({ key, form, revision }: { key: string; form: TagForm; revision: number }) => saveTag(programme, key, form, revision),
    onSuccess: (draft, { key, form }) => {
      client.setQueryData(draftQuery(programme).queryKey, draft)
      void message.success(t('saved'), 6)
      // What was typed while it was under way is still unsaved.
      onDone(key, form)
    },
  })
}

/** Somebody else may have written the draft meanwhile; what was typed here stays, and may be laid over theirs. */
function SaveError({ error, programme, onAgain }: { error: Error; programme: string; onAgain: () => void }) {
  const t = useWords()
  const client = useQueryClient()
  const moved = error instanceof ApiError && (error.status === 412 || error.status === 409)
  if (!moved) return <ErrorBox error={error} onRetry={onAgain} />
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      title={t('movedTitle')}
      description={t('movedBody')}
      action={<Button onClick={() => void client.refetchQueries({ queryKey: draftQuery(programme).queryKey })}>{t('readDraft')}</Button>}
    />
  )
}

function Remove({ programme, tag, segment, draft, onRemoved }: { programme: string; tag: string; segment: boolean; draft: Draft; onRemoved: () => void }) {
  const t = useWords()
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const remove = useMutation({
    mutationFn: () => removeTag(programme, tag, draft.revision),
    onSuccess: (next) => {
      client.setQueryData(draftQuery(programme).queryKey, next)
      setOpen(false)
      onRemoved()
    },
  })
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t(segment ? 'removeSegment' : 'removeTag')}</Button>
      <Modal open={open} title={t(segment ? 'removeSegmentTitle' : 'removeTitle')} okText={t(segment ? 'removeSegment' : 'removeTag')} okButtonProps={{ danger: true, loading: remove.isPending }} onOk={() => remove.mutate()} onCancel={() => setOpen(false)}>
        <p>{t(segment ? 'removeSegmentBody' : 'removeBody')}</p>
        {remove.error && <ErrorBox error={remove.error} />}
      </Modal>
    </>
  )
}
