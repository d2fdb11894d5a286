// alive.mjs LABEL COMMAND...: run a command that may be silent for minutes, and say every ten seconds that it goes on.
//
// What the command says is passed on. The bare package names of `go build -v` are counted instead: the first build
// compiles hundreds. Ends as the command does.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const [label, command, ...args] = process.argv.slice(2)
const child = spawn(command, args, { stdio: ['inherit', 'pipe', 'pipe'] })
const began = Date.now()
let compiled = 0, spoke = began

const tell = (line) => {
  spoke = Date.now()
  console.error(line)
}
for (const stream of [child.stdout, child.stderr]) {
  createInterface({ input: stream }).on('line', (line) => {
    if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(line)) compiled++
    else if (line.trim()) tell(line)
  })
}
const timer = setInterval(() => {
  if (Date.now() - spoke < 9500) return
  const seconds = Math.round((Date.now() - began) / 1000)
  tell(`${label}: ${compiled ? `${compiled} packages compiled, ` : ''}${seconds} s`)
}, 1000)

child.on('error', (e) => {
  console.error(`${label}: ${e.message}`)
  process.exit(1)
})
child.on('close', (code) => {
  clearInterval(timer)
  process.exitCode = code ?? 1
})
