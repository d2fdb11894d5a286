// What leaves, and what shops sell: a list sent to a folder, a webhook and its record, a product, a receipt that becomes an order.
import { get } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open, somebody } from './steps.mjs'

const add = /^添\s*加$/

/** dot is the smallest picture there is. */
const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64')

export default async function out(test, world) {
  await test('out: a list is sent to a folder every day, now for once, and the record shows it', async ({ fail }) => {
    const page = await open(await world.staff('admin', { allow: [/status of 422 .*\/deliveries\/test$/] }), '/console/data/out')
    await page.getByText('还没有定时发送').waitFor()
    await decent(page, fail, 'Deliveries, none', { names: ['Demo'] })
    await page.getByRole('button', { name: '添加定时发送' }).click()
    const form = page.getByRole('dialog')
    await form.getByRole('textbox', { name: '名称' }).fill('医院每日名单')
    await form.getByRole('textbox', { name: '文件夹', exact: true }).fill('../别处')
    await form.getByRole('button', { name: '测试连接' }).click()
    await form.getByText('文件夹要写在允许的目录之内').waitFor()
    await form.getByRole('textbox', { name: '文件夹', exact: true }).fill('医院/每日')
    await form.getByRole('button', { name: '测试连接' }).click()
    await form.getByText('可以写入').waitFor()
    await page.mouse.move(2, 2)
    await decent(page, fail, 'Delivery form', { names: ['Demo'] })
    await form.getByRole('button', { name: add }).click()
    const drawer = page.getByRole('dialog', { name: '医院每日名单' })
    await drawer.getByRole('button', { name: '现在发送' }).click()
    await drawer.getByText('已送到', { exact: true }).waitFor()
    await drawer.getByText(/手动发送$/).waitFor()
    await page.mouse.move(2, 2)
    await decent(page, fail, 'Delivery', { names: ['Demo'] })
    const { items } = await get(page, '/api/out/deliveries')
    equal(items.length, 1, 'deliveries')
    truth(items[0].last.bytes > 0 && /^people-\d{8}-\d{6}-[a-z2-7]{8}\.csv$/.test(items[0].last.file), `the file: ${JSON.stringify(items[0].last)}`)
    await drawer.getByRole('button', { name: /^暂\s*停$/ }).click()
    await page.locator('.ant-popconfirm').getByRole('button', { name: /^暂\s*停$/ }).click()
    await drawer.getByText('已暂停', { exact: true }).waitFor()
  })

  await test('out: a webhook is made, its secret told once, and a test that reaches nobody stands in its record', async ({ fail }) => {
    const names = ['Demo', 'https', 'hospital', 'invalid']
    const page = await open(await world.staff('admin'), '/console/data/out')
    await page.getByRole('button', { name: '添加推送地址' }).click()
    const form = page.getByRole('dialog')
    await form.getByRole('textbox', { name: '名称' }).fill('医院数据平台')
    await form.getByRole('textbox', { name: '地址', exact: true }).fill('https://hospital.invalid/in?token=abc')
    await form.getByRole('button', { name: add }).click()
    const secret = await page.getByRole('group', { name: '签名密钥' }).locator('pre').textContent()
    truth(secret.startsWith('whsec_'), 'no secret is told')
    await page.getByRole('button', { name: '已存好' }).click()
    await page.getByRole('button', { name: '看推送地址 医院数据平台' }).click()
    const drawer = page.getByRole('dialog', { name: '医院数据平台' })
    await drawer.getByText('还没有推送记录').waitFor()
    await drawer.getByRole('button', { name: '发一条测试' }).click()
    await drawer.getByRole('cell', { name: '连接不上' }).waitFor()
    truth(!(await page.locator('body').innerText()).includes('token'), 'the path of the address is shown')
    await page.mouse.move(2, 2)
    await decent(page, fail, 'Webhook', { names })
  })

  await test('out: a product is added, and a receipt that staff type becomes an order of it', async ({ fail }) => {
    const page = await open(await world.staff('admin'), '/console/data/products')
    await page.getByRole('button', { name: '添加商品' }).first().click()
    const form = page.getByRole('dialog')
    await form.getByRole('textbox', { name: '中文名' }).fill('故事牌试纸 50 片')
    await form.getByRole('spinbutton', { name: '每盒数量' }).fill('50')
    await form.getByRole('spinbutton', { name: '每盒够用几天' }).fill('25')
    await form.getByRole('textbox', { name: '标题里的词' }).fill('故事牌 试纸')
    await form.getByRole('button', { name: /^保\s*存$/ }).click()
    await page.getByRole('rowheader', { name: '故事牌试纸 50 片' }).waitFor()
    await decent(page, fail, 'Products', { names: ['Demo'] })

    const liu = await world.staff('liu')
    const { id, name } = await somebody(liu, 2)
    const phone = await open(await world.phone(id), '/m/')
    const { csrf } = await get(phone, '/api/me')
    const sent = await phone.request.fetch('/api/me/reports?kind=receipt&name=a.png', { method: 'POST', data: dot, headers: { 'Content-Type': 'application/octet-stream', 'X-CSRF-Token': csrf } })
    equal(sent.status(), 200, 'answer to the receipt')
    await open(liu, '/console/data/receipts')
    await liu.getByRole('button', { name: new RegExp(name) }).click()
    const one = liu.getByRole('region', { name: `${name} 的小票` })
    await one.getByRole('textbox', { name: '店铺' }).fill('康宁大药房')
    await one.getByRole('combobox', { name: '第 1 样 商品' }).fill('故事牌 血糖试纸 50片')
    await one.getByRole('spinbutton', { name: '第 1 样 数量（盒）' }).fill('2')
    await one.getByRole('button', { name: '加一样' }).click()
    await one.getByRole('combobox', { name: '第 2 样 商品' }).fill('创可贴')
    await one.getByRole('spinbutton', { name: '第 2 样 金额（元）' }).fill('6')
    await one.getByRole('textbox', { name: '购买日期' }).focus() // so that no list hangs over the form
    await decent(liu, fail, 'Receipt', { names: ['Demo', 'a', 'png'] })
    await one.getByRole('button', { name: '登记并看下一张' }).click()
    await liu.getByText('已登记').first().waitFor()
    const done = await get(liu, '/api/receipts?state=verified')
    const typed = done.items.find(({ person }) => person.id === id)?.typed
    truth(typed?.orders.length === 2 && typed.orders[0].days === 50 && typed.orders[1].title === '创可贴', `what was typed: ${JSON.stringify(typed)}`)

    await liu.getByText('已录入').first().click()
    const row = liu.getByRole('listitem').filter({ hasText: '创可贴' }).first()
    await row.getByRole('button', { name: /^退\s*款$/ }).click()
    await liu.getByRole('dialog').getByRole('button', { name: /^退\s*款$/ }).click()
    await row.getByText('已全部退回').waitFor()
  })

  await test('out: who looked at whom is found by deed, and events of everybody are taken as a file', async ({ fail }) => {
    const page = await open(await world.staff('admin'), '/console/data/audit?action=session.begin')
    await page.getByRole('rowheader', { name: '登录' }).first().waitFor()
    await decent(page, fail, 'Audit', { names: ['Demo'] })
    await open(page, '/console/data/events?type=%5B%22weight%22%5D')
    await page.getByRole('rowheader', { name: /^体重/ }).first().waitFor()
    await decent(page, fail, 'Events', { names: ['Demo', 'Excel'] })
    const file = await page.request.get(await page.getByRole('link', { name: '导出全部' }).getAttribute('href'))
    equal(file.status(), 200, 'the file')
    const rows = (await file.text()).trim().split('\n')
    truth(rows.length > 1 && rows.slice(1).every((row) => row.includes(',weight,')), `rows: ${rows.length}`)
  })
}
