import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import type { Choice } from '../../../../../client/programmes'
import type { Draft } from '../../../../../client/rules'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { formQuery, formsQuery } from './programmes'
import { QuestionnaireEditor } from './QuestionnaireEditor'
import { useWords } from './words'

interface Props {
  draft: Draft
  editor: boolean
  open?: string
  onOpen: (key: string | undefined) => void
}

/** EditForms are the questionnaires of a draft: a list, and the one that is open with its questions and how the phone asks them. */
export function EditForms({ draft, editor, open, onOpen }: Props) {
  const t = useWords()
  const say = useSay()
  const forms = useQuery(formsQuery(draft.programme))
  const [fresh, setFresh] = useState('')
  if (forms.error) return <ErrorBox error={forms.error} onRetry={() => void forms.refetch()} />
  if (!forms.data) return <Skeleton lines={10} />
  const { items, scales } = forms.data
  return (
    <div className="split split-narrow">
      <section className="panel box" aria-label={t('s_forms')}>
        {items.length === 0 && <p className="unknown">{t('noForms')}</p>}
        <ul className="file-list">
          {items.map((one) => (
            <li key={one.key}>
              <button type="button" className={one.key === open ? 'link here' : 'link'} aria-current={one.key === open || undefined} onClick={() => onOpen(one.key)}>
                {say(one.name) || one.key}
              </button>{' '}
              <span className="note">{[t('nQuestions', { n: one.items }), one.state !== 'same' && t(`f_${one.state}`), one.broken && t('broken')].filter(Boolean).join(' · ')}</span>
            </li>
          ))}
        </ul>
        {editor && (
          <div className="row">
            <Input className="short" value={fresh} maxLength={40} placeholder={t('newFormKey')} aria-label={t('newFormKey')} onChange={(event) => setFresh(event.target.value.trim())} />
            <Button disabled={!/^[a-z][a-z0-9_-]*$/.test(fresh) || items.some(({ key }) => key === fresh)} onClick={() => onOpen(fresh)}>
              {t('addForm')}
            </Button>
          </div>
        )}
      </section>
      {open ? <One key={open} draft={draft} editor={editor} form={open} known={items.some(({ key }) => key === open)} scales={scales} onClose={() => onOpen(undefined)} /> : <p className="panel box unknown">{t('chooseForm')}</p>}
    </div>
  )
}

function One({ known, ...of }: { draft: Draft; editor: boolean; form: string; known: boolean; scales: readonly Choice[]; onClose: () => void }) {
  // As it was when it was opened: once saved, a new one is known too, and what is typed must stay.
  const [read] = useState(known)
  const form = useQuery({ ...formQuery(of.draft.programme, of.form), enabled: read })
  if (read && form.error) return <ErrorBox error={form.error} onRetry={() => void form.refetch()} />
  if (read && !form.data) return <Skeleton lines={10} />
  return <QuestionnaireEditor {...of} start={form.data} />
}
