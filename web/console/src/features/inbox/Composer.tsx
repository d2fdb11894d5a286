import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Input } from 'antd'
import { useEffect, useRef, useState } from 'react'
import type { PersonConversation, Wording } from '../../../../client/conversations'
import { ApiError, newKey } from '../../../../client/http'
import { useSay } from '../../../../ui/i18n'
import { checkWords, conversationOf, suggestionsOf, write } from './inbox'
import { useWords } from './strings'

/** How long a text can be taken back before it leaves, seconds. */
const undoFor = 5

interface Leaving {
  text: string
  confirmed: boolean
  key: string
  left: number
}

/** Composer: words are checked while they are typed, quick replies come by /, and what was sent can be taken back for five seconds. */
export function Composer({ v, text, onText }: { v: PersonConversation; text: string; onText: (text: string) => void }) {
  const t = useWords()
  const say = useSay()
  const { message } = Antd.useApp()
  const client = useQueryClient()
  const check = useCheck(text)
  const [leaving, setLeaving] = useState<Leaving>()
  // The same words go once however often they are tried; other words are another message.
  const tried = useRef({ text: '', key: newKey() })
  const id = v.person.id

  const deliver = async (out: Leaving) => {
    try {
      const sent = await write(id, out.text, out.confirmed, out.key)
      tried.current = { text: '', key: newKey() }
      void message.success(t(sent.state === 'held' ? 'heldOk' : 'sentOk'))
    } catch (error) {
      onText(out.text) // nothing of it is lost
      void message.error(error instanceof ApiError ? error.message : String(error))
    }
    await client.invalidateQueries({ queryKey: conversationOf(id).queryKey })
    void client.invalidateQueries({ queryKey: ['people', 'conversations'] })
  }
  useCountdown(leaving, setLeaving, (out) => void deliver(out))

  const send = () => {
    const said = text.trim()
    if (!said || check?.action === 'block') return
    if (tried.current.text !== said) tried.current = { text: said, key: newKey() }
    setLeaving({ text: said, confirmed: check?.action === 'warn', key: tried.current.key, left: undoFor })
    onText('')
  }
  if (leaving) {
    return (
      <div className="composer composer-leaving" role="status">
        <p className="user-text">{leaving.text}</p>
        <span className="note">{t('sending', { n: leaving.left })}</span>
        <Button
          autoFocus
          onClick={() => {
            onText(leaving.text)
            setLeaving(undefined)
          }}
        >
          {t('undo')}
        </Button>
      </div>
    )
  }
  return (
    <div className="composer">
      {!v.mayWrite && <p className="late">{say(v.whyNot)}</p>}
      {v.window && <p className="note">{t('toTheApp')}</p>}
      <Quick v={v} text={text} onUse={onText} />
      <Input.TextArea
        aria-label={t('write')}
        aria-keyshortcuts="Control+Enter"
        placeholder={t('placeholder', { name: v.person.name })}
        value={text}
        rows={3}
        maxLength={2000}
        disabled={!v.mayWrite}
        onChange={(e) => onText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) send()
        }}
      />
      {check && <Found check={check} />}
      <div className="composer-foot">
        <Button type="primary" disabled={!text.trim() || !v.mayWrite || check?.action === 'block'} onClick={send}>
          {t(check?.action === 'hold' ? 'forReview' : check?.action === 'warn' ? 'sendAnyway' : 'send')}
        </Button>
      </div>
    </div>
  )
}

function Found({ check }: { check: Wording }) {
  const t = useWords()
  const say = useSay()
  const what = check.findings.map((f) => `“${f.phrase}” ${say(f.why)}`).join('；')
  return (
    <div role="status" className="composer-found">
      {check.action === 'hold' && <p className="late">{t('checkHold', { what })}</p>}
      {check.action === 'warn' && <p className="late">{t('checkWarn', { what })}</p>}
      {check.action === 'block' && <p className="talk-over">{t('checkBlock', { what })}</p>}
      {check.emergency && <p className="late">{t('emergency', { line: say(check.emergency) })}</p>}
    </div>
  )
}

/** Quick replies are there while the text begins with / ; what follows looks for one. */
function Quick({ v, text, onUse }: { v: PersonConversation; text: string; onUse: (text: string) => void }) {
  const t = useWords()
  const on = text.startsWith('/')
  const q = text.slice(1).trim().toLowerCase()
  const { data } = useQuery({ ...suggestionsOf(v.person.id, '', v.seen ?? ''), enabled: on })
  if (!on) return null
  const fits = (data?.quick ?? []).filter((one) => !q || one.title.toLowerCase().includes(q) || one.text.toLowerCase().includes(q)).slice(0, 6)
  return (
    <ul className="composer-quick" aria-label={t('quick')}>
      {fits.length === 0 && <li className="note">{t('noQuick')}</li>}
      {fits.map((one) => (
        <li key={one.id}>
          <button type="button" onClick={() => onUse(one.text.replaceAll('{name}', v.person.name))}>
            <b>{one.title}</b> <span className="note">{one.text}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

/** useCheck asks what may not be said, half a second after the last key. */
function useCheck(text: string): Wording | undefined {
  const [found, setFound] = useState<{ text: string; wording: Wording }>()
  const said = text.trim()
  useEffect(() => {
    if (!said || said.startsWith('/')) return
    let over = false
    const timer = setTimeout(() => {
      checkWords(said).then(
        (wording) => {
          if (!over) setFound({ text: said, wording })
        },
        () => {}, // the server checks again when it is sent
      )
    }, 500)
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [said])
  return found && found.text === said && said ? found.wording : undefined
}

/** useCountdown lets a text leave when its time is over, or at once when the screen is left. */
function useCountdown(leaving: Leaving | undefined, set: (next: Leaving | undefined) => void, go: (out: Leaving) => void) {
  const held = useRef<{ out?: Leaving; go: (out: Leaving) => void }>({ go })
  held.current = { out: leaving, go }
  useEffect(() => {
    if (!leaving) return
    const timer = setTimeout(() => {
      if (leaving.left > 1) {
        set({ ...leaving, left: leaving.left - 1 })
        return
      }
      set(undefined)
      held.current.out = undefined
      go(leaving)
    }, 1000)
    return () => clearTimeout(timer)
    // go is the newest one of the same screen
  }, [leaving])
  useEffect(
    () => () => {
      if (held.current.out) held.current.go(held.current.out)
    },
    [],
  )
}
