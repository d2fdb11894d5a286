import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { answersOf, asks, type Draft, draftOf, type Filling, type Form, isAnswered } from '../../../../client/forms'
import { ApiError, OfflineError } from '../../../../client/http'
import { useLanguage, useSay } from '../../../../ui/i18n'
import { Page } from '../../parts/Page'
import { useMe } from '../../session/Session'
import { dropDraft, keepDraft, keptDraft } from '../../session/drafts'
import { Question } from './Question'
import { formsQuery, sender, takeBack } from './query'
import { useFormWords } from './strings'

interface Props {
  form: Form
  /** The answers to put right; absent: a new set. */
  fix?: Filling
}

/** FormFill asks one question a screen, shows the whole before it is handed in, and keeps what is not handed in on the phone. */
export function FormFill({ form, fix }: Props) {
  const t = useFormWords()
  const say = useSay()
  const language = useLanguage()
  const me = useMe()
  const client = useQueryClient()
  const [send] = useState(sender)
  const questions = form.items.filter(asks)
  const [draft, setDraft] = useState<Draft>(() => keptDraft(me.id, form.key, form.version, fix?.id) ?? draftOf(fix))
  const [at, setAt] = useState(() => {
    const open = questions.findIndex((one) => !isAnswered(one, draft))
    return fix ? questions.length : Math.max(0, Object.keys(draft).length === 0 ? 0 : open < 0 ? questions.length : open)
  })
  const [wrong, setWrong] = useState<Partial<Record<string, string>>>({})
  const hand = useMutation({
    mutationFn: () => send(form.key, { version: form.version, answers: answersOf(form.items, draft).answers }, fix?.id),
    onSuccess: async () => {
      dropDraft(me.id, form.key)
      await client.invalidateQueries({ queryKey: ['me'] })
    },
    onError: (error) => {
      const item = error instanceof ApiError ? /^body\.answers\.(.+)$/.exec(error.problem.field ?? '')?.[1] : undefined
      const place = questions.findIndex((one) => one.key === item)
      if (item && place >= 0 && error instanceof ApiError) {
        setWrong({ [item]: [say(error.problem.text), say(error.problem.hintText)].filter(Boolean).join(language === 'zh' ? '。' : '. ') })
        setAt(place)
      }
    },
  })
  const change = (next: Draft) => {
    setDraft(next)
    setWrong({})
    keepDraft(me.id, form.key, { version: form.version, instead: fix?.id, draft: next })
  }
  useEffect(() => {
    void window.scrollTo?.(0, 0)
  }, [at])

  if (hand.isSuccess) return <Done filling={hand.data} form={form} />
  const question = questions[at]
  if (!question) {
    return (
      <Page title={say(form.name)} back="/forms">
        <Summary form={form} draft={draft} onFix={setAt} />
        <Refusal error={hand.error} />
        <button
          type="button"
          className="main-button"
          aria-disabled={hand.isPending}
          onClick={() => {
            if (hand.isPending) return
            const missing = questions.findIndex((one) => one.required && !isAnswered(one, draft))
            if (missing >= 0) {
              setWrong({ [questions[missing]?.key ?? '']: t('must') })
              setAt(missing)
            } else hand.mutate()
          }}
        >
          {t('save')}
        </button>
        {fix && <TakeBack form={form} filling={fix} />}
      </Page>
    )
  }
  const answered = isAnswered(question, draft)
  const next = () => {
    const bad = answersOf([question], draft).wrong.length > 0
    if (bad) setWrong({ [question.key]: t('number') })
    else if (question.required && !answered) setWrong({ [question.key]: t('must') })
    else {
      setWrong({})
      setAt(at + 1)
    }
  }
  return (
    <Page title={say(form.name)} back="/forms">
      <div className="form-progress">
        <p className="note">{t('ofAll', { i: at + 1, n: questions.length })}</p>
        <progress value={at} max={questions.length} aria-label={t('ofAll', { i: at + 1, n: questions.length })} />
      </div>
      <Before form={form} key={question.key} item={question.key} />
      <Question key={`q-${question.key}`} item={question} draft={draft} wrong={wrong[question.key]} onDraft={change} />
      <div className="pair">
        <button type="button" className="plain-button" aria-disabled={at === 0} onClick={() => at > 0 && setAt(at - 1)}>
          {t('before')}
        </button>
        <button type="button" className="main-button" onClick={next}>
          {t(at === questions.length - 1 ? 'look' : answered || question.required ? 'after' : 'skip')}
        </button>
      </div>
    </Page>
  )
}

