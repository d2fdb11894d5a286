// Tags as definitions: what the catalogue counts, a rule written with completion, the people behind a count, segments by
// hand, and who may change what.
import { get } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open } from './steps.mjs'

/** take accepts what is offered first, once the list has stood as long as the editor wants against slips. */
async function take(page, option) {
  await page.getByRole('option', { name: option }).first().waitFor()
  await page.waitForTimeout(150)
  await page.keyboard.press('Enter')
}

const edit = '/console/draft/tags/gl_fast_high'

export default async function tags(test, world, shot) {
  await test('tags: the catalogue opens the people it counts, the page says the rule', async ({ fail }) => {
    const page = await open(await world.staff('zhou'), '/console/tags?q=gl_fast_high')
    const link = page.getByRole('row').filter({ hasText: 'gl_fast_high' }).getByRole('link').last()
    await link.waitFor()
    await decent(page, fail, 'Tags', { names: ['Demo'] })
    const { total } = await get(page, '/api/people?tag=gl_fast_high&limit=1')
    equal(Number(await link.innerText()), total, 'people with the tag')
    await page.getByRole('link', { name: '空腹偏高', exact: true }).click()
    await page.getByText(/人没有/).waitFor()
    // The rule is read in both languages there, and its source is quoted as written.
    await decent(page, fail, 'A tag', { names: ['Demo'], skip: '.reading-other, dd' })
    await shot(page, 'tag-page')
  })

  await test('tags: a rule is completed by keyboard, a mistake is marked and mended', async () => {
    const page = await open(await world.staff('zhou'), edit)
    const rule = page.getByRole('textbox', { name: '什么时候有' })
    await page.locator('.cm-content').first().waitFor()
    await rule.fill('')
    await rule.pressSequentially('even')
    await take(page, /^events/)
    // Between the quotes the types of events are offered at once, by their names too.
    await rule.pressSequentially('血糖')
    await take(page, /^glucose/)
    await page.keyboard.press('ArrowRight')
    await rule.pressSequentially('.wi')
    await page.getByRole('option', { name: /^within \(文字\) → 一串事件/ }).waitFor()
    await page.locator('.cm-completionInfo').getByText('最近一段时间', { exact: false }).waitFor()
    await shot(page, 'tag-editor')
    await take(page, /^within/)
    await rule.pressSequentially('7d')
    await page.keyboard.press('Escape')
    await page.keyboard.press('End')
    await rule.pressSequentially('.conut() >= 3')
    equal(await rule.innerText(), 'events("glucose").within("7d").conut() >= 3', 'the rule as completed')
    await page.getByRole('button', { name: '换成 count' }).click()
    await page.getByText('the count of glucose, in the last 7 days is at least 3').waitFor()
    equal(await rule.innerText(), 'events("glucose").within("7d").count() >= 3', 'the rule mended')
    truth((await page.locator('.cm-lintRange-error').count()) === 0, 'the mended rule is still marked')
    // Tab goes on when nothing is offered: nobody is caught in the field.
    await rule.focus()
    await page.keyboard.press('Tab')
    truth(await page.evaluate(() => !document.activeElement.closest('.cm-editor') || document.activeElement.getAttribute('aria-label') !== '什么时候有'), 'Tab stays in the field')
  })

  await test('tags: a count of a draft opens exactly its people, found by name and taken as a file', async () => {
    const page = await open(await world.staff('zhou'), edit)
    const rule = page.getByRole('textbox', { name: '什么时候有' })
    await page.locator('.cm-content').first().waitFor()
    await rule.fill('events("glucose").within("7d").count() >= 6')
    await page.getByText('the count of glucose, in the last 7 days is at least 6').waitFor()
    await page.getByRole('button', { name: '数所有人' }).click()
    const gain = page.getByRole('button', { name: /人会得到$/ })
    const n = Number(/^([\d,]+)/.exec(await gain.innerText())[1].replace(',', ''))
    await gain.click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText(new RegExp(`^共 ${n}\\s人`)).waitFor()
    const rows = drawer.locator('tbody tr')
    await rows.first().waitFor()
    equal(await rows.count(), Math.min(n, 50), 'people listed')
    await shot(page, 'tag-people')
    const file = await drawer.getByRole('link', { name: '导出 CSV' }).getAttribute('href')
    const lines = await page.evaluate(async (path) => (await (await fetch(path)).text()).trim().split('\n').length, file)
    equal(lines, n + 1, 'lines of the file')
    const name = (await rows.first().locator('b').innerText()).trim()
    await drawer.getByRole('textbox').fill(name)
    await drawer.getByText(/命中/).waitFor()
    truth((await rows.allInnerTexts()).every((row) => row.includes(name)), 'somebody of another name is listed')
  })

  await test('segments: put in by hand from the list, seen on the segment and the person, ended early', async ({ fail }) => {
    const page = await open(await world.staff('zhou'), '/console/people?q=%E5%AD%99%E5%BB%BA%E5%8D%8E')
    await page.getByRole('checkbox', { name: '选中 孙建华' }).first().check()
    await page.getByRole('button', { name: '手工分群' }).click()
    await page.getByRole('combobox', { name: '人群' }).click()
    await page.locator('.ant-select-item-option').filter({ hasText: '试点' }).click()
    const put = page.getByRole('dialog').getByRole('button', { name: /放\s?进/ })
    await put.click()
    await page.getByText('请写明原因').waitFor()
    await page.getByRole('textbox', { name: '原因' }).fill('签了试点同意书')
    await put.click()
    await page.getByText(/记下了/).waitFor()
    await open(page, '/console/tags/pilot')
    const row = page.getByRole('row').filter({ hasText: '孙建华' })
    await row.getByText('签了试点同意书').waitFor()
    await row.getByText('周宁').waitFor()
    await decent(page, fail, 'A segment', { names: ['Demo'], skip: '.reading-other, dd' })
    await shot(page, 'segment-page')
    await row.getByRole('link', { name: '孙建华' }).click()
    await page.getByText(/手工放进：周宁/).waitFor()
    await page.locator('.segments').getByRole('button', { name: '提前结束' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '改回由规则决定' }).click()
    await page.getByText(/手工放进：周宁/).waitFor({ state: 'detached' })
    const ended = await get(page, '/api/segments/pilot/hands?state=ended')
    equal(ended.total, 1, 'decisions that ended')
  })

  await test('tags: who may only look cannot edit, and is refused by the server too', async () => {
    const viewer = await open(await world.staff('viewer'), '/console/tags/gl_fast_high')
    await viewer.getByText(/人没有/).first().waitFor()
    truth((await viewer.getByRole('link', { name: '编辑' }).count()) === 0, 'a viewer is offered to edit')
    await open(viewer, '/console/tags/pilot')
    await viewer.getByText('你可以看，不能改').waitFor()
    truth((await viewer.getByRole('button', { name: '放进或拿出' }).count()) === 0, 'a viewer is offered to decide')
  })
}
