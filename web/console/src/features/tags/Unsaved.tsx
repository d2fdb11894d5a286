import { useBlocker } from '@tanstack/react-router'
import { Modal } from 'antd'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useId, useRef, useState } from 'react'
import { useWords } from './strings'

type Place = { pathname: string; search: object }

/** leaves tells whether a way on takes typed work off the screen; another line of the same file does not. */
export function leaves(from: Place, to: Place): boolean {
  const place = ({ pathname, search }: Place) => {
    const { part, file, text } = search as { part?: string; file?: string; text?: string }
    return JSON.stringify([pathname, part, file, text])
  }
  return place(from) !== place(to)
}

/** LeaveGuard asks before typed work is left behind, by a link, a tab, another file or the browser itself. */
export function LeaveGuard({ dirty }: { dirty: () => boolean }) {
  const t = useWords()
  const blocker = useBlocker({ shouldBlockFn: ({ current, next }) => dirty() && leaves(current, next), enableBeforeUnload: dirty, withResolver: true })
  return (
    <Modal open={blocker.status === 'blocked'} title={t('leaveTitle')} okText={t('leave')} cancelText={t('stay')} okButtonProps={{ danger: true }} onOk={() => blocker.proceed?.()} onCancel={() => blocker.reset?.()}>
      {t('leaveBody')}
    </Modal>
  )
}

const Note = createContext<(id: string, dirty: boolean) => void>(() => undefined)

/** Unsaved guards everything within that says by useUnsaved that it holds typed work. */
export function Unsaved({ children }: { children: ReactNode }) {
  const dirty = useRef(new Set<string>())
  const note = useCallback((id: string, on: boolean) => void (on ? dirty.current.add(id) : dirty.current.delete(id)), [])
  const any = useCallback(() => dirty.current.size > 0, [])
  return (
    <Note value={note}>
      {children}
      <LeaveGuard dirty={any} />
    </Note>
  )
}

/** useUnsaved says whether this form holds typed work; what it gives forgets that at once, for work that is thrown away on purpose. */
export function useUnsaved(dirty: boolean): () => void {
  const id = useId()
  const note = useContext(Note)
  useEffect(() => {
    note(id, dirty)
    return () => note(id, false)
  }, [note, id, dirty])
  return useCallback(() => note(id, false), [note, id])
}

/**
 * useTyped holds what is typed over what the server says. It follows the server until somebody types; what others save meanwhile
 * never replaces typed work.
 */
export function useTyped<T>(server: T) {
  const [kept, setKept] = useState(server)
  const [value, setValue] = useState(server)
  const sign = JSON.stringify(server)
  const dirty = JSON.stringify(value) !== JSON.stringify(kept)
  useEffect(() => {
    if (dirty) return
    const next = JSON.parse(sign) as T
    setKept(next)
    setValue(next)
    // Only what the server says anew is taken over.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [sign])
  return { value, setValue, kept, dirty, saved: setKept, undo: () => setValue(kept), forget: useUnsaved(dirty) }
}
