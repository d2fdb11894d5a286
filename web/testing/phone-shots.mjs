// Pictures of every phone screen, in both languages, in normal and elder type, with the checks a picture can make:
// nothing wider than the screen, no clipped text, no words that must never be seen. node testing/phone-shots.mjs [folder]
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'
import { startServer } from './phone-server.mjs'

const folder = process.argv[2] ?? '/tmp/phone-shots'
const only = process.argv[3]
/** SCALE=1.6 draws the text as a reader who enlarges it in WeChat sees it; HEIGHT=640 is a small phone; DARK=1. */
const scale = Number(process.env.SCALE ?? 1)
const height = Number(process.env.HEIGHT ?? 780)
mkdirSync(folder, { recursive: true })
const server = await startServer()
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
  headless: true,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  ],
})
const problems = []

/** Words that tell of a mistake; English letters in a Chinese page are allowed only as units, keys and names. */
const forbidden = /undefined|NaN|null|Invalid Date|\[object|No data|敬请期待|控制差|异常|失败/
const english = /[A-Za-z]{3,}/g
const allowed = new Set(['mmol', 'English'])

async function check(page, name, zh) {
  const found = await page.evaluate(() => {
    const out = []
    const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth
    if (wide) out.push('page is wider than the screen')
    for (const el of document.querySelectorAll('button, a, h1, h2, p, li, span')) {
      if (el.closest('.visually-hidden') || el.querySelector('.visually-hidden') || el.classList.contains('message-body')) continue
      if (el.scrollWidth > el.clientWidth + 1 && getComputedStyle(el).display !== 'inline') out.push(`clipped: ${el.textContent?.slice(0, 30)}`)
    }
    const min = document.documentElement.dataset.elder === 'true' ? 60 : 44
    for (const el of document.querySelectorAll('button, a')) {
      const box = el.getBoundingClientRect()
      if (box.width > 0 && (box.height < min - 0.5 || box.width < min - 0.5)) out.push(`small target ${Math.round(box.width)}x${Math.round(box.height)}: ${el.textContent?.slice(0, 20)}`)
    }
    return { out, text: document.body.innerText }
  })
  for (const one of found.out) problems.push(`${name}: ${one}`)
  if (forbidden.test(found.text)) problems.push(`${name}: forbidden word ${forbidden.exec(found.text)[0]}`)
  if (zh) for (const word of found.text.match(english) ?? []) if (!allowed.has(word)) problems.push(`${name}: English "${word}"`)
  if (!zh && /[\u4e00-\u9fff]{4,}/.test(found.text)) problems.push(`${name}: Chinese "${/[\u4e00-\u9fff]{4,}/.exec(found.text)[0]}"`)
  const axe = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    // Sizes are measured above; axe counts what a sticky bar happens to cover as small.
    .disableRules(['target-size']).analyze()
  for (const v of axe.violations) problems.push(`${name}: axe ${v.id} ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(' | ')}`)
}

const L = {
  zh: { record: '记血糖', save: '保存', del: '删' },
  en: { record: 'Record glucose', save: 'Save', del: 'Del' },
}

async function type(page, digits) {
  for (const d of digits) await page.locator('.keypad button').filter({ hasText: d === '.' ? '.' : d }).first().tap()
}

const screens = {
  signin: [{ signedIn: false }, async (p, t) => { await p.goto(`${server.url}/m/`); await p.waitForSelector('h1') }],
  expired: [{ signedIn: false }, async (p) => { await p.goto(`${server.url}/m/in/old`); await p.waitForSelector('h1') }],
  consent: [{ needsConsent: true }, async (p) => { await p.goto(`${server.url}/m/`); await p.waitForSelector('.consent') }, true],
  today: [{}, async (p) => { await p.goto(`${server.url}/m/`); await p.waitForSelector('.now') }],
  contact: [{}, async (p) => { await p.goto(`${server.url}/m/`); await p.waitForSelector('.now'); await p.tap('.contact'); await p.waitForSelector('.sheet') }],
  record: [{}, async (p) => { await p.goto(`${server.url}/m/record`); await p.waitForSelector('.keypad'); await type(p, '7.8') }],
  'record-time': [{}, async (p) => { await p.goto(`${server.url}/m/record`); await p.waitForSelector('.keypad'); await p.locator('.measured .text-button').tap(); await p.locator('.slot-more').tap() }, true],
  'record-unit': [{}, async (p) => { await p.goto(`${server.url}/m/record`); await p.waitForSelector('.keypad'); await type(p, '78') }],
  reply: [{}, async (p) => { await p.goto(`${server.url}/m/record`); await p.waitForSelector('.keypad'); await type(p, '8.6'); await p.locator('.record > .main-button').tap(); await p.waitForSelector('.reply') }],
  confirm: [{}, async (p) => { await p.goto(`${server.url}/m/record`); await p.waitForSelector('.keypad'); await type(p, '78'); await p.locator('.record > .main-button').tap(); await p.waitForSelector('.reply') }],
  safety: [{}, async (p) => { await p.goto(`${server.url}/m/record`); await p.waitForSelector('.keypad'); await type(p, '2.8'); await p.locator('.record > .main-button').tap(); await p.waitForSelector('.safety') }, true],
  'safety-offline': [{}, async (p, c) => { await p.goto(`${server.url}/m/record`); await p.waitForSelector('.keypad'); await c.setOffline(true); await type(p, '3.4'); await p.locator('.record > .main-button').tap(); await p.waitForSelector('.safety') }, true],
  offline: [{}, async (p, c) => { await p.goto(`${server.url}/m/record`); await p.waitForSelector('.keypad'); await c.setOffline(true); await type(p, '6.4'); await p.locator('.record > .main-button').tap(); await p.waitForSelector('.thin-bar') }],
  glucose: [{}, async (p) => { await p.goto(`${server.url}/m/glucose`); await p.waitForSelector('.seven') }, true],
  glucose30: [{}, async (p) => { await p.goto(`${server.url}/m/glucose?days=30`); await p.waitForSelector('.seven'); await p.locator('details.card > summary').tap() }, true],
  'glucose-empty': [{ empty: true }, async (p) => { await p.goto(`${server.url}/m/glucose`); await p.waitForSelector('.state') }],
  messages: [{}, async (p) => { await p.goto(`${server.url}/m/messages`); await p.waitForSelector('.message') }],
  message: [{}, async (p) => { await p.goto(`${server.url}/m/messages/m1`); await p.waitForSelector('.answer-button') }],
  message2: [{}, async (p) => { await p.goto(`${server.url}/m/messages/m2`); await p.waitForSelector('.body-text') }],
  me: [{}, async (p) => { await p.goto(`${server.url}/m/me`); await p.waitForSelector('.choice') }, true],
}

for (const language of ['zh', 'en']) {
  for (const elder of [false, true]) {
    for (const [name, [options, go, whole]] of Object.entries(screens)) {
      if (only && !only.split(',').includes(name)) continue
      const label = `${name}-${language}${elder ? '-elder' : ''}`
      server.set({ ...options, language, elder, english: language === 'en' })
      const context = await browser.newContext({
        viewport: { width: 360, height }, deviceScaleFactor: 2, isMobile: true, hasTouch: true,
        locale: language === 'zh' ? 'zh-CN' : 'en-GB', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce',
        colorScheme: process.env.DARK ? 'dark' : 'light',
      })
      if (scale !== 1) {
        await context.addInitScript((factor) => {
          addEventListener('DOMContentLoaded', () => (document.documentElement.style.fontSize = `${factor * 100}%`))
        }, scale)
      }
      if (language === 'en') await context.addInitScript(() => localStorage.setItem('peiban.language', 'en'))
      const page = await context.newPage()
      page.setDefaultTimeout(8000)
      page.on('pageerror', (error) => problems.push(`${label}: ${error}`))
      page.on('request', (request) => request.url().startsWith(server.url) || problems.push(`${label}: outside ${request.url()}`))
      try {
        await go(page, context)
        await page.waitForTimeout(150)
        await check(page, label, language === 'zh')
        await page.screenshot({ path: join(folder, `${label}.png`) })
        if (whole) {
          await page.addStyleTag({ content: '.foot{position:static!important}' }).catch(() => undefined)
          await page.screenshot({ path: join(folder, `${label}-full.png`), fullPage: true })
        }
      } catch (error) {
        problems.push(`${label}: ${String(error).split('\n')[0]}`)
        await page.screenshot({ path: join(folder, `${label}-error.png`) })
      }
      await context.close()
    }
  }
}
await browser.close()
server.close()
for (const problem of [...new Set(problems)]) console.log(problem)
console.log(`${problems.length} problems, pictures in ${folder}`)
process.exit(problems.length ? 1 : 0)
