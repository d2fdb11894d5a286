import { Input, Segmented, Select } from 'antd'
import { useRef, useState } from 'react'
import type { TagForm } from '../../../../client/rules'
import type { Text } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { CodeFields, wrongCode } from './CodeFields'
import { Both, Line, type Mistake, Wrong } from './fields'
import { RuleField } from './RuleField'
import { useWords } from './strings'

/** firstMistake is the first thing missing from a form, in its order; what a rule says wrong the server knows. */
export function firstMistake(form: TagForm, key: string, taken?: ReadonlySet<string>): Mistake | undefined {
  if (taken && !/^[a-z][a-z0-9_]{1,59}$/.test(key)) return 'key'
  if (taken?.has(key)) return 'key_taken'
  if (!full(form.name)) return 'name'
  if (!form.group) return 'group'
  // A segment without a rule is by hand only.
  if (form.codes ? wrongCode(form) : !form.when.trim() && !form.segment) return form.codes ? 'codes' : 'when'
  if (!full(form.plain)) return 'plain'
  if (!full(form.because)) return 'because'
  if (!form.source.trim()) return 'source'
  return undefined
}

const full = ({ zh, en }: Text) => zh.trim() !== '' && en.trim() !== ''

interface Props {
  form: TagForm
  onForm: (form: TagForm) => void
  tagKey: string
  /** Only a new tag chooses its key. */
  onKey?: (key: string) => void
  programme: string
  draft: boolean
  groups: readonly { key: string; name: Text }[]
  mistake?: Mistake
}

/** Form is everything a tag is made of: the rule first, then its words in both languages. */
export function Form({ form, onForm, tagKey, onKey, programme, draft, groups, mistake }: Props) {
  const t = useWords()
  const say = useSay()
  const [valued, setValued] = useState(Boolean(form.value))
  const set = (change: Partial<TagForm>) => onForm({ ...form, ...change })
  const wrong = (...which: Mistake[]) => (mistake && which.includes(mistake) ? (mistake === 'codes' ? sayCode(form) : t(`m_${mistake}`)) : undefined)
  const sayCode = (of: TagForm) => {
    const bad = wrongCode(of)
    const code = bad && of.codes?.[bad.at]
    return bad && t(`mc_${bad.what}`, { name: (code && (say(code.name) || code.key)) || t('codeNth', { n: (bad.at ?? 0) + 1 }) })
  }
  // The other way of deciding is kept while one looks at this one: nothing written is lost by a press.
  const other = useRef<Partial<TagForm>>({})
  const decide = (coded: boolean) => {
    const was = other.current
    other.current = { when: form.when, code: form.code, codes: form.codes }
    set(coded ? { when: '', code: was.code, codes: was.codes ?? [{ key: '', name: { zh: '', en: '' }, when: form.when }] } : { when: was.when ?? '', code: undefined, codes: undefined })
  }
  return (
    <>
      <section className="panel box" aria-label={t('rule')}>
        {!form.segment && <Segmented
          aria-label={t('decides')}
          value={form.codes ? 'codes' : 'when'}
          onChange={(next) => decide(next === 'codes')}
          options={[
            { value: 'when', label: t('decidesWhen') },
            { value: 'codes', label: t('decidesCodes') },
          ]}
        />}
        {form.codes ? <CodeFields form={form} onForm={onForm} programme={programme} draft={draft} wrong={wrong} /> : <RuleField label={t(form.segment ? 'f_whenSegment' : 'f_when')} hint={t(form.segment ? 'f_whenSegmentHint' : 'f_whenHint')} value={form.when} onChange={(when) => set({ when })} kind="bool" programme={programme} draft={draft} placeholder='events("glucose").within("7d").count() >= 4' />}
        <Wrong text={wrong('when')} />
        <RuleField label={t('f_needs')} hint={t('f_needsHint')} value={form.needs ?? ''} onChange={(needs) => set({ needs: needs || undefined })} kind="bool" programme={programme} draft={draft} />
        {form.segment ? null : valued ? (
          <>
            <RuleField label={t('f_value')} hint={t('f_valueHint')} value={form.value ?? ''} onChange={(value) => set({ value: value || undefined })} kind="number" programme={programme} draft={draft} />
            <Line label={t('f_unit')}>
              <Input className="short" value={form.unit ?? ''} aria-label={t('f_unit')} onChange={(event) => set({ unit: event.target.value || undefined })} />
            </Line>
          </>
        ) : (
          <button type="button" className="link" onClick={() => setValued(true)}>
            {t('addValue')}
          </button>
        )}
      </section>
      <section className="panel box" aria-label={t('wording')}>
        {onKey && (
          <Line label={t('f_key')} hint={t('f_keyHint')} wrong={wrong('key', 'key_taken')}>
            <Input className="short" value={tagKey} aria-label={t('f_key')} status={wrong('key', 'key_taken') && 'error'} onChange={(event) => onKey(event.target.value.trim())} />
          </Line>
        )}
        <Both label={t('f_name')} value={form.name} onValue={(name) => set({ name })} wrong={wrong('name')} />
        <div className="pair">
          <Line label={t('f_group')} wrong={wrong('group')}>
            <Select aria-label={t('f_group')} value={form.group || null} popupMatchSelectWidth={false} onChange={(group: string | null) => set({ group: group ?? '' })} options={groups.map((group) => ({ value: group.key, label: say(group.name) || group.key }))} />
          </Line>
          <Line label={t('f_private')}>
            <Select
              aria-label={t('f_private')}
              value={form.private}
              popupMatchSelectWidth={false}
              onChange={(value: string) => set({ private: value })}
              options={(['health', 'person', 'no'] as const).map((value) => ({ value, label: t(`p_${value}`) }))}
            />
          </Line>
        </div>
        <Both label={t('f_plain')} hint={t('f_plainHint')} value={form.plain} onValue={(plain) => set({ plain })} long wrong={wrong('plain')} />
        <Both label={t('f_because')} hint={t(form.codes ? 'f_becauseHintCodes' : 'f_becauseHint')} value={form.because} onValue={(because) => set({ because })} long wrong={wrong('because')} />
        <Line label={t('f_source')} hint={t('f_sourceHint')} wrong={wrong('source')}>
          <Input value={form.source} aria-label={t('f_source')} status={wrong('source') && 'error'} onChange={(event) => set({ source: event.target.value })} />
        </Line>
      </section>
    </>
  )
}