/** Before shows the heading or the text that stands before a question. */
function Before({ form, item }: { form: Form; item: string }) {
  const say = useSay()
  const place = form.items.findIndex((one) => one.key === item)
  const shown = []
  for (let i = place - 1; i >= 0; i--) {
    const one = form.items[i]
    if (!one || asks(one)) break
    shown.unshift(one)
  }
  return shown.map((one) => (
    <p key={one.key} className={one.type === 'group' ? 'week' : 'soft'}>
      {say(one.text)}
    </p>
  ))
}

function Summary({ form, draft, onFix }: { form: Form; draft: Draft; onFix: (at: number) => void }) {
  const t = useFormWords()
  const say = useSay()
  const language = useLanguage()
  return (
    <section aria-label={t('check')}>
      <h2>{t('check')}</h2>
      <ul className="card file-rows">
        {form.items.filter(asks).map((one, i) => {
          const held = draft[one.key]
          const said = one.options.length > 0 ? one.options.filter((option) => held?.codes?.includes(option.key)).map((option) => say(option.text)).join(language === 'zh' ? '、' : ', ') : (held?.text ?? '')
          return (
            <li key={one.key} className="answer-row">
              <span>
                <span className="soft">{say(one.text)}</span>
                <br />
                {said ? <b className="user-text">{said}</b> : <span className="soft">{t('empty')}</span>}
              </span>
              <button type="button" className="text-button" aria-label={`${t('fix')} ${say(one.text)}`} onClick={() => onFix(i)}>
                {t('fix')}
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function Refusal({ error }: { error: unknown }) {
  const t = useFormWords()
  const say = useSay()
  const client = useQueryClient()
  if (!error) return null
  const problem = error instanceof ApiError ? error.problem : undefined
  const text =
    error instanceof OfflineError ? t('offline') : problem?.code === 'consent_needed' ? t('noConsent') : problem?.code === 'form_changed' ? t('formChanged') : problem?.status === 412 ? t('moved') : say(problem?.text) || t('failed')
  return (
    <div role="alert" className="stack">
      <p className="field-error">{text}</p>
      {problem?.code === 'consent_needed' && (
        <Link to="/me" className="plain-button">
          {t('toConsent')}
        </Link>
      )}
      {problem?.code === 'form_changed' && (
        <button type="button" className="plain-button" onClick={() => void client.invalidateQueries({ queryKey: formsQuery.queryKey })}>
          {t('restart')}
        </button>
      )}
    </div>
  )
}

function Done({ filling, form }: { filling: Filling; form: Form }) {
  const t = useFormWords()
  const say = useSay()
  return (
    <Page title={say(form.name)} back="/forms">
      <section className="card" role="status">
        <h2>{t('done')}</h2>
        {filling.score && (
          <p>
            {t('score', { name: say(filling.score.name), value: filling.score.value })}
            {filling.score.most !== undefined && t('outOf', { most: filling.score.most })}
          </p>
        )}
      </section>
      <Link to="/forms" className="main-button">
        {t('toList')}
      </Link>
    </Page>
  )
}

function TakeBack({ form, filling }: { form: Form; filling: Filling }) {
  const t = useFormWords()
  const me = useMe()
  const client = useQueryClient()
  const [sure, setSure] = useState(false)
  const back = useMutation({
    mutationFn: () => takeBack(form.key, filling.id, t('reason')),
    onSuccess: async () => {
      dropDraft(me.id, form.key)
      await client.invalidateQueries({ queryKey: ['me'] })
      window.history.back()
    },
  })
  if (!sure) {
    return (
      <button type="button" className="plain-button" onClick={() => setSure(true)}>
        {t('takeBack')}
      </button>
    )
  }
  return (
    <div className="stack" role="group" aria-label={t('takeBack')}>
      <button type="button" className="danger-button" aria-disabled={back.isPending} onClick={() => !back.isPending && back.mutate()}>
        {t('sure')}
      </button>
      <button type="button" className="plain-button" onClick={() => setSure(false)}>
        {t('keep')}
      </button>
      <Refusal error={back.error} />
    </div>
  )
}
