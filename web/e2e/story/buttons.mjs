// Every button once: something must happen, nothing may hang, no link may lead nowhere.
import { settled, words } from '../lib/checks.mjs'
import { open, people } from './steps.mjs'

/** What ends the session, leaves the browser or only marks text, and is looked at elsewhere. */
const leave = /^(删|退出|退出登录|导出 CSV|撤回|确定撤回|同意)$/

export default async function buttons(test, world) {
  const walk = async (page, path, fail, names) => {
    await open(page, path)
    const wanted = await labels(page)
    for (const { key, label } of wanted) {
      if (leave.test(label)) continue
      // What the last button opened is shut again; the page is opened anew only where that does not bring the next one back.
      if (await page.locator(overlays).count()) {
        await page.keyboard.press('Escape')
        await page.waitForFunction((all) => !document.querySelector(all), overlays, { timeout: 1000 }).catch(() => undefined)
      }
      if ((await page.locator(overlays).count()) || new URL(page.url()).pathname !== path || (await find(page, key)) === 'none') await open(page, path)
      if ((await find(page, key)) === 'none') continue
      const target = page.locator('[data-button=here]').first()
      const before = await mark(page)
      const first = await target.click({ timeout: 6000 }).catch((error) => error)
      if (first) {
        // It may have been drawn anew in between, with what came meanwhile: it is looked for once more.
        if ((await find(page, key)) === 'none') continue
        await target.click({ timeout: 6000 }).catch(() => fail(`${path}: “${label}” cannot be clicked: ${first.message.split('\n')[0]}`))
      }
      const happened = await page
        .waitForFunction((was) => window.__changes > was.changes || location.href !== was.href || document.activeElement?.matches('input, textarea'), before, { timeout: 5000, polling: 30 })
        .then(() => true, () => false)
      if (!happened) fail(`${path}: “${label}” does nothing`)
      await settled(page, `${path} after “${label}”`).catch((error) => fail(error.message))
      if (await page.locator('.state-code').count()) fail(`${path}: “${label}” leads to an error: ${await page.locator('.state').first().innerText()}`)
      if (await page.getByText(/没有这个页面|没有这一页/).count()) fail(`${path}: “${label}” leads nowhere`)
      for (const text of await words(page, { names })) fail(`${path} after “${label}”: ${text}`)
    }
  }

  await test('buttons: every one of the phone and of the console does something', async ({ fail }) => {
    const desk = await world.staff('liu')
    const { id } = (await people(desk)).get('王建国')
    const phone = await world.phone(id)
    await Promise.all([watch(phone), watch(desk)])
    const each = async (page, paths) => {
      for (const path of paths) await walk(page, path, fail, english)
    }
    await Promise.all([
      each(phone, ['/m/', '/m/record', '/m/glucose', '/m/messages', '/m/me']),
      each(desk, ['/console/today', '/console/people', `/console/people/${id}`]),
    ])
  })

  await test('buttons: every one of the start page does something', async ({ fail }) => {
    const page = await world.open('start')
    await watch(page)
    await walk(page, '/', fail, [...english, 'peiban', 'admin', 'zhou', 'liu', 'chen', 'wang', 'qian', 'viewer', 'demo', 'make'])
  })
}

const english = ['Demo']

const overlays = '.ant-modal-wrap, .ant-drawer-open, .sheet-back, .ant-popover:not(.ant-popover-hidden), .ant-dropdown:not(.ant-dropdown-hidden), .ant-select-dropdown:not(.ant-select-dropdown-hidden), .ant-picker-dropdown:not(.ant-picker-dropdown-hidden)'

const watch = (page) =>
  page.addInitScript(() => {
    window.__changes = 0
    new MutationObserver(() => window.__changes++).observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
  })

const mark = (page) => page.evaluate(() => ({ changes: window.__changes, href: location.href }))

/** labels are the buttons and links of a page, those of the same kind once. */
const labels = (page) =>
  page.evaluate(() => {
    const out = new Map()
    for (const el of document.querySelectorAll('button, a[href], [role=tab], summary, .ant-segmented-item')) {
      if (!el.checkVisibility({ visibilityProperty: true }) || el.disabled || el.matches('.skip') || el.closest('.visually-hidden')) continue
      if (/^(tel|mailto):/.test(el.getAttribute('href') ?? '') || el.getAttribute('href')?.startsWith('/api/')) continue
      // What is chosen already has nothing left to do.
      if (el.matches('[aria-pressed=true], [aria-current], [aria-checked=true], [aria-selected=true], [data-on=true], .ant-segmented-item-selected, .active')) continue
      const label = (el.getAttribute('aria-label') || el.innerText || '').trim().replaceAll(/\s+/g, ' ')
      if (/^(English|中文)$/.test(label)) continue
      // Rows of a list are alike: the kind of a button is its class and, outside lists, its label.
      const listed = el.closest('.task, .grid-body, .line, .lines, .log, .messages, .readings, .tag, .accounts, .keypad')
      const key = `${el.tagName} ${typeof el.className === 'string' ? el.className : ''} ${listed ? listed.className.split(' ')[0] + (el.closest('.log, .grid-body, .messages, .tag, .keypad, .task-name') ? '' : label) : label}`
      if (!out.has(key)) out.set(key, { key, label })
    }
    return [...out.values()]
  })

/** find marks the first button of that kind, for a locator to take. */
const find = (page, key) =>
  page.evaluate((wanted) => {
    for (const el of document.querySelectorAll('[data-button]')) delete el.dataset.button
    for (const el of document.querySelectorAll('button, a[href], [role=tab], summary, .ant-segmented-item')) {
      if (!el.checkVisibility({ visibilityProperty: true }) || el.disabled || el.matches('[aria-pressed=true], [aria-current], [aria-checked=true], [aria-selected=true], [data-on=true], .ant-segmented-item-selected, .active')) continue
      const label = (el.getAttribute('aria-label') || el.innerText || '').trim().replaceAll(/\s+/g, ' ')
      const listed = el.closest('.task, .grid-body, .line, .lines, .log, .messages, .readings, .tag, .accounts, .keypad')
      const key = `${el.tagName} ${typeof el.className === 'string' ? el.className : ''} ${listed ? listed.className.split(' ')[0] + (el.closest('.log, .grid-body, .messages, .tag, .keypad, .task-name') ? '' : label) : label}`
      if (key === wanted) {
        el.dataset.button = 'here'
        return 'here'
      }
    }
    return 'none'
  }, key)
