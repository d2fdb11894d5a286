import { useRef, useState } from 'react'

/** Wrong is the first field of a form that cannot be sent as it stands, and what is wrong with it. */
export type Wrong<K extends string> = { field: K; text: string }

/**
 * useFirstWrong tells what is wrong at the field itself and puts the cursor there, which also brings the field into view: a long form is
 * sent by a button from which its first field cannot be seen. Fields are marked by data-field.
 */
export function useFirstWrong<K extends string>(wrong: Wrong<K> | undefined) {
  const form = useRef<HTMLDivElement>(null)
  const [tried, setTried] = useState(false)
  const at = tried ? wrong : undefined
  return {
    form,
    /** Whether the form may be sent. */
    sound: (): boolean => {
      setTried(true)
      if (wrong) form.current?.querySelector<HTMLElement>(`[data-field="${wrong.field}"] input`)?.focus()
      return !wrong
    },
    status: (field: K) => (at?.field === field ? ('error' as const) : undefined),
    said: (field: K) =>
      at?.field === field && (
        <span className="data-wrong" role="alert">
          {at.text}
        </span>
      ),
  }
}
