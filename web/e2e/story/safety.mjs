// The heart of it: 2.8 in the phone, the card at once, the alert on top of the list, done in two clicks, and undone.
import { get } from '../lib/browser.mjs'
import { decent, settled } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open, people, press, record, seen, somebody } from './steps.mjs'

/** One of the phones the start page offers, of the health manager's own people, about whom no alert is open. */
let who = ''

const alertOf = (page) => page.locator('.task-safety', { hasText: who }).filter({ hasText: '2.8' })

/** onTop: nothing stands above the alert but other alerts, which were there before. */
async function onTop(page) {
  const rows = await page.locator('.task').evaluateAll((all) => all.map((el) => ({ safety: el.classList.contains('task-safety'), text: el.textContent })))
  const at = rows.findIndex((row) => row.safety && row.text.includes(who) && row.text.includes('2.8'))
  truth(at >= 0, 'the alert is not in the list')
  truth(rows.slice(0, at).every((row) => row.safety), 'something that is no alert stands above it')
}

export default async function safety(test, world, shot) {
  await test('safety: 2.8 takes at most three taps, the card is there at once', async ({ fail }) => {
    const desk = await world.staff('liu')
    const mine = await people(desk)
    const shown = (await get(desk, '/api/demo')).people.filter(({ name }) => mine.has(name) && !mine.get(name).safety && mine.get(name).lastReading)
    const { id, name } = shown.find((one) => !mine.get(one.name).elder)
    who = name
    await open(desk, '/console/today')
    const phone = await open(await world.phone(id), '/m/')
    await shot(phone, 'phone-today')
    await decent(phone, fail, 'phone Today')
    const taps = await record(phone, '2.8')
    const began = Date.now()
    await phone.locator('.safety').waitFor()
    truth(Date.now() - began < 2000, `the card took ${Date.now() - began} ms`)
    truth(taps <= 3, `${taps} taps besides the digits`)
    await decent(phone, fail, 'safety card')
    const card = await phone.locator('.safety').innerText()
    for (const wanted of ['2.8', '很低', '120']) truth(card.includes(wanted), `the card does not say ${wanted}`)
    truth(/糖/.test(card) && /15/.test(card), 'the card does not say what to do')
    truth(await phone.locator('a[href="tel:120"]').isVisible(), 'no way to call 120')
    await phone.getByRole('button', { name: /计时/ }).tap()
    await phone.locator('.timer-runs').waitFor()
    await shot(phone, 'phone-safety', async () => {
      await phone.evaluate(() => scrollTo(0, 0))
    })
    // The open list of the health manager gets it by itself, on top, without a key pressed.
    await alertOf(desk).first().waitFor()
    await onTop(desk)
    equal((await seen(alertOf(desk).first().locator('.value'))).digits, '2.8', 'reading in the row')
    // It leaves only by an answer, and the answer lets the person go on.
    await phone.reload()
    await phone.locator('.safety').waitFor()
    await phone.locator('.answer-button').first().tap()
    await phone.locator('.now').waitFor()
  })

  await test('safety: the alert on top says why; done in two clicks, then undone', async ({ fail }) => {
    const page = await open(await world.staff('liu'), '/console/today')
    const row = alertOf(page).first()
    await onTop(page)
    await row.locator('.task-title').click()
    await decent(page, fail, 'Today', { names: ['Demo'] })
    await page.locator('.today-quick .chart').waitFor()
    await shot(page, 'console-today')
    await row.getByRole('button', { name: '为什么', exact: true }).click()
    const why = page.locator('.why')
    await why.waitFor()
    await settled(page)
    truth((await why.innerText()).includes('2.8'), 'why does not name the reading')
    await decent(page, fail, 'why of the alert', { names: ['Demo'] })
    await page.locator('.ant-drawer-close').click()
    await why.waitFor({ state: 'detached' })
    const title = await row.locator('.task-title').innerText()
    const same = page.locator('.task', { hasText: who }).filter({ hasText: title })
    const before = await same.count()
    await row.getByRole('button', { name: '记录结果' }).click()
    const result = page.getByRole('menuitem').first()
    await result.waitFor()
    await result.click()
    await page.locator('.ant-notification').getByRole('button', { name: '撤销' }).waitFor()
    await same.nth(before - 1).waitFor({ state: 'detached' })
    equal(await same.count(), before - 1, 'rows of the alert after it is done')
    await decent(page, fail, 'Today with the notice', { names: ['Demo'], axe: false })
    await page.locator('.ant-notification').getByRole('button', { name: '撤销' }).click()
    await same.nth(before - 1).waitFor()
    await onTop(page)
    // Done again, for good, with a note this time; it stays among the done ones with its undo.
    await row.getByRole('button', { name: '记录结果' }).click()
    await page.getByRole('menuitem', { name: /加备注/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('radio').first().check()
    await dialog.locator('textarea').fill('已吃糖，15 分钟后回电')
    await dialog.getByRole('button', { name: '保存' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: '已完成' }).click()
    await page.locator('.task', { hasText: '15 分钟后回电' }).waitFor()
  })

  await test('safety: a typo is put right, the card and its reading with it; history keeps both', async ({ fail }) => {
    const desk = await world.staff('liu')
    const { id } = await somebody(desk, 0)
    const phone = await open(await world.phone(id), '/m/')
    await record(phone, '3.1')
    await phone.locator('.safety').waitFor()
    await phone.getByRole('button', { name: /输错了/ }).tap()
    await phone.locator('.keypad').waitFor()
    await press(phone, '6.1')
    await phone.locator('.record > .main-button').tap()
    await phone.locator('.reply').waitFor()
    await decent(phone, fail, 'answer after a correction')
    equal((await seen(phone.locator('.reply .value'))).digits, '6.1', 'corrected reading')
    await phone.getByRole('link', { name: '回到今天' }).tap()
    await phone.locator('.now').waitFor()
    truth(!(await phone.locator('.safety').count()), 'the card of the typo is still there')
    await phone.getByRole('navigation', { name: '主要页面' }).getByRole('link', { name: /血糖/ }).tap()
    await settled(phone)
    await phone.locator('.readings li', { hasText: '6.1' }).first().waitFor()
    const { items } = await get(desk, `/api/people/${id}/readings?from=2000-01-01T00:00:00Z`)
    truth(items.some((one) => one.show.mmol === '6.1'), 'the console does not have the corrected value')
    truth(!items.some((one) => one.show.mmol === '3.1' && !one.correctedBy && !one.retracted), 'the console still holds the typo for true')
  })
}
