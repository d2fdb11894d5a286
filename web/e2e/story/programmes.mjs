// Programmes: read as a document, a number opens its people, a part is edited as a draft, tests run, a new one begins from a
// template and goes live with its checklist.
import { get } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open } from './steps.mjs'

const names = ['Demo']

export default async function programmes(test, world, shot) {
  await test('programmes: the document has every part, and a stage opens its people', async ({ fail }) => {
    const page = await open(await world.staff('zhou'), '/console/programmes')
    await page.getByRole('link', { name: '糖尿病管理' }).click()
    await page.locator('.graph').first().waitFor()
    const doc = await get(page, '/api/programmes/diabetes/document')
    equal(doc.stages.reduce((sum, { people }) => sum + people, 0), doc.people, 'people on the ladder')
    equal(await page.locator('.graph').count(), doc.journeys.length, 'journeys drawn')
    // Units, sources and rules are quoted as the programme's files have them; abbreviations are the clinicians' own.
    await decent(page, fail, 'A programme', { names: [...names, 'LDL', 'C', 'eGFR', 'UACR', 'TBR', 'm', 'zip'], skip: '.doc-text [lang=en], .columns, .journey-facts, td, pre, code, .note' })
    await shot(page, 'programme-document', () => page.locator('#journey-low-glucose').scrollIntoViewIfNeeded())
    const stage = doc.stages.find(({ people }) => people > 0)
    await page.getByRole('button', { name: new RegExp(`看在“${stage.name.zh}”的`) }).click()
    await page.getByRole('dialog').getByText(new RegExp(`^共 ${stage.people}\\s人`)).waitFor()
  })

  await test('programmes: a setting is changed in the draft, the journey file says what is wrong at its line', async ({ fail }) => {
    const page = await open(await world.staff('zhou'), '/console/programmes/hypertension/edit')
    await page.getByRole('button', { name: /^改“没有个人计划时每周量几遍”/ }).click()
    await page.getByRole('spinbutton', { name: '数值' }).fill('5')
    await page.getByRole('dialog').getByRole('button', { name: '存草稿' }).click()
    await page.getByText('原来 4 /week').waitFor()
    await decent(page, fail, 'Numbers of a draft', { names, skip: 'code, .note, td' })
    await shot(page, 'programme-numbers')
    await open(page, '/console/programmes/hypertension/edit?part=files&file=journeys/bp-new-patient.yaml')
    const code = page.locator('.cm-content')
    await code.waitFor()
    await code.click()
    await page.keyboard.press('Control+End')
    await page.keyboard.insertText('\n  - mesage: bp-welcome\n')
    await page.getByText('步骤里没有“mesage”这一项', { exact: false }).first().waitFor()
    truth((await page.locator('.cm-lintRange-error').count()) > 0, 'the mistake is not marked in the text')
    await shot(page, 'programme-file')
    const draft = await get(page, '/api/programmes/hypertension/draft')
    truth(draft.sound && draft.diff.settings.length === 1, 'what was only typed is in the draft')
  })

  await test('programmes: a new one from a template: checklist, tests, live', async ({ fail }) => {
    const page = await open(await world.staff('zhou'), '/console/programmes/new')
    await page.getByRole('combobox', { name: '从哪里开始' }).click()
    await page.locator('.ant-select-item-option').filter({ hasText: '高血压管理' }).click()
    await page.getByRole('textbox', { name: '代码' }).fill('gout')
    await page.getByRole('textbox', { name: '名称 中文' }).fill('痛风管理')
    await page.getByRole('textbox', { name: '名称 英文' }).fill('Gout')
    await page.getByRole('button', { name: '建草稿' }).click()
    await page.getByText('“痛风管理”上线清单').waitFor()
    await page.getByRole('button', { name: /^我确认 医生逐条读过/ }).click()
    await page.getByRole('textbox', { name: /凭什么/ }).fill('王医生')
    await page.getByRole('dialog').getByRole('button', { name: '我确认' }).click()
    await page.getByText(/周宁.*王医生/).waitFor()
    await decent(page, fail, 'A checklist', { names, skip: 'code, .note' })
    await shot(page, 'programme-checklist')
    await open(page, '/console/programmes/gout/edit?part=tests')
    await page.getByRole('button', { name: '跑检查' }).click()
    await page.getByText(/\d+\s个通过/).waitFor({ timeout: 60_000 })
    await open(page, '/console/draft?programme=gout')
    await page.getByRole('button', { name: '发布…' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('开始')
    await page.getByRole('dialog').getByRole('checkbox').check()
    await page.getByRole('dialog').getByRole('button', { name: /^发\s?布$/ }).click()
    await page.getByText('版本 1 已生效').waitFor({ timeout: 60_000 })
    const desk = await get(page, '/api/programme-desk')
    truth(desk.items.some(({ key, new: begun }) => key === 'gout' && !begun), 'the new programme is not in force')
  })
}
