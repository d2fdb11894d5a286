import type { ChangeMark, MarkKind } from '../../../../../client/change'
import { xOf } from '../../../../../ui/chartScale'
import { axisLeft, axisRight } from '../../../../../ui/GlucoseChart'
import { useSay } from '../../../../../ui/i18n'
import { useWidth } from '../../../../../ui/useWidth'
import { useWords } from './words'

const kinds: readonly MarkKind[] = ['medicine', 'education', 'contact', 'stage']
const row = 46
const lineHeight = 16
const letter = 12.5
const longest = 230

interface Props {
  marks: readonly ChangeMark[]
  from: Date
  to: Date
  picked?: string
  onPick: (id: string) => void
}

interface Placed {
  mark: ChangeMark
  x: number
  label?: { text: string; x: number; anchor: 'start' | 'end' }
}

/** widthOf guesses how wide a text is drawn: a Han character is square, a Latin one about half as wide. */
const widthOf = (text: string): number => [...text].reduce((sum, one) => sum + (/\p{Script=Han}|[，。（）：]/u.test(one) ? letter : letter * 0.56), 0)

/**
 * place gives words to as many marks of a row as have room, the newest first: a word that would lie over another is left to the list.
 */
export function place(marks: readonly ChangeMark[], x: (at: Date) => number, say: (mark: ChangeMark) => string, right: number): Placed[] {
  const newest = [...marks].reverse()
  const centre = new Map(newest.map((mark) => [mark.id, x(new Date(mark.at))] as const))
  const words: [number, number][] = []
  return newest.map((mark) => {
    const at = centre.get(mark.id) ?? 0
    const full = say(mark)
    const short = widthOf(full) > longest ? `${[...full].slice(0, /\p{Script=Han}/u.test(full) ? 17 : 30).join('')}…` : full
    const width = widthOf(short) + 8
    const anchor = at + 9 + width > right ? 'end' : 'start'
    const span: [number, number] = anchor === 'start' ? [at + 8, at + 9 + width] : [at - 9 - width, at - 8]
    const covers = [...centre].some(([id, other]) => id !== mark.id && other + 8 > span[0] && other - 8 < span[1])
    const free = span[0] >= 0 && !covers && words.every(([a, b]) => span[1] < a || span[0] > b)
    if (free) words.push(span)
    return { mark, x: at, label: free ? { text: short, x: anchor === 'start' ? at + 9 : at - 9, anchor } : undefined }
  })
}

/** Lanes draws a row for each kind of event on the axis of the chart below. The list beside says the same to readers. */
export function Lanes({ marks, from, to, picked, onPick }: Props) {
  const t = useWords()
  const say = useSay()
  const [box, width] = useWidth<HTMLDivElement>(760)
  const used = kinds.filter((kind) => marks.some((one) => one.kind === kind))
  const right = width - axisRight
  const x = (at: Date) => xOf(at, { from: from.getTime(), to: to.getTime(), left: axisLeft, right })
  return (
    <div ref={box} className="lanes">
      <svg height={used.length * row} viewBox={`0 0 ${width} ${used.length * row}`} width={width} aria-hidden="true">
        {used.map((kind, i) => {
          const y = i * row + lineHeight + 14
          return (
            <g key={kind}>
              <text className="lane-name" x={0} y={i * row + 13}>
                {t(`row_${kind}`)}
              </text>
              <line className="lane-line" x1={axisLeft} x2={right} y1={y} y2={y} />
              {place(marks.filter((one) => one.kind === kind), x, (mark) => say(mark.text), right).map(({ mark, x: at, label }) => (
                <g key={mark.id} className={mark.id === picked ? 'lane-mark lane-picked' : 'lane-mark'} onClick={() => onPick(mark.id)}>
                  <title>{say(mark.text)}</title>
                  <rect className="lane-hit" x={at - 10} y={y - 12} width={20} height={24} />
                  <Shape kind={kind} x={at} y={y} />
                  {label && (
                    <text x={label.x} y={y + 4} textAnchor={label.anchor}>
                      {label.text}
                    </text>
                  )}
                </g>
              ))}
            </g>
          )
        })}
      </svg>
    </div>
  )
}

/** Kinds differ by shape, not by colour: a printed strip tells them apart too. */
function Shape({ kind, x, y }: { kind: MarkKind; x: number; y: number }) {
  switch (kind) {
    case 'medicine':
      return <rect className="lane-shape" x={x - 6} y={y - 6} width="12" height="12" rx="2" />
    case 'education':
      return <path className="lane-shape" d={`M${x} ${y - 7}l7 12h-14z`} />
    case 'contact':
      return <circle className="lane-shape" cx={x} cy={y} r="6" />
    case 'stage':
      return <path className="lane-shape" d={`M${x} ${y - 7}l7 7l-7 7l-7 -7z`} />
  }
}
