// The phone without a network: it opens, takes a low, keeps the answer to the card; all of it arrives once. And a new
// build comes in cleanly, with pages of the old one still open.
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startServer } from '../../testing/phone-server.mjs'
import { get } from '../lib/browser.mjs'
import { fits, settled, words } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open, press, record, somebody } from './steps.mjs'

const away = { allow: [/ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/] }

/** workerReady waits until the phone could open without a network. */
const workerReady = (page) =>
  page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated', undefined, { timeout: 25_000, polling: 100 })

/** idle: no worker of another build is on its way in. */
const idle = (page) => page.evaluate(async () => { const { installing, waiting, active } = await navigator.serviceWorker.getRegistration(); return !installing && !waiting && active?.state === 'activated' })

const keptAddresses = (page) =>
  page.evaluate(async () => {
    const all = []
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) all.push(new URL(request.url).pathname)
    return all
  })

async function until(what, check) {
  const end = Date.now() + 25_000
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within 25 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}

export default async function offline(test, world) {
  await test('offline: the phone opens without a network; a low, its card and the answer wait over reloads and arrive once', async ({ fail }) => {
    const desk = await world.staff('liu')
    const { id } = await somebody(desk, 6)
    const readings = async () => (await get(desk, `/api/people/${id}/readings?from=2000-01-01T00:00:00Z`)).items
    const before = (await readings()).length
    const page = await open(await world.phone(id, away), '/m/')
    await workerReady(page)
    const sent = []
    page.on('request', (request) => request.method() === 'POST' && sent.push(new URL(request.url()).pathname))
    await page.context().setOffline(true)
    await page.goto('/m/')
    await page.getByText('现在没有网络').waitFor()
    for (const text of [...(await words(page)), ...(await fits(page))]) fail(`opened without a network: ${text}`)
    await page.getByRole('navigation', { name: '主要页面' }).getByRole('link', { name: /我的/ }).tap()
    await page.getByText('现在没有网络').waitFor()
    await record(page, '2.9')
    await page.locator('.safety-local').waitFor()
    const card = await page.locator('.safety').innerText()
    truth(/15\s克/.test(card) && /很低/.test(card), `the phone's own card: ${card}`)
    await page.getByRole('button', { name: /15\s分钟/ }).waitFor()
    // Not answered: it stands there again when the page is opened anew.
    await page.reload()
    await page.locator('.safety-local').waitFor()
    await page.getByRole('button', { name: '还难受' }).tap()
    await page.getByText('护师还不知道').waitFor()
    for (const text of [...(await words(page)), ...(await fits(page))]) fail(`still unwell without a network: ${text}`)
    await page.reload()
    await page.locator('.thin-bar', { hasText: '记录和答复先存在手机里 (2)' }).waitFor()
    truth(!(await page.locator('.safety').count()), 'an answered card came back')
    equal((await readings()).length, before, 'readings on the server while there is no network')
    truth((await keptAddresses(page)).every((path) => path === '/m/' || path.startsWith('/assets/')), 'the worker keeps more than page and files')
    sent.length = 0
    await page.context().setOffline(false)
    const card2 = async () => (await get(page, '/api/me/messages')).items.find((one) => one.class === 'safety' && one.kind === 'card' && one.answer)
    await until('the answer at the server', async () => (await card2())?.answer === 'still_unwell')
    await page.locator('.thin-bar').waitFor({ state: 'detached' })
    await settled(page)
    truth(!(await page.locator('.safety').count()), 'the card is asked again though it was answered')
    equal((await readings()).length, before + 1, 'readings at the server')
    equal(sent.filter((path) => path === '/api/me/readings').length, 1, 'times the reading was sent')
    equal(sent.filter((path) => path.endsWith('/answer')).length, 1, 'times the answer was sent')
    await page.reload()
    await settled(page)
    equal(sent.filter((path) => path.endsWith('/answer')).length, 1, 'times the answer was sent, after a reload')
    equal(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('peiban.waiting')).length), 0, 'what still waits')
  })

  await test('offline: a pressure waits on the phone, is shown as waiting, and arrives once with its own moment', async ({ fail }) => {
    const desk = await world.staff('liu')
    const { id } = await somebody(desk, 4)
    const page = await open(await world.phone(id, away), '/m/measure?type=blood_pressure')
    await workerReady(page)
    const stored = async () => (await get(desk, `/api/people/${id}/measures`)).items.filter((one) => one.properties.systolic === 137 && one.properties.diastolic === 83)
    const sent = []
    page.on('request', (request) => request.method() === 'POST' && sent.push(new URL(request.url()).pathname))
    await page.context().setOffline(true)
    await page.goto('/m/measure?type=blood_pressure')
    await page.getByLabel('高压（收缩压）').fill('137')
    await page.getByLabel('低压（舒张压）').fill('83')
    await page.getByRole('button', { name: '保存' }).tap()
    await page.getByRole('heading', { name: '先存在手机里了' }).waitFor()
    for (const text of [...(await words(page)), ...(await fits(page))]) fail(`a pressure without a network: ${text}`)
    await page.goto('/m/measures')
    await page.getByRole('region', { name: '等着送出' }).getByText(/137\/83/).waitFor()
    for (const text of [...(await words(page)), ...(await fits(page))]) fail(`what waits: ${text}`)
    equal((await stored()).length, 0, 'pressures at the server while there is no network')
    sent.length = 0
    await page.context().setOffline(false)
    await until('the pressure at the server', async () => (await stored()).length > 0)
    await page.locator('.thin-bar').waitFor({ state: 'detached' })
    await page.reload()
    await settled(page)
    await page.getByText(/137\/83/).waitFor()
    truth(!(await page.getByRole('region', { name: '等着送出' }).count()), 'it still waits though the server has it')
    equal((await stored()).length, 1, 'pressures at the server')
    equal(sent.filter((path) => path === '/api/me/measures').length, 1, 'times it was sent')
  })

  await test('offline: the answer to a card of the server waits as well', async () => {
    const desk = await world.staff('chen')
    const { id } = await somebody(desk, 0)
    const page = await open(await world.phone(id, away), '/m/')
    await record(page, '3.2')
    await page.locator('.safety').waitFor()
    truth(!(await page.locator('.safety-local').count()), 'the card is not the server’s')
    await page.context().setOffline(true)
    await page.getByRole('button', { name: '好些了' }).tap()
    await page.locator('.thin-bar', { hasText: '记录和答复先存在手机里 (1)' }).waitFor()
    await page.context().setOffline(false)
    await until('the answer at the server', async () => (await get(page, '/api/me/messages')).items.some((one) => one.class === 'safety' && one.answer === 'better'))
    await page.reload()
    await page.locator('.now').waitFor()
    truth(!(await page.locator('.safety').count()), 'the card is asked again though it was answered')
  })

  await test('offline: what was kept belongs to whoever signed in; signing out forgets them', async () => {
    const desk = await world.staff('liu')
    const { id } = await somebody(desk, 6)
    const page = await open(await world.phone(id, away), '/m/me')
    await workerReady(page)
    await page.getByRole('button', { name: '退出登录' }).tap()
    await page.getByRole('heading', { name: '请从链接打开' }).waitFor()
    await page.context().setOffline(true)
    await page.goto('/m/')
    await page.getByText(/没有网络|连不上/).first().waitFor()
    truth(!(await page.locator('.keypad, .tabs').count()), 'somebody who signed out is still let in')
  })

  await test('worker: a new build is shown at once, opens without a network, and leaves open pages their files', async () => {
    const dist = process.env.DIST ?? fileURLToPath(new URL('../../dist', import.meta.url))
    const folder = mkdtempSync(join(tmpdir(), 'peiban-builds-'))
    const next = join(folder, 'next')
    cpSync(dist, next, { recursive: true })
    const names = readdirSync(join(next, 'assets')).filter((name) => /^(mobile|HistoryPage)-.*\.js$/.test(name))
    equal(names.length, 2, 'files to give another name')
    rename(next, names)
    const server = await startServer()
    try {
      const page = await world.open('builds', { size: 'phone', ...away, allow: [...away.allow, /request to /], baseURL: server.url })
      const script = () => page.evaluate(() => document.querySelector('script[type=module]').getAttribute('src'))
      await page.goto(`${server.url}/m/`)
      await workerReady(page)
      const first = await script()
      // A second page stays open with the old build.
      const old = await page.context().newPage()
      await old.goto(`${server.url}/m/`)
      await old.locator('.now').waitFor()
      server.use(next)
      await page.reload()
      truth((await script()) !== first, 'the old page is shown though the network is there')
      const fresh = await script()
      await page.evaluate(() => void navigator.serviceWorker.getRegistration().then((one) => one.update()))
      await until('the new build kept', async () => (await idle(page)) && (await keptAddresses(page)).includes(fresh))
      equal((await page.evaluate(() => caches.keys())).length, 2, 'builds kept')
      await old.getByRole('navigation').getByRole('link', { name: /血糖/ }).tap()
      await old.locator('.seven').waitFor()
      await page.context().setOffline(true)
      await page.goto(`${server.url}/m/record`)
      await page.locator('.keypad').waitFor()
      equal(await script(), fresh, 'the page shown without a network')
      await press(page, '6')
    } finally {
      server.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
}

/** rename makes a build of its own out of a copy: some files, and the worker, are called otherwise. */
function rename(folder, names) {
  const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, name)).filter((file) => statSync(file).isFile() && /\.(js|html)$/.test(file))
  for (const file of files) {
    let text = readFileSync(file, 'utf8')
    for (const name of names) text = text.replaceAll(name, name.replace('-', '-Next'))
    writeFileSync(file, text.replace(/(peiban-phone-[^;]*?)([0-9a-f]{12})/, '$1ffffffffffff'))
  }
  for (const name of names) renameSync(join(folder, 'assets', name), join(folder, 'assets', name.replace('-', '-Next')))
}
