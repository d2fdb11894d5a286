// Where people come from: a code is made and printed, somebody joins by it at their own phone, invites another, and the figures say so.
import { get } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open } from './steps.mjs'

/** A phone nobody is signed in at is told so once. */
const nobody = { size: 'phone', allow: [/status of 401/, /status of 404 .*\/api\/join\//] }

export default async function channels(test, world) {
  await test('channels: the list, one code, regions and invitations stand in both languages', async ({ fail }) => {
    for (const language of ['zh', 'en']) {
      const page = await open(await world.staff('admin', { language, label: language }), '/console/channels')
      await page.getByText('康民大药房 城东店').first().waitFor()
      await decent(page, fail, `Channels ${language}`, { language, names: ['Demo'], axe: language === 'zh' })
      for (const view of ['regions', 'inviters']) {
        await open(page, `/console/channels?view=${view}`)
        await page.locator('table').first().waitFor()
        await decent(page, fail, `Channels ${view} ${language}`, { language, names: ['Demo'], axe: language === 'zh' })
      }
      await open(page, '/console/channels/pharmacy-a')
      await page.getByRole('img').first().waitFor()
      await decent(page, fail, `Code ${language}`, { language, names: ['Demo'], axe: language === 'zh' })
    }
  })

  await test('channels: every number opens the people it counts', async () => {
    const page = await world.staff('admin')
    const { items } = await get(page, '/api/entrances?limit=200')
    for (const { id, name, figures } of items) {
      for (const reached of ['arrived', 'settled', 'activated', 'kept']) {
        const { total } = await get(page, `/api/people?channel=${id}&reached=${reached}&limit=1`)
        equal(total, figures[reached] ?? 0, `${name}, ${reached}`)
      }
    }
  })

  await test('channels: a code is made, somebody joins by it with their own consent first, and it counts once', async ({ fail }) => {
    const desk = await open(await world.staff('admin'), '/console/channels')
    await desk.getByRole('button', { name: '新建入口码' }).click()
    const form = desk.getByRole('dialog')
    await form.getByRole('textbox', { name: '名称' }).fill('社区义诊 文化站')
    await form.getByRole('textbox', { name: '邀请的话' }).fill('社区义诊请您加入')
    await desk.mouse.move(2, 2)
    await decent(desk, fail, 'Code form', { names: ['Demo'] })
    await form.getByRole('button', { name: /^保\s*存$/ }).click()
    await desk.getByRole('link', { name: '社区义诊 文化站' }).waitFor()
    const { items } = await get(desk, '/api/entrances?q=文化站')
    const { state, id } = items.find((one) => one.name === '社区义诊 文化站')
    truth(state.length <= 30, `the state ${state}`)

    const phone = await open(await world.open('joins', nobody), `/m/j/${state}?gdt_vid=12345678901234567890&x=%3Cscript%3Ealert(1)%3C/script%3E`)
    await phone.getByRole('heading', { name: '社区义诊请您加入' }).waitFor()
    await decent(phone, fail, 'Join page', { names: ['Demo'] })
    equal(await phone.getByRole('textbox').count(), 0, 'boxes for a name before a consent')
    await phone.getByRole('button', { name: '加入' }).tap()
    await phone.getByRole('alert').waitFor()
    for (const box of await phone.getByRole('checkbox').all()) await box.check()
    await phone.getByRole('textbox', { name: '姓名' }).fill('何晓梅')
    await decent(phone, fail, 'Join page, agreed', { names: ['Demo'] })
    await phone.getByRole('button', { name: '加入' }).tap()
    await phone.getByRole('link', { name: /记血糖/ }).first().waitFor()
    const { figures } = await get(desk, `/api/entrances/${id}`)
    equal([figures.opened, figures.arrived, figures.settled].join(), '1,1,1', 'opened, arrived, settled')

    await open(phone, `/m/j/${state}`)
    await phone.getByRole('heading', { name: '您已经在这里了' }).waitFor()

    await open(phone, '/m/invite')
    await phone.getByRole('button', { name: '生成我的邀请码' }).tap()
    await phone.getByRole('img', { name: '我的邀请码' }).waitFor()
    await decent(phone, fail, 'Invitation', { names: ['Demo'] })
    const mine = await get(phone, '/api/me/invitation')
    const friend = await open(await world.open('friend', { ...nobody, language: 'en' }), new URL(mine.url).pathname)
    await friend.getByRole('heading', { name: /invites you along/ }).waitFor()
    await decent(friend, fail, 'Invited', { language: 'en', axe: false })
    await open(friend, '/m/j/nosuchcode')
    await friend.getByRole('heading', { name: 'This code is not known' }).waitFor()
  })

  await test('channels: a code that ended still opens, kindly, and leads to the default', async ({ fail }) => {
    const desk = await world.staff('admin')
    const { items } = await get(desk, '/api/entrances?standing=ended')
    const before = items[0].figures.late
    const phone = await open(await world.open('late', nobody), `/m/j/${items[0].state}`)
    await phone.getByText('您扫的码已经结束了').waitFor()
    await decent(phone, fail, 'Ended code', { names: ['Demo'] })
    await phone.waitForTimeout(300)
    const { figures } = await get(desk, `/api/entrances/${items[0].id}`)
    equal(figures.late, before + 1, 'opened after the end')
  })
}
