// The page with phones of the sandbox: a customer scans, talks, joins and leaves; a colleague confirms, presses and answers.
import { World } from '../lib/browser.mjs'
import { axe, fits } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { startSandbox } from '../lib/server.mjs'

const picture = (page, name) => (process.env.LOOK ? page.screenshot({ path: `${process.env.LOOK}/${name}.png`, fullPage: true }) : undefined)

export default async function sandbox(test, shared) {
  await test('sandbox: phones scan, talk, confirm and press, at a desk and on a phone', async ({ fail }) => {
    const server = await startSandbox()
    const world = new World(server, shared.browser)
    world.problems = shared.problems
    const check = async (page, what) => {
      for (const text of [...(await fits(page)), ...(await axe(page))]) fail(`${what}: ${text}`)
    }
    try {
      const all = await (await fetch(`${server.url}/sandbox/world`)).json()
      const secret = all.apps.find((a) => a.agentid === 1000002).secret
      const { access_token: token } = await (await fetch(`${server.url}/cgi-bin/gettoken?corpid=${all.corpid}&corpsecret=${secret}`)).json()
      const call = async (api, body) => {
        const out = await (await fetch(`${server.url}/cgi-bin/${api}?access_token=${token}`, { method: 'POST', body: JSON.stringify(body) })).json()
        equal(out.errcode, 0, api)
        return out
      }
      await call('externalcontact/add_contact_way', { type: 1, scene: 2, user: ['zhouning'], state: 'shop7', remark: '城南门店台卡' })
      await call('externalcontact/groupchat/add_join_way', { scene: 2, chat_id_list: [all.groups[0].chat_id], remark: '打卡群' })
      await call('message/send', {
        touser: 'zhouning', msgtype: 'template_card', agentid: 1000002,
        template_card: { card_type: 'button_interaction', main_title: { title: '有一个新任务' }, task_id: 't1', button_list: [{ text: '我来联系', key: 'take' }] },
      })
      for (const size of ['desk', 'phone']) {
        const page = await world.open(`sandbox ${size}`, { size })
        const name = all.customers[size === 'desk' ? 7 : 8].name
        const phone = page.getByRole('region', { name: '手机' })
        const scan = async (what) => {
          const list = phone.getByLabel(/^扫一扫/)
          await list.selectOption({ label: await list.locator('option').filter({ hasText: what }).first().innerText() })
          await phone.getByRole('button', { name: /^扫 / }).first().click()
          await page.getByText('扫好了').waitFor()
        }
        const say = async (text) => {
          await page.getByLabel(/^说一句/).fill(text)
          await page.getByRole('button', { name: /^发送/ }).last().click()
          await page.getByRole('log').getByText(text).last().waitFor()
        }
        await page.goto('/sandbox/')
        await page.getByRole('button', { name, exact: true }).click()
        await scan('城南门店台卡')
        await phone.getByRole('button', { name: /^周宁/ }).click()
        await say('我在门店扫的码')
        await check(page, `A customer's phone, ${size}`)
        await picture(page, `sandbox-talk-${size}`)
        await scan('打卡群')
        await phone.getByRole('button', { name: /^群 · 控糖打卡一群/ }).click()
        await say('大家好')
        await page.getByRole('button', { name: /^退群/ }).click()
        await phone.getByRole('button', { name: /^群 · / }).waitFor({ state: 'detached' })
        await scan('陪伴客服')
        await phone.getByRole('button', { name: /^客服 · 陪伴客服/ }).click()
        await say('药吃完了怎么办')
        await phone.getByRole('button', { name: /^扫 / }).last().click()
        await phone.getByRole('button', { name: /^公众号和小程序/ }).click()
        await say('在吗')
        await check(page, `The official account, ${size}`)
        await picture(page, `sandbox-account-${size}`)

        await call('externalcontact/add_msg_template', { chat_type: 'single', sender: 'zhouning', text: { content: `今晚直播 ${size}` } })
        await page.getByRole('button', { name: '周宁', exact: true }).first().click()
        await phone.getByText('待确认的群发').waitFor()
        await phone.getByRole('button', { name: /^发送/ }).click()
        await phone.getByText('待确认的群发').waitFor({ state: 'detached' })
        await phone.getByRole('button', { name: /^应用 · 陪伴/ }).click()
        if (size === 'desk') {
          await page.getByRole('button', { name: '我来联系' }).click()
          await page.getByRole('button', { name: '我来联系' }).waitFor({ state: 'detached' })
        }
        await check(page, `A colleague's phone, ${size}`)
        await picture(page, `sandbox-staff-${size}`)
        const before = (await (await fetch(`${server.url}/sandbox/world`)).json()).now
        await page.getByRole('button', { name: /^走/ }).click()
        await page.getByText('时间走了').waitFor()
        const after = (await (await fetch(`${server.url}/sandbox/world`)).json()).now
        truth(new Date(after) - new Date(before) >= 20_000, 'the clock did not move')
        await world.close(page)
      }
    } finally {
      await world.closeAll()
      await server.stop()
    }
  })
}
