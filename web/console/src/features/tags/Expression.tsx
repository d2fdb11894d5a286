import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import type { RuleProblem, Vocabulary } from '../../../../client/rules'
import { vocabularyQuery } from './tags'

export interface FieldProps {
  label: string
  value: string
  onChange: (text: string) => void
  problems: readonly RuleProblem[]
  /** What may be written; nothing is offered until it has come. */
  words: Vocabulary | undefined
  /** Ids of what is said about it below. */
  describedBy?: string
  placeholder?: string
}

// The editor is a chunk of its own: only who writes rules loads it. Where it does not come, a plain field still does.
const Code = lazy(async () => {
  try {
    return { default: (await import('./Code')).Code }
  } catch {
    return { default: Plain }
  }
})

/** Expression is a field for a rule. */
export function Expression({ programme, ...field }: Omit<FieldProps, 'words'> & { programme?: string }) {
  const words = useQuery(vocabularyQuery(programme)).data
  return (
    <Suspense fallback={<Plain {...field} words={words} />}>
      <Code {...field} words={words} />
    </Suspense>
  )
}

function Plain({ label, value, onChange, problems, describedBy, placeholder }: FieldProps) {
  return (
    <div className="rule">
      <textarea
        aria-label={label}
        aria-invalid={problems.length > 0}
        aria-describedby={describedBy}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        rows={Math.max(1, value.split('\n').length)}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}
