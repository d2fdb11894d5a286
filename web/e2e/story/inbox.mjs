// From the phone to the inbox to an answer: what somebody writes is there at once, is answered with words that are checked, and is done.
import { decent } from '../lib/checks.mjs'
import { get, send } from '../lib/browser.mjs'
import { open, somebody } from './steps.mjs'

export default async function inbox(test, world, shot) {
  await test('inbox: a line from the phone is answered and done, and the phone shows the answer', async ({ fail }) => {
    const { id, name } = await somebody(await world.staff('liu'), 2)
    const phone = await open(await world.phone(id), '/m/chat')
    await phone.getByLabel(/^写给/).fill('晚饭后走路，要等一会儿吗？')
    await phone.getByRole('button', { name: '发送' }).tap()
    await phone.getByText('晚饭后走路，要等一会儿吗？').last().waitFor()
    await decent(phone, fail, 'Chat on the phone', { names: ['Demo'] })

    const page = await open(await world.staff('liu', { label: 'inbox' }), `/console/inbox?id=${id}`)
    await page.getByRole('log').getByText('晚饭后走路，要等一会儿吗？').last().waitFor()
    await decent(page, fail, 'Inbox', { names: ['Demo'] })
    await page.getByRole('textbox', { name: '回复', exact: true }).fill('可以把药停了')
    await page.getByText(/要药师或医生先看/).waitFor()
    await shot(page, 'console-inbox')
    await page.getByRole('textbox', { name: '回复', exact: true }).fill('饭后半小时再走，走得慢一点。')
    await page.getByRole('button', { name: /^发\s*送$/ }).click()
    await page.getByRole('button', { name: /^撤\s*回$/ }).waitFor()
    await page.getByRole('log').getByText('饭后半小时再走，走得慢一点。').waitFor()
    await phone.getByText('饭后半小时再走，走得慢一点。').waitFor()

    await page.getByRole('button', { name: /^完\s*成/ }).click()
    const why = page.getByRole('dialog')
    await why.getByLabel('已答复').check()
    await why.getByRole('button', { name: /^完\s*成$/ }).click()
    await page.getByText('选一个会话').waitFor()
    await open(page, '/console/inbox?tab=closed')
    await page.getByRole('button', { name: new RegExp(name) }).first().waitFor()
  })

  await test('inbox: an answer is written, approved by another, and said by the assistant, which says what it is', async ({ fail }) => {
    const boss = await world.staff('zhou')
    const set = await get(boss, '/api/conversation-settings')
    const { version, may: _may, ...was } = set
    const on = await send(boss, '/api/conversation-settings', { ...was, assistant: true }, 'PUT', { 'If-Match': `"${version}"` })
    const page = await open(await world.staff('liu'), '/console/inbox?page=knowledge')
    await page.getByRole('button', { name: '写一条' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('标题').fill('血糖仪怎么校准')
    await form.getByLabel(/人们怎么问/).fill('血糖仪怎么校准')
    await form.getByLabel('正文', { exact: true }).fill('用质控液测一次，结果在试纸瓶标的范围里就可以。')
    await form.getByLabel('出处').fill('血糖仪说明书')
    await form.getByLabel(/智能助手可以直接回答/).check()
    await form.getByRole('button', { name: /^保\s*存$/ }).click()
    await page.getByText('血糖仪怎么校准').first().waitFor()
    await decent(page, fail, 'Knowledge base', { names: ['Demo'] })
    const wang = await open(await world.staff('wang'), '/console/inbox?page=knowledge')
    await wang.getByRole('button', { name: '审过，可以用' }).first().click()
    await wang.getByText('已审').first().waitFor()
    await shot(wang, 'console-knowledge')

    const { id } = await somebody(await world.staff('chen'), 2)
    const phone = await open(await world.phone(id), '/m/chat')
    await phone.getByLabel(/^写给/).fill('请问血糖仪怎么校准？')
    await phone.getByRole('button', { name: '发送' }).tap()
    await phone.getByText(/用质控液测一次/).waitFor()
    await phone.getByText(/智能助手（不是真人）/).first().waitFor()
    await shot(phone, 'phone-chat')
    await send(boss, '/api/conversation-settings', was, 'PUT', { 'If-Match': `"${on.version}"` })
  })
}
