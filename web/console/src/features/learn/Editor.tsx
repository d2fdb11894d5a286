import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Checkbox, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import type { CourseDoc, Question } from '../../../../client/courses'
import type { Text } from '../../../../client/types'
import { ErrorBox } from '../../../../ui/states'
import { publishCourse, saveCourse } from './learn'
import { useWords } from './strings'

const roles = ['health_manager', 'pharmacist', 'doctor', 'manager', 'admin'] as const
const subjects = ['disease', 'product', 'sop'] as const

interface Props {
  course: string
  doc: CourseDoc
  revision: number
  version: number
  onClose: () => void
}

/** Editor writes the draft of a course; publishing makes a version, and results keep the version they are of. */
export function Editor({ course, doc, revision, version, onClose }: Props) {
  const t = useWords()
  const { message } = Antd.useApp()
  const client = useQueryClient()
  const [draft, setDraft] = useState(doc)
  const [saved, setSaved] = useState({ text: revision === 0 ? '' : JSON.stringify(doc), revision, version })
  const dirty = JSON.stringify(draft) !== saved.text
  const save = useMutation({
    mutationFn: () => saveCourse(course, draft, saved.revision),
    onSuccess: (page) => {
      setSaved({ ...saved, text: JSON.stringify(draft), revision: page.revision })
      void message.success(t('saved'))
      void client.invalidateQueries({ queryKey: ['courses', 'list'] })
    },
  })
  const publish = useMutation({
    mutationFn: () => publishCourse(course, saved.revision),
    onSuccess: (page) => {
      void message.success(t('published', { n: page.version }))
      void client.invalidateQueries({ queryKey: ['courses'] })
      onClose()
    },
  })
  const put = (change: Partial<CourseDoc>) => setDraft({ ...draft, ...change })
  const exam = (change: Partial<CourseDoc['exam']>) => put({ exam: { ...draft.exam, ...change } })
  const questions = draft.exam.questions
  return (
    <div className="learn-editor">
      <section className="panel learn-lesson">
        <Both name={t('f_title')} text={draft.title} onText={(title) => put({ title })} />
        <Both name={t('f_about')} text={draft.about} onText={(about) => put({ about })} />
        <div className="learn-two">
          <label className="learn-field">
            <span>{t('f_subject')}</span>
            <Select aria-label={t('f_subject')} value={draft.subject} onChange={(subject) => put({ subject })} options={subjects.map((key) => ({ value: key, label: t(`sub_${key}`) }))} />
          </label>
          <label className="learn-field">
            <span>{t('f_roles')}</span>
            <Select mode="multiple" aria-label={t('f_roles')} value={draft.roles} onChange={(list: string[]) => put({ roles: list })} options={roles.map((key) => ({ value: key, label: t(`r_${key}`) }))} />
          </label>
          <label className="learn-field">
            <span>{t('f_approval')}</span>
            <Input className="user-text" aria-label={t('f_approval')} maxLength={120} value={draft.approval ?? ''} onChange={(event) => put({ approval: event.target.value })} />
            <span className="note">{t('f_approvalHint')}</span>
          </label>
          {([['pass', 'f_pass', 1, 100], ['attempts', 'f_attempts', 0, 20], ['days', 'f_days', 0, 3650]] as const).map(([key, name, min, max]) => (
            <label key={key} className="learn-field">
              <span>{t(name)}</span>
              <InputNumber controls={false} aria-label={t(name)} min={min} max={max} value={draft.exam[key] ?? 0} onChange={(n) => exam({ [key]: n ?? min })} />
            </label>
          ))}
        </div>
      </section>
      <h2>{t('lessons')}</h2>
      {draft.lessons.map((lesson, at) => {
        const change = (next: Partial<typeof lesson>) => put({ lessons: draft.lessons.map((one, i) => (i === at ? { ...one, ...next } : one)) })
        return (
          <section key={at} className="panel learn-lesson" aria-label={t('lessonN', { n: at + 1 })}>
            <Both name={t('f_title')} text={lesson.title} onText={(title) => change({ title })} />
            <Both name={t('body')} text={lesson.body} long onText={(body) => change({ body })} />
            <div>
              <Button size="small" onClick={() => put({ lessons: draft.lessons.filter((_, i) => i !== at) })}>
                {t('remove')}
              </Button>
            </div>
          </section>
        )
      })}
      <div>
        <Button onClick={() => put({ lessons: [...draft.lessons, { title: { zh: '', en: '' }, body: { zh: '', en: '' } }] })}>{t('addLesson')}</Button>
      </div>
      <h2>{t('questions')}</h2>
      {questions.map((q, at) => (
        <section key={at} className="panel learn-lesson" aria-label={t('question', { n: at + 1 })}>
          <QuestionFields q={q} onQ={(next) => exam({ questions: questions.map((one, i) => (i === at ? next : one)) })} />
          <div>
            <Button size="small" onClick={() => exam({ questions: questions.filter((_, i) => i !== at) })}>
              {t('remove')}
            </Button>
          </div>
        </section>
      ))}
      <div>
        <Button onClick={() => exam({ questions: [...questions, { kind: 'single', text: { zh: '', en: '' }, options: [{ zh: '', en: '' }, { zh: '', en: '' }], right: [0], why: { zh: '', en: '' } }] })}>{t('addQuestion')}</Button>
      </div>
      {save.error && <ErrorBox error={save.error} />}
      {publish.error && <ErrorBox error={publish.error} />}
      <div className="learn-head">
        <Button type="primary" disabled={!dirty} loading={save.isPending} onClick={() => save.mutate()}>
          {t('save')}
        </Button>
        <Button disabled={dirty || saved.revision === 0} loading={publish.isPending} onClick={() => publish.mutate()}>
          {t('publish')}
        </Button>
        {dirty && <span className="note">{t('saveFirst')}</span>}
        <button type="button" className="link" onClick={onClose}>
          {t('cancel')}
        </button>
      </div>
    </div>
  )
}

