import { Segmented } from 'antd'
import { useState } from 'react'
import type { QuestionForm } from '../../../../../client/programmes'
import type { Text } from '../../../../../client/types'
import { useLanguage } from '../../../../../ui/i18n'
import { asks } from './QuestionFields'
import { useWords } from './words'

interface Props {
  name: Text
  items: readonly QuestionForm[]
  /** The item that is open on the left; the phone shows it. */
  at?: number
  onAt: (at: number) => void
}

/** PhonePreview shows one question a screen, as the phone asks it, in either language; nothing can be answered here. */
export function PhonePreview({ name, items, at, onAt }: Props) {
  const t = useWords()
  const own = useLanguage()
  const [language, setLanguage] = useState<'zh' | 'en'>(own)
  const questions = items.map((item, i) => ({ item, i })).filter(({ item }) => asks(item))
  const wanted = at === undefined ? 0 : questions.findIndex(({ i }) => i >= at)
  const shown = Math.max(0, wanted < 0 ? questions.length - 1 : wanted)
  const current = questions[shown]
  const before = current ? items.slice((questions[shown - 1]?.i ?? -1) + 1, current.i) : []
  const say = (text: Text) => text[language] || t('notWritten')
  const go = (to: number) => {
    const next = questions[to]
    if (next) onAt(next.i)
  }
  return (
    <aside className="phone-preview" aria-label={t('preview')}>
      <div className="rung">
        <h3>{t('preview')}</h3>
        <Segmented size="small" aria-label={t('preview')} value={language} onChange={setLanguage} options={[{ value: 'zh', label: t('zh') }, { value: 'en', label: t('en') }]} />
      </div>
      <div className="phone-screen" lang={language === 'zh' ? 'zh-CN' : 'en'}>
        <p className="phone-title">{say(name)}</p>
        {current ? (
          <>
            <p className="note">{t('previewNth', { n: shown + 1, of: questions.length })}</p>
            <progress value={shown} max={questions.length} aria-label={t('previewNth', { n: shown + 1, of: questions.length })} />
            {before.map((one) => (
              <p key={one.key} className={one.type === 'group' ? 'phone-group' : 'note'}>
                {say(one.text)}
              </p>
            ))}
            <p className="phone-question">{say(current.item.text)}</p>
            {current.item.repeats ? <p className="note">{t('previewSeveral')}</p> : !current.item.required && <p className="note">{t('previewOptional')}</p>}
            {current.item.options ? (
              current.item.options.map((option, i) => (
                <span key={i} className="phone-option">
                  {say(option.text)}
                </span>
              ))
            ) : (
              <span className={current.item.type === 'text' ? 'phone-field phone-field-long' : 'phone-field'}>{t(`q_${current.item.type}`)}</span>
            )}
            <div className="phone-acts">
              <button type="button" className="phone-act" disabled={shown === 0} onClick={() => go(shown - 1)}>
                {t('previewBefore')}
              </button>
              <button type="button" className="phone-act phone-act-main" disabled={shown === questions.length - 1} onClick={() => go(shown + 1)}>
                {t('previewNext')}
              </button>
            </div>
          </>
        ) : (
          <p className="note">{t('noQuestions')}</p>
        )}
      </div>
    </aside>
  )
}
