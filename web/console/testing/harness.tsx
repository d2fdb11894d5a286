// The console in a test: the whole app at an address, with a server of a few lines behind fetch.
import { QueryClient } from '@tanstack/react-query'
import { createMemoryHistory } from '@tanstack/react-router'
import { configure, render } from '@testing-library/react'
import { vi } from 'vitest'
import type { Message, Person, PersonRow, Reading, Session, Task, Text } from '../../client/types'
import { setLanguage, startI18n } from '../../ui/i18n'
import { App } from '../src/app'
import { makeRouter } from '../src/router'

// A whole app in jsdom on a busy machine is slow; looking for hidden elements by their computed style makes it slower.
configure({ asyncUtilTimeout: 10_000, defaultHidden: true })
vi.setConfig({ testTimeout: 30_000 })

// Style rules decide nothing here, and writing them takes most of a test's time.
vi.mock('../src/theme', async (original) => ({ ...(await original<typeof import('../src/theme')>()), themeFor: () => ({ zeroRuntime: true }) }))

export const T = (zh: string, en = zh): Text => ({ zh, en })

export const now = '2026-03-08T11:30:00+08:00'

export const session = (role = 'health_manager'): Session => ({
  staff: { id: 's_liu', name: '刘敏', login: 'liu', role },
  workspace: { id: 'w', name: '糖友陪伴', kind: 'rehearsal', zone: 'Asia/Shanghai', now },
  csrf: 'token',
  language: 'zh',
  can: [],
})

export const reading = (mmol: number, band: Reading['band'], at = '2026-03-08T11:27:00+08:00', context = 'before_lunch'): Reading => ({
  id: `g_${at}_${mmol}`,
  at,
  received: at,
  context,
  mmol,
  show: { mmol: mmol.toFixed(1), mgdl: String(Math.round(mmol * 18)) },
  entered: { value: mmol, unit: 'mmol/L' },
  band,
  range: { low: 4.4, high: 7 },
  source: 'phone',
  provenance: 'manual',
  flags: [],
})

export const task = (id: string, name: string, more: Partial<Task> = {}): Task => ({
  id,
  person: { id: `p_${id}`, name, age: 66, gender: 'female' },
  kind: 'task',
  priority: 'normal',
  title: T('空腹偏高，聊聊原因', 'Fasting high'),
  detail: T('最近 7 次空腹有 5 次高于 7.0', '5 of 7 above 7.0'),
  results: [
    { key: 'agreed', text: T('约好了', 'Agreed') },
    { key: 'no_answer', text: T('没接通', 'No answer') },
  ],
  state: 'open',
  late: false,
  opened: '2026-03-08T09:00:00+08:00',
  due: '2026-03-08T18:00:00+08:00',
  version: 1,
  ...more,
})

export const row = (i: number, more: Partial<PersonRow> = {}): PersonRow => ({
  id: `p_${i}`,
  name: `周敏${i}`,
  gender: 'female',
  age: 58,
  stage: { key: 'steady', name: T('稳定管理', 'Steady') },
  tags: [],
  openTasks: 0,
  safety: false,
  elder: false,
  ...more,
})

export const person = (more: Partial<Person> = {}): Person => ({
  ...row(1),
  id: 'p_1',
  name: '孙建华',
  gender: 'male',
  age: 62,
  last4: '0412',
  createdAt: now,
  zone: 'Asia/Shanghai',
  version: 1,
  masked: false,
  programmes: [],
  targets: { profile: 't2', name: T('2 型'), source: '', ranges: [{ context: 'fasting', name: T('空腹', 'Fasting'), low: 4.4, high: 7 }] },
  family: [],
  consents: [],
  tags: [
    { programme: 'diabetes', key: 'gl_fast_high', name: T('空腹偏高', 'Fasting high'), group: 'gl', private: '', state: 'has' },
    { programme: 'diabetes', key: 'gl_cv_high', name: T('波动大', 'High variability'), group: 'gl', private: '', state: 'unknown' },
  ],
  asOf: now,
  ...more,
})

