import type { ReactNode } from 'react'

interface Block {
  kind: 'p' | 'ol' | 'ul'
  lines: string[]
}

const numbered = /^\s*(?:\d+[.、)]|[①②③④⑤⑥⑦⑧⑨])\s*/
const dotted = /^\s*[-*•]\s+/

/** blocks reads the little Markdown that approved texts use: paragraphs, numbered steps, lists. */
export function blocks(text: string): Block[] {
  const found: Block[] = []
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    const last = found.at(-1)
    if (line === '') {
      if (last?.kind === 'p') found.push({ kind: 'p', lines: [] })
      continue
    }
    const kind = numbered.test(line) ? 'ol' : dotted.test(line) ? 'ul' : 'p'
    const content = line.replace(kind === 'ol' ? numbered : kind === 'ul' ? dotted : /^#+\s*/, '')
    if (last && last.kind === kind) last.lines.push(content)
    else found.push({ kind, lines: [content] })
  }
  return found.filter((block) => block.lines.length > 0)
}

/** Strong parts stand between two stars. */
function inline(line: string): ReactNode[] {
  return line.split(/\*\*(.+?)\*\*/).map((part, i) => (i % 2 ? <strong key={i}>{part}</strong> : part))
}

/** Body shows an approved text. Nothing in it is ever read as HTML. */
export function Body({ text }: { text: string }) {
  return (
    <div className="body-text">
      {blocks(text).map((block, i) => {
        if (block.kind === 'p') {
          return (
            <p key={i} className="user-text">
              {block.lines.flatMap((line, n) => [n > 0 ? '\n' : '', ...inline(line)])}
            </p>
          )
        }
        const items = block.lines.map((line, n) => <li key={n}>{inline(line)}</li>)
        return block.kind === 'ol' ? <ol key={i}>{items}</ol> : <ul key={i}>{items}</ul>
      })}
    </div>
  )
}
