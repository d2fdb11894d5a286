// Pictures of the console and the start page from the fixture server, for looking at.
//   node testing/console-fixture.mjs 8190 &   node testing/console-shots.mjs http://127.0.0.1:8190 OUT [only]
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'

const [base = 'http://127.0.0.1:8190', out = '/tmp/console-shots', only = ''] = process.argv.slice(2)
mkdirSync(out, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
})

const signIn = async (page) => {
  await page.request.post(`${base}/api/session`, { data: { login: 'liu', password: 'peiban-demo' } })
  await page.goto(`${base}/console/today`)
  await page.waitForSelector('.task')
}
const signOut = (page) => page.request.delete(`${base}/api/session`)
const shots = {
  signin: async (p) => { await signOut(p); await p.goto(`${base}/console/`); await p.waitForSelector('form') },
  signin_wrong: async (p) => { await signOut(p); await p.goto(`${base}/console/`); await p.fill('input[name=username]', 'liu'); await p.fill('input[name=password]', 'wrong'); await p.click('button[type=submit]'); await p.waitForSelector('[role=alert]') },
  today: async (p) => { await signIn(p); await p.waitForSelector('.quick svg.x, .quick .chart'); await p.waitForTimeout(300) },
  today_record: async (p) => { await signIn(p); await p.keyboard.press('j'); await p.keyboard.press('j'); await p.keyboard.press('e'); await p.waitForSelector('.ant-dropdown-menu-item'); await p.waitForTimeout(500) },
  today_more: async (p) => { await signIn(p); await p.locator('.task').nth(4).locator('button').last().click(); await p.waitForTimeout(400) },
  today_done: async (p) => { await signIn(p); await p.locator('.task').nth(8).getByRole('button').nth(2).click(); await p.locator('.ant-dropdown-menu-item').first().click(); await p.waitForSelector('.ant-notification-notice'); await p.request.post(`${base}/fixture/new-task`, { data: {} }); await p.waitForTimeout(700) },
  today_why: async (p) => { await signIn(p); await p.locator('.task .link').first().click(); await p.waitForSelector('.why'); await p.waitForTimeout(300) },
  today_keys: async (p) => { await signIn(p); await p.keyboard.press('?'); await p.waitForTimeout(400) },
  people: async (p) => { await signIn(p); await p.goto(`${base}/console/people`); await p.waitForSelector('.grid-row[role=row] a'); await p.waitForTimeout(300) },
  people_filter: async (p) => { await signIn(p); await p.goto(`${base}/console/people?owner=me&due=true&sort=lastReading&dir=asc`); await p.waitForSelector('.grid-row a'); await p.waitForTimeout(300) },
  people_none: async (p) => { await signIn(p); await p.goto(`${base}/console/people?q=zzz`); await p.waitForSelector('.state') },
  person: async (p) => { await signIn(p); await p.goto(`${base}/console/people/p_0005`); await p.waitForSelector('.log'); await p.waitForTimeout(300) },
  person_full: async (p) => { await signIn(p); await p.goto(`${base}/console/people/p_0001?tab=messages`); await p.waitForSelector('.log'); await p.waitForTimeout(300) },
  person_daily: async (p) => { await signIn(p); await p.goto(`${base}/console/people/p_0005?chart=daily&days=30`); await p.waitForSelector('.daily .chart'); await p.waitForTimeout(300) },
  person_past: async (p) => { await signIn(p); await p.goto(`${base}/console/people/p_0005?on=2026-02-20`); await p.waitForSelector('.person-banner'); await p.waitForSelector('.log'); await p.waitForTimeout(300) },
  person_few: async (p) => { await signIn(p); await p.goto(`${base}/console/people/p_000b`); await p.waitForSelector('.person-log, .state'); await p.waitForTimeout(300) },
  person_why: async (p) => { await signIn(p); await p.goto(`${base}/console/people/p_0005`); await p.locator('.tag').first().click(); await p.waitForSelector('.why'); await p.waitForTimeout(300) },
  person_record: async (p) => { await signIn(p); await p.goto(`${base}/console/people/p_0005`); await p.waitForSelector('.log'); await p.locator('.person-acts button').nth(1).click(); await p.waitForTimeout(500) },
  person_link: async (p) => { await signIn(p); await p.goto(`${base}/console/people/p_0005`); await p.waitForSelector('.log'); await p.locator('.person-acts button').nth(0).click(); await p.locator('.code button').click(); await p.waitForSelector('.code img'); await p.waitForTimeout(300) },
  start: async (p) => { await p.goto(`${base}/`); await p.waitForSelector('.start'); await p.waitForTimeout(700) },
  start_moved: async (p) => { await p.goto(`${base}/`); await p.waitForSelector('.start'); await p.locator('.clock-moves button').first().click(); await p.waitForTimeout(900) },
}

const bad = /undefined|NaN|null|Invalid Date|\[object|No data|\b[a-z]+\.[a-z]+\.[a-z]+\b|{{/
for (const language of ['zh', 'en']) {
  for (const [width, height] of [[1440, 900], [1366, 768]]) {
    for (const [name, go] of Object.entries(shots)) {
      if (only && !only.split(',').some((o) => `${name}-${language}-${width}`.startsWith(o))) continue
      const context = await browser.newContext({ viewport: { width, height }, locale: language === 'zh' ? 'zh-CN' : 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' })
      await context.addInitScript((l) => localStorage.setItem('peiban.language', l), language)
      const page = await context.newPage()
      page.setDefaultTimeout(8000)
      page.on('pageerror', (e) => console.log(`${name} ${language}: ${e.message}`))
      page.on('console', (m) => { if (m.type() === 'error' && !/status of 401|status of 404/.test(m.text())) console.log(`${name} ${language} console: ${m.text().slice(0, 300)}`) })
      try {
        await go(page)
        const text = await page.evaluate(() => document.body.innerText)
        const hit = text.match(bad)
        if (hit && !/peiban\.|127\.0/.test(hit[0])) console.log(`${name} ${language}: says "${hit[0]}"`)
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        if (wide > 0) console.log(`${name} ${language} ${width}: ${wide} px too wide`)
      } catch (e) {
        console.log(`${name} ${language} ${width}: ${e.message.split('\n')[0]}`)
      }
      await page.screenshot({ path: `${out}/${name}-${language}-${width}.png`, fullPage: name === 'person_full' })
      await context.close()
    }
  }
}
await browser.close()
