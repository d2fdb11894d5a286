import { useQuery } from '@tanstack/react-query'
import type { Draft, FileProblem } from '../../../../../client/rules'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox } from '../../../../../ui/states'
import { useSettled } from '../RuleField'
import { tryQuery } from './programmes'
import { useWords } from './words'

export interface Tried {
  /** What this change would bring that is not wrong yet. */
  problems: readonly FileProblem[]
  error: Error | null
  /** Looked at as it stands now. */
  looked: boolean
}

const nothing: readonly FileProblem[] = []

/** useTry asks, once typing rests, what a change would make wrong; nothing is kept by it. */
export function useTry(draft: Draft, part: string, body: unknown, on: boolean): Tried {
  const now = JSON.stringify(body)
  const settled = useSettled(now, 500)
  const asked = useQuery(tryQuery(draft.programme, part, JSON.parse(settled), draft.revision, on && settled === now))
  if (!on) return { problems: nothing, error: null, looked: false }
  const sign = ({ file, text }: FileProblem) => `${file} ${text.en}`
  const known = new Set(draft.problems.map(sign))
  const looked = settled === now && asked.data !== undefined && !asked.isPlaceholderData
  return { problems: looked ? asked.data.problems.filter((one) => !known.has(sign(one))) : nothing, error: settled === now ? asked.error : null, looked }
}

/** Said is what the server says of a change that is being written. */
export function Said({ tried }: { tried: Tried }) {
  const t = useWords()
  const say = useSay()
  return (
    <div aria-live="polite">
      {tried.error && <ErrorBox error={tried.error} />}
      {tried.problems.length > 0 && (
        <ul className="problems">
          {tried.problems.slice(0, 8).map((problem, i) => (
            <li key={i}>
              <b>{say(problem.text)}</b> {say(problem.hint)} <code className="note">{[problem.file, problem.line || undefined].filter((one) => one !== undefined).join(':')}</code>
            </li>
          ))}
          {tried.problems.length > 8 && <li>{t('andMore', { n: tried.problems.length - 8 })}</li>}
        </ul>
      )}
      {tried.looked && !tried.error && tried.problems.length === 0 && <p className="note">{t('fine')}</p>}
    </div>
  )
}
