import { useEffect, useRef } from 'react'
import type { Change } from './types'

/**
 * useStream calls `onChange` for every change the server tells of while the page is open. The browser reconnects by
 * itself and sends the last id it saw; after a gap the server answers from there, so no change is lost.
 */
export function useStream(path: string, onChange: (change: Change) => void, enabled = true): void {
  const handler = useRef(onChange)
  useEffect(() => {
    handler.current = onChange
  }, [onChange])

  useEffect(() => {
    if (!enabled || typeof EventSource === 'undefined') return
    const source = new EventSource(path)
    source.addEventListener('change', (event) => {
      try {
        handler.current(JSON.parse((event as MessageEvent<string>).data) as Change)
      } catch {
        // A line we cannot read must not end the stream; the next refetch brings the truth.
      }
    })
    return () => source.close()
  }, [path, enabled])
}
