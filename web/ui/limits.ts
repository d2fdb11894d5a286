// The clinical figures a screen needs. They come from the server's catalogue and from nowhere else, and are kept on the
// device so that they are there without a network. Until they were heard once, nothing is judged.
import { useSyncExternalStore } from 'react'
import type { Catalogue } from '../client/types'

/** The figures of the catalogue that screens work with; each has its unit and source there. */
export const figures = [
  'glucoseMin',
  'glucoseMax',
  'level2Low',
  'level1Low',
  'critical',
  'historyGap',
  'fastSugar',
  'retest',
] as const

export type Figure = (typeof figures)[number]

export interface Limits extends Record<Figure, number> {
  /** Of the catalogue they were taken from. */
  version: string
  /** mg/dL in one mmol/L. */
  perMmol: number
  /** mmol/L and mg/dL of the limits that are published in both. */
  pairs: readonly (readonly [number, number])[]
}

/** limitsFrom takes the figures out of a catalogue; one that lacks any of them gives none at all. */
export function limitsFrom({ version, limits, units, pairs }: Catalogue): Limits | undefined {
  const all = Object.fromEntries(figures.map((key) => [key, limits[key]?.value])) as Record<Figure, number>
  const found: Limits = {
    ...all,
    version,
    perMmol: units.find(({ key }) => key === 'mg/dL')?.perMmol ?? Number.NaN,
    pairs: (pairs ?? []).map(({ mmol, mgdl }) => [mmol, mgdl] as const),
  }
  return isWhole(found) ? found : undefined
}

/** What an older build kept may lack a figure of today; it is then as good as nothing. */
const isWhole = (found: Limits): boolean =>
  [...figures, 'perMmol' as const].every((key) => Number.isFinite(found[key])) && Array.isArray(found.pairs) && found.pairs.length > 0

const place = 'peiban.limits'
const listeners = new Set<() => void>()
let held: Limits | undefined
let looked = false

export function currentLimits(): Limits | undefined {
  if (!looked) {
    looked = true
    try {
      const kept = JSON.parse(localStorage.getItem(place) ?? 'null') as Limits | null
      held = kept && isWhole(kept) ? kept : undefined
    } catch {
      held = undefined
    }
  }
  return held
}

/** learnLimits takes what the server says now in place of what was kept. */
export function learnLimits(catalogue: Catalogue): void {
  const found = limitsFrom(catalogue)
  if (!found || found.version === currentLimits()?.version) return
  held = found
  localStorage.setItem(place, JSON.stringify(found))
  for (const listener of listeners) listener()
}

/** forgetLimits is for tests: it is as if this device had never heard any. */
export function forgetLimits(): void {
  held = undefined
  looked = false
  localStorage.removeItem(place)
  for (const listener of listeners) listener()
}

export const useLimits = (): Limits | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    currentLimits,
    currentLimits,
  )
