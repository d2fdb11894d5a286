import { CountedLater } from '../FoundList'
import { programmePeople } from './programmes'

interface Props {
  programme: string
  part: 'programme' | 'stage' | 'tag' | 'run'
  of?: string
  n: number
  text: string
  label: string
}

/** People is a number of a programme that opens exactly those it counts. Nobody to open is plain text. */
export function People({ programme, part, of, n, text, label }: Props) {
  if (n === 0) return <span className="unknown">{text}</span>
  return <CountedLater text={text} label={label} of="people" ask={() => programmePeople(programme, part, of)} />
}