/** Both is a text in the two languages, side by side. */
function Both({ name, text, long = false, onText }: { name: string; text: Text; long?: boolean; onText: (text: Text) => void }) {
  const t = useWords()
  return (
    <div className="learn-two">
      {(['zh', 'en'] as const).map((language) => {
        const label = `${name} · ${t(language)}`
        const set = (value: string) => onText({ ...text, [language]: value })
        return (
          <label key={language} className="learn-field">
            <span>{label}</span>
            {long ? (
              <Input.TextArea className="user-text" aria-label={label} autoSize={{ minRows: 3, maxRows: 14 }} maxLength={20000} value={text[language]} onChange={(event) => set(event.target.value)} />
            ) : (
              <Input className="user-text" aria-label={label} maxLength={300} value={text[language]} onChange={(event) => set(event.target.value)} />
            )}
          </label>
        )
      })}
    </div>
  )
}

function QuestionFields({ q, onQ }: { q: Question; onQ: (q: Question) => void }) {
  const t = useWords()
  const kind = (next: Question['kind']) => onQ({ ...q, kind: next, options: next === 'boolean' ? [] : q.options.length ? q.options : [{ zh: '', en: '' }, { zh: '', en: '' }], right: [q.right[0] ?? 0] })
  const right = (at: number, on: boolean) => onQ({ ...q, right: q.kind === 'multiple' ? (on ? [...q.right, at].sort((a, b) => a - b) : q.right.filter((one) => one !== at)) : [at] })
  return (
    <>
      <Select aria-label={t('f_subject')} value={q.kind} onChange={kind} popupMatchSelectWidth={false} options={(['single', 'multiple', 'boolean'] as const).map((key) => ({ value: key, label: t(`q_${key}`) }))} />
      <Both name={t('questions')} text={q.text} onText={(text) => onQ({ ...q, text })} />
      {q.kind === 'boolean'
        ? ['isTrue', 'isFalse'].map((name, at) => (
            <Checkbox key={name} checked={q.right.includes(at)} onChange={() => right(at, true)}>
              {t(name as 'isTrue' | 'isFalse')} · {t('rightLabel')}
            </Checkbox>
          ))
        : q.options.map((option, at) => (
            <div key={at}>
              <Both name={`${t('options')} ${at + 1}`} text={option} onText={(next) => onQ({ ...q, options: q.options.map((one, i) => (i === at ? next : one)) })} />
              <Checkbox checked={q.right.includes(at)} onChange={(event) => right(at, event.target.checked)}>
                {t('rightLabel')}
              </Checkbox>
              {q.options.length > 2 && (
                <Button size="small" onClick={() => onQ({ ...q, options: q.options.filter((_, i) => i !== at), right: q.right.filter((one) => one !== at).map((one) => (one > at ? one - 1 : one)) })}>
                  {t('remove')}
                </Button>
              )}
            </div>
          ))}
      {q.kind !== 'boolean' && q.options.length < 8 && (
        <div>
          <Button size="small" onClick={() => onQ({ ...q, options: [...q.options, { zh: '', en: '' }] })}>
            {t('addOption')}
          </Button>
        </div>
      )}
      <Both name={t('why')} text={q.why} onText={(why) => onQ({ ...q, why })} />
    </>
  )
}
