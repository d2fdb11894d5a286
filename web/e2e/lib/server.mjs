// A demo server of our own: a small company of people in a folder of its own, on a free port, ended by its own number.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const binary = process.env.PEIBAN_BINARY ?? fileURLToPath(new URL('../../../bin/peiban', import.meta.url))

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })

/** startServer answers when the server is ready, and fails with what it said when it does not come. */
export async function startServer() {
  if (!existsSync(binary)) throw new Error('bin/peiban is not there; run: make build')
  const folder = mkdtempSync(join(tmpdir(), 'peiban-browser-'))
  const port = await freePort()
  const args = ['demo', '--dir', join(folder, 'demo'), '--people', '60', '--days', '60', '--port', String(port)]
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  let url = ''
  const hear = (chunk) => {
    said = (said + chunk).slice(-20_000)
    url ||= /ready at (http:\/\/127\.0\.0\.1:\d+)\//.exec(said)?.[1] ?? /演示在 (http:\/\/127\.0\.0\.1:\d+)\//.exec(said)?.[1] ?? ''
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  let gone = false
  const ended = new Promise((resolve) => child.on('exit', (code) => ((gone = true), resolve(code))))
  const stop = async () => {
    if (!gone) {
      process.kill(child.pid, 'SIGTERM')
      const timer = setTimeout(() => gone || process.kill(child.pid, 'SIGKILL'), 8000)
      await ended
      clearTimeout(timer)
    }
    rmSync(folder, { recursive: true, force: true })
  }
  const until = Date.now() + 90_000
  for (;;) {
    if (gone || Date.now() > until) {
      await stop()
      throw new Error(`the demo server did not come up:\n${said}`)
    }
    if (url && (await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false))) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { url, stop, said: () => said }
}
