// The start page: three doors, and a clock that makes things happen in the console and the phone.
import { get } from '../lib/browser.mjs'
import { decent, settled } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { han, move, open } from './steps.mjs'

export async function doors(test, world) {
  await test('start: three doors, a phone that is real, sign-ins', async ({ fail }) => {
    const page = await open(await world.open('start'), '/')
    equal(await page.getByRole('link', { name: '进入控制台' }).getAttribute('href'), '/console/', 'door of the console')
    await page.locator('iframe').waitFor()
    const phone = page.frameLocator('iframe')
    await phone.locator('.now, .safety').first().waitFor()
    truth(await page.locator('.clock-now').isVisible(), 'there is no clock')
    for (const login of ['admin', 'zhou', 'liu', 'chen', 'wang', 'qian', 'viewer']) truth(await page.getByText(login, { exact: true }).isVisible(), `no sign-in of ${login}`)
    await decent(page, fail, 'start page', { names: logins })
    const other = page.locator('.phone-person').nth(2)
    const name = (await other.innerText()).split(/\s/)[0]
    await other.click()
    await page.locator(`iframe[title^="${name}"]`).waitFor()
    await phone.locator('.now, .safety').first().waitFor()
    equal((await get(page, '/api/me')).name, name, 'whose phone it is')
    await page.getByRole('link', { name: '进入控制台' }).click()
    await page.locator('input[name=username]').waitFor()
  })

  await test('start: in English', async ({ fail }) => {
    const page = await open(await world.open('start en'), '/')
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('link', { name: /console/i }).first().waitFor()
    await settled(page)
    await decent(page, fail, 'start page in English', { language: 'en' })
  })
}

export async function clock(test, world, shot) {
  await test('clock: +1 hour, to the next due moment, +1 day; what happened is said, each line with its why', async ({ fail }) => {
    const page = await open(await world.open('start'), '/')
    await step(page, /^\+1\s小时$/)
    await page.frameLocator('iframe').locator('.now, .safety').first().waitFor()
    await shot(page, 'start')
    await step(page, /^到下一件事/)
    await decent(page, fail, 'start page after the next due moment', { names: logins, axe: false })
    const lines = page.locator('.lines li')
    truth((await lines.count()) > 0, 'the next due moment came and nothing is told')
    const why = lines.first().getByRole('link', { name: /^为什么/ })
    truth(/^\/console\/people\//.test(await why.getAttribute('href')), 'no way to why')
    await step(page, /^\+1\s天$/)
    truth((await page.locator('.count').count()) > 1, 'a day passed and nothing is counted')
    await page.locator('.count').nth(1).click()
  })

  await test('clock: a message comes to an open phone and a task to an open console, without a reload', async ({ fail }) => {
    const desk = await world.staff('zhou')
    await open(desk, '/console/today?owner=all')
    const shown = await get(desk, '/api/demo')
    const known = new Set(shown.people.map((one) => one.id))
    // Somebody whose phone is among the shown ones gets something within days; the others prove nothing here.
    const phones = new Map()
    for (const one of shown.people.slice(0, 5)) phones.set(one.id, await open(await world.phone(one.id, { label: one.name }), '/m/'))
    const before = await desk.locator('.top-clock').innerText()
    let message, task
    for (let i = 0; i < 40 && !(message && task); i++) {
      const { happened, after } = await move(desk, 'next')
      const items = happened.items ?? []
      task ??= items.find((one) => one.kind === 'task')
      message ??= items.find((one) => one.kind === 'sent' && phones.has(one.person.id))
      if (new Date(after).getTime() - Date.now() > 12 * 86_400_000) break
    }
    truth(task, 'no task in twelve days')
    truth(message, `no message to ${[...known].length} shown phones in twelve days`)
    await desk.waitForFunction((text) => document.querySelector('.top-clock')?.textContent !== text, before)
    const row = desk.locator('.task', { hasText: task.person.name })
    const fresh = desk.locator('.fresh')
    await row.or(fresh).first().waitFor()
    if (await fresh.count()) await fresh.click()
    await row.first().waitFor()
    const phone = phones.get(message.person.id)
    await phone.getByRole('link', { name: /条消息没看|打开看看/ }).or(phone.locator('.safety')).first().waitFor()
    // The message may be a safety card, or stand behind one: it lets nobody on without an answer.
    const tabs = phone.getByRole('navigation', { name: '主要页面' })
    for (let cards = 0; cards < 3 && !(await tabs.count()); cards++) {
      await phone.locator('.answer-button').first().tap()
      await tabs.or(phone.locator('.safety')).first().waitFor()
    }
    await tabs.getByRole('link', { name: /消息/ }).tap()
    const title = message.text.zh.replace(/^送出：/, '')
    await phone.locator('.message', { hasText: han(title) }).first().waitFor()
    await decent(phone, fail, 'messages of the phone')
    await decent(desk, fail, 'today after the clock', { names: ['Demo'], axe: false })
  })
}

/** The sign-ins of the demo are names, not words. */
const logins = ['peiban', 'admin', 'zhou', 'liu', 'chen', 'wang', 'qian', 'viewer', 'demo', 'make']

async function step(page, name) {
  const before = await page.locator('.clock-now').innerText()
  await page.getByRole('button', { name }).click()
  await page.waitForFunction((text) => document.querySelector('.clock-now')?.textContent !== text, before)
  await page.getByRole('button', { name }).or(page.locator('.clock-moves')).first().waitFor()
}
