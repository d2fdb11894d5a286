// The arithmetic of the glucose chart, apart from its drawing.
import type { Reading } from '../client/types'

export interface Point {
  reading: Reading
  x: number
  y: number
  /** It has no height of its own: it stands at the edge, apart from the line and the scale. */
  edge?: boolean
}

export interface Frame {
  left: number
  right: number
  top: number
  bottom: number
  from: number
  to: number
  low: number
  high: number
}

/** isEdge: HI and LO have no number, and one that no meter can show is no measurement; neither may bend the line. */
export const isEdge = ({ band }: Reading): boolean => band === 'hi' || band === 'lo' || band === 'implausible'

const isGone = ({ retracted, correctedBy }: Reading): boolean => retracted === true || correctedBy !== undefined

/** heightOf places a reading on the mmol/L scale, or at the end of it that it lies beyond. */
export function heightOf(reading: Reading, low: number, high: number): number | undefined {
  if (reading.band === 'hi') return high
  if (reading.band === 'lo') return low
  if (reading.band === 'implausible') return reading.mmol !== undefined && reading.mmol < low ? low : high
  return reading.mmol
}

/** spanOf is the mmol/L span to draw: at least 3 to 11, so that a flat week does not look wild. */
export function spanOf(readings: readonly Reading[]): [number, number] {
  let low = 3.5
  let high = 10
  for (const reading of readings) {
    const { mmol } = reading
    if (mmol === undefined || isEdge(reading) || isGone(reading)) continue
    low = Math.min(low, mmol)
    high = Math.max(high, mmol)
  }
  return [Math.max(0, low - 0.5), high + 1]
}

/** xOf places a moment on the axis of time. */
export const xOf = (at: Date, { from, to, left, right }: Pick<Frame, 'from' | 'to' | 'left' | 'right'>): number =>
  left + ((at.getTime() - from) / Math.max(1, to - from)) * (right - left)

export function pointsOf(readings: readonly Reading[], frame: Frame): Point[] {
  const { from, to, low, high } = frame
  const points: Point[] = []
  for (const reading of readings) {
    const at = Date.parse(reading.at)
    const value = heightOf(reading, low, high)
    if (value === undefined || at < from || at > to || isGone(reading)) continue
    points.push({
      reading,
      x: frame.left + ((at - from) / Math.max(1, to - from)) * (frame.right - frame.left),
      y: frame.bottom - ((value - low) / (high - low)) * (frame.bottom - frame.top),
      edge: isEdge(reading),
    })
  }
  return points.sort((a, b) => a.x - b.x)
}

/** linePath joins points, and leaves a gap where nothing was measured for longer than `gap` milliseconds. */
export function linePath(points: readonly Point[], gap: number): string {
  let path = ''
  let before: Point | undefined
  for (const point of points) {
    if (point.edge) continue
    const joined =
      before !== undefined && Date.parse(point.reading.at) - Date.parse(before.reading.at) <= gap
    path += `${joined ? 'L' : 'M'}${point.x.toFixed(1)} ${point.y.toFixed(1)}`
    before = point
  }
  return path
}

interface Box {
  x: number
  y: number
  width: number
  height: number
}

export interface Label extends Box {
  text: string
  key: string
}

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/**
 * placeLabels gives numbers to as many points as there is room for: the newest first, then those outside the target,
 * then the rest. A number that would cover another, or a mark, is left to the table behind the chart.
 */
export function placeLabels(
  points: readonly Point[],
  text: (reading: Reading) => string,
  size: { char: number; height: number },
  frame: Frame,
): Label[] {
  const marks: Box[] = points.map(({ x, y }) => ({ x: x - 6, y: y - 6, width: 12, height: 12 }))
  const order = points
    .map((point, i) => ({ point, rank: i === points.length - 1 ? 0 : point.reading.band === 'in_target' ? 2 : 1, i }))
    .sort((a, b) => a.rank - b.rank || b.i - a.i)
  const placed: Label[] = []
  for (const { point } of order) {
    const digits = text(point.reading)
    if (!digits) continue
    const width = digits.length * size.char
    const x = Math.min(Math.max(point.x - width / 2, frame.left - 4), frame.right - width + 10)
    const beside = point.y - size.height / 2
    // Above, below, and beside: the newest value may stand close under another, and must not go without its number.
    const places = [
      { x, y: point.y - 9 - size.height },
      { x, y: point.y + 9 },
      { x: point.x - 9 - width, y: beside },
      { x: point.x + 9, y: beside },
    ]
    for (const place of places) {
      const box = { ...place, width, height: size.height }
      const floor = frame.bottom + (place.y === beside ? 9 : 4)
      const inside = box.y > frame.top - 16 && box.y + size.height < floor && box.x >= frame.left - 4 && box.x + width <= frame.right + 10
      if (inside && !placed.some((other) => overlap(box, other)) && !marks.some((mark) => overlap(box, mark))) {
        placed.push({ ...box, text: digits, key: point.reading.id })
        break
      }
    }
  }
  return placed
}
