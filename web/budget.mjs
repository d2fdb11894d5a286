// The gate on the phone's first screen: everything its page needs before it can be used, gzipped, at most 200 kB of
// scripts, and nothing of the console's.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const limit = 200_000
const dist = process.env.DIST ?? join(import.meta.dirname, 'dist')
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))
const seen = new Set()
const walk = (key) => {
  if (seen.has(key)) return
  seen.add(key)
  for (const next of manifest[key].imports ?? []) walk(next)
}
walk('mobile/index.html')

const scripts = [...seen].map((key) => manifest[key].file)
const styles = [...seen].flatMap((key) => manifest[key].css ?? [])
const size = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length
const sum = (files) => [...new Set(files)].reduce((total, file) => total + size(file), 0)
for (const file of scripts) console.log(String(size(file)).padStart(8), file)
console.log(`phone, first screen: scripts ${sum(scripts)} of ${limit}, styles ${sum(styles)}`)

const foreign = [...seen].filter((key) => key.startsWith('console/') || /antd/.test(manifest[key].file))
if (foreign.length > 0) console.error(`the phone loads parts of the console: ${foreign.join(', ')}`)
if (sum(scripts) > limit) console.error(`over the budget by ${sum(scripts) - limit} bytes`)
process.exit(sum(scripts) > limit || foreign.length > 0 ? 1 : 0)
