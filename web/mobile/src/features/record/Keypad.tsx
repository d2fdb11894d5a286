import { useEffect } from 'react'
import type { Key } from './keypad'
import { useRecordWords } from './strings'

const keys: readonly Key[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '0', 'del']

/** Keypad is our own: large keys, no zoom, nothing covered by a system keyboard. A real keyboard works too. */
export function Keypad({ onKey, onEnter, point }: { onKey: (key: Key) => void; onEnter: () => void; point: boolean }) {
  const t = useRecordWords()
  useEffect(() => {
    const typed = (event: KeyboardEvent) => {
      const target = event.target
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return
      if (event.key === 'Enter' && !(target instanceof HTMLButtonElement)) onEnter()
      else if (event.key === 'Backspace') onKey('del')
      else if (event.key === ',') onKey('.')
      else if ((keys as readonly string[]).includes(event.key)) onKey(event.key as Key)
    }
    window.addEventListener('keydown', typed)
    return () => window.removeEventListener('keydown', typed)
  }, [onKey, onEnter])
  return (
    <div className="keypad" role="group" aria-label={t('keypad')}>
      {keys.map((key) =>
        key === '.' && !point ? (
          <span key={key} />
        ) : (
          <button
            key={key}
            type="button"
            aria-label={key === 'del' ? t('del') : key === '.' ? t('point') : undefined}
            onClick={() => onKey(key)}
          >
            {key === 'del' ? t('del') : key}
          </button>
        ),
      )}
    </div>
  )
}
