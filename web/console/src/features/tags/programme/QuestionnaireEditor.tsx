import { Link } from '@tanstack/react-router'
import { Button, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import type { Choice, QuestionForm, QuestionnaireForm, QuestionnaireView } from '../../../../../client/programmes'
import type { Draft } from '../../../../../client/rules'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox } from '../../../../../ui/states'
import { Both, Line } from '../fields'
import { useUnsaved } from '../Unsaved'
import { PhonePreview } from './PhonePreview'
import { dropForm, saveForm } from './programmes'
import { asks, points, QuestionFields } from './QuestionFields'
import { useSave } from './useSave'
import { Said, useTry } from './useTry'
import { useWords } from './words'

const empty: QuestionnaireForm = { name: { zh: '', en: '' }, version: '1', status: 'draft', copyright: '', items: [] }

interface Props {
  draft: Draft
  editor: boolean
  form: string
  scales: readonly Choice[]
  /** Undefined: one that is not there yet. */
  start?: QuestionnaireView
  onClose: () => void
}

/** QuestionnaireEditor writes one questionnaire: its head, its questions in their order, and beside them the phone. */
export function QuestionnaireEditor({ draft, editor, form: key, scales, start, onClose }: Props) {
  const t = useWords()
  const say = useSay()
  const [form, setForm] = useState<QuestionnaireForm>(() => (start ? formOf(start) : empty))
  const [last, setLast] = useState<QuestionnaireForm | undefined>(() => start && formOf(start))
  const [at, setAt] = useState<number>()
  const set = (change: Partial<QuestionnaireForm>) => setForm({ ...form, ...change })
  const dirty = JSON.stringify(form) !== JSON.stringify(last ?? empty)
  const forget = useUnsaved(dirty)
  const tried = useTry(draft, `forms/${encodeURIComponent(key)}`, form, editor && dirty)
  const save = useSave(draft.programme, (value: QuestionnaireForm, revision) => saveForm(draft.programme, key, value, revision), setLast)
  const drop = useSave(draft.programme, (_: null, revision) => dropForm(draft.programme, key, revision), () => {
    forget()
    onClose()
  })
  const most = points(form.items)
  return (
    <div className="form-edit">
      <section className="panel box" aria-label={say(form.name) || key}>
        <h2>
          {say(form.name) || key} <code className="note">{start?.file ?? `forms/${key}.json`}</code>
        </h2>
        {start?.part && <p className="note">{t('partSetting', { part: start.part })}</p>}
        <fieldset disabled={!editor} className="plain-set">
          <Both label={t('nameWord')} value={form.name} onValue={(name) => set({ name })} />
          <div className="pair">
            <Line label={t('formStatus')}>
              <Select aria-label={t('formStatus')} value={form.status} disabled={!editor} onChange={(status) => set({ status })} options={(['draft', 'active', 'retired'] as const).map((value) => ({ value, label: t(`fs_${value}`) }))} />
            </Line>
            <Line label={t('textVersion')} hint={t('formVersionHint')}>
              <Input value={form.version} maxLength={20} aria-label={t('textVersion')} onChange={(event) => set({ version: event.target.value })} />
            </Line>
          </div>
          <div className="pair">
            <Line label={t('formEvery')} hint={t('formEveryHint')}>
              <span className="amount">
                <InputNumber min={1} max={3660} precision={0} disabled={!editor} value={form.every ?? null} aria-label={t('formEvery')} onChange={(every) => set({ every: every ?? undefined })} />
                <span className="note">{t('daysUnit')}</span>
              </span>
            </Line>
            <Line label={t('formScale')} hint={most.max > 0 ? t('formPoints', { min: most.min, max: most.max }) : t('formNoPoints')}>
              <Select aria-label={t('formScale')} value={form.scale ?? ''} disabled={!editor} popupMatchSelectWidth={false} onChange={(scale) => set({ scale: scale || undefined })} options={[{ value: '', label: t('noScale') }, ...scales.map((one) => ({ value: one.key, label: say(one.text) || one.key }))]} />
            </Line>
          </div>
          <Line label={t('formRight')} hint={t('formRightHint')}>
            <Input.TextArea value={form.copyright} maxLength={600} autoSize={{ minRows: 1, maxRows: 4 }} aria-label={t('formRight')} onChange={(event) => set({ copyright: event.target.value })} />
          </Line>
        </fieldset>
        <Questions items={form.items} editor={editor} at={at} onAt={setAt} onItems={(items) => set({ items })} />
        <Said tried={tried} />
        {(save.error ?? drop.error) && <ErrorBox error={save.error ?? drop.error} />}
        <div className="row">
          {editor && (
            <Button type="primary" disabled={!dirty} loading={save.isPending} onClick={() => save.mutate(form)}>
              {t('save')}
            </Button>
          )}
          {editor && dirty && <Button onClick={() => setForm(last ?? empty)}>{t('undo')}</Button>}
          {save.isSuccess && !dirty && <span role="status">{t('saved')}</span>}
          {start && (
            <Link to="/programmes/$key/edit" params={{ key: draft.programme }} search={{ part: 'files', file: start.file }}>
              {t('asText')}
            </Link>
          )}
          {editor && start && !start.part && (
            <Button danger loading={drop.isPending} onClick={() => drop.mutate(null)}>
              {t('takeOut')}
            </Button>
          )}
        </div>
      </section>
      <PhonePreview name={form.name} items={form.items} at={at} onAt={setAt} />
    </div>
  )
}

