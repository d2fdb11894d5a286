// A screenshot with a palette of at most 256 colours: a third of the size, and no difference that an eye would see.
import { deflateSync, inflateSync } from 'node:zlib'

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])

/** toPalette takes an 8-bit RGB or RGBA image as browsers write them; transparency is drawn on white. */
export function toPalette(png) {
  const { width, height, pixels } = decode(png)
  const counts = new Map()
  for (let i = 0; i < pixels.length; i += 3) {
    const colour = (pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2]
    counts.set(colour, (counts.get(colour) ?? 0) + 1)
  }
  const { palette, indexOf } = reduce(counts, 256)
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0, p = 0; y < height; y++)
    for (let x = 0; x < width; x++, p += 3) rows[y * (width + 1) + 1 + x] = indexOf.get((pixels[p] << 16) | (pixels[p + 1] << 8) | pixels[p + 2])
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  const colours = Buffer.from(palette.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]))
  return Buffer.concat([signature, chunk('IHDR', head), chunk('PLTE', colours), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}

function decode(png) {
  let width = 0, height = 0, channels = 0
  const data = []
  for (let at = 8; at < png.length; ) {
    const size = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    const body = png.subarray(at + 8, at + 8 + size)
    if (type === 'IHDR') {
      width = body.readUInt32BE(0)
      height = body.readUInt32BE(4)
      channels = { 2: 3, 6: 4 }[body[9]]
      if (body[8] !== 8 || !channels || body[12] !== 0) throw new Error('png: only 8-bit RGB and RGBA, not interlaced')
    } else if (type === 'IDAT') data.push(body)
    at += size + 12
  }
  const raw = inflateSync(Buffer.concat(data))
  const stride = width * channels
  const line = Buffer.alloc(stride)
  const before = Buffer.alloc(stride)
  const pixels = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]
    for (let x = 0; x < stride; x++) {
      const value = raw[y * (stride + 1) + 1 + x]
      const a = x >= channels ? line[x - channels] : 0
      const b = before[x]
      const c = x >= channels ? before[x - channels] : 0
      line[x] = value + [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter]
    }
    line.copy(before)
    for (let x = 0; x < width; x++) {
      const alpha = channels === 4 ? line[x * 4 + 3] / 255 : 1
      for (let k = 0; k < 3; k++) pixels[(y * width + x) * 3 + k] = Math.round(line[x * channels + k] * alpha + 255 * (1 - alpha))
    }
  }
  return { width, height, pixels }
}

function paeth(a, b, c) {
  const p = a + b - c
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

/**
 * reduce keeps the commonest colours exactly, the surfaces and texts of a screen, and cuts the others into boxes along
 * their longest side until there are enough.
 */
function reduce(counts, most) {
  const part = (colour, k) => (colour >> (16 - 8 * k)) & 255
  const common = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a))
  const exact = common.slice(0, counts.size <= most ? most : most / 2).map((colour) => [colour])
  const rest = common.slice(exact.length)
  if (rest.length > 0) most -= exact.length
  let boxes = rest.length > 0 ? [rest] : []
  const longest = (box) => {
    let best = { length: -1, k: 0 }
    for (let k = 0; k < 3; k++) {
      let low = 255, high = 0
      for (const colour of box) {
        low = Math.min(low, part(colour, k))
        high = Math.max(high, part(colour, k))
      }
      if (high - low > best.length) best = { length: high - low, k }
    }
    return best
  }
  const sides = new Map(boxes.map((box) => [box, longest(box)]))
  while (boxes.length > 0 && boxes.length < most) {
    const weight = (box) => sides.get(box).length * Math.log2(2 + box.length)
    const widest = boxes.reduce((a, b) => (weight(b) > weight(a) ? b : a))
    const { length, k } = sides.get(widest)
    if (length === 0) break
    widest.sort((a, b) => part(a, k) - part(b, k))
    const total = widest.reduce((sum, colour) => sum + Math.sqrt(counts.get(colour)), 0)
    let cut = 0
    for (let sum = 0; cut < widest.length - 1 && sum < total / 2; cut++) sum += Math.sqrt(counts.get(widest[cut]))
    cut = Math.max(1, cut)
    const halves = [widest.slice(0, cut), widest.slice(cut)]
    boxes = boxes.filter((box) => box !== widest).concat(halves)
    for (const half of halves) sides.set(half, longest(half))
  }
  const indexOf = new Map()
  const palette = [...exact, ...boxes].map((box, i) => {
    const main = box.reduce((a, b) => (counts.get(b) > counts.get(a) ? b : a))
    for (const colour of box) indexOf.set(colour, i)
    return main
  })
  return { palette, indexOf }
}

const table = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1
  return n >>> 0
})

function chunk(type, body) {
  const out = Buffer.alloc(body.length + 12)
  out.writeUInt32BE(body.length, 0)
  out.write(type, 4, 'latin1')
  body.copy(out, 8)
  let crc = 0xffffffff
  for (const byte of out.subarray(4, body.length + 8)) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8)
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 8)
  return out
}
