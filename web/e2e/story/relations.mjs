// People around somebody: a daughter is added with what she may know, reads it at her own phone, and reads nothing once it is ended; a
// doctor decides who hears what is serious.
import { get } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open, somebody } from './steps.mjs'

export default async function relations(test, world) {
  let who
  let kin

  await test('relations: a daughter is added with what she may know, and reads that at her phone', async ({ fail }) => {
    const page = await world.staff('liu')
    who = await somebody(page, 1)
    await open(page, `/console/people/${who.id}`)
    await page.getByRole('button', { name: '管理关系' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: '添加一位' }).click()
    await dialog.getByLabel('姓名').fill('何小蕾')
    await dialog.getByLabel(/^手机号/).fill('13800009911')
    await dialog.getByRole('combobox', { name: '关系' }).click()
    await page.locator('.ant-select-dropdown:visible .ant-select-item-option').filter({ hasText: '女儿' }).click()
    await dialog.getByRole('checkbox', { name: '测量记录' }).check()
    if (await dialog.getByRole('radio', { name: '签了字的纸' }).count()) { // sharing was not agreed to on the phone before
      await dialog.getByRole('button', { name: /^保\s*存$/ }).click()
      await dialog.locator('.field-error').first().waitFor()
      await dialog.getByRole('radio', { name: '签了字的纸' }).check()
      await dialog.getByLabel(/^证明在哪里/).fill('同意书 2026-0311')
    }
    await page.mouse.move(2, 2)
    await decent(page, fail, 'A relative is added', { names: ['Demo'] })
    await dialog.getByRole('button', { name: /^保\s*存$/ }).click()
    await dialog.getByText('女儿 何小蕾').waitFor()
    await decent(page, fail, 'Relatives', { names: ['Demo'] })
    const { items } = await get(page, `/api/people/${who.id}/family`)
    kin = items.find(({ name }) => name === '何小蕾')
    equal(kin.scopes.join(), 'readings', 'what she may know')

    const phone = await open(await world.phone(kin.id, { label: 'daughter' }), '/m/me')
    await phone.locator('.consent').first().waitFor() // her own consent first: she is somebody new
    await decent(phone, fail, 'Her own consent', { names: ['Demo'] })
    for (const box of await phone.locator('.consent').all()) if (/必需/.test(await box.locator('h2').innerText())) await box.locator('input[type=checkbox]').check()
    await phone.getByRole('button', { name: '按我的选择开始' }).tap()
    await phone.locator('.consent').first().waitFor({ state: 'detached' })
    await open(phone, '/m/me')
    await phone.locator(`a[href$="/m/shared/${who.id}"]`).waitFor()
    await decent(phone, fail, 'Whose I read', { names: ['Demo'] })
    await phone.locator(`a[href$="/m/shared/${who.id}"]`).tap()
    await phone.getByText('最近 14 天的测量').waitFor()
    await decent(phone, fail, 'What I read', { names: ['Demo'] })
    truth(!/用药|检查/.test(await phone.locator('main, #root').first().innerText()), 'she reads what she was not told')
  })

  await test('relations: who knows what, in both languages, and who looked', async ({ fail }) => {
    for (const [language, button, title] of [['zh', '谁知道什么', '重大消息先告诉谁'], ['en', 'Who knows what', 'Who hears serious news first']]) {
      const page = await open(await world.staff('liu', { language, label: language }), `/console/people/${who.id}`)
      await page.getByRole('button', { name: button }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('heading', { level: 3 }).first().waitFor()
      await dialog.getByText('何小蕾').first().waitFor()
      await decent(page, fail, title, { language, names: ['Demo'] })
    }
  })

  await test('relations: once it is ended she reads nothing', async () => {
    const page = await open(await world.staff('liu'), `/console/people/${who.id}`)
    await page.getByRole('button', { name: '管理关系' }).click()
    const line = page.getByRole('dialog').locator('li', { hasText: '何小蕾' })
    await line.getByRole('button', { name: '结束' }).click()
    await page.locator('.ant-popover').getByRole('button', { name: /^结\s*束$/ }).click()
    await line.waitFor({ state: 'detached' })
    const phone = await world.phone(kin.id, { label: 'after' })
    const answer = await phone.request.get(`/api/me/shared/${who.id}`)
    equal(answer.status(), 404, 'what she is answered')
  })

  await test('relations: the phone of the person shows who is told what', async ({ fail }) => {
    const phone = await open(await world.phone(who.id), '/m/family')
    await phone.getByRole('heading', { name: '家人和身边的人' }).waitFor()
    await decent(phone, fail, 'My people', { names: ['Demo'] })
    await open(phone, '/m/me')
    await phone.getByRole('radio', { name: 'English' }).tap()
    await phone.getByRole('heading', { name: 'Me' }).waitFor()
    await open(phone, '/m/family')
    await phone.getByRole('heading', { name: 'My family' }).waitFor()
    await decent(phone, fail, 'My people in English', { language: 'en', names: ['Demo'] })
    await open(phone, '/m/me')
    await phone.getByRole('radio', { name: '中文' }).tap()
    await phone.getByRole('heading', { name: '我的' }).waitFor()
  })
}
