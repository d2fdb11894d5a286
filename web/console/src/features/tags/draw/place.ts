// Where everything of a drawn journey stands: steps from top to bottom, ways beside each other, joined again below, and on each line the
// place a new step would have. Pure: what is drawn is decided here and tested without a browser.
import type { DrawnStep, DrawnWay } from '../../../../../client/draw'

export interface Spot {
  id: string
  kind: 'start' | 'step' | 'join' | 'end'
  x: number
  y: number
  width: number
  height: number
  step?: DrawnStep
}

export interface Way {
  id: string
  from: string
  to: string
  /** Corners from the upper end to the lower. */
  points: (readonly [number, number])[]
  /** Where a step added here would stand. */
  add: string
  /** The number of the step above it, 0 at the beginning. */
  after: number
  /** The way it begins, of a branch. */
  way?: DrawnWay
}

export interface Placed {
  width: number
  height: number
  spots: Spot[]
  ways: Way[]
}

export const stepWidth = 236
const gapX = 28
const gapY = 46
const branchY = 74
const dot = 12

interface Block {
  width: number
  height: number
  spots: Spot[]
  ways: Way[]
  /** Where it goes on below; undefined when every way has ended. */
  out?: { id: string; y: number; n: number }
  entry?: string
}

const shift = (block: Block, dx: number, dy: number): Block => ({
  ...block,
  spots: block.spots.map((spot) => ({ ...spot, x: spot.x + dx, y: spot.y + dy })),
  ways: block.ways.map((way) => ({ ...way, points: way.points.map(([x, y]) => [x + dx, y + dy] as const) })),
  out: block.out && { ...block.out, y: block.out.y + dy },
})

function stepBlock(step: DrawnStep, heightOf: (step: DrawnStep) => number): Block {
  const height = heightOf(step)
  const id = `step:${step.at}`
  const ways = step.ways ?? []
  if (ways.length === 0) {
    return { width: stepWidth, height, spots: [{ id, kind: 'step', x: 0, y: 0, width: stepWidth, height, step }], ways: [], entry: id, out: step.kind === 'exit' ? undefined : { id, y: height, n: step.n } }
  }
  const sides = ways.map((way) => ({ way, list: listBlock(way.steps, `${way.at}.`, heightOf) }))
  const across = sides.reduce((sum, { list }) => sum + list.width, 0) + gapX * (sides.length - 1)
  const width = Math.max(stepWidth, across)
  const middle = width / 2
  const tall = Math.max(...sides.map(({ list }) => list.height))
  const open = sides.some(({ list }) => list.out !== undefined || list.entry === undefined)
  const bottom = height + branchY + tall + gapY
  const join = `join:${step.at}`
  const out: Block = { width, height: open ? bottom + dot : bottom - gapY, spots: [{ id, kind: 'step', x: middle - stepWidth / 2, y: 0, width: stepWidth, height, step }], ways: [], entry: id, out: open ? { id: join, y: bottom + dot, n: step.n } : undefined }
  if (open) out.spots.push({ id: join, kind: 'join', x: middle - dot / 2, y: bottom, width: dot, height: dot })
  let left = (width - across) / 2
  for (const { way, list } of sides) {
    const x = left + list.width / 2
    const top = height + branchY
    const placed = shift(list, left, top)
    out.spots.push(...placed.spots)
    const first = `${way.at}.1`
    if (list.entry === undefined) {
      out.ways.push({ id: `way:${way.at}`, from: id, to: join, way, add: first, after: step.n, points: [[middle, height], [middle, height + 14], [x, height + 14], [x, bottom - 14], [middle, bottom - 14], [middle, bottom]] })
    } else {
      out.ways.push({ id: `way:${way.at}`, from: id, to: list.entry, way, add: first, after: step.n, points: [[middle, height], [middle, height + 14], [x, height + 14], [x, top]] })
      if (placed.out) out.ways.push({ id: `tail:${way.at}`, from: placed.out.id, to: join, add: `${way.at}.${way.steps.length + 1}`, after: placed.out.n, points: [[x, placed.out.y], [x, bottom - 14], [middle, bottom - 14], [middle, bottom]] })
    }
    out.ways.push(...placed.ways)
    left += list.width + gapX
  }
  return out
}

