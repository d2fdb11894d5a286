// Places in an expression: the server says line and column, a field knows characters from the start.
import type { RuleProblem } from '../../../../client/rules'

export interface Span {
  from: number
  to: number
}

/** spanOf is what a problem is about: the word at its place, or the one character there; undefined is the whole. */
export function spanOf(text: string, { line, col }: Pick<RuleProblem, 'line' | 'col'>): Span | undefined {
  if (line < 1) return undefined
  const lines = text.split('\n')
  const row = lines[line - 1]
  if (row === undefined) return undefined
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  // Columns count characters, a string of JavaScript counts halves of some.
  const at = [...row].slice(0, Math.max(0, col - 1)).join('').length
  const rest = row.slice(at)
  const word = /^(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[A-Za-z_]\w*|\d[\w.]*)/.exec(rest)?.[0]
  if (word) return { from: start + at, to: start + at + word.length }
  // At a dot, what is meant is the name after it.
  const after = /^\.\s*(\w+)/.exec(rest)
  if (after) return { from: start + at + after[0].length - (after[1]?.length ?? 0), to: start + at + after[0].length }
  const end = Math.min(start + at + 1, start + row.length)
  return end > start + at ? { from: start + at, to: end } : { from: Math.max(start, end - 1), to: end }
}

/** meant is the one word a hint asks about, did you mean "glucose"?; undefined when it asks about none or several. */
export const meant = ({ hint }: Pick<RuleProblem, 'hint'>): string | undefined => /^did you mean ("?)([\w-]+)\1\?$/.exec(hint?.en ?? '')?.[2]

/** mended puts the word the server suggests in place of the one at the problem; undefined when there is nothing to put. */
export function mended(text: string, problem: RuleProblem): string | undefined {
  const span = spanOf(text, problem)
  const word = meant(problem)
  if (!span || !word) return undefined
  const was = text.slice(span.from, span.to)
  const mark = /^["']/.exec(was)?.[0]
  // A suggestion is a name: it may stand for a name or for a whole text in quotes, never for a sign or a number.
  if (!mark && !/^[A-Za-z_]\w*$/.test(was)) return undefined
  const put = mark ? `${mark}${word}${mark}` : word
  return put === was ? undefined : text.slice(0, span.from) + put + text.slice(span.to)
}
