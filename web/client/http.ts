// The one place that talks to the server: JSON in and out, the CSRF header, problems as errors, keys for safe repeats.
import { heardOnline } from './online'
import type { Problem } from './types'

/** The server answered, and the answer is no. `problem` carries the words to show. */
export class ApiError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.code ?? `status ${problem.status}`)
    this.name = 'ApiError'
    this.problem = problem
  }

  get status(): number {
    return this.problem.status
  }

  get code(): string {
    return this.problem.code ?? ''
  }
}

/** The server could not be reached: what was sent may be sent again with the same key. */
export class OfflineError extends Error {
  constructor() {
    super('offline')
    this.name = 'OfflineError'
  }
}

export interface CallOptions {
  signal?: AbortSignal
  /** Same key, same effect: pass it when a write may be repeated. */
  idempotencyKey?: string
  /** The version an edit was based on; without it the server refuses the edit. */
  ifMatch?: string | number
  /** A file to be sent as it is, in place of JSON. */
  file?: Blob
  query?: Query
}

export type Query = Record<string, string | number | boolean | undefined | readonly string[]>

let csrf = ''

/** setCsrf keeps the token of the session in memory; it is never stored. */
export function setCsrf(token: string): void {
  csrf = token
}

/** csrfToken is for the one other place that sends: see upload.ts. */
export const csrfToken = (): string => csrf

/** newKey makes a random key. randomUUID is missing on plain http addresses, so it is made by hand. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

/** address adds a query: undefined and empty values are left out, lists repeat their name. */
export function address(path: string, query?: Query): string {
  if (!query) return path
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue
    if (typeof value === 'object') for (const one of value) params.append(name, one)
    else params.set(name, String(value))
  }
  const text = params.toString()
  return text ? `${path}?${text}` : path
}

async function call<T>(method: string, path: string, body: unknown, options: CallOptions = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (options.file) headers['Content-Type'] = 'application/octet-stream'
  else if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf
  if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey
  if (options.ifMatch !== undefined) headers['If-Match'] = `"${options.ifMatch}"`

  let answer: Response
  try {
    answer = await fetch(address(path, options.query), {
      method,
      headers,
      body: options.file ?? (body === undefined ? undefined : JSON.stringify(body)),
      signal: options.signal,
      credentials: 'same-origin',
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    heardOnline(false)
    throw new OfflineError()
  }
  if (answer.status === 502 || answer.status === 504) {
    heardOnline(false)
    throw new OfflineError()
  }
  heardOnline(true)
  if (!answer.ok) throw new ApiError(await problemOf(answer))
  if (answer.status === 204 || answer.headers.get('Content-Length') === '0') return undefined as T
  return (await answer.json()) as T
}

async function problemOf(answer: Response): Promise<Problem> {
  try {
    const problem = (await answer.json()) as Problem
    return { ...problem, status: answer.status }
  } catch {
    return { status: answer.status }
  }
}

export const get = <T>(path: string, options?: CallOptions): Promise<T> => call('GET', path, undefined, options)
export const post = <T>(path: string, body: unknown = {}, options?: CallOptions): Promise<T> =>
  call('POST', path, body, options)
export const put = <T>(path: string, body: unknown, options?: CallOptions): Promise<T> =>
  call('PUT', path, body, options)
export const patch = <T>(path: string, body: unknown, options?: CallOptions): Promise<T> =>
  call('PATCH', path, body, options)
export const del = <T = void>(path: string, options?: CallOptions): Promise<T> =>
  call('DELETE', path, undefined, options)
