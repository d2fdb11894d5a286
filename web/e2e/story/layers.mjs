// Layered management and doubtful data: every number of the layers opens its people, a doubt is shown with its readings and
// cleared with a reason.
import { get } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open } from './steps.mjs'

export default async function layers(test, world) {
  await test('layers: who, why and what was given; a number opens as many people as it says', async ({ fail }) => {
    const page = await open(await world.staff('zhou'), '/console/layers')
    await page.getByRole('heading', { name: '各层人数怎么变' }).waitFor()
    await decent(page, fail, 'Layers', { names: ['Demo'] })
    const all = await get(page, '/api/layers')
    equal(all.items.reduce((sum, { people }) => sum + people, all.none), all.people, 'people of all layers together')
    const line = all.items.find(({ people }) => people > 0)
    await page.getByRole('button', { name: new RegExp(`^${line.name.zh}：打开 \\d+ 人`) }).click()
    await page.getByText(`${line.people} 人`, { exact: false }).first().waitFor()
  })

  await test('doubts: what shows it, and clearing it with a reason', async ({ fail }) => {
    const page = await open(await world.staff('zhou'), '/console/doubts')
    await page.getByRole('heading', { name: '数据存疑' }).waitFor()
    await decent(page, fail, 'Doubtful data', { names: ['Demo'] })
    const before = await get(page, '/api/doubts')
    if (before.total === 0) return
    await page.getByRole('button', { name: /^看证据/ }).first().click()
    truth((await page.locator('.doubt-evidence li').count()) > 0, 'no reading is shown')
    await page.getByRole('button', { name: /^核\s*清$/ }).first().click()
    await page.getByRole('radio', { name: '本人核对过，数值属实' }).check()
    await page.getByRole('dialog').getByRole('button', { name: /^核\s*清$/ }).click()
    await page.getByText('已核清', { exact: true }).first().waitFor()
    const after = await get(page, '/api/doubts')
    equal(after.open, before.open - 1, 'doubts still open')
  })
}
