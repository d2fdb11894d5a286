// The collectors others publish work unchanged: each sends with its own queue, its own packing and its own retries.
import { Analytics as Segment } from '@segment/analytics-node'
import RudderStack from '@rudderstack/rudder-sdk-node'
import { Analytics as CustomerIO } from '@customerio/cdp-analytics-node'
import { equal, truth } from '../lib/runner.mjs'
import { send } from '../lib/browser.mjs'

const consent = { purpose: 'health_data', granted: true, textVersion: '1' }
const reading = (value) => ({ value, unit: 'mmol/L', context: 'fasting' })

/** calls are what every one of them can say. Each is given its own userId, so that nobody counts another's. */
async function calls(client, who, ended) {
  const at = new Date(Date.now() - 3600_000)
  client.identify({ userId: who, traits: { name: '顾文琴', birthday: '1958-03-01', gender: 'female' } })
  client.track({ userId: who, event: 'consent', properties: consent })
  client.track({ userId: who, event: 'glucose', properties: reading(7.8), timestamp: at })
  client.track({ userId: who, event: 'glucose', properties: reading(7.8), timestamp: at, messageId: `${who}-twice` })
  client.track({ userId: who, event: 'glucose', properties: reading(7.8), timestamp: at, messageId: `${who}-twice` })
  client.track({ userId: who, event: 'glucos', properties: reading(7.8) })
  client.page({ userId: who, name: '首页', properties: { path: '/', url: 'https://example.com/' } })
  client.group({ userId: who, groupId: 'shop-7', traits: { name: '海淀店' } })
  client.alias({ userId: who, previousId: `${who}-before` })
  await ended()
}

const clients = [
  ['@segment/analytics-node', '官网', async (host, writeKey, who) => {
    const client = new Segment({ host, writeKey, flushAt: 20 })
    await calls(client, who, () => client.closeAndFlush())
  }],
  ['@rudderstack/rudder-sdk-node', '患者应用', async (host, writeKey, who) => {
    const client = new RudderStack(writeKey, { dataPlaneUrl: host, flushAt: 20, logLevel: 'error' })
    await calls(client, who, () => client.flush())
  }],
  ['@customerio/cdp-analytics-node', '会员系统', async (host, writeKey, who) => {
    const client = new CustomerIO({ host, writeKey, maxEventsInBatch: 20 })
    await calls(client, who, () => client.closeAndFlush())
  }],
]

export default async function collectors(test, world) {
  for (const [name, called, run] of clients) {
    await test(`clients: ${name} works unchanged`, async () => {
      const page = await world.staff('admin', { label: name.replace(/\W+/g, ' ') })
      const { source, writeKey } = await send(page, '/api/sources', { name: called }, 'POST')
      const who = `client-${source.number}`
      await run(world.url, writeKey, who)
      const seen = await arrivals(page, source.number, 9)
      const of = (status) => seen.filter((one) => one.status === status).map((one) => one.type ?? '').sort().join(' ')
      equal(of('stored'), ' consent glucose glucose group page profile', 'stored (the alias has no type)')
      equal(of('repeated'), 'glucose', 'the same message id twice')
      equal(of('refused'), '', 'refused, of no type')
      equal(seen.find((one) => one.status === 'refused')?.code, 'unknown_event_type', 'why')
      const found = await send(page, `/api/people?q=${encodeURIComponent('顾文琴')}`, undefined, 'GET')
      truth(found.total >= 1, 'the person was not made')
    })
  }
}

/** arrivals waits until so many events of a source were seen: collectors send when they like. */
async function arrivals(page, source, count) {
  const until = Date.now() + 10_000
  for (;;) {
    const { items } = await send(page, `/api/sources/arrivals?source=${source}&limit=500`, undefined, 'GET')
    if (items.length >= count || Date.now() > until) return items
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
