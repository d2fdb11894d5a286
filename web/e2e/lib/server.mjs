// A demo server of our own: a small company of people in a folder of its own, on a free port, ended by its own number.
import { execFileSync, spawn } from 'node:child_process'
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
export const startServer = () => start((folder, port) => ['demo', '--dir', join(folder, 'demo'), '--people', '60', '--days', '60', '--port', String(port)])

/** startLive is a server with a live workspace in which nobody is yet, and the accounts named: login and role. */
export const startLive = (accounts) =>
  start((folder, port) => {
    const database = ['--db', `sqlite:${join(folder, 'peiban.db')}`]
    execFileSync(binary, ['init', ...database, '--name', '社区一组'], { stdio: 'pipe' })
    for (const [login, name, role] of accounts)
      execFileSync(binary, ['staff', 'add', ...database, '--login', login, '--name', name, '--role', role], { input: `peiban-${login}-live\n`, stdio: ['pipe', 'pipe', 'pipe'] })
    return ['serve', ...database, '--listen', `127.0.0.1:${port}`, '--log-format', 'text', '--log-level', 'warn']
  })

/** startSandbox is a made-up WeCom and WeChat. */
export const startSandbox = () => start((folder, port) => ['sandbox', '--addr', `127.0.0.1:${port}`, '--seed', '5'], '/sandbox/world')

async function start(argsOf, ready = '/readyz') {
  if (!existsSync(binary)) throw new Error('bin/peiban is not there; run: make build')
  const folder = mkdtempSync(join(tmpdir(), 'peiban-browser-'))
  const port = await freePort()
  const args = argsOf(folder, port)
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  let url = args[0] !== 'demo' ? `http://127.0.0.1:${port}` : ''
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
    if (url && (await fetch(`${url}${ready}`).then((answer) => answer.ok, () => false,))) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { url, stop, said: () => said }
}
