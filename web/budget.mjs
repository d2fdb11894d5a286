// The gates on first screens: every script a page needs before it can be used, gzipped. The phone loads nothing of the
// console's, and the service worker keeps nothing but the phone's files.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const dist = process.env.DIST ?? join(import.meta.dirname, 'dist')
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))
const wrong = []

/** walk finds what an entry loads; what is loaded late is left out unless asked for. */
function walk(key, late, seen = new Set()) {
  if (seen.has(key)) return seen
  seen.add(key)
  const { imports = [], dynamicImports = [] } = manifest[key]
  for (const next of late ? [...imports, ...dynamicImports] : imports) walk(next, late, seen)
  return seen
}

const size = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length
const sum = (files) => [...new Set(files)].reduce((total, file) => total + size(file), 0)

/** gate holds the scripts of an app's first screen to a limit in bytes. */
function gate(name, entry, limit) {
  const seen = walk(entry, false)
  const scripts = [...seen].map((key) => manifest[key].file)
  const styles = [...seen].flatMap((key) => manifest[key].css ?? [])
  for (const file of scripts) console.log(String(size(file)).padStart(8), file)
  const total = sum(scripts)
  console.log(`${name}, first screen: scripts ${total} of ${limit}, styles ${sum(styles)}`)
  if (total > limit) wrong.push(`${name} is over its budget by ${total - limit} bytes`)
  return seen
}

const phone = gate('phone', 'mobile/index.html', 200_000)
gate('console', 'console/index.html', 452_000)

const foreign = [...phone].filter((key) => key.startsWith('console/') || /antd/.test(manifest[key].file))
if (foreign.length > 0) wrong.push(`the phone loads parts of the console: ${foreign.join(', ')}`)

// What the phone may ever load is kept for when there is no network: all of it, and nothing else.
const worker = readFileSync(join(dist, 'm/sw.js'), 'utf8')
const kept = new Set(worker.match(/\/assets\/[\w.-]+/g) ?? [])
const all = new Set([...walk('mobile/index.html', true)].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]).map((file) => `/${file}`))
for (const file of all) if (!kept.has(file)) wrong.push(`the phone's worker does not keep ${file}`)
for (const file of kept) if (!all.has(file)) wrong.push(`the phone's worker keeps ${file}, which the phone never loads`)
console.log(`phone, kept for no network: ${kept.size} files, ${sum([...kept].map((file) => file.slice(1)))} bytes`)

for (const text of wrong) console.error(text)
process.exit(wrong.length > 0 ? 1 : 0)
