// What is on which day: a number opens its people, a campaign is planned and called off; and on the phone a consent is given and taken back.
import { decent } from '../lib/checks.mjs'
import { han, open, somebody } from './steps.mjs'

export default async function calendar(test, world) {
  await test('calendar: month, week and list in both languages, and a number opens its people', async ({ fail }) => {
    for (const language of ['zh', 'en']) {
      const page = await world.staff('admin', { language, label: language })
      for (const [view, holds] of [['month', '.cal-count'], ['week', '.cal-item'], ['list', '.cal-list']]) {
        await open(page, view === 'month' ? '/console/calendar' : `/console/calendar?view=${view}`)
        await page.locator(holds).first().waitFor()
        await decent(page, fail, `Calendar, ${view}, ${language}`, { language, names: ['Demo'], axe: language === 'zh' })
      }
      await open(page, '/console/calendar')
      await page.locator('.cal-count').first().click()
      await page.waitForURL(/\/console\/people\?.*found=/)
      await page.getByRole('row').nth(1).waitFor()
      await world.close(page)
    }
  })

  await test('calendar: a campaign is planned, and called off', async ({ fail }) => {
    const page = await open(await world.staff('admin'), '/console/calendar')
    await page.getByRole('button', { name: '新建活动' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('名称').fill('联合国糖尿病日讲座')
    await page.mouse.move(2, 2)
    await decent(page, fail, 'A campaign', { names: ['Demo'] })
    await form.getByRole('button', { name: /^保\s*存$/ }).click()
    const planned = page.locator('.cal-campaign').filter({ hasText: '联合国糖尿病日讲座' })
    await planned.click()
    await page.getByRole('dialog').getByRole('button', { name: '取消这个活动' }).click()
    await page.locator('.cal-campaign.cal-gone').filter({ hasText: '联合国糖尿病日讲座' }).waitFor()
  })

  await test('consents: on the phone one is given and taken back in two taps', async ({ fail }) => {
    const { id } = await somebody(await world.staff('liu'), 3)
    const phone = await open(await world.phone(id), '/m/consents')
    const research = phone.getByRole('region', { name: '医学研究' })
    await research.getByText(han('没有同意')).waitFor()
    await decent(phone, fail, 'Consents', { names: ['Demo'] })
    await research.getByRole('button', { name: '同意', exact: true }).tap()
    await research.getByRole('button', { name: '撤回', exact: true }).tap()
    await research.getByRole('button', { name: '确定撤回' }).tap()
    await research.getByRole('button', { name: '同意', exact: true }).waitFor()
    await open(phone, '/m/preferences')
    await phone.getByText('最多收几条').waitFor()
    await decent(phone, fail, 'How messages come', { names: ['Demo'] })
  })
}
