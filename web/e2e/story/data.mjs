// Where data comes from: a source is added, a good and a bad event arrive, and the bad one is mended and taken in.
import { get } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open } from './steps.mjs'

// The demo's own source is called phone.
const own = ['Demo', 'phone', 'Nightscout', 'JSON', 'UCI', 'messageId']

export default async function data(test, world) {
  await test('data: a source is added, what it sends is seen, and a refused event is mended and replayed', async ({ fail }) => {
    // A replay that is still wrong is answered 422.
    const page = await open(await world.staff('admin', { allow: [/status of 422 .*\/replay$/] }), '/console/data')
    await page.getByRole('button', { name: '添加来源' }).first().click()
    await page.getByRole('textbox', { name: '名称' }).fill('门店小程序')
    await page.getByRole('dialog').getByRole('button', { name: /^添\s*加$/ }).click()
    const key = await page.getByRole('group', { name: '密钥', exact: true }).locator('pre').textContent()
    const curl = await page.getByRole('group', { name: /^试一下/ }).locator('pre').textContent()
    truth(key && curl.includes(key), 'the example has no key')
    await page.getByRole('button', { name: '我已经保存好了' }).click()
    await decent(page, fail, 'Sources', { names: own })

    const post = (batch) => fetch(`${world.url}/v1/batch`, { method: 'POST', headers: { Authorization: `Basic ${btoa(`${key}:`)}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ batch }) })
    // The example of the page is what is sent to try it.
    equal((await post(JSON.parse(/-d '(.*)'/s.exec(curl)[1]).batch)).status, 200, 'answer to the example')
    // Other stories send as well: what is looked at is this source's.
    const { number } = (await get(page, '/api/sources')).items.find(({ name }) => name === '门店小程序')
    await open(page, `/console/data/live?source=${number}`)
    await page.getByText('未保存', { exact: true }).waitFor()
    const good = { type: 'identify', userId: 'story-data', messageId: 'd1', traits: {} }
    const bad = { type: 'track', event: 'story event', userId: 'story-data', messageId: 'd2', properties: {} }
    await post([good, bad])
    await page.getByText('收下', { exact: true }).waitFor()
    await page.getByText('目录里没有这种事件').waitFor()
    await decent(page, fail, 'Live', { names: own })

    await open(page, `/console/data/refused?source=${number}`)
    await decent(page, fail, 'Refused', { names: own })
    await page.getByRole('button', { name: /^打\s*开$/ }).click()
    const box = page.getByRole('textbox', { name: '发来的内容，可以改' })
    truth((await box.inputValue()).includes('"story event"'), 'what was sent is not shown')
    await page.getByRole('button', { name: '原样重放' }).click()
    await page.getByText('还是不行').waitFor()
    await box.fill(JSON.stringify({ ...bad, type: 'identify', event: undefined, properties: undefined, traits: {} }))
    await page.getByRole('button', { name: '改好后重放' }).click()
    await page.getByText('这个条件下没有', { exact: true }).waitFor()
    equal((await get(page, `/api/rejects?state=replayed&source=${number}`)).total, 1, 'events replayed')
    equal((await get(page, `/api/rejects?source=${number}`)).total, 0, 'events still open')
  })
}
