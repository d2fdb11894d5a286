// The server's clock. In a rehearsal it runs apart from the device's, and a device's own clock may be wrong, so
// "today" and "five minutes ago" are always counted from here.
let offset = 0
const listeners = new Set<() => void>()

/** heardNow notes the server's time from an answer that carries it. */
export function heardNow(now: string): void {
  const at = Date.parse(now)
  if (Number.isNaN(at)) return
  const before = offset
  offset = at - Date.now()
  // A moved clock is told at once; the jitter of an answer's way is nobody's business.
  if (Math.abs(offset - before) > 2000) for (const listener of listeners) listener()
}

/** onClockMoved calls `listener` when the server's clock jumped; the answer ends that. */
export function onClockMoved(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** serverNow is the server's time now, as far as we know it. */
export function serverNow(): Date {
  return new Date(Date.now() + offset)
}
