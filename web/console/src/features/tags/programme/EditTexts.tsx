import { useQuery } from '@tanstack/react-query'
import { Button, Input, Radio, Select } from 'antd'
import { useMemo, useState } from 'react'
import type { TextForm, TextView } from '../../../../../client/programmes'
import type { Draft } from '../../../../../client/rules'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { Both, Line } from '../fields'
import { useUnsaved } from '../Unsaved'
import { ApprovalFields } from './EditNumbers'
import { longSentences } from './longSentences'
import { dropText, saveText, textQuery, textsQuery } from './programmes'
import { useSave } from './useSave'
import { useWords } from './words'

interface Props {
  draft: Draft
  editor: boolean
  open?: string
  onOpen: (key: string | undefined) => void
}

/** EditTexts are the texts of a draft: a list, and the one that is open in both languages side by side. */
export function EditTexts({ draft, editor, open, onOpen }: Props) {
  const t = useWords()
  const say = useSay()
  const texts = useQuery(textsQuery(draft.programme))
  const [q, setQ] = useState('')
  const [fresh, setFresh] = useState('')
  if (texts.error) return <ErrorBox error={texts.error} onRetry={() => void texts.refetch()} />
  if (!texts.data) return <Skeleton lines={10} />
  const { items, purposes, longest } = texts.data
  const shown = items.filter((one) => [one.key, one.title.zh, one.title.en].some((word) => word.toLowerCase().includes(q.toLowerCase())))
  return (
    <div className="split">
      <section className="panel box" aria-label={t('s_texts')}>
        <Input value={q} allowClear placeholder={t('findText')} aria-label={t('findText')} onChange={(event) => setQ(event.target.value)} />
        <ul className="file-list">
          {shown.map((one) => (
            <li key={one.key}>
              <button type="button" className={one.key === open ? 'link here' : 'link'} aria-current={one.key === open || undefined} onClick={() => onOpen(one.key)}>
                {say(one.title) || one.key}
              </button>{' '}
              <span className="note">
                {[t(`k_${one.kind as 'message'}`), one.state !== 'same' && t(`f_${one.state}`), one.long > 0 && t('longShort', { n: one.long }), one.broken && t('broken')].filter(Boolean).join(' · ')}
              </span>
            </li>
          ))}
        </ul>
        {editor && (
          <div className="row">
            <Input className="short" value={fresh} maxLength={40} placeholder={t('newTextKey')} aria-label={t('newTextKey')} onChange={(event) => setFresh(event.target.value)} />
            <Button disabled={!/^[a-z][a-z0-9_-]*$/.test(fresh) || items.some(({ key }) => key === fresh)} onClick={() => onOpen(fresh)}>
              {t('addText')}
            </Button>
          </div>
        )}
      </section>
      {open ? <One key={open} draft={draft} editor={editor} text={open} known={items.some(({ key }) => key === open)} purposes={purposes} longest={longest} onClose={() => onOpen(undefined)} /> : <p className="panel box unknown">{t('chooseText')}</p>}
    </div>
  )
}

const empty: TextForm = { kind: 'message', version: '1', approval: { sample: true }, title: { zh: '', en: '' }, body: { zh: '', en: '' } }

interface OfText {
  draft: Draft
  editor: boolean
  text: string
  /** What a consent text may be about, and how long a sentence may be: a text that is not there yet needs them too. */
  purposes: readonly string[]
  longest: number
  onClose: () => void
}

function One({ known, ...of }: OfText & { known: boolean }) {
  const { draft, text } = of
  const read = useQuery({ ...textQuery(draft.programme, text), enabled: known })
  if (known && read.error) return <ErrorBox error={read.error} onRetry={() => void read.refetch()} />
  if (known && !read.data) return <Skeleton lines={10} />
  return <Fields {...of} start={read.data} />
}

