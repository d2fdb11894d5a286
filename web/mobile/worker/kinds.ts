/** What the worker does with a request: the app's page, one of its files whose name carries a digest, or nothing. */
export type Kind = 'page' | 'file' | 'leave'

/**
 * kindOf leaves everything alone that it does not know: above all the API, whose answers are never kept, other origins,
 * and whatever is written.
 */
export function kindOf({ method, url, mode }: Pick<Request, 'method' | 'url' | 'mode'>, scope: string): Kind {
  const { origin, pathname } = new URL(url)
  const home = new URL(scope)
  if (method !== 'GET' || origin !== home.origin) return 'leave'
  if (mode === 'navigate') return pathname.startsWith(home.pathname) ? 'page' : 'leave'
  return /^\/assets\/[^/]+-[\w-]{8,}\.\w+$/.test(pathname) ? 'file' : 'leave'
}

/** outdated are the caches of other builds but the newest of them, which stays for pages still open with it. */
export const outdated = (names: readonly string[], prefix: string, mine: string): string[] =>
  names.filter((name) => name.startsWith(prefix) && name !== mine).slice(0, -1)
