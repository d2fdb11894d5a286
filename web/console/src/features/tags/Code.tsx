import { autocompletion, closeBrackets, closeBracketsKeymap, type Completion as Choice, type CompletionContext, completionKeymap, type CompletionResult, acceptCompletion, startCompletion } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { Annotation, Compartment, EditorState } from '@codemirror/state'
import { EditorView, keymap, placeholder as hint } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import { useLanguage, useSay } from '../../../../ui/i18n'
import { anywhere, complete, type Offer } from './complete'
import type { FieldProps } from './Expression'
import { meant, mended, spanOf } from './place'
import { useSignature } from './signature'
import { useWords } from './strings'

/** What the outside put in is not told to the outside again. */
const fromOutside = Annotation.define<boolean>()

const kinds = { function: 'o_function', event: 'o_event', field: 'o_field', code: 'o_code', tag: 'o_tag', stage: 'o_stage', target: 'o_target', word: 'o_word', setting: 'o_setting', trait: 'o_trait' } as const

/** Code is the field for a rule with completion, marks at what is wrong, and brackets that find each other. */
export function Code(props: FieldProps) {
  const { label, value, onChange, problems, describedBy, placeholder } = props
  const t = useWords()
  const say = useSay()
  const signature = useSignature()
  const language = useLanguage()
  const box = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  // The editor lives longer than a drawing: it reads what is newest from here.
  const newest = useRef({ ...props, t, say, signature })
  newest.current = { ...props, t, say, signature }
  const spoken = useRef(new Compartment())

  useEffect(() => {
    if (!box.current) return
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: newest.current.value,
        extensions: [
          history(),
          bracketMatching(),
          closeBrackets(),
          rules,
          syntaxHighlighting(ink),
          EditorView.lineWrapping,
          autocompletion({ override: [(context) => offers(context, newest.current)], icons: false, maxRenderedOptions: 60, addToOptions: [{ render: kindOf, position: 90 }] }),
          // Tab takes what is offered, and else goes on to the next field as everywhere.
          keymap.of([{ key: 'Tab', run: acceptCompletion }, ...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
          spoken.current.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((tr) => tr.annotation(fromOutside))) newest.current.onChange(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    return () => made.destroy()
  }, [])

  const wrong = problems.length > 0
  useEffect(() => {
    const attributes: Record<string, string> = { 'aria-label': label, 'aria-invalid': String(wrong), spellcheck: 'false', autocapitalize: 'off', autocorrect: 'off', role: 'textbox', 'aria-multiline': 'true' }
    if (describedBy) attributes['aria-describedby'] = describedBy
    view.current?.dispatch({
      effects: spoken.current.reconfigure([
        EditorView.contentAttributes.of(attributes),
        placeholder ? hint(placeholder) : [],
        EditorState.phrases.of({ Completions: t('offers'), Diagnostics: t('cm_problems'), 'No diagnostics': t('cm_none'), 'current match': '', close: t('cm_close') }),
      ]),
    })
  }, [label, wrong, describedBy, placeholder, language])

  useEffect(() => {
    const made = view.current
    if (!made || made.state.doc.toString() === value) return
    made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: value }, annotations: fromOutside.of(true) })
  }, [value])

  useEffect(() => {
    const made = view.current
    if (!made) return
    const text = made.state.doc.toString()
    const marks = problems.flatMap((problem): Diagnostic[] => {
      const span = spanOf(text, problem)
      if (!span || span.to > text.length) return []
      const better = mended(text, problem)
      return [
        {
          ...span,
          severity: 'error',
          message: [say(problem.text), say(problem.hint)].filter(Boolean).join(' '),
          actions: better === undefined ? undefined : [{ name: t('mend', { word: meant(problem) ?? '' }), apply: () => onChange(better) }],
        },
      ]
    })
    made.dispatch(setDiagnostics(made.state, marks))
  }, [problems, language])

  return <div className="rule rule-code" ref={box} />
}

type Tools = FieldProps & { t: ReturnType<typeof useWords>; say: ReturnType<typeof useSay>; signature: ReturnType<typeof useSignature> }
type Put = Choice & { word: string }

/** offers is what may stand at the caret, in our own order: the letters typed are matched against names in words too. */
function offers(context: CompletionContext, tools: Tools): CompletionResult | null {
  if (!tools.words) return null
  const found = (context.explicit ? anywhere : complete)(context.state.doc.toString(), context.pos, tools.words)
  if (!found) return null
  return { from: found.from, to: found.to, filter: false, options: found.offers.map((offer): Put => asChoice(offer, tools)) }
}

function asChoice(offer: Offer, tools: Tools): Put {
  const { t, say, signature } = tools
  const takes = signature(offer)
  return {
    label: offer.label,
    detail: offer.kind === 'function' ? takes : say(offer.name),
    word: t(kinds[offer.kind]),
    info: offer.text || offer.gives || offer.example ? () => about(offer, takes, t, say) : undefined,
    apply: (view, _choice, from, to) => {
      view.dispatch({ changes: { from, to, insert: offer.insert }, selection: { anchor: from + (offer.caret ?? offer.insert.length) }, userEvent: 'input.complete' })
      // Between the quotes of a function there is more to choose from at once.
      if (offer.caret !== undefined) startCompletion(view)
    },
  }
}

function kindOf(choice: Choice): Node {
  const word = document.createElement('span')
  word.className = 'offer-kind note'
  word.textContent = (choice as Put).word
  return word
}

/** about says what an offer is: its types, what it does in a line, how it is written. */
function about(offer: Offer, takes: string, t: Tools['t'], say: Tools['say']): Node {
  const all = document.createElement('div')
  all.className = 'offer-about'
  const add = (tag: 'p' | 'code', text: string, className = '') => {
    const line = all.appendChild(document.createElement(tag))
    line.textContent = text
    line.className = className
  }
  if (offer.kind === 'function') add('code', `${offer.label}${takes}`)
  else if (offer.gives) add('p', t('gives', { type: offer.gives }), 'note')
  // The guide sets code in backquotes; here they would be read as signs of the language.
  if (offer.text) add('p', say(offer.text).replaceAll('`', ''))
  const how = offer.example || offer.use
  if (how) {
    add('p', t('writes'), 'note')
    add('code', how)
  }
  return all
}

/** What the eye needs: texts, numbers, and names that are called. */
const rules = StreamLanguage.define({
  name: 'rule',
  token(stream) {
    if (stream.eatSpace()) return null
    if (stream.match(/^"(?:[^"\\]|\\.)*"?|^'(?:[^'\\]|\\.)*'?/)) return 'string'
    if (stream.match(/^\d+(?:\.\d+)?\b/)) return 'number'
    if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/)) return 'keyword'
    if (!stream.match(/^[A-Za-z_]\w*/)) stream.next()
    return null
  },
  languageData: { closeBrackets: { brackets: ['(', '[', '"', "'"] } },
})

const ink = HighlightStyle.define([
  { tag: tags.string, class: 'ink-string' },
  { tag: tags.number, class: 'ink-number' },
  { tag: tags.keyword, class: 'ink-call' },
])
