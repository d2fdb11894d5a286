// The place of every step of a journey, from top to bottom: steps one below the other, branches beside each other, joined again
// below. Pure: what is drawn is decided here and tested without a browser.
import type { DocStep } from '../../../../../client/programmes'

export interface Box {
  step: DocStep
  x: number
  y: number
  width: number
  height: number
}

export interface Line {
  /** Corners from the upper end to the lower. */
  points: readonly (readonly [number, number])[]
  /** Of a branch: which way it is. */
  side?: Side
  /** Nothing stands at its lower end: it only goes past. */
  past?: boolean
}

/** Side says when a way is taken: the two of a yes or no, or in words. */
export type Side = 'then' | 'else' | { zh: string; en: string }

export interface Layout {
  width: number
  height: number
  boxes: Box[]
  lines: Line[]
  /** Where the ways out of the last steps come together; undefined when every way ends before. */
  end?: readonly [number, number]
}

export const boxWidth = 190
const gapX = 20
const gapY = 26
const branchY = 34

/** A block has its entry in the middle above; its exit is in the middle below, or it has none. */
interface Block {
  width: number
  height: number
  boxes: Box[]
  lines: Line[]
  exit: boolean
}

const moved = (block: Block, dx: number, dy: number): Pick<Block, 'boxes' | 'lines'> => ({
  boxes: block.boxes.map((box) => ({ ...box, x: box.x + dx, y: box.y + dy })),
  lines: block.lines.map((line) => ({ ...line, points: line.points.map(([x, y]) => [x + dx, y + dy] as const) })),
})

/** waysOf are the ways out of a step that branches. */
function waysOf(step: DocStep): { side: Side; steps: readonly DocStep[] }[] {
  if (step.ways) return step.ways.map(({ text, steps }) => ({ side: text, steps }))
  if (step.kind !== 'if') return []
  return [
    { side: 'then', steps: step.then ?? [] },
    { side: 'else', steps: step.else ?? [] },
  ]
}

function stepBlock(step: DocStep, heightOf: (step: DocStep) => number): Block {
  const height = heightOf(step)
  const own = (width: number): Box => ({ step, x: (width - boxWidth) / 2, y: 0, width: boxWidth, height })
  const ways = waysOf(step)
  if (ways.length === 0) return { width: boxWidth, height, boxes: [own(boxWidth)], lines: [], exit: step.kind !== 'exit' }
  const sides = ways.map(({ side, steps }) => ({ side, block: listBlock(steps, heightOf) }))
  const across = sides.reduce((sum, { block }) => sum + block.width, 0) + gapX * (sides.length - 1)
  const width = Math.max(boxWidth, across)
  const tall = Math.max(...sides.map(({ block }) => block.height))
  const joined = sides.some(({ block }) => block.exit)
  const total = height + branchY + tall + (joined ? gapY : 0)
  const boxes = [own(width)]
  const lines: Line[] = []
  let left = (width - across) / 2
  for (const { side, block } of sides) {
    const middle = left + block.width / 2
    const top = height + branchY
    const placed = moved(block, left, top)
    boxes.push(...placed.boxes)
    lines.push({ side, past: block.boxes.length === 0, points: [[width / 2, height], [width / 2, height + 10], [middle, height + 10], [middle, top]] }, ...placed.lines)
    if (block.exit) lines.push({ points: [[middle, top + block.height], [middle, total - 10], [width / 2, total - 10], [width / 2, total]] })
    left += block.width + gapX
  }
  return { width, height: total, boxes, lines, exit: joined }
}

function listBlock(steps: readonly DocStep[], heightOf: (step: DocStep) => number): Block {
  if (steps.length === 0) return { width: boxWidth / 2, height: 0, boxes: [], lines: [], exit: true }
  const blocks = steps.map((step) => stepBlock(step, heightOf))
  const width = Math.max(...blocks.map((block) => block.width))
  const boxes: Box[] = []
  const lines: Line[] = []
  let y = 0
  blocks.forEach((block, i) => {
    const placed = moved(block, (width - block.width) / 2, y)
    boxes.push(...placed.boxes)
    lines.push(...placed.lines)
    y += block.height
    if (i < blocks.length - 1) {
      lines.push({ points: [[width / 2, y], [width / 2, y + gapY]] })
      y += gapY
    }
  })
  return { width, height: y, boxes, lines, exit: blocks.at(-1)!.exit }
}

/** layout places the steps; heightOf is how tall a step's words make it. */
export function layout(steps: readonly DocStep[], heightOf: (step: DocStep) => number): Layout {
  const block = listBlock(steps, heightOf)
  return { width: block.width, height: block.height, boxes: block.boxes, lines: block.lines, end: block.exit ? [block.width / 2, block.height] : undefined }
}

/** wrapped breaks words into lines of at most `room` halves of a Chinese character; a Latin letter is one half, and words stay whole. */
export function wrapped(text: string, room: number, most: number): string[] {
  const size = (s: string) => [...s].reduce((sum, c) => sum + (c.codePointAt(0)! > 0x2e7f ? 2 : 1.08), 0)
  const lines: string[] = []
  let line = ''
  for (const word of text.match(/[\u0021-\u2e7f]+\s*|\s+|[^\u0021-\u2e7f\s]/g) ?? []) {
    // No closing mark begins a line.
    if (line !== '' && size(line + word.trimEnd()) > room && !/^[，。；：、？！）”]/.test(word)) {
      lines.push(line.trim())
      line = ''
    }
    line += word
  }
  if (line.trim() !== '') lines.push(line.trim())
  if (lines.length <= most) return lines
  const cut = lines.slice(0, most)
  cut[most - 1] = `${[...cut[most - 1]!].slice(0, -1).join('')}…`
  return cut
}
