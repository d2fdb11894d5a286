// Referral: the board and its numbers, somebody is referred by hand, agrees at their phone, and the receiver takes them; before that the
// receiver knows nothing.
import { get } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open, somebody } from './steps.mjs'

export default async function referrals(test, world) {
  await test('referrals: the board in both languages; a state opens as many as it says', async ({ fail }) => {
    for (const [language, title] of [['zh', '转诊'], ['en', 'Referrals']]) {
      const page = await open(await world.staff('zhou', { language, label: language }), '/console/referrals')
      await page.getByRole('heading', { name: title, exact: true }).waitFor()
      await page.locator('.referral-table tbody tr').first().waitFor()
      await decent(page, fail, title, { language, names: ['Demo'] })
    }
    const page = await world.staff('zhou')
    const board = await get(page, '/api/referral-board')
    for (const { state, count } of board.states) equal((await get(page, `/api/referrals?state=${state}&limit=1`)).total, count, `referrals that are ${state}`)
    truth(board.states.filter(({ count }) => count > 0).length >= 5, 'the board is nearly empty')
  })

  await test('referrals: by hand with a reason, agreed to at the phone, taken by the receiver', async ({ fail }) => {
    const page = await world.staff('liu')
    const { items } = await get(page, '/api/referrals?limit=200')
    const taken = new Set(items.map(({ person }) => person.id))
    let who
    for (let n = 2; !who; n++) {
      const one = await somebody(page, n)
      if (!taken.has(one.id)) who = one
    }
    await open(page, `/console/people/${who.id}`)
    await page.getByRole('button', { name: '转诊…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: /^转\s*诊$/ }).click()
    await dialog.getByRole('alert').waitFor()
    await dialog.getByRole('combobox', { name: '转什么' }).click()
    await page.locator('.ant-select-dropdown:visible .ant-select-item-option').first().click()
    await dialog.getByLabel('为什么转').fill('近一个月看东西发花')
    await page.mouse.move(2, 2)
    await decent(page, fail, 'Refer', { names: ['Demo'] })
    await dialog.getByRole('button', { name: /^转\s*诊$/ }).click()
    await dialog.getByRole('status').waitFor()
    await decent(page, fail, 'Referred', { names: ['Demo'] })
    await dialog.locator('.record-foot').getByRole('button', { name: /^关\s*闭$/ }).click()
    await page.locator('.now').getByText('待本人同意').waitFor()

    const qian = await world.staff('qian')
    const asks = async () => (await get(qian, '/api/referrals?limit=200')).items.find(({ person }) => person.id === who.id)
    equal(await asks(), undefined, 'what the receiver knows before')
    equal((await qian.request.get(`/api/people/${who.id}`)).status(), 404, 'the person, to the receiver')

    const phone = await open(await world.phone(who.id), '/m/me')
    const card = phone.getByRole('region', { name: '转诊' })
    await card.getByRole('button', { name: '我同意' }).waitFor()
    await decent(phone, fail, 'Asked to agree', { names: ['Demo'] })
    await card.getByRole('button', { name: '我同意' }).tap()
    await card.getByRole('button', { name: '我同意' }).waitFor({ state: 'detached' })
    await decent(phone, fail, 'Agreed', { names: ['Demo'] })

    equal((await asks())?.state, 'consented', 'what the receiver knows after')
    await open(qian, '/console/referrals?mine=true&state=consented')
    const row = qian.locator('tbody tr', { hasText: who.name })
    await row.getByRole('button', { name: /^接受$/ }).click()
    await qian.getByRole('dialog').getByRole('button', { name: /^保\s*存$/ }).click()
    await row.waitFor({ state: 'detached' })
    equal((await asks())?.state, 'accepted', 'the state')
  })

  await test('referrals: asked at the phone in English', async ({ fail }) => {
    const page = await world.staff('zhou')
    const { items } = await get(page, '/api/referrals?state=proposed&limit=5')
    truth(items.length > 0, 'nobody is asked')
    const phone = await open(await world.phone(items[0].person.id), '/m/me')
    await phone.getByRole('radio', { name: 'English' }).tap()
    await phone.getByRole('button', { name: 'I agree' }).first().waitFor()
    await decent(phone, fail, 'Asked to agree, English', { language: 'en', names: ['Demo'] })
    await phone.getByRole('radio', { name: '中文' }).tap()
    await phone.getByRole('button', { name: '我同意' }).first().waitFor()
  })
}
