import { useInfiniteQuery, type UseQueryResult } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import type { Filling, Form } from '../../../../../client/forms'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { useDate } from './Entry'
import { answersQuery, retractAnswers } from './file'
import { FormDrawer } from './FormDrawer'
import { RetractModal } from './RetractModal'
import { useWords } from './sentences'

interface Props {
  person: string
  forms: UseQueryResult<{ items: Form[] }>
  writes: boolean
}

type Doing = { form: Form; filling?: Filling; retract?: boolean }

/** Forms is the questionnaires of the person's programmes: what is due, and what was answered. */
export function Forms({ person, forms, writes }: Props) {
  const t = useWords()
  const [doing, setDoing] = useState<Doing>()
  if (forms.error && !forms.data) return <ErrorBox error={forms.error} onRetry={() => void forms.refetch()} />
  if (!forms.data) return <Skeleton lines={2} />
  if (forms.data.items.length === 0) return <p className="unknown">{t('none_forms')}</p>
  const close = () => setDoing(undefined)
  return (
    <>
      <ul className="file-rows">
        {forms.data.items.map((one) => (
          <Row key={one.key} person={person} form={one} writes={writes} onDo={setDoing} />
        ))}
      </ul>
      {doing && !doing.retract && <FormDrawer person={person} form={doing.form} filling={doing.filling} onClose={close} />}
      {doing?.retract && doing.filling && (
        <RetractModal
          person={person}
          entry={{ id: doing.filling.id, text: doing.form.name }}
          take={(send, reason) => retractAnswers(send, person, doing.form.key, doing.filling?.id ?? '', reason)}
          onClose={close}
        />
      )}
    </>
  )
}

function Row({ person, form, writes, onDo }: { person: string; form: Form; writes: boolean; onDo: (doing: Doing) => void }) {
  const t = useWords()
  const say = useSay()
  const date = useDate()
  const [all, setAll] = useState(false)
  const [open, setOpen] = useState(false)
  const { last } = form
  return (
    <li className="file-row">
      <div className="file-row-head">
        <b>{say(form.name)}</b>
        {form.due && <span className="late">{t('formDue')}</span>}
        {last?.score && <Score score={last.score} />}
        <span className="file-2">{last ? t('formLast', { at: date(last.at) }) : t('formNever')}</span>
        {!form.due && form.dueFrom && <span className="file-2">{t('formNext', { at: date(form.dueFrom) })}</span>}
        <span className="file-2">{form.every ? t('formEvery', { n: form.every }) : t('formOnce')}</span>
        {form.draft && <span className="note">{t('formDraft')}</span>}
        {writes && (
          <Button size="small" aria-label={t('fillTitle', { name: say(form.name) })} onClick={() => onDo({ form })}>
            {t('fill')}
          </Button>
        )}
      </div>
      <span className="entries-more">
        {last && (
          <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t(open ? 'hideAnswers' : 'seeAnswers')}
          </button>
        )}
        {form.filled > 1 && (
          <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
            {t('answersAll', { n: form.filled })}
          </button>
        )}
      </span>
      {open && last && !all && <Answers form={form} filling={last} onDo={writes ? onDo : undefined} />}
      {all && <All person={person} form={form} onDo={writes ? onDo : undefined} />}
    </li>
  )
}

function Score({ score }: { score: NonNullable<Filling['score']> }) {
  const t = useWords()
  const say = useSay()
  return (
    <span className="nowrap">
      {t('score', { name: say(score.name), value: score.value })}
      {score.most !== undefined && t('outOf', { most: score.most })}
    </span>
  )
}

function All({ person, form, onDo }: { person: string; form: Form; onDo?: (doing: Doing) => void }) {
  const t = useWords()
  const answers = useInfiniteQuery(answersQuery(person, form.key))
  if (answers.error && !answers.data) return <ErrorBox error={answers.error} onRetry={() => void answers.refetch()} />
  if (!answers.data) return <Skeleton lines={3} />
  return (
    <>
      {answers.data.pages.flatMap((page) => page.items).map((one) => (
        <Answers key={one.id} form={form} filling={one} onDo={onDo} />
      ))}
      {answers.hasNextPage && (
        <button type="button" className="link" onClick={() => void answers.fetchNextPage()}>
          {t('moreAnswers')}
        </button>
      )}
    </>
  )
}

/** Answers is one set of answers with who gave it, and behind a click what it replaced. */
function Answers({ form, filling, onDo }: { form: Form; filling: Filling; onDo?: (doing: Doing) => void }) {
  const t = useWords()
  const say = useSay()
  const date = useDate()
  const [older, setOlder] = useState(false)
  const { said, recordedBy, score } = filling
  const source = [said && (say(said.byText) || t(`by_${said.by}`)), said?.name, said?.how && t(`how_${said.how}`)].filter(Boolean).join(' · ')
  const old = filling.state !== 'stands'
  return (
    <div className={old ? 'form-answers entry-old' : 'form-answers'}>
      <p className="entry-source">
        <b className="nowrap">{date(filling.at)}</b>
        {score && <Score score={score} />}
        {source && <span>{source}</span>}
        <span className="note nowrap">{recordedBy ? t('recorded', { by: say(recordedBy), at: date(filling.recordedAt) }) : t('recordedAt', { at: date(filling.recordedAt) })}</span>
        {old && <span className="note">{t(filling.state === 'retracted' ? 'retractedState' : 'replacedState')}</span>}
        {filling.reason && <span className="note user-text">{t('because', { reason: filling.reason })}</span>}
        {onDo && filling.mayChange && (
          <span className="entry-acts">
            <button type="button" className="link" onClick={() => onDo({ form, filling })}>
              {t('correct')}
            </button>
            <button type="button" className="link" onClick={() => onDo({ form, filling, retract: true })}>
              {t('retract')}
            </button>
          </span>
        )}
      </p>
      <dl>
        {filling.answers.map((one, i) => (
          <div key={`${one.item} ${i}`}>
            <dt>{say(one.question)}</dt>
            <dd className="user-text">{say(one.answer)}</dd>
          </div>
        ))}
      </dl>
      {filling.replaced.length > 0 && (
        <button type="button" className="link entry-more" aria-expanded={older} onClick={() => setOlder(!older)}>
          {t('older', { n: filling.replaced.length })}
        </button>
      )}
      {older && filling.replaced.map((one) => <Answers key={one.id} form={form} filling={one} />)}
    </div>
  )
}
