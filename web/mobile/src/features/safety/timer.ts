// The minutes from sugar to the next measurement, kept across reloads. It runs on the device's own clock.
import { useEffect, useState, useSyncExternalStore } from 'react'

let place = 'peiban.retest'

const listeners = new Set<() => void>()
const read = (): number => Number(localStorage.getItem(place) ?? 0)

function set(end: number): void {
  if (end > 0) localStorage.setItem(place, String(end))
  else localStorage.removeItem(place)
  for (const listener of listeners) listener()
}

/** openTimer picks the count of one person: a phone may be shared. */
export function openTimer(personId: string): void {
  place = `peiban.retest.${personId}`
  for (const listener of listeners) listener()
}

export const startTimer = (minutes: number): void => set(Date.now() + minutes * 60_000)
export const stopTimer = (): void => set(0)

export interface TimerState {
  running: boolean
  over: boolean
  /** 14:59 */
  left: string
}

export function useTimer(): TimerState {
  const end = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    read,
    read,
  )
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (end === 0) return
    setNow(Date.now())
    const tick = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(tick)
  }, [end])
  const seconds = Math.max(0, Math.ceil((end - now) / 1000))
  return {
    running: end > 0 && seconds > 0,
    over: end > 0 && seconds === 0,
    left: `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`,
  }
}
