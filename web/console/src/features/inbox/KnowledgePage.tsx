import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Checkbox, Input, Modal, Segmented } from 'antd'
import { useState } from 'react'
import type { Knowledge } from '../../../../client/conversations'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { type Entry, knowledgeQuery, saveEntry, stateEntry } from './inbox'
import { useWords } from './strings'

const kinds = ['answer', 'article', 'quick'] as const

/** KnowledgePage is what has been written once to be said many times: found, written, approved by somebody else. */
export function KnowledgePage({ q, onQ }: { q: string; onQ: (q: string) => void }) {
  const t = useWords()
  const moment = useMoment()
  const { message } = Antd.useApp()
  const client = useQueryClient()
  const [kind, setKind] = useState<(typeof kinds)[number] | ''>('')
  const [editing, setEditing] = useState<Knowledge | 'new'>()
  const list = useQuery(knowledgeQuery(q, kind || undefined, undefined))
  const state = useMutation({
    mutationFn: ({ of, to }: { of: Knowledge; to: 'approve' | 'retire' }) => stateEntry(of, to),
    onSettled: () => void client.invalidateQueries({ queryKey: ['knowledge'] }),
    onError: (error) => void message.error(error.message),
  })
  const v = list.data
  return (
    <section className="panel knowledge" aria-label={t('knowledge')}>
      <div className="knowledge-head">
        <Input.Search allowClear defaultValue={q} aria-label={t('search')} placeholder={t('search')} onSearch={(text) => onQ(text.trim())} />
        <Segmented aria-label={t('kKind')} value={kind} onChange={setKind} options={[{ value: '', label: t('kAll') }, ...kinds.map((k) => ({ value: k, label: t(k) }))]} />
        {v?.mayWrite && <Button type="primary" onClick={() => setEditing('new')}>{t('add')}</Button>}
      </div>
      {list.error && !v ? (
        <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
      ) : !v ? (
        <Skeleton lines={8} />
      ) : v.items.length === 0 ? (
        <Empty title={t(q ? 'kNoneFound' : 'kNone')}>{q ? null : t('kNoneBody')}</Empty>
      ) : (
        <ul className="knowledge-list">
          {v.items.map((one) => (
            <li key={one.id}>
              <div>
                <b>{one.title}</b> <span className="badge">{t(one.kind)}</span>{' '}
                <span className={one.state === 'approved' && !one.expired ? 'note' : 'late'}>{one.expired ? t('expired') : t(one.state)}</span>
                {one.automatic && <span className="note"> · {t('kAuto')}</span>}
                <p>{one.quote ?? one.text}</p>
                <p className="note">
                  {one.source && <>{one.source} · </>}
                  {one.approvedBy ? t('kByBoth', { writer: one.writtenBy?.name ?? '–', approver: one.approvedBy.name, at: one.approvedAt ? formatAt(new Date(one.approvedAt), moment) : '' }) : t('kBy', { writer: one.writtenBy?.name ?? '–' })}
                </p>
              </div>
              <div className="knowledge-deeds">
                {v.mayApprove && (one.state === 'draft' || one.expired) && <Button disabled={state.isPending} onClick={() => state.mutate({ of: one, to: 'approve' })}>{t('approve')}</Button>}
                {v.mayWrite && <Button onClick={() => setEditing(one)}>{t('edit')}</Button>}
                {v.mayWrite && one.state === 'approved' && <Button disabled={state.isPending} onClick={() => state.mutate({ of: one, to: 'retire' })}>{t('retire')}</Button>}
              </div>
            </li>
          ))}
        </ul>
      )}
      {editing && <EntryModal old={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />}
    </section>
  )
}

/** EntryModal writes an entry. What was approved is a draft again. */
export function EntryModal({ old, first, onClose, onSaved }: { old?: Knowledge; first?: Partial<Entry>; onClose: () => void; onSaved?: () => void }) {
  const t = useWords()
  const client = useQueryClient()
  const [entry, setEntry] = useState<Entry>({
    kind: old?.kind ?? 'answer', title: old?.title ?? '', questions: old?.questions ?? [], text: old?.text ?? '', textEn: old?.textEn, source: old?.source ?? '', gravity: old?.gravity ?? 0,
    automatic: old?.automatic ?? false, audience: old?.audience ?? [], ...first,
  })
  const [asked, setAsked] = useState(entry.questions.join('\n'))
  const set = (more: Partial<Entry>) => setEntry((was) => ({ ...was, ...more }))
  const save = useMutation({
    mutationFn: () => saveEntry({ ...entry, automatic: entry.kind === 'answer' && entry.automatic, questions: asked.split('\n').map((s) => s.trim()).filter(Boolean), textEn: entry.textEn || undefined }, old),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['knowledge'] })
      onSaved?.()
      onClose()
    },
  })
  return (
    <Modal open title={old ? t('edit') : t('add')} okText={t('save')} cancelText={t('cancel')} confirmLoading={save.isPending} onOk={() => save.mutate()} onCancel={onClose} width={640}>
      <div className="entry-form">
        <div>
          <span className="note">{t('kKind')}</span>
          <Segmented aria-label={t('kKind')} value={entry.kind} onChange={(kind) => set({ kind })} options={kinds.map((k) => ({ value: k, label: t(k) }))} />
        </div>
        <label>
          {t('kTitle')}
          <Input value={entry.title} maxLength={80} onChange={(e) => set({ title: e.target.value })} />
        </label>
        {entry.kind === 'answer' && (
          <label>
            {t('kQuestions')}
            <Input.TextArea rows={3} value={asked} onChange={(e) => setAsked(e.target.value)} />
          </label>
        )}
        <label>
          {t('kText')}
          <Input.TextArea rows={5} value={entry.text} maxLength={4000} onChange={(e) => set({ text: e.target.value })} />
        </label>
        <label>
          {t('kTextEn')}
          <Input.TextArea rows={2} value={entry.textEn} maxLength={4000} onChange={(e) => set({ textEn: e.target.value })} />
        </label>
        {entry.kind !== 'quick' && (
          <label>
            {t('kSource')}
            <Input value={entry.source} maxLength={200} onChange={(e) => set({ source: e.target.value })} />
          </label>
        )}
        {entry.kind === 'answer' && (
          <Checkbox checked={entry.automatic} onChange={(e) => set({ automatic: e.target.checked })}>
            {t('kAutomatic')} <span className="note">{t('kAutomaticHint')}</span>
          </Checkbox>
        )}
        {save.error && <p role="alert" className="talk-over">{save.error.message}</p>}
      </div>
    </Modal>
  )
}
