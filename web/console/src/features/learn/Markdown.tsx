import type { ReactNode } from 'react'

/** Markdown draws the little of it that lessons need: paragraphs, headings, lists and strong words. Nothing of it becomes HTML by itself. */
export function Markdown({ text }: { text: string }) {
  const blocks = text.split(/\n{2,}/)
  return (
    <div className="learn-text user-text">
      {blocks.map((block, at) => {
        const lines = block.split('\n')
        if (lines.every((line) => /^[-*] /.test(line))) {
          return (
            <ul key={at}>
              {lines.map((line, i) => (
                <li key={i}>{strong(line.slice(2))}</li>
              ))}
            </ul>
          )
        }
        const head = /^#{1,4} (.*)$/.exec(block)
        return head ? <h3 key={at}>{strong(head[1] ?? '')}</h3> : <p key={at}>{strong(block)}</p>
      })}
    </div>
  )
}

function strong(line: string): ReactNode[] {
  return line.split(/\*\*(.+?)\*\*/).map((part, at) => (at % 2 ? <b key={at}>{part}</b> : part))
}
