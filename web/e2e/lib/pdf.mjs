// What a PDF of Chromium says of itself: its pages, their size, and the characters its texts can be read as.
import { inflateSync } from 'node:zlib'

const pointsPerMm = 72 / 25.4

/** pdf reads pages, sizes (mm) and the set of characters that the fonts' own tables map glyphs to. */
export function pdf(bytes) {
  const text = bytes.toString('latin1')
  const sizes = [...text.matchAll(/\/MediaBox\s*\[([^\]]*)\]/g)].map(([, box]) => {
    const [left, bottom, right, top] = box.trim().split(/\s+/).map(Number)
    return [Math.round((right - left) / pointsPerMm), Math.round((top - bottom) / pointsPerMm)]
  })
  return { pages: [...text.matchAll(/\/Type\s*\/Page(?![a-zA-Z])/g)].length, sizes, characters: characters(bytes, text) }
}

function characters(bytes, text) {
  const found = new Set()
  for (const { 0: head, index } of text.matchAll(/stream\r?\n/g)) {
    const from = index + head.length
    const to = text.indexOf('endstream', from)
    if (text.slice(index - 3, index) === 'end' || to < 0) continue
    let stream
    try {
      stream = inflateSync(bytes.subarray(from, to)).toString('latin1')
    } catch {
      continue // a picture, or a font
    }
    if (!stream.includes('begincmap')) continue
    for (const [, rows] of stream.matchAll(/beginbfchar([\s\S]*?)endbfchar/g))
      for (const [, , to16] of rows.matchAll(/<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g)) add(found, to16)
    for (const [, rows] of stream.matchAll(/beginbfrange([\s\S]*?)endbfrange/g))
      for (const [, low, high, first] of rows.matchAll(/<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g))
        for (let k = 0; k <= Number.parseInt(high, 16) - Number.parseInt(low, 16); k++) found.add(written(String.fromCodePoint(Number.parseInt(first, 16) + k)))
  }
  return found
}

/** A target is UTF-16 in hexadecimal digits, of one character or several. */
function add(found, hex) {
  for (const one of Buffer.from(hex, 'hex').swap16().toString('utf16le')) found.add(written(one))
}

/** Some fonts have one glyph for a character and for the radical of that shape, and a table may name the radical: ⽤ for 用. */
const written = (one) => supplement.get(one) ?? one.normalize('NFKC')

/** Those of the block of radicals that Unicode gives no decomposition (EquivalentUnifiedIdeograph.txt), as far as simplified texts use them. */
const supplement = new Map([...'⺟母⺠民⻄西⻅见⻆角⻉贝⻋车⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻨麦⻩黄⻬齐⻮齿⻰龙⻳龟'.matchAll(/(.)(.)/gu)].map(([, radical, one]) => [radical, one]))
