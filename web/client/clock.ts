// The server's clock. In a rehearsal it runs apart from the device's, and a device's own clock may be wrong, so
// "today" and "five minutes ago" are always counted from here.
let offset = 0

/** heardNow notes the server's time from an answer that carries it. */
export function heardNow(now: string): void {
  const at = Date.parse(now)
  if (!Number.isNaN(at)) offset = at - Date.now()
}

/** serverNow is the server's time now, as far as we know it. */
export function serverNow(): Date {
  return new Date(Date.now() + offset)
}
