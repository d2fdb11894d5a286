// A list that never moves under the cursor: rows keep their places, new ones wait until asked for, and only safety
// jumps in.
import { useCallback, useMemo, useState } from 'react'

interface Row {
  id: string
  priority: string
}

/** settle gives the rows to show in a steady order and those still waiting, from what was shown before. */
export function settle<T extends Row>(rows: readonly T[], shown: readonly string[] | undefined): { visible: T[]; waiting: T[] } {
  if (!shown) return { visible: [...rows], waiting: [] }
  const place = new Map(shown.map((id, i) => [id, i]))
  const kept = rows.filter((row) => place.has(row.id)).sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))
  const fresh = rows.filter((row) => !place.has(row.id))
  return {
    visible: [...fresh.filter((row) => row.priority === 'safety'), ...kept],
    waiting: fresh.filter((row) => row.priority !== 'safety'),
  }
}

/** useSteady holds the order first seen for each `list`, a word that names the filter. */
export function useSteady<T extends Row>(list: string, rows: readonly T[] | undefined) {
  const [held, setHeld] = useState<{ list: string; ids: string[] }>()
  const known = held?.list === list ? held.ids : undefined
  if (rows && !known) setHeld({ list, ids: rows.map((row) => row.id) })
  const { visible, waiting } = useMemo(() => settle(rows ?? [], known), [rows, known])
  const accept = useCallback(() => setHeld({ list, ids: (rows ?? []).map((row) => row.id) }), [list, rows])
  /** admit lets one row in at its own place, for a task the reader has just brought back. */
  const admit = useCallback(
    (id: string) => setHeld((h) => (h?.list === list && !h.ids.includes(id) ? { list, ids: [id, ...h.ids] } : h)),
    [list],
  )
  return { visible, waiting, accept, admit }
}
