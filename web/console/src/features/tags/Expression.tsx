import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { RuleProblem } from '../../../../client/rules'
import { useSay } from '../../../../ui/i18n'
import { anywhere, complete, type Completion, type Offer } from './complete'
import { cutAt, pieces, type Piece, spanOf } from './place'
import { useWords } from './strings'
import { vocabularyQuery } from './tags'

interface Props {
  label: string
  value: string
  onChange: (text: string) => void
  programme?: string
  problems: readonly RuleProblem[]
  /** Ids of what is said about it below. */
  describedBy?: string
  placeholder?: string
}

/**
 * Expression is a field for a rule: a plain field of text with a drawing of the same letters under it, which colours
 * them and marks what is wrong, and a list of what may be written at the caret.
 */
export function Expression({ label, value, onChange, programme, problems, describedBy, placeholder }: Props) {
  const t = useWords()
  const id = useId()
  const words = useQuery(vocabularyQuery(programme)).data
  const field = useRef<HTMLTextAreaElement>(null)
  const mark = useRef<HTMLSpanElement>(null)
  const box = useRef<HTMLDivElement>(null)
  const [caret, setCaret] = useState(0)
  const [found, setFound] = useState<Completion>()
  const [at, setAt] = useState(0)
  const [place, setPlace] = useState({ left: 0, top: 0 })
  // Where the caret goes once the text that was put in is drawn.
  const next = useRef<number | undefined>(undefined)

  const wrong = useMemo(() => problems.map((problem) => spanOf(value, problem)).filter((span) => span !== undefined), [value, problems])
  const look = (text: string, to: number, asked = false) => {
    setCaret(to)
    setAt(0)
    setFound(words && (asked ? anywhere : complete)(text, to, words))
  }
  useLayoutEffect(() => {
    if (next.current === undefined) return
    field.current?.setSelectionRange(next.current, next.current)
    next.current = undefined
  }, [value])
  useLayoutEffect(() => {
    const el = mark.current
    const around = box.current
    if (!found || !el || !around) return
    setPlace({ left: Math.max(0, Math.min(el.offsetLeft, around.clientWidth - 420)), top: el.offsetTop + el.offsetHeight + 4 })
  }, [found])

  const accept = (offer: Offer) => {
    if (!found) return
    const text = value.slice(0, found.from) + offer.insert + value.slice(found.to)
    const to = found.from + (offer.caret ?? offer.insert.length)
    next.current = to
    const el = field.current
    el?.focus()
    el?.setSelectionRange(found.from, found.to)
    // The browser's own way of typing keeps what was done undoable; where there is none the text is put in as a whole.
    if (!el || typeof document.execCommand !== 'function' || !document.execCommand('insertText', false, offer.insert)) onChange(text)
    else el.setSelectionRange(to, to)
    setFound(undefined)
    // Between the quotes of a function there is more to choose from at once.
    if (offer.caret !== undefined && words) {
      setCaret(to)
      setAt(0)
      setFound(complete(text, to, words))
    }
  }

  /** A bracket or quote that was put in for one is typed over, not twice. */
  const over = (event: React.KeyboardEvent): boolean => {
    const el = field.current
    const { key } = event
    if (!el || el.selectionStart !== el.selectionEnd || value[el.selectionStart] !== key) return false
    const closed = key === ')' ? value.split('(').length === value.split(')').length : key === '"' && value.split('"').length % 2 === 1
    if (!closed) return false
    event.preventDefault()
    const to = el.selectionStart + 1
    el.setSelectionRange(to, to)
    look(value, to)
    return true
  }

  const press = (event: React.KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault()
      look(value, field.current?.selectionStart ?? caret, true)
      return
    }
    if (over(event)) return
    if (!found) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const offer = found.offers[at]
    if (step !== undefined) setAt((at + step + found.offers.length) % found.offers.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && offer) accept(offer)
    else if (event.key === 'Escape') setFound(undefined)
    else return
    event.preventDefault()
  }

  const [before, after] = useMemo(() => cutAt(pieces(value, wrong), caret), [value, wrong, caret])
  const option = (i: number) => `${id}-${i}`
  return (
    <div className="rule" ref={box}>
      <pre className="rule-ink" aria-hidden="true">
        {before.map(ink)}
        <span ref={mark} />
        {after.map(ink)}
        {'\n'}
      </pre>
      <textarea
        ref={field}
        aria-label={label}
        aria-invalid={problems.length > 0}
        aria-describedby={describedBy}
        role="combobox"
        aria-expanded={found !== undefined}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={found ? option(at) : undefined}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        placeholder={placeholder}
        value={value}
        onChange={(event) => {
          onChange(event.target.value)
          look(event.target.value, event.target.selectionStart)
        }}
        onKeyDown={press}
        onSelect={(event) => {
          if (event.currentTarget.selectionStart !== caret) {
            setCaret(event.currentTarget.selectionStart)
            setFound(undefined)
          }
        }}
        onBlur={() => setFound(undefined)}
      />
      {found && (
        <div className="offers" style={place}>
          <ul role="listbox" id={`${id}-list`} aria-label={t('offers')}>
            {found.offers.map((offer, i) => (
              <Choice key={`${offer.kind} ${offer.label}`} id={option(i)} offer={offer} chosen={i === at} onChoose={() => accept(offer)} />
            ))}
          </ul>
          <About offer={found.offers[at]} />
        </div>
      )}
    </div>
  )
}

const ink = ({ text, kind, wrong }: Piece, i: number) => (
  <span key={i} className={[kind && `ink-${kind}`, wrong && 'ink-wrong'].filter(Boolean).join(' ') || undefined}>
    {text}
  </span>
)

const kinds = { function: 'o_function', event: 'o_event', field: 'o_field', code: 'o_code', tag: 'o_tag', stage: 'o_stage', target: 'o_target', word: 'o_word', setting: 'o_setting', trait: 'o_trait' } as const

function Choice({ id, offer, chosen, onChoose }: { id: string; offer: Offer; chosen: boolean; onChoose: () => void }) {
  const t = useWords()
  const say = useSay()
  const line = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (chosen) line.current?.scrollIntoView?.({ block: 'nearest' })
  }, [chosen])
  return (
    <li
      id={id}
      ref={line}
      role="option"
      aria-selected={chosen}
      // The field must keep the focus, or the list closes before the press is over.
      onMouseDown={(event) => {
        event.preventDefault()
        onChoose()
      }}
    >
      <code>{offer.label}</code>
      <span>{say(offer.name)}</span>
      <span className="note">{t(kinds[offer.kind])}</span>
    </li>
  )
}

/** About says what the offer under the caret is: its type, what it does, how it is written. */
function About({ offer }: { offer: Offer | undefined }) {
  const t = useWords()
  const say = useSay()
  if (!offer || (!offer.text && !offer.gives && !offer.example)) return null
  const how = offer.example || offer.use
  return (
    <div className="offer-about">
      {offer.gives && <p className="note">{t('gives', { type: offer.gives })}</p>}
      {offer.use && (
        <p className="note">
          {t('writes')} <code>{offer.use}</code>
        </p>
      )}
      {offer.text && <p>{plainText(say(offer.text))}</p>}
      {how && <code>{how}</code>}
    </div>
  )
}

/** The guide sets code in backquotes; here they would be read as signs of the language. */
const plainText = (text: string) => text.replaceAll('`', '')
