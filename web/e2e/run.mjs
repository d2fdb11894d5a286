// The story of the demo in a real browser: npm run e2e. ONLY=words narrows it, PICTURES=1 writes docs/pictures anew.
import { fileURLToPath } from 'node:url'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch, World } from './lib/browser.mjs'
import { pictures } from './lib/pictures.mjs'
import { Runner } from './lib/runner.mjs'
import { startServer } from './lib/server.mjs'
import glyphs from './story/glyphs.mjs'
import { clock, doors } from './story/start.mjs'
import safety from './story/safety.mjs'
import desk from './story/console.mjs'
import phone from './story/phone.mjs'
import offline from './story/offline.mjs'
import paint from './story/paint.mjs'
import buttons from './story/buttons.mjs'
import tags from './story/tags.mjs'
import layers from './story/layers.mjs'
import owners from './story/owners.mjs'
import file from './story/file.mjs'
import programmes from './story/programmes.mjs'
import visit from './story/visit.mjs'
import clients from './story/clients.mjs'
import data from './story/data.mjs'
import out from './story/out.mjs'
import channels from './story/channels.mjs'
import reviews from './story/reviews.mjs'
import relations from './story/relations.mjs'
import referrals from './story/referrals.mjs'
import inbox from './story/inbox.mjs'
import calendar from './story/calendar.mjs'
import starts from './story/starts.mjs'
import rehearsals from './story/rehearsals.mjs'
import sandbox from './story/sandbox.mjs'
import wecom from './story/wecom.mjs'
import proof from './story/proof.mjs'

const began = Date.now()
const server = await startServer()
console.log(`demo at ${server.url} after ${((Date.now() - began) / 1000).toFixed(1)} s`)
let browser
let code = 1
try {
  browser = await launch()
  const world = new World(server, browser)
  world.said = server.said
  const runner = new Runner(world, {
    only: process.env.ONLY ? new RegExp(process.env.ONLY) : undefined,
    folder: join(tmpdir(), 'peiban-browser-pictures'),
  })
  const shot = pictures(browser, process.env.PICTURES === '1' ? fileURLToPath(new URL('../../docs/pictures/', import.meta.url)) : undefined)
  for (const part of [glyphs, doors, clients, safety, desk, tags, layers, owners, visit, file, programmes, phone, offline, paint, data, out, channels, reviews, relations, referrals, inbox, calendar, starts, rehearsals, sandbox, wecom, proof, clock, buttons]) await part(runner.test, world, shot)
  await runner.test('server: it never panicked', async ({ fail }) => {
    if (/panic|fatal error/.test(server.said())) fail(server.said().slice(-2000))
  })
  await shot.finish()
  console.log(`${runner.passed} passed, ${runner.failed} failed`)
  code = runner.failed === 0 && runner.passed > 0 ? 0 : 1
} finally {
  await browser?.close()
  await server.stop()
}
process.exit(code)
