// The phone's service worker: after the first visit the app opens without a network. It keeps the page and the files
// of one build together, so that a page never meets files of another build, and it never touches the API.
import { kindOf, outdated } from './kinds'

interface Waits extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Asks extends Waits {
  request: Request
  respondWith(answer: Promise<Response>): void
}
interface Worker {
  registration: { scope: string }
  clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(type: 'install' | 'activate', listener: (event: Waits) => void): void
  addEventListener(type: 'fetch', listener: (event: Asks) => void): void
}
const worker = self as unknown as Worker

// Both are written in by the build: the files of the phone, its first script ahead, and a digest of their names.
const files = '__PHONE_FILES__'.split(',')
const prefix = 'peiban-phone-'
const mine = `${prefix}__PHONE_BUILD__`
const page = worker.registration.scope
/** After so long a network that does not answer counts as none, milliseconds. */
const patience = 4000

async function install(): Promise<void> {
  const cache = await caches.open(mine)
  const answer = await fetch(page, { cache: 'reload' })
  // In the moments of a change to a new build the page may be another's: the browser tries again on the next visit.
  if (!answer.ok || !(await answer.clone().text()).includes(files[0] ?? '')) throw new Error('page of another build')
  await cache.put(page, answer)
  await cache.addAll(files)
  await worker.skipWaiting()
}

async function activate(): Promise<void> {
  for (const name of outdated(await caches.keys(), prefix, mine)) await caches.delete(name)
  await worker.clients.claim()
}

/** The page comes from the network when it answers in time, so a new build is seen at once. */
async function pageFor(request: Request): Promise<Response> {
  const kept = await caches.open(mine).then((cache) => cache.match(page))
  if (!kept) return fetch(request)
  const late = new Promise<Response>((answer) => setTimeout(() => answer(kept), patience))
  const fresh = fetch(request).then((answer) => (answer.status >= 500 ? kept : answer))
  return Promise.race([fresh, late]).catch(() => kept)
}

worker.addEventListener('install', (event) => event.waitUntil(install()))
worker.addEventListener('activate', (event) => event.waitUntil(activate()))
worker.addEventListener('fetch', (event) => {
  const { request } = event
  const kind = kindOf(request, page)
  if (kind === 'page') event.respondWith(pageFor(request))
  if (kind === 'file') event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)))
})
