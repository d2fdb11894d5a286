// Tags as definitions: what the catalogue counts, a rule checked as it is typed, and who may change it.
import { get } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open } from './steps.mjs'

export default async function tags(test, world) {
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
  })

  await test('tags: a misspelt rule is marked and mended; who may only look cannot edit', async () => {
    const page = await open(await world.staff('zhou'), '/console/draft/tags/gl_fast_high')
    const rule = page.getByRole('combobox', { name: '什么时候有' })
    await rule.fill('events("glucose").within("7d").conut() >= 3')
    await page.getByRole('button', { name: '换成 count' }).click()
    await page.getByText('the count of glucose, in the last 7 days is at least 3').waitFor()
    equal(await rule.inputValue(), 'events("glucose").within("7d").count() >= 3', 'the rule mended')
    const viewer = await open(await world.staff('viewer'), '/console/tags/gl_fast_high')
    await viewer.getByText(/人没有/).waitFor()
    truth((await viewer.getByRole('link', { name: '编辑' }).count()) === 0, 'a viewer is offered to edit')
  })
}