function Fields({ draft, editor, text, purposes, longest, start, onClose }: OfText & { start?: TextView }) {
  const t = useWords()
  const say = useSay()
  const [form, setForm] = useState<TextForm>(() => (start ? formOf(start) : empty))
  const [last, setLast] = useState<TextForm | undefined>(() => start && formOf(start))
  const save = useSave(draft.programme, (value: TextForm, revision) => saveText(draft.programme, text, value, revision), setLast)
  const drop = useSave(draft.programme, (_: null, revision) => dropText(draft.programme, text, revision), () => {
    forget()
    onClose()
  })
  const forPeople = form.kind === 'message' || form.kind === 'card'
  const long = useMemo(() => (forPeople ? longSentences(form.body.zh, longest) : []), [form.body.zh, forPeople, longest])
  // Texts have nothing to fill in: {name} would be read by the person as it stands. The server refuses to publish it.
  const slots = useMemo(() => [...new Set([...`${form.body.zh}\n${form.body.en}\n${form.title.zh}\n${form.title.en}`.matchAll(/\{[^{}\n]*\}/g)].map(([slot]) => slot))], [form.body, form.title])
  const same = JSON.stringify(form) === JSON.stringify(last)
  const forget = useUnsaved(!same && (last !== undefined || JSON.stringify(form) !== JSON.stringify(empty)))
  return (
    <section className="panel box" aria-label={say(form.title) || text}>
      <h2>
        {say(form.title) || text} <code className="note">{start?.file ?? `content/${text}.md`}</code>
      </h2>
      <fieldset disabled={!editor} className="plain-set">
        <Line label={t('textKind')}>
          <Radio.Group aria-label={t('textKind')} value={form.kind} onChange={(event) => setForm({ ...form, kind: event.target.value as TextForm['kind'] })}>
            {(['message', 'card', 'greeting', 'script', 'consent'] as const).map((kind) => (
              <Radio key={kind} value={kind}>
                {t(`k_${kind}`)}
              </Radio>
            ))}
          </Radio.Group>
        </Line>
        <Both label={t('titleWord')} value={form.title} onValue={(title) => setForm({ ...form, title })} />
        <Line label={t('bodyWord')} hint={forPeople ? t('bodyHint', { n: longest }) : undefined}>
          <div className="pair">
            {(['zh', 'en'] as const).map((language) => (
              <Input.TextArea key={language} lang={language === 'zh' ? 'zh-CN' : 'en'} aria-label={`${t('bodyWord')} ${t(language)}`} value={form.body[language]} autoSize={{ minRows: 8, maxRows: 24 }} onChange={(event) => setForm({ ...form, body: { ...form.body, [language]: event.target.value } })} />
            ))}
          </div>
          {slots.length > 0 && (
            <p className="wrong" role="alert">
              {t('noSlots', { slots: slots.join(' ') })}
            </p>
          )}
          {long.length > 0 && (
            <ul className="problems" aria-live="polite">
              {long.map(({ sentence, n }) => (
                <li key={sentence}>
                  <b>{t('tooLong', { n })}</b> {sentence}
                </li>
              ))}
            </ul>
          )}
        </Line>
        {form.kind === 'card' && <Answers form={form} onForm={setForm} />}
        {form.kind === 'consent' && (
          <>
            <Line label={t('purpose')}>
              <Select className="short" aria-label={t('purpose')} value={form.purpose} onChange={(purpose) => setForm({ ...form, purpose })} options={purposes.map((value) => ({ value }))} />
            </Line>
            <Both label={t('necessity')} long value={form.necessity ?? { zh: '', en: '' }} onValue={(necessity) => setForm({ ...form, necessity })} />
            <Both label={t('impact')} long value={form.impact ?? { zh: '', en: '' }} onValue={(impact) => setForm({ ...form, impact })} />
          </>
        )}
        <div className="row">
          <label>
            {t('gravity')}{' '}
            <Select aria-label={t('gravity')} value={form.gravity ?? 0} onChange={(gravity) => setForm({ ...form, gravity })} options={[0, 1, 2, 3].map((value) => ({ value, label: t(`g_${value as 0}`) }))} />
          </label>
          <label>
            {t('textVersion')} <Input className="unit" value={form.version} maxLength={20} onChange={(event) => setForm({ ...form, version: event.target.value })} />
          </label>
        </div>
        <ApprovalFields value={form.approval} onValue={(approval) => setForm({ ...form, approval })} />
        {start && !start.approval.sample && <p className="note">{t('losesApproval')}</p>}
      </fieldset>
      {(save.error ?? drop.error) && <ErrorBox error={save.error ?? drop.error} />}
      {editor && (
        <div className="row">
          <Button type="primary" disabled={same} loading={save.isPending} onClick={() => save.mutate(form)}>
            {t('save')}
          </Button>
          {save.isSuccess && same && <span role="status">{t('saved')}</span>}
          {start && (
            <Button danger loading={drop.isPending} onClick={() => drop.mutate(null)}>
              {t('takeOut')}
            </Button>
          )}
        </div>
      )}
    </section>
  )
}

function Answers({ form, onForm }: { form: TextForm; onForm: (form: TextForm) => void }) {
  const t = useWords()
  const all = form.answers ?? []
  const put = (at: number, next: { key: string; text: { zh: string; en: string } }) => onForm({ ...form, answers: all.map((one, i) => (i === at ? next : one)) })
  return (
    <Line label={t('answers')} hint={t('answersHint')}>
      {all.map((answer, i) => (
        <div key={i} className="answer-row">
          <Input aria-label={t('keyWord')} value={answer.key} maxLength={40} onChange={(event) => put(i, { ...answer, key: event.target.value })} />
          <Input aria-label={`${t('answers')} ${t('zh')}`} value={answer.text.zh} onChange={(event) => put(i, { ...answer, text: { ...answer.text, zh: event.target.value } })} />
          <Input aria-label={`${t('answers')} ${t('en')}`} value={answer.text.en} onChange={(event) => put(i, { ...answer, text: { ...answer.text, en: event.target.value } })} />
          <Button onClick={() => onForm({ ...form, answers: all.filter((_, at) => at !== i) })}>{t('takeOut')}</Button>
        </div>
      ))}
      <Button className="fit" onClick={() => onForm({ ...form, answers: [...all, { key: '', text: { zh: '', en: '' } }] })}>
        {t('addAnswer')}
      </Button>
    </Line>
  )
}

const formOf = ({ key: _key, file: _file, part: _part, long: _long, longest: _longest, was: _was, purposes: _purposes, ...form }: TextView): TextForm => form
