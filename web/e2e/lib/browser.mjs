// One browser; fresh contexts, each of which reports what must not happen in it.
import { chromium } from 'playwright-core'

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium-headless-shell',
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  })

/** The session probe of somebody not signed in; every other complaint of the browser is a mistake. */
const probe = /status of 401 .*\/api\/(session|me|me\/today)$/

/** countCalls lets a check see from outside whether a page still waits for the server. */
function countCalls() {
  window.__calls = 0
  const { fetch } = window
  window.fetch = (...args) => {
    window.__calls++
    return fetch(...args).finally(() => setTimeout(() => window.__calls--, 30))
  }
}

export const sizes = {
  desk: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 360, height: 780 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  small: { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true },
}

/** World holds the server, the browser and what went wrong in any of its pages. */
export class World {
  problems = []
  contexts = new Set()

  constructor(server, browser) {
    this.url = server.url
    this.browser = browser
  }

  /**
   * open makes a fresh context with one page. The machine's zone is London's on purpose: whatever shows the reader's own
   * clock instead of the workspace's is eight hours off and seen.
   */
  async open(name, { size = 'desk', language = 'zh', allow = [], fontScale = 1, ...more } = {}) {
    const context = await this.browser.newContext({
      ...sizes[size], locale: language === 'en' ? 'en-GB' : 'zh-CN', timezoneId: 'Europe/London', reducedMotion: 'reduce',
      colorScheme: 'light', permissions: ['clipboard-read', 'clipboard-write'], baseURL: this.url, ...more,
    })
    this.contexts.add(context)
    context.allowed = [probe, ...allow]
    await context.addInitScript(countCalls)
    // The empty page a context begins with has no storage to keep a language in.
    if (language === 'en') await context.addInitScript(() => location.protocol === 'about:' || localStorage.setItem('peiban.language', 'en'))
    if (fontScale !== 1)
      await context.addInitScript((factor) => {
        addEventListener('DOMContentLoaded', () => (document.documentElement.style.fontSize = `${factor * 100}%`))
      }, fontScale)
    const problem = (text) => context.allowed.some((one) => one.test(text)) || this.problems.push(`${name}: ${text}`)
    context.on('page', (page) => {
      page.setDefaultTimeout(12_000)
      page.on('pageerror', (error) => problem(`error in the page: ${error.message.split('\n')[0]}`))
      page.on('console', (message) => {
        if (message.type() === 'error') problem(`console: ${message.text().split('\n')[0]} ${message.location().url}`)
      })
      page.on('request', (request) => {
        if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${this.url}/`)) problem(`request to ${request.url()}`)
      })
      page.on('response', (response) => {
        if (response.status() >= 500) problem(`answer ${response.status()} of ${response.url()}`)
      })
    })
    return context.newPage()
  }

  async close(page) {
    this.contexts.delete(page.context())
    await page.context().close()
  }

  async closeAll() {
    for (const context of this.contexts) await context.close()
    this.contexts.clear()
  }

  /** password is that of an account; whoever starts another server says how they are there. */
  password = (login) => `peiban-${login}`

  /** staff opens a page already signed in, by the API: signing in on screen has its own test. */
  async staff(login, options = {}) {
    const page = await this.open(`${login} ${options.label ?? ''}`.trim(), options)
    const answer = await page.request.post('/api/session', { data: { login, password: this.password(login) } })
    if (!answer.ok()) throw new Error(`sign-in of ${login}: ${answer.status()}`)
    page.csrf = (await answer.json()).csrf
    return page
  }

  /** phone opens somebody's phone, as the start page does. */
  async phone(id, options = {}) {
    const page = await this.open(`phone ${options.label ?? ''}`.trim(), { size: 'phone', ...options })
    const answer = await page.request.post('/api/demo/phone', { data: { person: id } })
    if (!answer.ok()) throw new Error(`phone of ${id}: ${answer.status()}`)
    return page
  }
}

/** get reads JSON with the page's own session. */
export async function get(page, path) {
  const answer = await page.request.get(path)
  if (!answer.ok()) throw new Error(`GET ${path}: ${answer.status()}`)
  return answer.json()
}

export async function send(page, path, data, method = 'POST', headers = {}) {
  const answer = await page.request.fetch(path, { method, data, headers: page.csrf ? { 'X-CSRF-Token': page.csrf, ...headers } : headers })
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${(await answer.text()).slice(0, 200)}`)
  return answer.status() === 204 ? undefined : answer.json()
}