export const message = (more: Partial<Message> = {}): Message => ({
  id: 'm1',
  kind: 'message',
  class: 'programme',
  content: 'day14',
  title: '第 14 天',
  body: '您已经坚持两周了。',
  state: 'held',
  reasonText: T('今天已发 1 条', 'One sent today'),
  due: now,
  to: 'person',
  ...more,
})

/** jsdom lays nothing out, so there is nothing to observe. */
class NoResize {
  observe() {}
  unobserve() {}
  disconnect() {}
}

export interface Call {
  method: string
  path: string
  query: URLSearchParams
  body: Record<string, unknown>
  headers: Headers
}
type Answer = (call: Call) => unknown
export type Routes = Record<string, Answer>

/** A refusal as the server words it. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly problem: Record<string, unknown>,
  ) {}
}

const usual: Routes = {
  'GET /api/session': () => session(),
  'GET /api/workspace': () => ({ ...session().workspace, programmes: [{ key: 'diabetes', name: T('糖尿病'), version: 1 }], owners: [], counts: { people: 1, openTasks: 1, safety: 0 } }),
  'GET /api/catalogue': () => ({ eventTypes: [], contexts: [], bands: [], units: [], limits: {}, reasons: { in_hospital: T('正在住院', 'In hospital') }, outcomes: { agreed: T('约好了', 'Agreed') }, purposes: {} }),
  'GET /api/programmes/*': () => ({ key: 'diabetes', name: T('糖尿病'), tags: [{ key: 'lc_silent14', name: T('沉默 14 天', 'Silent 14 days') }], stages: [{ key: 'risk', name: T('高危', 'High risk') }] }),
  'GET /api/people/*/forms': () => ({ items: [] }),
  'GET /api/people/*/readings': () => ({ items: [], days: [], stats: { n: 0 } }),
  'GET /api/people/*/measures': () => ({ kinds: ['glucose', 'blood_pressure', 'pain', 'weight', 'symptom'], items: [] }),
  'GET /api/people/*/runs': () => ({ items: [] }),
  'GET /api/people/*/messages': () => ({ items: [] }),
  'GET /api/people/*/tasks': () => ({ items: [] }),
  'GET /api/people/*/timeline': () => ({ items: [] }),
  'GET /api/people/*/doubts': () => ({ items: [], total: 0, open: 0, cleared: 0, reasons: [], whys: [], asOf: now }),
  'GET /api/people/*/members': () => ({ root: 'p_1', items: [{ id: 'p_1', name: '孙建华', root: true, created: now, identifiers: [] }], mayMerge: false, maySplit: false, waiting: [], parted: [] }),
  'GET /api/people/*': () => person(),
}

/** openConsole shows the app at `address` and returns what was asked of the server. */
export function openConsole(address: string, routes: Routes = {}) {
  startI18n()
  setLanguage('zh')
  vi.stubGlobal('ResizeObserver', NoResize)
  const calls: Call[] = []
  const all = { ...usual, ...routes }
  // The longest pattern that fits answers, so that a test may be as particular as it likes.
  const patterns = Object.keys(all).sort((a, b) => b.length - a.length)
  vi.stubGlobal('fetch', async (input: string, init: RequestInit = {}) => {
    const url = new URL(input, 'http://console.test')
    const method = init.method ?? 'GET'
    const call: Call = {
      method,
      path: url.pathname,
      query: url.searchParams,
      body: init.body && !(init.body instanceof Blob) ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {},
      headers: new Headers(init.headers),
    }
    calls.push(call)
    const pattern = patterns.find((one) => new RegExp(`^${one.replaceAll('*', '[^/]+')}$`).test(`${method} ${url.pathname}`))
    const answer = pattern ? await all[pattern]?.(call) : new Refusal(404, { code: 'not_found' })
    if (answer instanceof Refusal) return new Response(JSON.stringify(answer.problem), { status: answer.status })
    return answer === undefined ? new Response(null, { status: 204 }) : new Response(JSON.stringify(answer), { status: 200 })
  })
  const client = new QueryClient({ defaultOptions: { queries: { retry: false }, mutations: { retry: false } } })
  const router = makeRouter(createMemoryHistory({ initialEntries: [`/console${address}`] }))
  const view = render(<App client={client} router={router} />)
  return { ...view, calls, client, router }
}
