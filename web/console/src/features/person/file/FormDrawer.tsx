import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Checkbox, Drawer, Input, Radio, Select } from 'antd'
import { useId, useState } from 'react'
import type { Said } from '../../../../../client/file'
import { answersOf, asks, type Draft, draftOf, type Filling, type Form, type FormItem, isAnswered } from '../../../../../client/forms'
import { ApiError } from '../../../../../client/http'
import { useLanguage, useSay } from '../../../../../ui/i18n'
import { useKeep } from '../../../layout/keep'
import { fillIn, sender } from './file'
import { useWords } from './sentences'
import { Trouble } from './Trouble'

interface Props {
  person: string
  form: Form
  /** The answers to put right; absent: a new set. */
  filling?: Filling
  onClose: () => void
}

const sayers = ['person', 'family', 'staff'] as const
const ways = ['call', 'visit', 'message', 'paper'] as const

/** FormDrawer fills a questionnaire in for the person, with who answered and how; the server judges. */
export function FormDrawer({ person, form, filling, onClose }: Props) {
  const t = useWords()
  const say = useSay()
  const language = useLanguage()
  const id = useId()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [send] = useState(sender)
  const [draft, setDraft] = useState<Draft>(() => draftOf(filling))
  const [said, setSaid] = useState<Said>(filling?.said ?? { by: 'person', how: 'call' })
  const [reason, setReason] = useState('')
  const [wrong, setWrong] = useState<Partial<Record<string, string>>>({})
  const typed = JSON.stringify([draft, said, reason])
  const [clean] = useState(typed)
  const cancel = useKeep(() => typed !== clean, onClose)
  const save = useMutation({
    mutationFn: () => {
      const body = { version: form.version, answers: answersOf(form.items, draft).answers, said: { by: said.by, how: said.how, name: said.name?.trim() || undefined }, reason: reason.trim() || undefined }
      return fillIn(send, person, form.key, body, filling?.id)
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['person', person] })
      void message.success(t('answered'), 6)
      onClose()
    },
    onError: (error) => {
      const item = error instanceof ApiError ? /^body\.answers\.(.+)$/.exec(error.problem.field ?? '')?.[1] : undefined
      if (item && error instanceof ApiError) setWrong({ [item]: [say(error.problem.text), say(error.problem.hintText)].filter(Boolean).join(language === 'zh' ? '。' : '. ') })
    },
  })
  const submit = () => {
    const next: Partial<Record<string, string>> = {}
    for (const one of form.items) if (asks(one) && one.required && !isAnswered(one, draft)) next[one.key] = t('mustAnswer')
    for (const key of answersOf(form.items, draft).wrong) next[key] = t('badNumber')
    if (filling && reason.trim() === '') next['#reason'] = t('reasonFirst')
    setWrong(next)
    if (Object.keys(next).length === 0 && !save.isPending) save.mutate()
  }
  return (
    <Drawer open onClose={cancel} title={t(filling ? 'fillFix' : 'fillTitle', { name: say(form.name) })} size={520}>
      <form
        className="file-form"
        aria-label={say(form.name)}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        {form.items.map((one) =>
          asks(one) ? (
            <Asked key={one.key} item={one} draft={draft} wrong={wrong[one.key]} onDraft={setDraft} />
          ) : (
            <p key={one.key} className={one.type === 'group' ? 'form-group' : 'note'}>
              {say(one.text)}
            </p>
          ),
        )}
        <div className="file-pair">
          <div className="field">
            <label htmlFor={`${id}-by`}>{t('whoSaid')}</label>
            <Select id={`${id}-by`} value={said.by} onChange={(by) => setSaid({ ...said, by })} options={sayers.map((one) => ({ value: one, label: t(`by_${one}`) }))} />
          </div>
          <div className="field">
            <label htmlFor={`${id}-how`}>{t('how')}</label>
            <Select id={`${id}-how`} value={said.how || undefined} onChange={(how) => setSaid({ ...said, how })} options={ways.map((one) => ({ value: one, label: t(`how_${one}`) }))} />
          </div>
        </div>
        {said.by === 'family' && (
          <div className="field">
            <label htmlFor={`${id}-name`}>{t('whoName')}</label>
            <Input id={`${id}-name`} value={said.name ?? ''} maxLength={60} onChange={(event) => setSaid({ ...said, name: event.target.value })} />
          </div>
        )}
        {filling && (
          <div className="field">
            <label htmlFor={`${id}-why`}>
              {t('why')}
              <span className="file-must"> *</span>
            </label>
            <Input id={`${id}-why`} value={reason} maxLength={300} status={wrong['#reason'] ? 'error' : undefined} onChange={(event) => setReason(event.target.value)} />
            <p className="note">{t('whyHint')}</p>
            {wrong['#reason'] && (
              <p className="field-error" role="alert">
                {wrong['#reason']}
              </p>
            )}
          </div>
        )}
        <Trouble
          error={save.error}
          onLatest={() => {
            void client.invalidateQueries({ queryKey: ['person', person] })
            onClose()
          }}
        />
        <div className="file-save">
          <Button onClick={cancel}>{t('cancel')}</Button>
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Drawer>
  )
}

function Asked({ item, draft, wrong, onDraft }: { item: FormItem; draft: Draft; wrong?: string; onDraft: (draft: Draft) => void }) {
  const t = useWords()
  const say = useSay()
  const id = useId()
  const held = draft[item.key]
  const options = item.options.map((one) => ({ value: one.key, label: say(one.text) }))
  const set = (value: { codes?: string[]; text?: string }) => onDraft({ ...draft, [item.key]: value })
  const hint = [item.repeats && t('several'), !item.required && t('optional')].filter(Boolean).join(' · ')
  return (
    <div className="field" role="group" aria-labelledby={id}>
      <span id={id} className="form-question">
        {say(item.text)}
        {item.required && <span className="file-must"> *</span>} {hint && <span className="note">{hint}</span>}
      </span>
      {item.options.length > 0 && item.repeats ? (
        <Checkbox.Group className="form-options" value={held?.codes ?? []} options={options} onChange={(codes) => set({ codes: codes.map(String) })} />
      ) : item.options.length > 0 ? (
        <Radio.Group className="form-options" value={held?.codes?.[0]} options={options} onChange={(event) => set({ codes: [String(event.target.value)] })} />
      ) : item.type === 'text' ? (
        <Input.TextArea aria-labelledby={id} autoSize={{ minRows: 2, maxRows: 6 }} maxLength={500} value={held?.text ?? ''} onChange={(event) => set({ text: event.target.value })} />
      ) : (
        <Input
          aria-labelledby={id}
          type={item.type === 'date' ? 'date' : 'text'}
          inputMode={item.type === 'integer' || item.type === 'decimal' ? 'decimal' : undefined}
          maxLength={120}
          status={wrong ? 'error' : undefined}
          value={held?.text ?? ''}
          onChange={(event) => set({ text: event.target.value })}
        />
      )}
      {wrong && (
        <p className="field-error" role="alert">
          {wrong}
        </p>
      )}
    </div>
  )
}
