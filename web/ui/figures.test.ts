// No clinical figure is typed into a screen: it comes from the server's catalogue, where it has its unit and source.
import { describe, expect, it } from 'vitest'
import { catalogue } from '../testing/catalogue.mjs'

const sources: Record<string, string> = import.meta.glob(
  ['../{ui,client,mobile,console,start,visit}/**/*.{ts,tsx}', '!../**/*.test.{ts,tsx}', '!../console/testing/**'],
  { query: '?raw', import: 'default', eager: true },
)

const decimals = [...catalogue.pairs.map(({ mmol }) => mmol.toFixed(1)), '18.0']
  .filter((text) => text !== '1.0')
  .map((text) => text.replace('.', '\\.'))

/** What a figure looks like in code: a published limit, a number with its unit, a value compared with a number. */
const signs = [
  new RegExp(`(?<![\\w.])(?:${decimals.join('|')}\\d*)(?![\\w.]| ?px)`),
  /\d\s*(?:mmol|mg\/dL|克|g of (?:fast )?sugar|grams?\b)/,
  /\b(?:mmol|mgdl|value|number|digits|glucose)\s*(?:[<>]=?|===)\s*(?:[1-9]\d{0,2})(?:\.\d+)?(?![\w.])/i,
]

/** Inside the safety card a time to wait is a figure as well. */
const waits = /\d\s*(?:分钟|[- ]?minutes?\b|min\b)/

/** Comments may name a figure; a drawing's path is no figure. */
const code = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:])\/\/.*$/gm, '$1')
    .replace(/(['"`])M[\d\s.,a-zA-Z-]+\1/g, '')

function typed(path: string, text: string): string[] {
  const all = /\/(?:safety|record)\//.test(path) ? [...signs, waits] : signs
  return code(text)
    .split('\n')
    .filter((line) => all.some((sign) => sign.test(line)))
    .map((line) => `${path}: ${line.trim()}`)
}

it('finds no clinical figure in the sources of the apps', () => {
  expect(Object.keys(sources).length).toBeGreaterThan(100)
  expect(Object.entries(sources).flatMap(([path, text]) => typed(path, text))).toEqual([])
})

describe('it would find', () => {
  it.each([
    ['ui/a.ts', 'const limits = { low: 3.9 }'],
    ['ui/a.ts', 'const pairs = [[16.7, 300]]'],
    ['ui/a.ts', 'const perMmol = 18.0156'],
    ['ui/a.ts', 'if (value >= 34) return'],
    ['ui/a.ts', "zh: '现在吃 15 克快糖'"],
    ['ui/a.ts', "en: 'Take 15 g of fast sugar'"],
    ['mobile/src/features/safety/a.ts', "zh: '过 15 分钟再测'"],
    ['mobile/src/features/safety/a.ts', "en: 'the 15-minute timer'"],
  ])('%s: %s', (path, line) => expect(typed(path, line)).toHaveLength(1))

  it('and takes comments, drawings and other numbers for none', () => {
    expect(typed('ui/a.ts', "// below 3.9 mmol/L\nconst icon = 'M12 3.0 L3.9 4'\nif (count > 3) wait(500)")).toEqual([])
  })
})
