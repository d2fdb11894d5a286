// Serves web/dist with the phone's stand-in answers, for screenshots and for looking at it: node testing/phone-server.mjs
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize, resolve } from 'node:path'
import { answer, makeWorld } from './phone-fixture.mjs'

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

async function bodyOf(request) {
  let raw = ''
  for await (const chunk of request) raw += chunk
  return raw ? JSON.parse(raw) : undefined
}

/** startServer answers { url, world, close }; world may be replaced between pictures. */
export async function startServer(options = {}, port = 0) {
  const state = { world: makeWorld(options), dist: resolve(process.env.DIST ?? join(import.meta.dirname, '../dist')) }
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://127.0.0.1')
    if (url.pathname === '/api/me/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(': hello\n\n')
      return
    }
    if (url.pathname.startsWith('/api/')) {
      const found = answer(state.world, request.method, url.pathname, url.searchParams, await bodyOf(request))
      const [status, body] = found ?? [404, { status: 404 }]
      response.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json' })
      response.end(body === undefined ? undefined : JSON.stringify(body))
      return
    }
    const file = extname(url.pathname) ? normalize(url.pathname) : '/mobile/index.html'
    try {
      const content = await readFile(join(state.dist, file))
      response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
      response.end(content)
    } catch {
      response.writeHead(404)
      response.end()
    }
  })
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    set: (next) => (state.world = makeWorld(next)),
    world: () => state.world,
    /** use serves another build from now on. */
    use: (dist) => (state.dist = dist),
    close: () => { server.closeAllConnections(); server.close() },
  }
}

if (process.argv[1] === import.meta.filename) {
  const { url } = await startServer({}, Number(process.env.PORT ?? 8123))
  console.log(`${url}/m/`)
}