/** freshKey is a key for what is new, the first that is free. */
function freshKey(stem: string, taken: readonly string[]): string {
  let n = taken.length + 1
  while (taken.includes(`${stem}${n}`)) n++
  return `${stem}${n}`
}

function Questions({ items, editor, at, onAt, onItems }: { items: QuestionForm[]; editor: boolean; at?: number; onAt: (at: number | undefined) => void; onItems: (items: QuestionForm[]) => void }) {
  const t = useWords()
  const say = useSay()
  const [begun] = useState(() => new Set(items.map(({ key }) => key)))
  const move = (from: number, by: number) => {
    const next = [...items]
    const [one] = next.splice(from, 1)
    if (one) next.splice(from + by, 0, one)
    onItems(next)
    onAt(at === from ? from + by : at === from + by ? from : at)
  }
  const add = (one: QuestionForm) => {
    onItems([...items, one])
    onAt(items.length)
  }
  const keys = items.map(({ key }) => key)
  let n = 0
  return (
    <div className="questions">
      <h3>{t('questionsWord')}</h3>
      {items.length === 0 && <p className="unknown">{t('noQuestions')}</p>}
      <ol className="question-rows">
        {items.map((item, i) => {
          const name = say(item.text) || item.key
          return (
            <li key={i} className={at === i ? 'question-row open' : 'question-row'}>
              <div className="rung">
                <button type="button" className="link question-name" aria-expanded={at === i} onClick={() => onAt(at === i ? undefined : i)}>
                  {asks(item) && `${++n}. `}
                  {name}
                </button>
                <span className="note">{[t(`q_${item.type}`), item.required && t('requiredShort'), item.options && t('nAnswers', { n: item.options.length })].filter(Boolean).join(' · ')}</span>
                {editor && (
                  <span className="row">
                    <Button size="small" disabled={i === 0} aria-label={t('upOf', { name })} onClick={() => move(i, -1)}>
                      {t('up')}
                    </Button>
                    <Button size="small" disabled={i === items.length - 1} aria-label={t('downOf', { name })} onClick={() => move(i, 1)}>
                      {t('down')}
                    </Button>
                  </span>
                )}
              </div>
              {at === i && (
                <fieldset disabled={!editor} className="plain-set">
                  <QuestionFields
                    item={item}
                    editor={editor}
                    fresh={!begun.has(item.key)}
                    taken={keys.filter((_, other) => other !== i)}
                    onItem={(next) => onItems(items.map((one, other) => (other === i ? next : one)))}
                    onRemove={() => {
                      onItems(items.filter((_, other) => other !== i))
                      onAt(undefined)
                    }}
                  />
                </fieldset>
              )}
            </li>
          )
        })}
      </ol>
      {editor && (
        <div className="row">
          <Button onClick={() => add({ key: freshKey('q', keys), type: 'choice', text: { zh: '', en: '' }, required: true, options: [{ code: 'yes', text: { zh: '是', en: 'Yes' } }, { code: 'no', text: { zh: '否', en: 'No' } }] })}>{t('addQuestion')}</Button>
          <Button onClick={() => add({ key: freshKey('head', keys), type: 'group', text: { zh: '', en: '' } })}>{t('addHeading')}</Button>
        </div>
      )}
    </div>
  )
}

const formOf = ({ key: _key, file: _file, part: _part, ...form }: QuestionnaireView): QuestionnaireForm => form

