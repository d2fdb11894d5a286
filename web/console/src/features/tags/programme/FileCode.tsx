import { autocompletion, closeBrackets, closeBracketsKeymap, type Completion as Choice, type CompletionContext, completionKeymap, type CompletionResult, acceptCompletion } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { Annotation, Compartment, EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import { useSay } from '../../../../../ui/i18n'
import { spanOf } from '../place'
import { wordsAt, type Word } from './fileWords'
import type { FileFieldProps } from './FileField'

const fromOutside = Annotation.define<boolean>()

/** FileCode is a file of a programme as text: line numbers, colours, what may be written here, and what is wrong at its line. */
export function FileCode(props: FileFieldProps) {
  const { label, value, problems, line, readOnly } = props
  const say = useSay()
  const box = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const newest = useRef({ ...props, say })
  newest.current = { ...props, say }
  const spoken = useRef(new Compartment())

  useEffect(() => {
    if (!box.current) return
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: newest.current.value,
        extensions: [
          lineNumbers(),
          lintGutter(),
          history(),
          bracketMatching(),
          closeBrackets(),
          newest.current.path.endsWith('.md') ? prose : data,
          syntaxHighlighting(ink),
          EditorView.lineWrapping,
          EditorState.readOnly.of(Boolean(newest.current.readOnly)),
          autocompletion({ override: [(context) => offers(context, newest.current)], icons: false, maxRenderedOptions: 60 }),
          // Tab takes what is offered and else indents; Esc and then Tab goes on to the next field.
          keymap.of([{ key: 'Tab', run: acceptCompletion }, ...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
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

  useEffect(() => {
    view.current?.dispatch({
      effects: spoken.current.reconfigure(EditorView.contentAttributes.of({ 'aria-label': label, 'aria-invalid': String(problems.length > 0), spellcheck: 'false', role: 'textbox', 'aria-multiline': 'true', 'aria-readonly': String(Boolean(readOnly)) })),
    })
  }, [label, problems, readOnly])

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
      const span = spanOf(text, problem) ?? { from: 0, to: 0 }
      if (span.to > text.length) return []
      return [{ ...span, severity: 'error', message: [say(problem.text), say(problem.hint)].filter(Boolean).join(' ') }]
    })
    made.dispatch(setDiagnostics(made.state, marks))
  }, [problems, say])

  useEffect(() => {
    const made = view.current
    if (!made || !line || line > made.state.doc.lines) return
    const at = made.state.doc.line(line).from
    made.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
    made.focus()
  }, [line])

  return <div className="rule-code file-code" ref={box} />
}

type Tools = FileFieldProps & { say: ReturnType<typeof useSay> }

function offers(context: CompletionContext, { path, words, say }: Tools): CompletionResult | null {
  const found = wordsAt(path, context.state.doc.toString(), context.pos, words)
  if (!found || (found.words.length === 0) || (!context.explicit && found.from === context.pos && !found.eager)) return null
  return { from: found.from, options: found.words.map((word): Choice => ({ label: word.label, detail: say(word.name) || undefined, apply: word.insert ?? word.label })), validFor: /^[\w.-]*$/ }
}

export type { Word }

/** Of YAML and JSON: keys, texts, numbers, comments. */
const data = StreamLanguage.define({
  name: 'programme',
  token(stream) {
    if (stream.eatSpace()) return null
    if (stream.match(/^#.*/)) return 'comment'
    if (stream.match(/^[A-Za-z_][\w -]*(?=:(\s|$))/)) return 'propertyName'
    if (stream.match(/^"(?:[^"\\]|\\.)*"(?=\s*:)/)) return 'propertyName'
    if (stream.match(/^"(?:[^"\\]|\\.)*"?|^'(?:[^'\\]|\\.)*'?/)) return 'string'
    if (stream.match(/^\d+(?:\.\d+)?\b/)) return 'number'
    if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/)) return 'keyword'
    if (!stream.match(/^[A-Za-z_]\w*/)) stream.next()
    return null
  },
  languageData: { commentTokens: { line: '#' }, closeBrackets: { brackets: ['(', '[', '{', '"', "'"] } },
})

const prose = StreamLanguage.define({
  name: 'text',
  token(stream) {
    if (stream.sol() && stream.match(/^(#.*|---\s*)$/)) return 'keyword'
    if (stream.sol() && stream.match(/^[a-z_]+(?=:)/)) return 'propertyName'
    stream.skipToEnd()
    return null
  },
})

const ink = HighlightStyle.define([
  { tag: tags.string, class: 'ink-string' },
  { tag: tags.number, class: 'ink-number' },
  { tag: tags.keyword, class: 'ink-call' },
  { tag: tags.propertyName, class: 'ink-key' },
  { tag: tags.comment, class: 'ink-comment' },
])
