import { useQuery } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useId, useMemo, useState } from 'react'
import type { RuleCheck, RuleProblem } from '../../../../client/rules'
import { useLanguage, useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { Expression } from './Expression'
import { meant, mended } from './place'
import { useWords } from './strings'
import { checkQuery } from './tags'

interface Props {
  label: string
  hint?: string
  value: string
  onChange: (text: string) => void
  kind: 'bool' | 'number' | 'text'
  programme: string
  /** Read with the words and tags of the draft; only where there is one that compiles. */
  draft: boolean
  placeholder?: string
}

/** InJourney says that the rules below are asked by a journey, and by which event; undefined: they are of a tag. */
export const InJourney = createContext<{ on?: string } | undefined>(undefined)

/** useSettled follows a value once it has rested for `ms`, so that typing does not ask at each key. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, set] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => set(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

/** RuleField is an expression with what the server says of it as one types: what is wrong and where, or what it means. */
export function RuleField({ label, hint, value, onChange, kind, programme, draft, placeholder }: Props) {
  const id = useId()
  const settled = useSettled(value, 300)
  const check = useQuery(checkQuery(settled, kind, programme, draft, useContext(InJourney)))
  const empty = value.trim() === ''
  const answer = empty ? undefined : check.data
  const current = settled === value && !check.isPlaceholderData
  // A mark stays where it was made only as long as the text does.
  const problems = useMemo(() => (current ? (answer?.problems ?? []) : []), [current, answer])
  return (
    <div className="field">
      <span className="field-label">
        {label} {hint && <span className="note">{hint}</span>}
      </span>
      <Expression label={label} value={value} onChange={onChange} programme={programme} problems={problems} describedBy={id} placeholder={placeholder} />
      <div id={id} className="rule-said" aria-live="polite" aria-busy={!current}>
        {check.error && !empty ? (
          <ErrorBox error={check.error} onRetry={() => void check.refetch()} />
        ) : (
          answer && (answer.ok ? <Meaning answer={answer} faded={!current} /> : <Problems problems={answer.problems} faded={!current} value={value} onMend={onChange} />)
        )}
      </div>
    </div>
  )
}

function Meaning({ answer, faded }: { answer: RuleCheck; faded: boolean }) {
  const t = useWords()
  const say = useSay()
  return (
    <div className={faded ? 'faded' : undefined}>
      <Reading reading={answer.reading} />
      <p className="note">
        {t('type', { type: t(typeWord(answer.kind)) })}
        {answer.reads.length > 0 && ` · ${t('readsOf', { what: answer.reads.map((read) => say(read.name) || read.key).join(t('comma')) })}`}
      </p>
    </div>
  )
}

const typeWord = (kind: string) => (kind === 'number' ? 't_number' : kind === 'text' || kind === 'code' ? 't_text' : 't_bool')

/** Reading is the rule in words in both languages, the reader's own first: whoever writes a rule writes for both. */
export function Reading({ reading }: { reading: { zh: string; en: string } | undefined }) {
  const language = useLanguage()
  if (!reading) return null
  const other = language === 'zh' ? 'en' : 'zh'
  return (
    <div className="reading">
      <p lang={language === 'zh' ? 'zh-CN' : 'en'}>{reading[language] || reading[other]}</p>
      {reading[language] && reading[other] && (
        <p lang={other === 'zh' ? 'zh-CN' : 'en'} className="reading-other">
          {reading[other]}
        </p>
      )}
    </div>
  )
}

function Problems({ problems, faded, value, onMend }: { problems: readonly RuleProblem[]; faded: boolean; value: string; onMend: (text: string) => void }) {
  const t = useWords()
  const say = useSay()
  const several = value.includes('\n')
  return (
    <ul className={faded ? 'problems faded' : 'problems'}>
      {problems.map((problem, i) => {
        const better = faded ? undefined : mended(value, problem)
        return (
          <li key={i}>
            <b>
              {problem.line > 0 && `${several ? t('lineCol', { line: problem.line, col: problem.col }) : t('col', { col: problem.col })}${t('colon')}`}
              {say(problem.text)}
            </b>
            {say(problem.hint) && <span> {say(problem.hint)}</span>}
            {better !== undefined && (
              <button type="button" className="link" onClick={() => onMend(better)}>
                {t('mend', { word: meant(problem) ?? '' })}
              </button>
            )}
          </li>
        )
      })}
    </ul>
  )
}
