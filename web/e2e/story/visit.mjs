// A visit: questions chosen on the phone, one printed page, a doctor who answers by the code, staff who take it in, and what
// changed after what.
import { get, send, sizes } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { pdf } from '../lib/pdf.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { han, open, somebody } from './steps.mjs'

/** Units and paper sizes are Latin in Chinese text too. */
const names = ['Demo', 'A4', 'mL', 'm2']

export default async function visit(test, world, shot) {
  let patient
  const desk = async (options) => {
    const page = await world.staff('liu', options)
    // Somebody no safety card lies over, the same in every test.
    patient ??= await somebody(page, 3)
    return { page, id: patient.id }
  }

  await test('visit: the phone chooses what to ask, and takes a question back', async ({ fail }) => {
    const { id } = await desk()
    const phone = await open(await world.phone(id), '/m/glucose')
    await phone.getByRole('link', { name: '给医生看：一页报告' }).tap()
    await phone.getByRole('heading', { name: '我想问医生' }).first().waitFor()
    const first = phone.locator('.visit-suggest button').first()
    const question = await first.innerText()
    await first.tap()
    await phone.locator('.visit-chosen').getByText(question, { exact: true }).waitFor()
    await phone.getByLabel('自己写一个').fill('能不能少扎一次手指？')
    await phone.getByRole('button', { name: '加上' }).tap()
    await phone.locator('.visit-chosen').getByText('能不能少扎一次手指？').waitFor()
    await decent(phone, fail, 'For the doctor', { names })
    await phone.getByRole('button', { name: `去掉 ${question}` }).tap()
    await phone.locator('.visit-chosen').getByText(question, { exact: true }).waitFor({ state: 'detached' })
    await phone.locator('.visit-suggest').getByText(question, { exact: true }).waitFor()
  })

  await test('visit: the print is exactly one A4 page with Chinese text and the code', async ({ fail }) => {
    const { page, id } = await desk()
    await open(page, `/console/people/${id}`)
    await page.getByRole('link', { name: '就诊页', exact: true }).click()
    await page.getByRole('button', { name: '放上医生答复的二维码' }).click()
    await page.locator('.a4-view .a4-qr img').waitFor()
    await page.mouse.move(0, 0)
    await page.waitForTimeout(400)
    await decent(page, fail, 'Visit page', { names })
    truth(await page.evaluate(() => [...document.querySelectorAll('.a4-view .a4')].every((el) => el.scrollHeight <= el.clientHeight + 1)), 'the page is cut off')
    const said = pdf(await page.pdf({ preferCSSPageSize: true, printBackground: true }))
    equal(said.pages, 1, 'pages')
    equal(said.sizes[0].join(' × '), '210 × 297', 'millimetres')
    const lacking = [...`${patient.name}就诊一页血糖怎么样低血糖现在用的药最近化验我想问医生扎手指扫码答复`].filter((one) => !said.characters.has(one))
    equal(lacking.join(''), '', 'characters missing in the PDF')
    await page.emulateMedia({ media: 'print' })
    await page.setViewportSize({ width: 794, height: 1122 })
    await shot(page, 'visit-page')
    await page.emulateMedia({ media: 'screen' })
    await page.setViewportSize(sizes.desk.viewport)
  })

  await test('visit: English prints on one page too', async () => {
    const { page, id } = await desk({ language: 'en' })
    await open(page, `/console/people/${id}/visit`)
    await page.locator('.a4-view .a4').waitFor()
    equal(pdf(await page.pdf({ preferCSSPageSize: true, printBackground: true })).pages, 1, 'pages')
  })

  await test('visit: a doctor without an account answers by the code, staff take it in unsigned', async ({ fail }) => {
    const { page, id } = await desk()
    await open(page, `/console/people/${id}/visit`)
    const made = page.waitForResponse((one) => one.url().endsWith('/visit-links') && one.request().method() === 'POST')
    await page.getByRole('button', { name: '放上医生答复的二维码' }).click()
    const { url } = await (await made).json()
    const doctor = await world.open('doctor', { size: 'phone', allow: [/status of 422/] })
    const address = new URL(url)
    truth(!address.pathname.includes(id) && !address.search, 'the address names somebody')
    await doctor.goto(`/visit/${address.hash}`)
    await doctor.getByRole('heading', { name: /^就诊一页/ }).waitFor()
    equal(await doctor.evaluate(() => location.hash), '', 'the token stays in the address')
    truth(!(await doctor.locator('body').innerText()).includes(patient.name), 'the name is not masked')
    await decent(doctor, fail, 'For the doctor', { names })
    await doctor.getByRole('button', { name: '发送答复' }).tap()
    await doctor.getByText('请填姓名').waitFor()
    await doctor.getByLabel('姓名').fill('钱医生')
    await doctor.getByLabel('空腹上限 mmol/L').fill('7.5')
    await doctor.getByRole('button', { name: '加一种' }).tap()
    await doctor.getByLabel('药名').fill('二甲双胍')
    await doctor.getByLabel('每次').fill('10')
    await doctor.getByLabel('单位').fill('U')
    await doctor.getByRole('button', { name: '发送答复' }).tap()
    await doctor.locator('.doctor-medicine .field-error').waitFor()
    await doctor.getByLabel('每次').fill('1')
    await doctor.getByLabel('单位').fill('g')
    await doctor.getByRole('button', { name: '发送答复' }).tap()
    await doctor.getByText('已收到，谢谢').waitFor()

    await page.reload()
    const answers = page.getByRole('region', { name: '医生的答复' })
    await answers.getByText('待核对').waitFor()
    await answers.getByText('不是签署', { exact: false }).first().waitFor()
    await decent(page, fail, 'An answer', { names })
    const boxes = answers.getByRole('checkbox')
    equal(await boxes.count(), 2, 'statements to take in')
    await boxes.first().check()
    await answers.getByRole('button', { name: han('记入档案（1 项）') }).click()
    await answers.getByText('已核对入档').waitFor()
    const file = await get(page, `/api/people/${id}/file`)
    const held = file.targets.entries.find((one) => one.provenance === 'visit_link')
    truth(held && !held.signed && held.properties.fastingHigh === 7.5, 'the target is not in the file, or is signed')
    // The work it opened is done: who has none open is the same person to the tests that follow.
    const { items } = await get(page, `/api/people/${id}/tasks`)
    const asked = items.filter((one) => one.state === 'open' && one.title.zh.includes('就诊链接'))
    equal(asked.length, 1, 'tasks for the owner')
    await send(page, `/api/tasks/${asked[0].id}/complete`, { outcome: 'handled' }, 'POST', { 'If-Match': `"${asked[0].version}"` })
    truth(!file.medicines.some((one) => one.entries.some((entry) => entry.provenance === 'visit_link')), 'what was not ticked is in the file')
  })

  await test('visit: a link taken back opens nothing', async ({ fail }) => {
    const { page, id } = await desk()
    await open(page, `/console/people/${id}/visit`)
    const made = page.waitForResponse((one) => one.url().endsWith('/visit-links') && one.request().method() === 'POST')
    await page.getByRole('button', { name: '放上医生答复的二维码' }).click()
    const { url, id: link } = await (await made).json()
    const links = page.getByRole('region', { name: '发出过的链接' })
    await links.locator(`[data-link="${link}"]`).getByRole('button', { name: '作废' }).click()
    await links.getByText('已作废').first().waitFor()
    const doctor = await world.open('late doctor', { size: 'phone', allow: [/status of 401/] })
    await doctor.goto(`/visit/${new URL(url).hash}`)
    await doctor.getByText('这个链接已失效', { exact: false }).waitFor()
    await decent(doctor, fail, 'A link that ended', { names, skip: '.state-code' })
  })

  await test('visit: the course lays medicines, education and contacts over daily means, and compares', async ({ fail }) => {
    const { page, id } = await desk()
    await open(page, `/console/people/${id}?page=trends&days=90`)
    await page.getByRole('region', { name: '什么之后变了什么' }).locator('.lanes svg').waitFor()
    await decent(page, fail, 'Course', { names })
    await page.getByLabel('点一件事，看前后').click()
    await page.locator('.ant-select-item-option').first().click()
    await page.getByText('这是先后关系（关联）', { exact: false }).waitFor()
    await page.mouse.move(0, 0)
    await page.waitForTimeout(400)
    await decent(page, fail, 'Before and after', { names })
    await shot(page, 'person-course')
  })
}