function listBlock(steps: readonly DrawnStep[], prefix: string, heightOf: (step: DrawnStep) => number): Block {
  if (steps.length === 0) return { width: stepWidth / 2, height: 0, spots: [], ways: [] }
  const blocks = steps.map((step) => stepBlock(step, heightOf))
  const width = Math.max(...blocks.map((block) => block.width))
  const all: Block = { width, height: 0, spots: [], ways: [], entry: blocks[0]!.entry }
  let y = 0
  let before: Block['out']
  blocks.forEach((block, i) => {
    const placed = shift(block, (width - block.width) / 2, y)
    all.spots.push(...placed.spots)
    all.ways.push(...placed.ways)
    if (i > 0 && before) all.ways.push({ id: `line:${prefix}${i + 1}`, from: before.id, to: block.entry!, add: `${prefix}${i + 1}`, after: before.n, points: [[width / 2, before.y], [width / 2, y]] })
    before = placed.out
    y += block.height + gapY
  })
  all.height = y - gapY
  all.out = before
  return all
}

const headHeight = 64

/** place decides where the steps of a journey stand; heightOf is how tall a step's words make it. */
export function place(steps: readonly DrawnStep[], heightOf: (step: DrawnStep) => number): Placed {
  const list = listBlock(steps, '', heightOf)
  const width = Math.max(stepWidth, list.width)
  const x = width / 2
  const body = shift(list, (width - list.width) / 2, headHeight + gapY)
  const spots: Spot[] = [{ id: 'start', kind: 'start', x: x - stepWidth / 2, y: 0, width: stepWidth, height: headHeight }, ...body.spots]
  const ways: Way[] = [...body.ways]
  const end = headHeight + gapY + list.height + gapY
  if (list.entry === undefined) ways.unshift({ id: 'line:1', from: 'start', to: 'end', add: '1', after: 0, points: [[x, headHeight], [x, end]] })
  else ways.unshift({ id: 'line:1', from: 'start', to: list.entry, add: '1', after: 0, points: [[x, headHeight], [x, headHeight + gapY]] })
  if (body.out) ways.push({ id: 'line:end', from: body.out.id, to: 'end', add: String(steps.length + 1), after: body.out.n, points: [[x, body.out.y], [x, end]] })
  const ends = list.entry === undefined || body.out !== undefined
  if (ends) spots.push({ id: 'end', kind: 'end', x: x - dot, y: end, width: 2 * dot, height: 2 * dot })
  return { width, height: ends ? end + 2 * dot : end, spots, ways }
}

/** stepsIn are the steps of a journey in the order of their numbers. */
export function stepsIn(steps: readonly DrawnStep[]): DrawnStep[] {
  return steps.flatMap((step) => [step, ...(step.ways ?? []).flatMap((way) => stepsIn(way.steps))])
}

/** beside is the step the arrow keys lead to: up and down by number, left and right to the first step of the way beside. */
export function beside(steps: readonly DrawnStep[], at: string, key: string): string | undefined {
  const all = stepsIn(steps)
  const i = all.findIndex((step) => step.at === at)
  if (i < 0) return all[0]?.at
  if (key === 'ArrowDown') return all[i + 1]?.at
  if (key === 'ArrowUp') return all[i - 1]?.at
  const by = key === 'ArrowRight' ? 1 : -1
  for (const step of [...all].reverse()) {
    const ways = step.ways ?? []
    const way = ways.findIndex((one) => at.startsWith(`${one.at}.`))
    if (way < 0) continue
    for (let next = way + by; next >= 0 && next < ways.length; next += by) if (ways[next]!.steps.length > 0) return ways[next]!.steps[0]!.at
  }
  return undefined
}
