import { Button, Input, Segmented } from 'antd'
import { useEffect, useRef, useState } from 'react'
import type { CodeForm, TagForm } from '../../../../client/rules'
import { useSay } from '../../../../ui/i18n'
import { Both, Line, type Mistake } from './fields'
import { RuleField } from './RuleField'
import { useWords } from './strings'

interface Props {
  form: TagForm
  onForm: (form: TagForm) => void
  programme: string
  draft: boolean
  wrong: (...which: Mistake[]) => string | undefined
}

const fresh: CodeForm = { key: '', name: { zh: '', en: '' }, when: '' }

/** CodeFields writes the codes of a tag: in order, each with a condition, or with one expression that gives them all. */
export function CodeFields({ form, onForm, programme, draft, wrong }: Props) {
  const t = useWords()
  const say = useSay()
  const codes = form.codes ?? []
  const [byOne, setByOne] = useState(form.code !== undefined)
  const [said, setSaid] = useState('')
  const [focus, setFocus] = useState<string>()
  const box = useRef<HTMLDivElement>(null)
  // What the other way needs is kept, so that looking at it loses nothing.
  const other = useRef<{ code?: string; whens: (string | undefined)[] }>({ whens: [] })
  useEffect(() => {
    if (!focus) return
    const goal = box.current?.querySelector<HTMLElement>(`[data-focus="${focus}"]`)
    goal?.focus()
    setFocus(undefined)
  }, [focus])
  const put = (next: CodeForm[], more: Partial<TagForm> = {}) => onForm({ ...form, ...more, codes: next })
  const nameOf = (code: CodeForm, i: number) => say(code.name) || code.key || t('codeNth', { n: i + 1 })
  const change = (i: number, what: Partial<CodeForm>) => put(codes.map((one, k) => (k === i ? { ...one, ...what } : one)))
  const move = (from: number, to: number) => {
    const next = [...codes]
    const [one] = next.splice(from, 1)
    if (!one) return
    next.splice(to, 0, one)
    put(next)
    setSaid(t('codeMoved', { name: nameOf(one, from), n: to + 1 }))
    // The button that was pressed goes with its code; at an end it is shut, and its fellow takes over.
    setFocus(to === 0 ? `down-${to}` : to === codes.length - 1 ? `up-${to}` : `${to < from ? 'up' : 'down'}-${to}`)
  }
  const drop = (i: number) => {
    const one = codes[i]
    if (!one) return
    put(codes.filter((_, k) => k !== i))
    setSaid(t('codeDropped', { name: nameOf(one, i) }))
    setFocus(codes.length > 1 ? `key-${Math.min(i, codes.length - 2)}` : 'add')
  }
  const switchTo = (one: boolean) => {
    setByOne(one)
    const was = other.current
    other.current = { code: form.code, whens: codes.map(({ when }) => when) }
    if (one) put(codes.map(({ when: _, ...code }) => code), { code: was.code ?? '' })
    else put(codes.map((code, i) => ({ ...code, when: was.whens[i] ?? '' })), { code: undefined })
  }
  return (
    <div className="codes" ref={box}>
      <Segmented
        aria-label={t('codesHow')}
        value={byOne ? 'one' : 'each'}
        onChange={(next) => switchTo(next === 'one')}
        options={[
          { value: 'each', label: t('codesEach') },
          { value: 'one', label: t('codesOne') },
        ]}
      />
      <p className="note">{t(byOne ? 'codesOneHint' : 'codesEachHint')}</p>
      {byOne && (
        <RuleField label={t('f_code')} hint={t('f_codeHint')} value={form.code ?? ''} onChange={(code) => onForm({ ...form, code })} kind="text" programme={programme} draft={draft} placeholder='trait("treatment")' />
      )}
      <ol className="codes-edit">
        {codes.map((code, i) => (
          <li key={i}>
            <fieldset>
              <legend>
                {t('codeNth', { n: i + 1 })}
                {t('colon')}
                {say(code.name) || code.key || t('codeNew')}
              </legend>
              <div className="codes-acts">
                <Button size="small" data-focus={`up-${i}`} disabled={i === 0} aria-label={t('codeUpOf', { name: nameOf(code, i) })} onClick={() => move(i, i - 1)}>
                  {t('codeUp')}
                </Button>
                <Button size="small" data-focus={`down-${i}`} disabled={i === codes.length - 1} aria-label={t('codeDownOf', { name: nameOf(code, i) })} onClick={() => move(i, i + 1)}>
                  {t('codeDown')}
                </Button>
                <Button size="small" danger aria-label={t('codeDropOf', { name: nameOf(code, i) })} onClick={() => drop(i)}>
                  {t('codeDrop')}
                </Button>
              </div>
              <Line label={t('f_codeKey')} hint={i === 0 ? t('f_codeKeyHint') : undefined}>
                <Input className="short" data-focus={`key-${i}`} value={code.key} aria-label={t('codeField', { name: nameOf(code, i), what: t('f_codeKey') })} onChange={(event) => change(i, { key: event.target.value.trim() })} />
              </Line>
              <Both label={t('f_name')} spoken={t('codeField', { name: nameOf(code, i), what: t('f_name') })} value={code.name} onValue={(name) => change(i, { name })} />
              {!byOne && <RuleField label={t('codeWhen', { name: nameOf(code, i) })} value={code.when ?? ''} onChange={(when) => change(i, { when })} kind="bool" programme={programme} draft={draft} />}
            </fieldset>
          </li>
        ))}
      </ol>
      {wrong('codes') && (
        <p className="wrong" role="alert">
          {wrong('codes')}
        </p>
      )}
      <div className="row">
        <Button
          data-focus="add"
          onClick={() => {
            put([...codes, byOne ? { key: '', name: fresh.name } : fresh])
            setFocus(`key-${codes.length}`)
          }}
        >
          {t('codeAdd')}
        </Button>
      </div>
      <p className="visually-hidden" role="status">
        {said}
      </p>
    </div>
  )
}

/** wrongCode is the first thing that is wrong with the codes of a form, in words of their own order. */
export function wrongCode({ code, codes }: TagForm): { at: number; what: 'none' | 'key' | 'twice' | 'name' | 'when' | 'one' } | undefined {
  if (!codes) return undefined
  if (codes.length === 0) return { at: 0, what: 'none' }
  if (code !== undefined && !code.trim()) return { at: 0, what: 'one' }
  for (const [i, one] of codes.entries()) {
    if (!/^[a-z][a-z0-9_-]{0,63}$/.test(one.key)) return { at: i, what: 'key' }
    if (codes.findIndex(({ key }) => key === one.key) < i) return { at: i, what: 'twice' }
    if (!one.name.zh.trim() || !one.name.en.trim()) return { at: i, what: 'name' }
    if (code === undefined && !one.when?.trim()) return { at: i, what: 'when' }
  }
  return undefined
}
