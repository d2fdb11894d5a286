// What is begun and followed up by hand: a journey started for one person, the people who did not come, a guardian's answers.
import { get, send } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open, people } from './steps.mjs'

const names = ['Demo']

/** startable is the first of everybody who may be put into a journey now, and that journey. */
async function startable(page) {
  for (const who of (await people(page)).values()) {
    const { items } = await get(page, `/api/people/${who.id}/journey-starts`)
    const at = items.find(({ may }) => may)
    if (at) return { who, at }
  }
  throw new Error('nobody of the demo may be put into a journey by hand')
}

export default async function starts(test, world) {
  await test('starts: a journey is begun by hand for one person, counted first', async ({ fail }) => {
    const page = await world.staff('zhou')
    const { who, at } = await startable(page)
    const before = await get(page, `/api/people/${who.id}/journey-starts`)
    await open(page, `/console/people/${who.id}`)
    await page.getByRole('button', { name: '手工开始一个旅程' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('radio', { name: new RegExp(at.name.zh) }).check()
    await dialog.getByText(/^会进入 1\s人$/).waitFor()
    await decent(page, fail, 'Starting a journey', { names, skip: '.user-text, td, .note' })
    await dialog.getByRole('button', { name: /^放进 1\s人$/ }).click()
    await dialog.getByText(/^已放进 1\s人$/).waitFor()
    await dialog.getByRole('button', { name: /^关\s*闭$/ }).last().click()
    const after = await get(page, `/api/people/${who.id}/journey-starts`)
    const may = ({ items }) => items.filter((one) => one.may).map(({ journey }) => journey)
    truth(may(before).includes(at.journey) && !may(after).includes(at.journey), `${at.journey} may be begun again at once`)
    await page.locator('aside.now').getByText(at.name.zh).first().waitFor()
  })

  await test('overdue: who did not come, an outcome is kept, in both languages', async ({ fail }) => {
    for (const [language, tell, title, result, keep, kept] of [
      ['zh', /^记录结果/, /^逾期$/, '没接通', /^记\s*下$/, '记下了'],
      ['en', /^Record outcome/, /^Overdue$/, 'no answer', /^Keep$/, 'Kept'],
    ]) {
      const page = await open(await world.staff('zhou', { language, label: language }), '/console/overdue')
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      await page.locator('.overdue-bar').first().waitFor()
      await decent(page, fail, `Overdue ${language}`, { language, names })
      const { counts } = await get(page, '/api/overdue')
      await page.getByRole('button', { name: tell }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('radio', { name: result }).check()
      await decent(page, fail, `An outcome ${language}`, { language, names })
      await dialog.getByRole('button', { name: keep }).click()
      await dialog.getByRole('alert').waitFor() // when to try again is asked for
      const day = dialog.locator('.ant-picker input')
      await day.click()
      await page.locator('.ant-picker-dropdown:visible .ant-picker-cell-in-view:not(.ant-picker-cell-disabled)').first().click()
      await dialog.getByRole('button', { name: keep }).click()
      await page.getByText(kept, { exact: true }).waitFor()
      const now = await get(page, '/api/overdue')
      equal(now.counts.due, counts.due - 1, 'who is still to be contacted')
      equal(now.counts.later, counts.later + 1, 'whose next try is planned')
    }
  })

  await test('guardian: answers for a child on her own phone', async ({ fail }) => {
    const page = await world.staff('zhou')
    const { workspace: { now } } = await get(page, '/api/session')
    const child = await send(page, '/api/people', { name: '何小树', birthYear: Number(now.slice(0, 4)) - 9 })
    const { items } = await send(page, `/api/people/${child.id}/family`, { name: '何文秀', phone: '13800009922', kind: 'guardian', scopes: [], proof: '户口本复印件' })
    const phone = await open(await world.phone(items.find(({ name }) => name === '何文秀').id, { label: 'guardian' }), '/m/me')
    for (const box of await phone.locator('.consent').all()) if (/必需/.test(await box.locator('h2').innerText())) await box.locator('input[type=checkbox]').check()
    const begin = phone.getByRole('button', { name: '按我的选择开始' })
    if (await begin.count()) await begin.tap()
    await phone.locator('.consent').first().waitFor({ state: 'detached' })
    await open(phone, `/m/child/${child.id}/consents`)
    await phone.getByRole('heading', { name: '何小树的同意' }).waitFor()
    await decent(phone, fail, 'A child\'s consents', { names })
    await phone.getByRole('button', { name: /^同意/ }).first().tap()
    await phone.getByRole('button', { name: '撤回' }).first().waitFor()
    await decent(phone, fail, 'A child\'s consents, one given', { names })
    truth((await get(phone, `/api/me/family/${child.id}/consents`)).items.some(({ granted }) => granted), 'nothing was agreed to')
  })
}
