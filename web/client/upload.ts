// A file on its way to the server: sent as it is, with how much has gone. fetch cannot tell how far it is, so this asks the
// older way; the rest is as in http.ts.
import { address, ApiError, csrfToken, OfflineError, type Query } from './http'
import { heardOnline } from './online'
import type { Problem } from './types'

export interface UploadOptions {
  query?: Query
  idempotencyKey: string
  /** The part sent so far, 0 to 1. */
  onProgress?: (part: number) => void
  signal?: AbortSignal
}

/** upload sends one file and gives the answer; a break on the way is an OfflineError and may be repeated with the same key. */
export function upload<T>(path: string, file: Blob, { query, idempotencyKey, onProgress, signal }: UploadOptions): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    request.open('POST', address(path, query))
    request.setRequestHeader('Accept', 'application/json')
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.setRequestHeader('X-CSRF-Token', csrfToken())
    request.setRequestHeader('Idempotency-Key', idempotencyKey)
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total)
    request.onload = () => {
      heardOnline(true)
      const body = parsed(request.responseText)
      if (request.status >= 200 && request.status < 300) resolve(body as T)
      else reject(new ApiError({ ...(body as Problem | undefined), status: request.status }))
    }
    request.onerror = () => reject(new OfflineError())
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    request.onloadend = () => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort)
    request.send(file)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
