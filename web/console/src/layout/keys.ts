// Single-key shortcuts, which anyone may switch off (WCAG 2.1.4).
import { useSyncExternalStore } from 'react'

const stored = 'peiban.keys'
const listeners = new Set<() => void>()

export const keysOn = (): boolean => localStorage.getItem(stored) !== 'off'

export function setKeysOn(on: boolean): void {
  localStorage.setItem(stored, on ? 'on' : 'off')
  for (const tell of listeners) tell()
}

export function useKeysOn(): boolean {
  return useSyncExternalStore((tell) => {
    listeners.add(tell)
    return () => listeners.delete(tell)
  }, keysOn)
}

/** typing says whether a key press belongs to a field, a menu or a dialog, or carries a modifier. */
export function typing(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true
  const at = event.target
  return at instanceof Element && at.closest('input, textarea, select, [contenteditable=true], [role=menu], [role=dialog]') !== null
}
