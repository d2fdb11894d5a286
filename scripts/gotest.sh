#!/usr/bin/env bash
# gotest.sh ARGS...: go test, printing failures whole and successes as one line for all, with counts.
set -euo pipefail
log=$(mktemp); trap 'rm -f "$log"' EXIT
rc=0
go test -json "$@" >"$log" || rc=$?
node - "$log" <<'JS'
const lines = require('node:fs').readFileSync(process.argv[2], 'utf8').split('\n')
const out = new Map(), running = new Set(), took = []; let passed = 0, failed = 0, skipped = 0; const packages = new Set(), bad = []
for (const line of lines) {
  let e; try { e = JSON.parse(line) } catch { if (line.trim()) console.log(line); continue }
  const key = (e.Package ?? e.ImportPath ?? '') + '/' + (e.Test ?? '')
  if (e.Action === 'output' || e.Action === 'build-output') out.set(key, (out.get(key) ?? '') + e.Output)
  if (e.Action === 'run') running.add(key)
  if (e.Test && ['pass', 'fail', 'skip'].includes(e.Action)) running.delete(key)
  if (e.Action === 'pass' && e.Test) passed++
  if (e.Action === 'skip' && e.Test) skipped++
  if (e.Action === 'pass' && !e.Test) packages.add(e.Package)
  if (e.Elapsed > 15) took.push([e.Elapsed, e.Test ? `${e.Package}.${e.Test}` : e.Package])
  if (e.Action === 'fail') { if (e.Test) failed++; bad.push([key, e]) }
  if (e.Action === 'build-fail') { failed++; bad.push([key, e]) }
}
// What never ended (a time-out, a panic) names itself too: its output holds the stacks.
for (const key of running) console.log(`${key} did not end\n${(out.get(key) ?? '').slice(0, 20000)}`)
for (const [key] of bad) console.log(out.get(key) ?? key + ' failed')
// The slowest, so that nobody need ask where the time went.
for (const [s, name] of took.sort((a, b) => b[0] - a[0]).slice(0, 12)) console.log(`  ${Math.round(s)} s  ${name}`)
console.log(`${packages.size} packages, ${passed} passed, ${failed} failed, ${skipped} skipped`)
// Where the data sets are, nothing has a reason to be left out.
if (skipped > 0 && process.env.PEIBAN_DATA) { console.log('with PEIBAN_DATA set no test may be skipped'); process.exit(1) }
JS
exit "$rc"
