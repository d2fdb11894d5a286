// Whether the server can be reached, as the last call and the browser tell it.
import { useSyncExternalStore } from 'react'

let online = typeof navigator === 'undefined' ? true : navigator.onLine
const listeners = new Set<() => void>()

export function heardOnline(now: boolean): void {
  if (now === online) return
  online = now
  for (const listener of listeners) listener()
}

export const isOnline = (): boolean => online

if (typeof window !== 'undefined') {
  window.addEventListener('online', () => heardOnline(true))
  window.addEventListener('offline', () => heardOnline(false))
}

export function onOnline(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useOnline = (): boolean => useSyncExternalStore(onOnline, isOnline, isOnline)
