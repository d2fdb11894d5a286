// One person of three sources: a pharmacy's buyer, a hospital's record and somebody of WeChat are looked at side by side, become one
// person before your eyes, and are three again.
import { get, send } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open } from './steps.mjs'

const wang = ({ left, right }) => left.name.startsWith('王秀') && right.name.startsWith('王秀')

/** same says of the pair on the screen that it is one person. */
async function same(page) {
  await page.getByText('合并会改变什么').waitFor()
  await page.locator('.review-changes li').first().waitFor()
  await page.keyboard.press('s')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('为什么是同一人').fill('电话核对过，三处都是她')
  await dialog.getByRole('button', { name: /^合\s*并$/ }).click()
  await page.getByRole('button', { name: '撤销合并' }).waitFor()
}

export default async function reviews(test, world) {
  await test('reviews: the queue, a pair, its rules, in both languages', async ({ fail }) => {
    for (const [language, title, rules] of [['zh', '身份核对', '标识规则'], ['en', 'Match review', 'Identifier rules']]) {
      const page = await open(await world.staff('zhou', { language }), '/console/reviews')
      await page.getByRole('heading', { name: title }).waitFor()
      await page.locator('.review-list tbody tr').first().waitFor()
      await decent(page, fail, title, { language, names: ['Demo'] })
      await page.locator('.review-list tbody a').first().click()
      await page.locator('.review-fields').waitFor()
      await decent(page, fail, `${title}, one pair`, { language, names: ['Demo', 'S', 'N', 'F', 'L', 'J'] })
      await open(page, '/console/reviews/rules')
      await page.getByRole('heading', { name: rules }).waitFor()
      await decent(page, fail, rules, { language, names: ['Demo'] })
    }
  })

  await test('reviews: three sources become one person, and three again', async () => {
    const page = await open(await world.staff('zhou'), '/console/reviews')
    const before = (await get(page, '/api/reviews')).items.filter(wang)
    equal(before.length, 3, 'pairs of three records')
    await open(page, `/console/reviews/${before[0].id}`)
    await same(page)
    const [left] = (await get(page, '/api/reviews')).items.filter(wang)
    truth(left !== undefined, 'the third record is not asked about')
    await open(page, `/console/reviews/${left.id}`)
    await same(page)
    equal((await get(page, '/api/reviews')).items.filter(wang).length, 0, 'pairs left')
    const { root } = await get(page, `/api/people/${before[0].left.id}/members`)
    await open(page, `/console/people/${root}`)
    await page.getByText('3 份档案合成一人').waitFor()
    await page.getByText('看标识').click()
    for (const source of ['安康大药房', '市一院', '公众号']) await page.locator('.record-ids', { hasText: source }).waitFor()
    for (const rest of [2, 1]) {
      await page.locator('.record-list').getByRole('button', { name: '撤销合并' }).first().click()
      await page.locator('.ant-popover').getByRole('button', { name: '撤销合并' }).last().click()
      await page.getByText(rest === 2 ? '2 份档案合成一人' : '一份档案').first().waitFor()
    }
    equal((await get(page, '/api/reviews')).items.filter(wang).length, 3, 'pairs once it is undone')
  })

  await test('reviews: what came by a borrowed tablet goes to a person of its own, and comes back', async ({ fail }) => {
    const page = await world.staff('admin')
    const { source, writeKey } = await send(page, '/api/sources', { name: '家用平板' }, 'POST')
    const [user, tablet] = [`user-${source.number}`, `tablet-${source.number}`]
    const say = async (call, data) => {
      const answer = await page.request.post(`/v1/${call}`, { headers: { authorization: `Basic ${btoa(`${writeKey}:`)}` }, data })
      equal(answer.status(), 200, call)
    }
    const reading = (value) => ({ event: 'glucose', properties: { value, unit: 'mmol/L', context: 'fasting' } })
    await say('identify', { userId: user, anonymousId: tablet, traits: { name: '郁桂芝' } })
    await say('track', { userId: user, event: 'consent', properties: { purpose: 'health_data', granted: true, textVersion: '1' } })
    for (const value of [7.1, 7.3]) await say('track', { userId: user, ...reading(value) })
    await say('track', { anonymousId: tablet, ...reading(14.2) })
    const { items } = await get(page, `/api/people?q=${encodeURIComponent('郁桂芝')}`)
    equal(items.length, 1, 'people of that name')
    await open(page, `/console/people/${items[0].id}`)
    await page.getByText('14.2').first().waitFor()
    await page.getByText('看标识').click()
    await page.locator('.record-list').getByRole('button', { name: /^拆\s*分$/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: '拆出去' }).click()
    await dialog.getByText('请选至少一个').waitFor()
    await dialog.getByRole('checkbox', { name: '匿名编号' }).check()
    await decent(page, fail, 'splitting', { language: 'zh', names: ['Demo', tablet, user] })
    await dialog.getByRole('button', { name: '拆出去' }).click()
    await page.getByText('拆分过：').waitFor()
    await page.getByText('14.2').waitFor({ state: 'detached' })
    await page.locator('li', { hasText: '拆分过：' }).getByRole('link').click()
    await page.getByText('14.2').first().waitFor()
    await page.locator('li', { hasText: '拆分过：' }).getByRole('link').click()
    await page.getByRole('button', { name: '撤销拆分' }).click()
    await page.locator('.ant-popover').getByRole('button', { name: '撤销拆分' }).last().click()
    await page.getByText('14.2').first().waitFor()
  })
}
