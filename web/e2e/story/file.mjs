// The health file: a doctor signs, staff upload and are refused, the person adds, confirms a dose and answers a questionnaire.
import { get } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open } from './steps.mjs'

/** patient is somebody whose doctor has signed for them and whom nothing urgent waits for. */
async function patient(doctor) {
  for (const one of (await get(doctor, '/api/people?limit=50')).items) {
    const file = await get(doctor, `/api/people/${one.id}/file`).catch(() => undefined)
    if (file?.targets.inForce?.signed && file.medicines.some((m) => m.current) && one.openTasks?.safety !== 1) return one
  }
  throw new Error('the demo has no patient of the doctor')
}

export default async function file(test, world, shot) {
  await test('file: a doctor finds her patients and signs; the head says who set the targets', async ({ fail }) => {
    const doctor = await world.staff('qian')
    const { id } = await patient(doctor)
    const page = await open(doctor, `/console/people/${id}?page=file`)
    const section = page.getByRole('region', { name: '诊断' })
    await section.getByText('医生签署').first().waitFor()
    truth(/钱立医生[\s\S]*签署/.test(await page.locator('span.targets').first().innerText()), 'the head does not say who signed the targets')
    await decent(page, fail, 'health file', { names: ['Demo', 'mL', 'm2'], axe: false })
    await shot(page, 'health-file')
    const before = (await get(page, `/api/people/${id}/file`)).allergies.length
    await page.getByRole('button', { name: '添加到过敏和副作用' }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByLabel(/哪一种/).click()
    await page.locator('.ant-select-item-option', { hasText: '药物' }).click()
    await drawer.getByLabel('对什么过敏').fill('青霉素')
    await drawer.getByRole('button', { name: /保\s?存/ }).click()
    await drawer.waitFor({ state: 'detached' })
    const after = (await get(page, `/api/people/${id}/file`)).allergies
    equal(after.length, before + 1, 'allergies on file')
    truth(after.some((one) => one.entries[0].signed), 'what the doctor stated is not signed')
  })

  await test('file: a report is uploaded and opened; 80 MB and another kind are refused in words', async () => {
    const desk = await world.staff('zhou')
    const doctor = await world.staff('qian')
    const { id } = await patient(doctor)
    const page = await open(desk, `/console/people/${id}?page=file`)
    await page.getByRole('button', { name: '添加到报告' }).click()
    const drawer = page.getByRole('dialog')
    const input = drawer.locator('input[type=file]')
    await input.setInputFiles({ name: 'notes.docx', mimeType: 'application/msword', buffer: Buffer.from('x') })
    await drawer.getByText('这种文件存不了').waitFor()
    await input.evaluate((el) => {
      const list = new DataTransfer()
      list.items.add(new File([new Uint8Array(80 * 1024 * 1024)], 'scan.pdf', { type: 'application/pdf' }))
      el.files = list.files
      el.dispatchEvent(new Event('change', { bubbles: true }))
    })
    await drawer.getByText(/80\s?MB，最多/).waitFor()
    const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
    await input.setInputFiles({ name: '化验单.png', mimeType: 'image/png', buffer: png })
    await drawer.getByLabel(/什么报告/).click()
    await page.locator('.ant-select-item-option').first().click()
    await drawer.getByRole('button', { name: '上传报告' }).click()
    await drawer.waitFor({ state: 'detached' })
    await page.getByRole('region', { name: '报告', exact: true }).getByRole('button', { name: /化验单/ }).click()
    await page.getByRole('img', { name: /化验单/ }).waitFor()
  })

  await test('file: on the phone a medicine is found by initials, a dose noted and undone, a value added', async ({ fail }) => {
    const doctor = await world.staff('qian')
    const { id } = await patient(doctor)
    const page = await open(await world.phone(id), '/m/me')
    await page.getByRole('link', { name: /我的健康档案/ }).tap()
    await page.getByRole('heading', { name: '现在用的药' }).waitFor()
    await decent(page, fail, 'my health file', { axe: true, names: ['mL', 'm', 'png'] })
    await shot(page, 'phone-health-file')
    await page.getByRole('button', { name: '今天用过了' }).first().tap()
    await page.getByText(/今天 .*记了用过/).first().waitFor()
    await page.getByRole('button', { name: '撤销' }).first().tap()
    await page.getByText(/今天 .*记了用过/).first().waitFor({ state: 'detached' })
    await page.getByRole('link', { name: '添加 现在用的药' }).tap()
    await page.getByLabel('药名').fill('akbt')
    await page.locator('.found .row-link').first().tap()
    await page.getByLabel('每次多少').fill('50')
    await page.getByRole('radio', { name: 'mg', exact: true }).tap().catch(() => undefined)
    await page.getByRole('radio', { name: '3', exact: true }).tap()
    await decent(page, fail, 'add a medicine', { axe: true, names: ['mL'] })
    await page.getByRole('button', { name: '保存' }).tap()
    await page.getByRole('heading', { name: '阿卡波糖' }).waitFor()
    await page.getByRole('link', { name: '添加 最近的化验' }).tap()
    await page.getByLabel('哪一项').selectOption('hba1c')
    await page.getByLabel('数值').fill('53')
    await page.getByRole('radio', { name: 'mmol/mol' }).tap()
    await page.getByRole('button', { name: '保存' }).tap()
    await page.getByText('也就是 53 mmol/mol').waitFor()
    for (const path of ['/m/file', '/m/file/add/allergy', '/m/file/add/report']) {
      await open(page, path)
      await decent(page, fail, path, { axe: false, names: ['mL', 'm', 'png', 'pdf', 'PDF'] })
    }
  })

  await test('file: a questionnaire is answered one question a screen, put right, and read on the console', async ({ fail }) => {
    const doctor = await world.staff('qian')
    const { id } = await patient(doctor)
    const page = await open(await world.phone(id), '/m/forms')
    await page.getByRole('link', { name: /开始|再填一次|接着填/ }).first().tap()
    const next = () => page.getByRole('button', { name: /下一题|不答这题|看一遍/ }).tap()
    await next()
    await page.getByText('请回答这一题').waitFor()
    await page.getByRole('radio', { name: '有破口或水泡' }).tap()
    await decent(page, fail, 'a question', { axe: true })
    await shot(page, 'phone-form')
    await next()
    await page.getByRole('radio', { name: '合脚' }).tap()
    await page.reload()
    // What is not handed in waits on the phone.
    await page.getByText(/第 3\s题/).waitFor()
    await next()
    await next()
    await next()
    await page.getByText('您的回答').waitFor()
    await page.getByRole('button', { name: '交上去' }).tap()
    await page.getByText('填好了，谢谢').waitFor()
    truth((await get(doctor, `/api/people/${id}/tags`)).items.some((one) => one.key === 'rk_foot' && one.state === 'has'), 'the rule does not read the answer')
    await page.getByRole('link', { name: '回到问卷' }).tap()
    await page.getByRole('link', { name: '改上次的回答' }).tap()
    await page.getByRole('button', { name: /改 今天看看两只脚/ }).tap()
    await page.getByRole('radio', { name: '没有', exact: true }).tap()
    for (let i = 0; i < 5; i++) await next()
    await page.getByRole('button', { name: '交上去' }).tap()
    await page.getByText('填好了，谢谢').waitFor()
    const desk = await open(doctor, `/console/people/${id}?page=file`)
    const forms = desk.getByRole('region', { name: '问卷' })
    await forms.getByRole('button', { name: '看回答' }).click()
    await forms.getByText('改过 1 次').waitFor()
    truth(!(await get(doctor, `/api/people/${id}/tags`)).items.some((one) => one.key === 'rk_foot' && one.state === 'has'), 'the tag stays after the answer was put right')
  })
}
