import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { newKey, OfflineError, post } from '../../../../client/http'
import type { Text } from '../../../../client/types'
import { useLanguage, useSay } from '../../../../ui/i18n'
import { Icon } from '../../parts/Icon'
import { useMe } from '../../session/Session'
import { ownerName } from './name'
import { useContactWords } from './strings'

export function useOwnerName(): string {
  const me = useMe()
  const t = useContactWords()
  return ownerName(me.owner, useLanguage(), t('someone'))
}

interface Answer {
  text: Text
}

/**
 * Contact is the way to a human, at the same place on every screen. Beside a safety card it asks at once; elsewhere a
 * sheet opens first, so that a thumb passing by makes no promise.
 */
export function Contact({ atOnce = false }: { atOnce?: boolean }) {
  const t = useContactWords()
  const who = useOwnerName()
  const [open, setOpen] = useState(false)
  const key = useRef('')
  const ask = useMutation({
    mutationFn: (note: string) =>
      post<Answer>('/api/me/contact', note ? { note } : {}, { idempotencyKey: key.current }),
  })
  const start = () => {
    key.current = newKey()
    ask.reset()
    setOpen(true)
    if (atOnce) ask.mutate('')
  }
  return (
    <>
      <button type="button" className="contact" onClick={start}>
        <Icon name="nurse" />
        <span>{t('find', { who })}</span>
      </button>
      {open && <Sheet who={who} ask={ask} onClose={() => setOpen(false)} />}
    </>
  )
}

interface SheetProps {
  who: string
  ask: {
    isPending: boolean
    isSuccess: boolean
    error: Error | null
    data: Answer | undefined
    mutate: (note: string) => void
  }
  onClose: () => void
}

function Sheet({ who, ask, onClose }: SheetProps) {
  const t = useContactWords()
  const say = useSay()
  const [note, setNote] = useState('')
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    title.current?.focus()
    const escape = (event: KeyboardEvent) => event.key === 'Escape' && onClose()
    window.addEventListener('keydown', escape)
    return () => window.removeEventListener('keydown', escape)
  }, [onClose])
  return (
    <div className="sheet-back">
      <section className="sheet" role="dialog" aria-modal="true" aria-labelledby="contact-title">
        <h2 id="contact-title" ref={title} tabIndex={-1}>
          {ask.isSuccess ? t('sent', { who }) : t('title', { who })}
        </h2>
        {ask.isSuccess ? (
          <>
            <p role="status">{say(ask.data?.text)}</p>
            <button type="button" className="main-button" onClick={onClose}>
              {t('done')}
            </button>
          </>
        ) : (
          <>
            <label className="field">
              {t('note')}
              <textarea rows={2} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
            </label>
            {ask.error && <p role="alert">{t(ask.error instanceof OfflineError ? 'offline' : 'failed')}</p>}
            <button
              type="button"
              className="main-button"
              aria-disabled={ask.isPending}
              onClick={() => !ask.isPending && ask.mutate(note.trim())}
            >
              {t('send', { who })}
            </button>
            <button type="button" className="plain-button" onClick={onClose}>
              {t('close')}
            </button>
          </>
        )}
      </section>
    </div>
  )
}
