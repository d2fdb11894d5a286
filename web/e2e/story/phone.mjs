// The phone: consent first, little data, elder mode, no network, every size of type.
import { get, send } from '../lib/browser.mjs'
import { decent, fits, settled, words } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open, people, press, record, somebody } from './steps.mjs'

export default async function phone(test, world, shot) {
  await test('phone: a one-time link from the console, consent first, each purpose apart; 0 to 3 readings', async ({ fail }) => {
    const desk = await world.staff('liu')
    const made = await send(desk, '/api/people', { name: '蒋玉兰', phone: '13800006688', gender: 'female', birthYear: 1959 })
    const page = await open(desk, `/console/people/${made.id}`)
    // Without a reading there is no figure, no mean, no share.
    const nothing = async (what) => {
      const text = await page.locator('article.person').innerText()
      for (const sign of [/平均/, /(?<![\d.])0\s?%/, /\b0 \/ 0\b/, /0 次在目标内/]) truth(!sign.test(text), `${what}: ${sign} in the console`)
    }
    await nothing('no reading')
    await decent(page, fail, 'person without readings', { names: ['Demo'], axe: false })
    await page.getByRole('button', { name: '登录手机' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: '生成登录码' }).click()
    await dialog.getByAltText('登录二维码').waitFor()
    await decent(page, fail, 'sign-in code', { names: ['Demo', ...(await dialog.locator('code').innerText()).match(/[A-Za-z0-9]+/g)] })
    const link = await dialog.locator('.code-url').innerText()
    truth(link.startsWith(world.url), `the link leads to ${link}`)
    const mine = await world.open('consent', { size: 'phone' })
    await open(mine, link)
    await mine.locator('.consent').first().waitFor()
    truth(!mine.url().includes(link.split('/').pop()), 'the token stays in the address')
    equal(await mine.locator('input[type=checkbox]:checked').count(), 0, 'purposes ticked beforehand')
    truth((await mine.locator('.consent').count()) >= 3, 'purposes are not asked apart')
    await decent(mine, fail, 'consent')
    await mine.getByRole('button', { name: '先不用' }).tap()
    await mine.getByRole('button', { name: '回去再看看' }).tap()
    await mine.getByRole('button', { name: '按我的选择开始' }).tap()
    await mine.getByRole('alert').waitFor()
    for (const box of await mine.locator('.consent').all())
      if (/必需|健康数据/.test(await box.locator('h2').innerText())) await box.locator('input[type=checkbox]').check()
    await mine.getByRole('button', { name: '按我的选择开始' }).tap()
    await mine.locator('.now').waitFor()
    await decent(mine, fail, 'first Today')
    const me = await get(mine, '/api/me')
    for (const one of me.consents) equal(one.granted, one.required || one.purpose === 'health_data', `consent ${one.purpose}`)
    // The link works once.
    const again = await world.open('again', { size: 'phone', allow: [/status of 4\d\d .*\/api\/me\/session$/] })
    await again.goto(link)
    await again.getByText('已经用过或过期').waitFor()
    await decent(again, fail, 'used link', { axe: false })
    for (let n = 0; n <= 3; n++) {
      if (n > 0) {
        await open(mine, '/m/')
        await record(mine, ['7.4', '6.6', '8.1'][n - 1], '空腹')
        await mine.locator('.reply').waitFor()
        await decent(mine, fail, `answer ${n}`, { axe: n === 1 })
      }
      await open(mine, '/m/')
      for (const path of ['/m/', '/m/glucose']) {
        await open(mine, path)
        const text = await mine.locator('#root').innerText()
        for (const sign of [/平均/, /(?<![\d.])0\s?%/, /100\s?%/, /趋势|下降 |上升 /]) truth(!sign.test(text), `${n} readings: ${sign} at ${path}`)
        for (const wrong of [...(await words(mine)), ...(await fits(mine))]) fail(`${n} readings, ${path}: ${wrong}`)
      }
      await open(page, `/console/people/${made.id}`)
      await nothing(`${n} readings`)
      if (n > 0) truth(/数据不足/.test(await page.locator('.panel-head').first().innerText()), `${n} readings, and the console does not say that it is too few`)
      for (const wrong of await words(page, { names: ['Demo'] })) fail(`${n} readings, person: ${wrong}`)
      await open(page, '/console/people?q=jyl')
      const row = await page.locator('.grid-body .grid-row').first().innerText()
      truth(/数据不足/.test(row), `${n} readings, and the list gives a share`)
    }
  })

  await test('phone: elder mode is larger, kept, and nothing is cut', async ({ fail }) => {
    const desk = await world.staff('liu')
    const { id } = await somebody(desk, 3)
    const page = await open(await world.phone(id), '/m/')
    if (await page.getByRole('button', { name: '普通版' }).count()) await page.getByRole('button', { name: '普通版' }).tap()
    await page.getByRole('button', { name: '长辈版' }).tap()
    await page.getByRole('button', { name: '普通版' }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: '普通版' }).waitFor()
    const size = (selector) => page.locator(selector).first().evaluate((el) => Number.parseFloat(getComputedStyle(el).fontSize))
    truth((await size('.week')) >= 18, `text of ${await size('.week')} px`)
    const button = await page.locator('.main-button, .plain-button').first().boundingBox()
    truth(button.height >= 60, `button ${button.height} px high`)
    for (const path of ['/m/', '/m/record', '/m/glucose', '/m/messages', '/m/me']) {
      await open(page, path)
      await decent(page, fail, `elder ${path}`, { axe: path === '/m/' || path === '/m/record', without: ['target-size'] })
    }
    await send(page, '/api/me/settings', { elder: false }, 'PUT').catch(() => undefined)
    await open(page, '/m/me')
    await page.getByRole('radio', { name: '普通版' }).tap()
    await page.waitForFunction(() => document.documentElement.dataset.elder !== 'true')
  })

  await test('phone: 360×640 at 100, 140, 160 % of type: nothing wider, nothing cut', async ({ fail }) => {
    const desk = await world.staff('liu')
    const { id } = (await people(desk)).get('王建国')
    for (const fontScale of [1, 1.4, 1.6])
      for (const language of ['zh', 'en']) {
        const page = await world.phone(id, { size: 'small', fontScale, label: `${fontScale * 100} %` })
        if (language === 'en') await page.addInitScript(() => localStorage.setItem('peiban.language', 'en'))
        for (const path of ['/m/', '/m/record', '/m/glucose', '/m/glucose?days=30', '/m/messages', '/m/me']) {
          await open(page, path)
          for (const text of await fits(page)) fail(`${Math.round(fontScale * 100)} %, ${language}, ${path}: ${text}`)
        }
        if (await page.locator('.message').count()) await page.locator('.message').first().tap()
        await world.close(page)
      }
  })

  await test('phone: without a network a reading is kept and sent later; a low still gets its card', async ({ fail }) => {
    const desk = await world.staff('liu')
    const { id } = await somebody(desk, 2)
    const page = await open(await world.phone(id, { allow: [/ERR_INTERNET_DISCONNECTED/] }), '/m/')
    const count = async () => (await get(desk, `/api/people/${id}/readings?from=2000-01-01T00:00:00Z`)).items.length
    const before = await count()
    await page.getByRole('link', { name: /^(记血糖|再记一次)$/ }).first().tap()
    await page.locator('.keypad').waitFor()
    await page.context().setOffline(true)
    await press(page, '6.4')
    await page.locator('.record > .main-button').tap()
    await page.getByText(/先存在手机里了/).waitFor()
    for (const text of await words(page)) fail(`kept: ${text}`)
    await page.getByRole('link', { name: '回到今天' }).tap()
    await page.locator('.thin-bar', { hasText: '1' }).waitFor()
    await record(page, '3.3')
    await page.locator('.safety-local').waitFor()
    for (const text of [...(await words(page)), ...(await fits(page))]) fail(`card without a network: ${text}`)
    equal(await count(), before, 'readings on the server while there is no network')
    await page.context().setOffline(false)
    await page.waitForFunction(() => !document.querySelector('.safety-local'), undefined, { timeout: 25_000 })
    const until = Date.now() + 5000
    while ((await count()) < before + 2 && Date.now() < until) await page.waitForTimeout(100)
    equal(await count(), before + 2, 'readings on the server afterwards')
    await page.locator('.answer-button').first().tap()
    await page.locator('.now').waitFor()
    await page.reload()
    await settled(page)
    equal(await count(), before + 2, 'readings after a reload')
  })

  await test('phone: mg/dL by setting, English by switch', async ({ fail }) => {
    const desk = await world.staff('liu')
    const { id } = await somebody(desk, 4)
    const page = await open(await world.phone(id), '/m/me')
    await decent(page, fail, 'Me')
    await page.getByRole('radio', { name: 'mg/dL' }).tap()
    await page.locator('[role=radio][aria-checked=true]', { hasText: 'mg/dL' }).waitFor()
    await open(page, '/m/')
    truth(/mg\/dL/.test(await page.locator('.last').innerText()), 'Today is not in mg/dL')
    await open(page, '/m/glucose')
    for (const text of await words(page)) fail(`glucose in mg/dL: ${text}`)
    await open(page, '/m/me')
    await page.getByRole('radio', { name: 'mmol/L' }).tap()
    await page.locator('[role=radio][aria-checked=true]', { hasText: 'mmol/L' }).waitFor()
    await page.getByRole('radio', { name: 'English' }).tap()
    await page.getByRole('heading', { name: 'Me' }).waitFor()
    for (const path of ['/m/me', '/m/', '/m/record', '/m/glucose', '/m/messages']) {
      await open(page, path)
      // What was sent stays in the language it was sent in.
      await decent(page, fail, `English ${path}`, { language: 'en', axe: path === '/m/', skip: '.message strong, .message-body' })
      if (path === '/m/') await shot(page, 'phone-today-en')
    }
        await open(page, '/m/me')
    await page.getByRole('radio', { name: '中文' }).tap()
    await page.getByRole('heading', { name: '我的' }).waitFor()
  })

  await test('phone: 78 asks for the unit, both are kept; undo takes a reading back', async ({ fail }) => {
    const desk = await world.staff('liu')
    const { id } = await somebody(desk, 5)
    const page = await open(await world.phone(id), '/m/')
    await record(page, '78')
    await page.locator('.reply').waitFor()
    await decent(page, fail, 'an impossible value')
    await page.getByRole('button', { name: /就是/ }).tap()
    await open(desk, `/console/people/${id}?chart=daily`)
    const drawing = desk.locator('.daily .chart svg[role=img]')
    await drawing.waitFor()
    const drawn = await drawing.evaluate((svg) => ({ text: [...svg.querySelectorAll('text')].map((t) => t.textContent).join(' '), marks: svg.querySelectorAll('.mark-unclear').length }))
    truth(!/\b78\b/.test(drawn.text), 'an impossible value stands in the chart as a measurement')
    truth(drawn.marks > 0, 'an impossible value has no mark of its own')
    await open(page, '/m/')
    await record(page, '6.8')
    await page.locator('.reply').waitFor()
    await page.getByRole('button', { name: '撤销' }).tap()
    await page.getByText('已撤销').waitFor()
    await decent(page, fail, 'undone', { axe: false })
  })
}
