// The console: sign-in, people, the person page, languages, who may see what.
import { get, send } from '../lib/browser.mjs'
import { decent, settled, words } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { han, open, people, press, seen, somebody } from './steps.mjs'

const demo = { names: ['Demo'] }

export default async function desk(test, world, shot) {
  await test('console: sign-in, a wrong password, sign-out', async ({ fail }) => {
    const page = await open(await world.open('sign-in', { allow: [/status of 401 .*\/api\/session$/] }), '/console/')
    await page.locator('input[name=username]').waitFor()
    await decent(page, fail, 'sign-in')
    await page.locator('input[name=username]').fill('zhou')
    await page.locator('input[name=password]').fill('not-it')
    await page.getByRole('button', { name: '登录' }).click()
    await page.getByRole('alert').filter({ hasText: '账号或密码不对' }).waitFor()
    await page.locator('input[name=password]').fill('peiban-zhou')
    await page.getByRole('button', { name: '登录' }).click()
    await page.getByRole('heading', { name: '今天' }).waitFor()
    truth(/\/console\/today/.test(page.url()), `after signing in one is at ${page.url()}`)
    await page.getByRole('button', { name: '退出' }).click()
    await page.locator('input[name=username]').waitFor()
    equal((await page.request.get('/api/people')).status(), 401, 'people after signing out')
  })

  await test('console: people by name, pinyin, last four; by tag and stage', async ({ fail }) => {
    const page = await open(await world.staff('zhou'), '/console/people')
    const rows = page.locator('.grid-body .grid-row:not(.grid-wait)')
    await rows.first().waitFor()
    await decent(page, fail, 'People', demo)
    await shot(page, 'console-people')
    const one = (await people(page)).get('赵秀华')
    const find = page.getByRole('textbox', { name: '姓名、拼音或尾号' })
    for (const text of ['赵秀华', 'zhaoxiuhua', 'zxh', one.last4]) {
      await find.fill(text)
      await page.waitForURL((url) => url.searchParams.get('q')?.replaceAll('"', '') === text)
      await page.waitForFunction(() => document.querySelectorAll('.grid-body .grid-row:not(.grid-wait)').length <= 4)
      await rows.filter({ hasText: '赵秀华' }).first().waitFor()
    }
    await find.fill('没有这个人')
    await page.getByText('没有符合的人').waitFor()
    await decent(page, fail, 'People, nobody found', { ...demo, axe: false })
    await page.getByRole('button', { name: '去掉全部条件' }).click()
    await rows.first().waitFor()
    for (const [box, filter] of [['阶段', 'stage'], ['标签', 'tag']]) {
      await page.getByRole('combobox', { name: box }).click()
      const option = page.locator('.ant-select-dropdown:visible .ant-select-item-option').nth(filter === 'stage' ? 1 : 0)
      await option.click()
      await page.waitForURL((url) => url.searchParams.has(filter))
      await settled(page)
    }
    await page.locator('.people-count b').waitFor()
    await decent(page, fail, 'People, filtered', { ...demo, axe: false })
    const query = new URL(page.url()).searchParams
    const asked = new URLSearchParams([['stage', JSON.parse(query.get('stage').startsWith('"') ? query.get('stage') : `"${query.get('stage')}"`)]])
    for (const tag of JSON.parse(query.get('tag'))) asked.append('tag', tag)
    const { total } = await get(page, `/api/people?${asked}&limit=1`)
    equal(Number(/\d+/.exec(await page.locator('.people-count b').innerText())?.[0]), total, 'people with stage and tag')
    truth(total < 60, 'the filters narrow nothing')
    // The search on top of every page leads here.
    await page.locator('.top-find input').fill('wjg')
    await page.keyboard.press('Enter')
    await rows.filter({ hasText: '王建国' }).first().waitFor()
    await rows.filter({ hasText: '王建国' }).first().click()
    await page.locator('article.person[aria-label="王建国"]').waitFor()
  })

  await test('console: the person page: tags with why, log table, timeline, as-of date', async ({ fail }) => {
    const page = await world.staff('liu')
    const { id } = (await people(page)).get('王建国')
    await open(page, `/console/people/${id}`)
    await page.locator('table.log').waitFor()
    await decent(page, fail, 'person', demo)
    await shot(page, 'console-person')
    const tags = page.locator('.person-facts .tag-has')
    truth((await tags.count()) >= 3, 'hardly any tag')
    await page.getByRole('button', { name: /^还有/ }).click()
    const unknown = page.locator('.tag-unknown')
    truth((await unknown.count()) > 0, 'no tag is unknown')
    for (const tag of [tags.first(), unknown.first()]) {
      await tag.click()
      const why = page.locator('.why')
      await why.waitFor()
      await settled(page)
      for (const text of await words(page, demo)) fail(`why of ${await why.locator('h2').innerText()}: ${text}`)
      truth((await why.locator('h3', { hasText: '依据' }).count()) === 1, 'why without evidence')
      await page.locator('.ant-drawer-close').click()
      await why.waitFor({ state: 'detached' })
    }
    // One cell of the log opens that measurement.
    await page.locator('table.log button').first().click()
    await page.getByRole('dialog').getByText('这次测量').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByText('每日', { exact: true }).click()
    await page.locator('.daily .chart svg[role=img]').waitFor()
    await decent(page, fail, 'person, day by day', demo)
    await page.getByText('血糖表', { exact: true }).click()
    for (const [tab, n] of [['消息', 1], ['任务', 1], ['时间线', 1]]) {
      await page.getByRole('tab', { name: tab }).click()
      await settled(page)
      truth((await page.locator('[role=tabpanel]:visible .line-item').count()) >= n, `nothing under ${tab}`)
      await decent(page, fail, `person, ${tab}`, { ...demo, axe: false })
      await page.locator('[role=tabpanel]:visible').getByRole('button', { name: '为什么', exact: true }).first().click()
      await page.locator('.why').waitFor()
      await settled(page)
      for (const text of await words(page, demo)) fail(`why under ${tab}: ${text}`)
      await page.locator('.ant-drawer-close').click()
      await page.locator('.why').waitFor({ state: 'detached' })
    }
    for (const kind of ['记录', '消息', '任务', '标签变化', '阶段']) {
      await page.locator('.course-kinds').getByRole('button', { name: kind }).click()
      await settled(page)
      for (const text of await words(page, demo)) fail(`timeline, ${kind}: ${text}`)
    }
    // Three weeks ago.
    const { now } = await get(page, '/api/clock')
    const day = new Date(Date.parse(now.slice(0, 10)) - 21 * 86_400_000).toISOString().slice(0, 10)
    await page.getByPlaceholder('选日期').fill(day)
    await page.keyboard.press('Enter')
    await page.getByText(/结束时的样子/).waitFor()
    await settled(page)
    await decent(page, fail, 'person as of a day', { ...demo, axe: false })
    equal(new URL(page.url()).searchParams.get('on')?.replaceAll('"', ''), day, 'day in the address')
    const then = await get(page, `/api/people/${id}/tags?at=${day}T23:59:59%2B08:00`)
    equal(await page.locator('.person-facts .tag-has').count(), then.items.filter((t) => t.state === 'has').length, 'tags as of that day')
    const newest = await page.locator('table.log tbody th').first().innerText()
    truth(newest.startsWith(`${Number(day.slice(5, 7))}/${Number(day.slice(8))}`), `the log ends at ${newest}, not ${day}`)
    await page.getByRole('button', { name: '回到现在' }).click()
    await page.getByRole('heading', { name: '正在进行' }).or(page.getByRole('complementary', { name: '正在进行' })).first().waitFor()
  })

  await test('console: in English by a switch, every page', async ({ fail }) => {
    const page = await open(await world.staff('liu'), '/console/today')
    await page.getByText('English', { exact: true }).click()
    await page.getByRole('heading', { name: 'Today' }).waitFor()
    await decent(page, fail, 'Today in English', { language: 'en' })
    await shot(page, 'console-today-en')
    const { id } = (await people(page)).get('王建国')
    await open(page, `/console/people/${id}`)
    await page.locator('table.log').waitFor()
    await decent(page, fail, 'person in English', { language: 'en', axe: false })
    await page.locator('.person-facts .tag-has').first().click()
    await page.locator('.why').waitFor()
    await settled(page)
    for (const text of await words(page, { language: 'en' })) fail(`why in English: ${text}`)
    for (const tab of ['messages', 'tasks']) {
      await open(page, `/console/people/${id}?tab=${tab}`)
      // What was sent stays in the language it was sent in.
      for (const text of await words(page, { language: 'en', skip: '.line-message b' })) fail(`person, ${tab} in English: ${text}`)
    }
    await open(page, '/console/people')
    await page.locator('.grid-body .grid-row').first().waitFor()
    await decent(page, fail, 'People in English', { language: 'en', axe: false })
    await page.getByText('中文', { exact: true }).click()
    await page.getByRole('heading', { name: '人员' }).waitFor()
  })

  await test('console: a viewer sees masked names and changes nothing', async ({ fail }) => {
    const page = await open(await world.staff('viewer'), '/console/people')
    await page.locator('.grid-body .grid-row:not(.grid-wait)').first().waitFor()
    const { items } = await get(page, '/api/people?limit=200')
    for (const one of items) truth(one.name.includes('*') || one.name.includes('＊'), `a viewer sees the name ${one.name}`)
    const text = await page.locator('.grid-body').innerText()
    for (const name of ['王建国', '赵秀华', '张桂芳']) truth(!text.includes(name), `a viewer sees ${name}`)
    await decent(page, fail, 'People of a viewer', { ...demo, axe: false })
    await page.locator('.grid-body .grid-row:not(.grid-wait)').nth(5).click()
    await page.locator('article.person').waitFor()
    await settled(page)
    truth(await page.getByText('姓名已遮住').isVisible(), 'nothing says that the name is masked')
    for (const button of ['打电话', '记血糖', '登录手机']) equal(await page.getByRole('button', { name: button }).count(), 0, `buttons “${button}”`)
    await open(page, '/console/today')
    equal(await page.getByRole('button', { name: '记录结果' }).count(), 0, 'buttons “记录结果”')
    for (const [method, path] of [['POST', `/api/people/${items[0].id}/readings`], ['POST', `/api/people/${items[0].id}/signin-link`], ['POST', '/api/people']]) {
      const answer = await page.request.fetch(path, { method, headers: { 'X-CSRF-Token': page.csrf }, data: path.endsWith('readings') ? { value: 7, unit: 'mmol/L', context: 'fasting', clientId: 'viewer-0001' } : path.endsWith('people') ? { name: '甲' } : {} })
      truth([403, 404].includes(answer.status()), `a viewer may ${method} ${path}: ${answer.status()}`)
    }
  })

  await test('console: another health manager\'s person is not there', async ({ fail }) => {
    const admin = await world.staff('admin', { label: 'who' })
    const theirs = [...(await people(admin)).values()].find((one) => one.owner?.name === '陈晓')
    const page = await world.staff('liu', { allow: [new RegExp(`status of 404 .*/api/people/${theirs.id}`)] })
    for (const path of ['', '/readings', '/timeline', '/tags', '/tasks', '/messages', '/runs', '/stage'])
      equal((await page.request.get(`/api/people/${theirs.id}${path}`)).status(), 404, `a stranger's ${path || 'page'}`)
    await open(page, `/console/people/${theirs.id}`)
    await page.getByRole('heading', { name: '没有找到' }).waitFor()
    truth(!(await page.locator('body').innerText()).includes(theirs.name), 'the name is seen')
    await decent(page, fail, 'a person who is not there', demo)
    await open(page, '/console/nothing')
    await page.getByText('没有这个页面').waitFor()
    await decent(page, fail, 'a page that is not there', { ...demo, axe: false })
    const mine = await people(page)
    truth(!mine.has(theirs.name) || mine.get(theirs.name).id !== theirs.id, 'the list shows a stranger')
  })

  await test('console: one reading says the same in console and phone', async () => {
    const page = await world.staff('liu')
    const { id, name } = await somebody(page, 1)
    const phone = await open(await world.phone(id), '/m/record')
    const slots = [['空腹', '8.6'], ['睡前', '7.0'], ['空腹', '13.8']]
    for (const [slot, digits] of slots) {
      await open(phone, '/m/record')
      const chip = phone.getByRole('radio', { name: slot, exact: true })
      if (!(await chip.count())) await phone.locator('.slot-more').tap()
      await chip.tap()
      await press(phone, digits)
      await phone.locator('.record > .main-button').tap()
      await phone.locator('.reply .value').waitFor()
      const told = await seen(phone.locator('.reply .value'))
      await open(page, `/console/people/${id}`)
      const cell = page.locator('table.log tbody tr').first().locator('.value').filter({ hasText: told.digits }).last()
      await cell.waitFor()
      const shown = await seen(cell)
      equal(JSON.stringify(shown), JSON.stringify(told), `${digits} in the console`)
      await open(phone, '/m/glucose')
      equal(JSON.stringify(await seen(phone.locator('.readings .value').first())), JSON.stringify(told), `${digits} in the phone's history`)
      await open(page, `/console/people?q=${encodeURIComponent(name)}`)
      equal(JSON.stringify(await seen(page.locator('.grid-body .value').first())), JSON.stringify(told), `${digits} in the list of people`)
    }
  })

  await test('console: the names of 30 people fit their age and sex', async ({ fail }) => {
    const page = await world.staff('admin')
    const all = [...(await people(page)).values()]
    const flowers = /[芳花英秀丽娟梅兰霞莲婷燕娜静]/
    for (const one of all.slice(0, 60)) {
      if (/张三|李四|王五|测试|test|某/i.test(one.name)) fail(`a name that smells of test: ${one.name}`)
      const given = one.name.slice(one.name.length > 3 ? 2 : 1)
      if (one.gender === 'male' && flowers.test(given)) fail(`a man called ${one.name}`)
      if (one.age !== undefined && (one.age < 15 || one.age > 100)) fail(`${one.name} is ${one.age}`)
    }
    equal(new Set(all.map((one) => one.id)).size, all.length, 'ids')
    truth(new Set(all.map((one) => one.name)).size > all.length * 0.9, 'many share a name')
    truth(new Set(all.map((one) => one.lastReading?.show.mmol)).size > 15, 'many share a last reading')
  })

  await test('console: postpone, skip with a reason, claim', async ({ fail }) => {
    const page = await open(await world.staff('zhou'), '/console/today?owner=all')
    const rows = page.locator('.task:not(.task-safety)')
    await rows.first().waitFor()
    const row = rows.first()
    const name = await row.locator('.facts b').innerText()
    await row.getByRole('button', { name: '更多' }).click()
    await page.getByRole('menuitem', { name: '我来处理' }).click()
    await page.locator('.task', { hasText: '我在处理' }).filter({ hasText: name }).first().waitFor()
    await page.locator('.task', { hasText: '我在处理' }).first().getByRole('button', { name: '更多' }).click()
    await page.getByRole('menuitem', { name: '明天 09:00' }).click()
    await page.locator('.ant-notification', { hasText: han('顺延到 明天 09:00') }).waitFor()
    const next = page.locator('.task:not(.task-safety)').last()
    await next.getByRole('button', { name: '更多' }).click()
    await page.getByRole('menuitem', { name: /^跳过/ }).last().click()
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    await decent(page, fail, 'skip', { ...demo, axe: false })
    await dialog.getByRole('button', { name: '跳过' }).click()
    await dialog.getByText('请选一个原因').waitFor()
    await dialog.getByRole('radio').first().check()
    await dialog.getByRole('button', { name: '跳过' }).click()
    await page.locator('.ant-notification', { hasText: '已跳过' }).waitFor()
    await send(page, '/api/session', undefined, 'DELETE').catch(() => undefined)
  })
}
