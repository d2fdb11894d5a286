// A rehearsal beside a live workspace: made, entered, its clock moved, a draft taken back, removed. It has a server of its own, with a live workspace.
import { World } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { startLive } from '../lib/server.mjs'
import { open } from './steps.mjs'

const picture = (page, name) => (process.env.LOOK ? page.screenshot({ path: `${process.env.LOOK}/${name}.png`, fullPage: true }) : undefined)

export default async function rehearsals(test, shared) {
  await test('rehearsals: beside the live workspace, made, entered, moved, a draft taken back, removed', async ({ fail }) => {
    const server = await startLive([
      ['zhou', '周宁', 'manager'],
      ['liu', '刘敏', 'health_manager'],
    ])
    const world = new World(server, shared.browser)
    world.password = (login) => `peiban-${login}-live`
    try {
      const page = await open(await world.staff('zhou'), '/console/programmes')
      await page.getByRole('link', { name: '演练空间' }).click()
      await page.getByText('还没有演练空间').waitFor()
      await decent(page, fail, 'No rehearsal yet')
      await page.getByRole('button', { name: '建一个演练空间' }).first().click()
      const form = page.getByRole('dialog')
      await form.getByLabel('名字').fill('春季随访试跑')
      await form.getByLabel('编多少人').fill('24')
      await form.getByLabel('他们已经过了多少天').fill('30')
      await decent(page, fail, 'What a rehearsal is made of')
      await picture(page, 'make-zh')
      await form.getByRole('button', { name: '开始建' }).click()
      await page.getByText(/正在建\s\d+%/).waitFor()
      await picture(page, 'making-zh')
      await page.getByRole('button', { name: /^进\s*入$/ }).waitFor({ timeout: 60_000 })
      await decent(page, fail, 'A rehearsal is ready')
      await picture(page, 'live-zh')
      const before = await page.locator('.top-clock').innerText()

      await page.getByRole('button', { name: /^进\s*入$/ }).click()
      const bar = page.getByRole('region', { name: '演练空间' })
      await bar.getByText('春季随访试跑').waitFor()
      truth(/演练/.test(await page.locator('.badge').first().innerText()), 'no badge')
      await decent(page, fail, 'Today in a rehearsal', { axe: false })
      await picture(page, 'today-zh')
      await bar.getByRole('button', { name: /^\+1\s周$/ }).click()
      const happened = page.getByRole('region', { name: '刚才发生了什么' })
      await happened.getByText(/送出\s\d+\s条/).waitFor()
      truth((await happened.getByRole('listitem').count()) > 3, 'a week passed and nothing is told')
      await decent(page, fail, 'What a week brought')
      await picture(page, 'happened-zh')
      const narrow = page.viewportSize()
      await page.setViewportSize({ width: 360, height: 780 })
      await picture(page, 'happened-360')
      await page.setViewportSize(narrow)

      // A draft begun in the rehearsal is taken back as a draft.
      const { csrf } = await (await page.request.get('/api/session')).json()
      const headers = { 'X-CSRF-Token': csrf, 'If-Match': '0' }
      const saved = await page.request.put('/api/programmes/diabetes/draft/file', { headers, data: { path: 'README.md', text: '# 试过了\n' } })
      equal(saved.status(), 200, 'draft in the rehearsal')
      await bar.getByRole('button', { name: '回到正式空间' }).click()
      await bar.waitFor({ state: 'detached' })
      equal((await page.locator('.top-clock').innerText()).slice(0, 6), before.slice(0, 6), 'the live clock')
      await open(page, '/console/rehearsals')
      await page.getByRole('button', { name: '带草稿过来' }).click()
      await page.getByText('已带成草稿：糖尿病管理').waitFor()
      await decent(page, fail, 'A draft taken back')
      await picture(page, 'brought-zh')
      await page.setViewportSize({ width: 360, height: 780 })
      await picture(page, 'brought-360')
      await world.close(page)

      const other = await open(await world.staff('liu', { language: 'en', label: 'en', viewport: { width: 1366, height: 768 } }), '/console/rehearsals')
      await other.getByRole('button', { name: 'Enter' }).waitFor()
      equal(await other.getByRole('button', { name: 'Remove' }).count(), 0, 'a health manager may remove it')
      await decent(other, fail, 'Rehearsals in English', { language: 'en' })
      await picture(other, 'live-en')
      await other.getByRole('button', { name: 'Enter' }).click()
      await other.getByRole('button', { name: '+1 day' }).click()
      await other.getByText('What just happened').waitFor()
      await decent(other, fail, 'A rehearsal in English', { language: 'en' })
      await picture(other, 'happened-en')
      await world.close(other)

      const last = await open(await world.staff('zhou'), '/console/rehearsals')
      await last.getByRole('button', { name: /^删\s*除$/ }).click()
      await picture(last, 'remove-zh')
      await last.getByRole('dialog').getByRole('button', { name: /^删\s*除$/ }).click()
      await last.getByText('还没有演练空间').waitFor()
      for (const text of world.problems) fail(text)
    } finally {
      await world.closeAll()
      await server.stop()
    }
  })
}
