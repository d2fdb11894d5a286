import { useState } from 'react'

/** useStored keeps a choice in this browser; what an older version stored and no longer fits is dropped. */
export function useStored<T>(name: string, usual: T, fits: (value: unknown) => value is T): [T, (value: T) => void] {
  const [value, set] = useState<T>(() => {
    try {
      const stored: unknown = JSON.parse(localStorage.getItem(name) ?? 'null')
      return fits(stored) ? stored : usual
    } catch {
      return usual
    }
  })
  return [
    value,
    (next) => {
      localStorage.setItem(name, JSON.stringify(next))
      set(next)
    },
  ]
}
