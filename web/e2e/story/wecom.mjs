// From scan to care: a code's contact way is scanned on a phone of the WeCom beside the demo, the person is greeted, here, and owned.
import { get, World } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open } from './steps.mjs'

const picture = (page, name) => (process.env.LOOK ? page.screenshot({ path: `${process.env.LOOK}/${name}.png`, fullPage: true }) : undefined)

/** What WeCom's own console calls things, and accounts in it. */
const theirs = ['Demo', 'URL', 'ID', 'AgentId', 'Secret', 'Token', 'EncodingAESKey', 'http', 'zhouning', 'liumin', 'chenxiao', 'wanglei', '接收事件服务器', '可调用接口的应用', '演练企业微信', '我的企业', '应用管理', '自建应用', '这个应用', '客户联系', '微信客服', '会话存档']

export default async function wecom(test, shared) {
  const beside = () => /(http:\/\/127\.0\.0\.1:\d+)\/sandbox\//.exec(shared.said())?.[1]

  await test('wecom: a scan becomes a person with code, owner and greeting, and the card opens their consent', async ({ fail }) => {
    const address = beside()
    truth(address, 'the demo has no WeCom beside it')
    const world = new World({ url: address }, shared.browser)
    world.problems = shared.problems
    const desk = await open(await shared.staff('admin'), '/console/data/wecom')
    await desk.getByRole('button', { name: '检查连接' }).click()
    await desk.getByText(/^连上了。有客户联系权限的成员：.*zhouning/).waitFor()
    await open(desk, '/console/channels')
    const { items } = await get(desk, '/api/entrances?limit=200')
    const code = items.find((one) => one.contactWay)
    const all = await (await fetch(`${address}/sandbox/world`)).json()
    const way = all.codes.find((one) => one.state === code.state)
    const who = all.customers.find((one) => one.name === '钟子衿')
    const began = Date.now()
    await fetch(`${address}/sandbox/scan`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ customer: who.external_userid, code: way.code }) })
    let found
    while (!found && Date.now() - began < 20_000) {
      found = (await get(desk, `/api/people?q=${encodeURIComponent(who.name)}&limit=5`)).items[0]
      if (!found) await new Promise((resolve) => setTimeout(resolve, 100))
    }
    truth(found, 'within 20 s nobody is here')

    const talk = await world.open('greeted')
    await talk.goto('/sandbox/')
    await talk.getByRole('button', { name: who.name, exact: true }).click()
    await talk.getByRole('region', { name: '手机' }).getByRole('button').filter({ hasText: /周宁|刘敏|陈晓/ }).first().click()
    await talk.getByText('陪您管血糖', { exact: false }).first().waitFor()
    truth(Date.now() - began < 20_000, `greeted after ${Date.now() - began} ms`)
    await picture(talk, 'wecom-greeting')
    const phone = await (await fetch(`${address}/sandbox/phone?id=${who.external_userid}`)).json()
    const link = /http:[^"\\]*\/m\/in\/[^"\\]+/.exec(JSON.stringify(phone))?.[0]
    truth(link, 'the greeting has no card')

    const own = await open(await shared.open('own page', { size: 'phone', allow: [/status of 401/] }), new URL(link).pathname)
    await own.getByText(/同意/).first().waitFor()
    await decent(own, fail, 'Page of the card', { names: ['Demo'] })
    await picture(own, 'wecom-card')

    for (const language of ['zh', 'en']) {
      const page = await open(await shared.staff('admin', { language, label: `wecom ${language}` }), '/console/data/wecom')
      await page.getByText(language === 'zh' ? /发出\s\d+\s条/ : /\d+\swent\sout/).waitFor()
      await decent(page, fail, `Companies ${language}`, { language, names: [...theirs, all.corpid], axe: language === 'zh' })
      await picture(page, `wecom-companies-${language}`)
      await page.getByRole('button', { name: language === 'zh' ? /^修\s*改$/ : 'Change', exact: false }).first().click()
      await page.getByRole('dialog').waitFor()
      await decent(page, fail, `Company form ${language}`, { language, names: [...theirs, all.corpid] })
      await picture(page, `wecom-form-${language}`)
      await open(page, `/console/people/${found.id}`)
      await page.getByText(language === 'zh' ? '添加好友' : 'Contact added').first().waitFor()
      await picture(page, `wecom-person-${language}`)
      await open(page, `/console/channels/${code.id}`)
      await page.getByRole('button', { name: language === 'zh' ? '改成员或停用' : 'Change or end it' }).click()
      await page.getByRole('dialog').waitFor()
      await decent(page, fail, `Contact way ${language}`, { language, names: theirs })
      await picture(page, `wecom-way-${language}`)
    }
    const messages = await get(desk, `/api/people/${found.id}/messages?limit=20`)
    const greeting = messages.items.find((one) => one.content === 'greeting')
    equal(greeting?.state, 'sent', 'the greeting among the messages')
    await world.close(talk)
  })
}
