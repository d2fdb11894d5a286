import { lazy, Suspense } from 'react'
import type { RuleProblem } from '../../../../../client/rules'
import type { FileWords } from './fileWords'

export interface FileFieldProps {
  path: string
  label: string
  value: string
  onChange: (text: string) => void
  problems: readonly RuleProblem[]
  line?: number
  readOnly?: boolean
  words: FileWords
}

const FileCode = lazy(async () => {
  try {
    return { default: (await import('./FileCode')).FileCode }
  } catch {
    return { default: PlainFile } // the chunk did not come: the text can be written all the same
  }
})

/** FileField is a file as text; the editor comes late, and a plain field stands in for it until then. */
export function FileField(props: FileFieldProps) {
  return (
    <Suspense fallback={<PlainFile {...props} />}>
      <FileCode {...props} />
    </Suspense>
  )
}

function PlainFile({ label, value, onChange, readOnly }: FileFieldProps) {
  return <textarea className="plain-file" aria-label={label} spellCheck={false} readOnly={readOnly} wrap="off" value={value} onChange={(event) => onChange(event.target.value)} />
}
