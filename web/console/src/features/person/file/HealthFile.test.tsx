import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { FileEntry, HealthFile } from '../../../../../client/file'
import { openConsole, Refusal, session, T } from '../../../../testing/harness'
import { fieldKeys } from './fieldWords'
import { addedUp, detailsOf, fieldsOf, limitValues, propertiesOf, readsOf, rebased, stagesOf, typesOf, valuesOf } from './fields'
import { spread } from './LabTrend'
import { filled } from './Sections'

const entry = (id: string, type: string, text: string, more: Partial<FileEntry> = {}): FileEntry => ({
  id, type, section: '', at: '2025-06-01T00:00:00+08:00', recordedAt: '2026-03-01T09:00:00+08:00', text: T(text), properties: {}, recordedBy: T('刘敏'),
  provenance: 'console', signed: false, verified: false, state: 'stands', replaced: [], mayChange: true, ...more,
})
const file = (more: Partial<HealthFile> = {}): HealthFile => ({
  at: '2026-03-08T11:30:00+08:00', unmapped: 0, medicines: [], fills: [], diagnoses: [], stages: [], labs: [], imaging: [], surgery: [], allergies: [], reactions: [],
  targets: { name: T('一般成人'), hba1cHigh: 7, limits: [], maySign: false, profiles: [], why: T('没有人定过，用项目默认的'), entries: [] }, plans: [], devices: [], life: [], visits: [], scores: [], reports: [], events: [], ...more,
})
const taken = (name: string, more: object = {}) => ({
  key: name, name: T(name), class: 'metformin', className: T('双胍类'), known: true, current: true, unit: 'g', dose: 0.5, timesPerDay: 2, how: T('每次 0.5 g，一天 2 次'),
  courses: [{ from: '2025-06-01T00:00:00+08:00', how: T('每次 0.5 g，一天 2 次') }], taken28: 0, missed28: 0, problems: [], entries: [entry(`e_${name}`, 'medication', `用药 ${name}`)], ...more,
})
const specs = {
  medication: [
    { name: 'action', kind: 'code', required: true, enum: ['start', 'stop'], words: [{ key: 'start', name: T('开始用') }, { key: 'stop', name: T('停用') }] },
    { name: 'class', kind: 'code', required: true }, { name: 'generic', kind: 'code' }, { name: 'dose', kind: 'number' }, { name: 'name', kind: 'text' }, { name: 'doseUnit', kind: 'text' },
    { name: 'doseText', kind: 'text' }, { name: 'signed', kind: 'bool' },
  ],
  allergy: [{ name: 'kind', kind: 'code', required: true }, { name: 'substance', kind: 'text' }, { name: 'active', kind: 'bool', required: true }],
}
const catalogue = () => ({
  eventTypes: Object.entries(specs).map(([key, fields]) => ({ key, name: T(key), health: true, fields })),
  contexts: [], bands: [], units: [], limits: {}, reasons: {}, outcomes: {}, purposes: {},
  labs: [], stages: [], reports: { largest: 20 * 1024 * 1024, media: ['application/pdf', 'image/jpeg'] },
})
const open = (answer: HealthFile, routes: Parameters<typeof openConsole>[1] = {}) =>
  openConsole('/people/p_1?page=file', { 'GET /api/people/*/file': () => answer, 'GET /api/catalogue': catalogue, ...routes })
const sectionOf = (name: string) => screen.findByRole('region', { name })

describe('the health file', () => {
  it('opens from its tab and says of every section what is not on file', async () => {
    openConsole('/people/p_1', { 'GET /api/people/*/file': () => file() })
    fireEvent.click(await screen.findByRole('tab', { name: '健康档案' }))
    expect(await screen.findByText('没有记下过敏；没记下不等于没有')).toBeTruthy()
    expect(screen.queryByRole('region', { name: '血糖' })).toBeNull()
  })

  it('puts current medicines first and folds the stopped ones', async () => {
    open(file({ medicines: [taken('二甲双胍'), taken('格列美脲', { current: false, courses: [{ from: '2023-01-01T00:00:00+08:00', to: '2024-09-01T00:00:00+08:00', how: T('每次 2 mg，一天 1 次') }] })] }))
    const part = await sectionOf('用药')
    expect(part.textContent).toMatch(/二甲双胍.*每次 0.5\sg，一天 2\s次.*自2025年6月1日.*停用的 1\s种.*格列美脲/)
    expect(part.querySelector('details')?.open).toBe(false)
  })

  it('lists what was got with its days of supply, and only that where no medicine is on file', async () => {
    const fill = { name: T('二甲双胍'), at: '2026-03-01T00:00:00+08:00', days: 30, until: '2026-03-30', place: '社区药房', known: true, entry: entry('e_fill', 'fill', '取药 二甲双胍') }
    open(file({ fills: [fill] }))
    const part = await sectionOf('取药')
    expect(part.textContent).toMatch(/3月1日.*二甲双胍.*30\s天的药，到.*3月30日.*社区药房/)
  })

  it('puts a fill of unknown length first, says what is missing and lets somebody say it', async () => {
    const fill = (name: string, more: object) => ({ name: T(name), at: '2026-03-01T00:00:00+08:00', known: true, entry: entry(`f_${name}`, 'fill', name, { properties: { name } }), ...more })
    open(file({ fills: [fill('二甲双胍', { days: 30, until: '2026-03-30', from: T('按数量和用法推算：60 片、粒、支，一天 2') }), fill('格列齐特', { from: T('没写天数，也没写数量') })] }))
    const part = await sectionOf('取药')
    expect(part.textContent).toMatch(/格列齐特.*不知道够用几天.*补上天数.*也没写数量.*二甲双胍.*30\s天的药.*按数量和用法推算/)
    expect(within(part).getAllByRole('button', { name: '补上天数' })).toHaveLength(1)
  })

  it('puts a fill nobody knows first, with the way to say what it is', async () => {
    const fill = (name: string, known: boolean) => ({ name: T(name), at: '2026-03-01T00:00:00+08:00', days: 30, until: '2026-03-30', known, entry: entry(`f_${name}`, 'fill', name, { properties: { name } }) })
    open(file({ unmapped: 1, fills: [fill('二甲双胍', true), fill('降糖一号', false)] }), { 'GET /api/session': () => ({ ...session('pharmacist'), can: ['people.write', 'file.map'] }) })
    const part = await sectionOf('取药')
    expect(part.textContent).toMatch(/降糖一号.*等药师对照.*二甲双胍/)
    fireEvent.click(within(part).getByRole('button', { name: '对照到目录' }))
    expect(await screen.findByText('“降糖一号”是哪种药')).toBeTruthy()
  })

  it('tells a signed statement from hearsay', async () => {
    open(file({ surgery: [
      entry('a', 'surgery', '手术 一', { signed: true, recordedBy: T('钱立') }),
      entry('b', 'surgery', '手术 二', { said: { by: 'doctor', byText: T('医生说'), name: '王医生', how: 'visit' } }),
    ] }))
    const [one, two] = await within(await sectionOf('手术和住院')).findAllByRole('listitem')
    expect(one?.textContent).toContain('医生签署')
    expect(one?.textContent).not.toContain('未签署')
    expect(two?.textContent).toContain('医生的话，转述，未签署')
    expect(two?.textContent).toContain('王医生 · 就诊时')
  })

  it('says of targets nobody signed that they do not hold, beside those that do, and lets a doctor sign', async () => {
    const told = entry('t', 'target', '控制目标', { properties: { fastingHigh: 6.1 }, said: { by: 'doctor', byText: T('医生说'), name: '王建' } })
    const targets = {
      name: T('一般成人'), maySign: true, profiles: [], why: T('还没有医生签署过'), unsigned: told, entries: [told],
      limits: [{ context: 'fasting', name: T('空腹'), low: 4.4, high: 7, own: false }, { context: 'systolic', name: T('收缩压'), high: 130, open: true, unit: 'mmHg', own: true }],
    }
    const as = (can: string[]) => ({ 'GET /api/session': () => ({ ...session('doctor'), can }), 'POST /api/people/*/file/t/sign': () => ({ entry: told, notes: [] }) })
    const { calls } = open(file({ targets }), as(['people.write', 'file.sign']))
    const part = within(await sectionOf('目标和计划'))
    const note = await part.findByRole('note')
    expect(note.textContent).toContain('没有签署，不算数')
    expect(note.textContent).toContain('王建')
    expect((await sectionOf('目标和计划')).textContent).toMatch(/空腹 4\.4~7\.0 mmol\/L.*收缩压 <130 mmHg医生定的/)
    fireEvent.click(within(note).getByRole('button', { name: '由我签署' }))
    await waitFor(() => expect(calls.filter((one) => one.path.endsWith('/file/t/sign'))).toHaveLength(1))
  })

  it('adds a plan up, and keeps sites of images apart from how weight is borne', () => {
    expect(addedUp({ points: 'fasting+bedtime', daysPerWeek: '3' }, 'points')).toMatchObject({ pointsPerDay: '2', perWeek: '6' })
    expect(addedUp({ pointsPerDay: '2', daysPerWeek: '7', perWeek: '5' }, 'daysPerWeek').perWeek).toBe('14')
    expect(addedUp({ pointsPerDay: '2', daysPerWeek: '7', perWeek: '5' }, 'perWeek').perWeek).toBe('5')
    expect(detailsOf('imaging', ['full', 'hip', 'eye'])).toEqual(['hip', 'eye'])
    expect(detailsOf('weight_bearing', ['full', 'hip'])).toEqual(['full'])
  })

  it('sends the stages of the sides that were imaged, and says what is missing of one', () => {
    const reads = { left: { system: 'arco2019', stage: 'II', extent: '30' }, right: { system: 'arco2019', stage: '', extent: 'x' } }
    expect(stagesOf(reads, 'left')).toEqual({ stages: [{ system: 'arco2019', stage: 'II', side: 'left', extent: 30 }], wrong: {} })
    expect(stagesOf(reads, 'both').wrong).toEqual({ 'right.stage': 'missing', 'right.extent': 'number' })
    expect(stagesOf({ left: { system: '', stage: '', extent: '' } }, '').stages).toEqual([])
    expect(readsOf([entry('s', 'clinical_stage', '', { properties: { system: 'ficat', stage: 'I', side: 'right' } })])).toEqual({ right: { system: 'ficat', stage: 'I', extent: '' } })
  })

  it('puts another profile’s limits where nobody typed', () => {
    const adult = limitValues([{ context: 'fasting', low: 4.4, high: 7 }, { context: 'hba1c', high: 7 }])
    expect(adult).toEqual({ fastingLow: '4.4', fastingHigh: '7', hba1cHigh: '7' })
    expect(rebased({ ...adult, fastingHigh: '6.5' }, adult, limitValues([{ context: 'hba1c', high: 8 }]))).toMatchObject({ fastingLow: '', fastingHigh: '6.5', hba1cHigh: '8' })
  })

  it('takes the stages read from images back with them, unless somebody unticks it', async () => {
    const stage = entry('s', 'clinical_stage', '临床分期 II 左')
    const { calls } = open(file({ imaging: [entry('i', 'imaging', '影像 髋', { stages: [stage] })] }), { 'POST /api/people/*/file/i/retract': () => undefined })
    const part = within(await sectionOf('影像和专项检查'))
    expect(part.getByText('临床分期 II 左')).toBeTruthy()
    fireEvent.click(part.getByRole('button', { name: '撤回' }))
    const box = within(await screen.findByRole('dialog'))
    fireEvent.change(box.getByLabelText('原因'), { target: { value: '别人的片子' } })
    fireEvent.click(box.getByRole('button', { name: /^撤\s?回$/ }))
    await waitFor(() => expect(calls.find((one) => one.path.endsWith('/file/i/retract'))?.body).toEqual({ reason: '别人的片子', stages: true }))
  })

  it('asks before what was typed is left', async () => {
    open(file())
    fireEvent.click(await screen.findByRole('button', { name: '添加到过敏和副作用' }))
    fireEvent.change(await screen.findByLabelText('对什么过敏'), { target: { value: '青霉素' } })
    fireEvent.click(screen.getByRole('button', { name: /^取\s?消$/ }))
    fireEvent.click(await screen.findByRole('button', { name: '接着填' }, { timeout: 4000 }))
    expect((screen.getByLabelText('对什么过敏') as HTMLInputElement).value).toBe('青霉素')
  })

  it('keeps replaced and withdrawn statements behind a click', async () => {
    const old = entry('o', 'imaging', '影像 左', { state: 'replaced', mayChange: false })
    open(file({ imaging: [entry('n', 'imaging', '影像 右', { replaced: [old] }), entry('w', 'imaging', '影像 错人', { state: 'retracted', reason: '记错人了', mayChange: false })] }))
    const part = within(await sectionOf('影像和专项检查'))
    expect(part.queryByText('影像 左')).toBeNull()
    expect(part.queryByText('影像 错人')).toBeNull()
    fireEvent.click(part.getByRole('button', { name: /改过 1\s次/ }))
    expect(part.getByText('影像 左')).toBeTruthy()
    fireEvent.click(part.getByRole('button', { name: /撤回的 1\s条/ }))
    expect(part.getByText('原因：记错人了')).toBeTruthy()
  })

  it('shows a value with its range and target, and draws a line from three values on', async () => {
    const point = (at: string, value: number) => ({ at, value, refLow: 0, refHigh: 3.4, flag: 'normal' as const })
    const points = [point('2025-10-01T08:00:00+08:00', 3.1), point('2026-01-01T08:00:00+08:00', 2.6), point('2026-03-01T08:00:00+08:00', 1.9)]
    const lab = (test: string, name: string, some: typeof points) => ({
      test, name: T(name), unit: 'mmol/L', units: ['mmol/L', 'mg/dL'], decimals: 2, latest: some.at(-1), points: some, change: -0.7, direction: 'down' as const, target: 1.8, entries: [],
    })
    open(file({ labs: [lab('ldl', '低密度脂蛋白胆固醇', points), lab('tc', '总胆固醇', points.slice(1))] }))
    const rows = within(await sectionOf('化验')).getAllByRole('row')
    expect(rows[1]?.textContent).toMatch(/1\.90\smmol\/L 正常≤3\.40 目标 ≤1\.80下降 0\.70/)
    expect(within(rows[1] as HTMLElement).getByRole('img', { name: /3\s次，从 3.10\s到 1.90/ })).toBeTruthy()
    expect(within(rows[2] as HTMLElement).queryByRole('img')).toBeNull()
    expect(rows[2]?.textContent).toContain('不画线')
  })

  it('adds a medicine found by initials, and shows the refusal at the field it is about', async () => {
    const { calls } = open(file(), {
      'GET /api/medicines': () => ({ items: [{ key: 'metformin', name: T('二甲双胍'), class: 'metformin', className: T('双胍类'), unit: 'g', units: ['g', 'mg'], brands: ['格华止'], low: 0.1, high: 2 }] }),
      'POST /api/people/*/file': () => new Refusal(422, { code: 'wrong_dose_unit', field: 'body.properties.doseUnit', text: T('这种药不用这个单位'), hintText: T('可用：g, mg') }),
    })
    fireEvent.click(await screen.findByRole('button', { name: '添加到用药' }))
    fireEvent.change(await screen.findByLabelText('药名'), { target: { value: 'ejsg' } })
    fireEvent.click(await screen.findByText('商品名 格华止'))
    fireEvent.change(screen.getByLabelText('每次多少'), { target: { value: '500' } })
    fireEvent.change(screen.getByLabelText('剂量单位'), { target: { value: 'U' } })
    fireEvent.click(screen.getByRole('button', { name: '保存' }))
    expect(await screen.findByText('这种药不用这个单位。可用：g, mg')).toBeTruthy()
    expect(calls.find((one) => one.path === '/api/medicines')?.query.get('q')).toBe('ejsg')
    const sent = calls.find((one) => one.method === 'POST')
    expect(sent?.body).toEqual({ type: 'medication', properties: { action: 'start', name: '二甲双胍', generic: 'metformin', dose: 500, doseUnit: 'U' } })
    expect(sent?.headers.get('Idempotency-Key')).toBeTruthy()
  })

  it('keeps an unknown medicine as text and says that it waits', async () => {
    open(file(), {
      'GET /api/medicines': () => ({ items: [] }),
      'POST /api/people/*/file': () => ({ entry: entry('x', 'medication', '用药'), notes: [{ code: 'unknown_medicine', text: T('目录里没有这种药，请药师对照') }] }),
    })
    fireEvent.click(await screen.findByRole('button', { name: '添加到用药' }))
    fireEvent.change(await screen.findByLabelText('药名'), { target: { value: '降糖宁' } })
    expect(await screen.findByText('目录里没有“降糖宁”。按原话存下，等药师对照')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: '保存' }))
    expect(await screen.findByText('已记下。目录里没有这种药，请药师对照')).toBeTruthy()
  })

  it('corrects with a reason, and says when somebody else was faster', async () => {
    const allergy = entry('a1', 'allergy', '过敏 青霉素', { properties: { kind: 'drug', substance: '青霉素', active: true } })
    const { calls } = open(file({ allergies: [{ substance: T('青霉素'), kind: 'drug', active: true, entries: [allergy] }] }), {
      'POST /api/people/*/file/*/correct': () => new Refusal(412, { code: 'entry_replaced' }),
    })
    fireEvent.click(await screen.findByRole('button', { name: '更正' }))
    fireEvent.change(await screen.findByLabelText('对什么过敏'), { target: { value: '头孢' } })
    fireEvent.click(screen.getByRole('button', { name: '保存' }))
    expect(await screen.findByText('请写原因')).toBeTruthy()
    expect(calls.some((one) => one.method === 'POST')).toBe(false)
    fireEvent.change(screen.getByLabelText(/更正的原因/), { target: { value: '听错了' } })
    fireEvent.click(screen.getByRole('button', { name: '保存' }))
    expect(await screen.findByText('这条刚被别人改过或撤回')).toBeTruthy()
    expect(calls.find((one) => one.method === 'POST')).toMatchObject({ path: '/api/people/p_1/file/a1/correct', body: { reason: '听错了', properties: { kind: 'drug', substance: '头孢', active: true } } })
    expect(screen.getByText(/^保\s?存$/).closest('button')?.disabled).toBe(true)
  })

  it('takes back with a reason only', async () => {
    const { calls } = open(file({ surgery: [entry('s1', 'surgery', '手术 一')] }), { 'POST /api/people/*/file/*/retract': () => undefined })
    fireEvent.click(await screen.findByRole('button', { name: '撤回' }))
    const dialog = within(await screen.findByRole('dialog'))
    fireEvent.click(dialog.getByRole('button', { name: /撤\s?回/ }))
    expect(await dialog.findByText('请写原因')).toBeTruthy()
    fireEvent.change(dialog.getByLabelText('原因'), { target: { value: '记错人了' } })
    fireEvent.click(dialog.getByRole('button', { name: /撤\s?回/ }))
    await waitFor(() => expect(calls.find((one) => one.method === 'POST')).toMatchObject({ path: '/api/people/p_1/file/s1/retract', body: { reason: '记错人了' } }))
  })

  it('shows no button to a viewer, nor to anybody on a past day; mapping only to who may', async () => {
    const answer = file({ surgery: [entry('s1', 'surgery', '手术 一')], medicines: [taken('降糖宁', { known: false })], unmapped: 1 })
    const first = open(answer, { 'GET /api/session': () => session('viewer') })
    await screen.findByText('手术 一')
    expect(screen.queryByRole('button', { name: /^(添加|更正|撤回|对照)/ })).toBeNull()
    first.unmount()
    const second = openConsole('/people/p_1?page=file&on=2026-02-20', { 'GET /api/people/*/file': () => answer })
    await screen.findByText('手术 一')
    expect(second.calls.find((one) => one.path.endsWith('/file'))?.query.get('at')).toBe('2026-02-20T15:59:59.999Z')
    expect(screen.queryByRole('button', { name: /^(添加|更正|撤回|对照)/ })).toBeNull()
    second.unmount()
    const third = open(answer)
    await screen.findByText('手术 一')
    expect(screen.queryByRole('button', { name: '对照到目录' })).toBeNull()
    third.unmount()
    open(answer, { 'GET /api/session': () => ({ ...session('pharmacist'), can: ['file.map'] }) })
    expect(await screen.findByRole('button', { name: '对照到目录' })).toBeTruthy()
  })

  it('refuses a report of 80 MB and one of another kind before a byte is sent', async () => {
    const { calls } = open(file())
    fireEvent.click(await screen.findByRole('button', { name: '添加到报告' }))
    const drawer = within(await screen.findByRole('dialog'))
    const input = await drawer.findByLabelText<HTMLInputElement>(/^文件/)
    const large = new File(['%PDF'], 'scan.pdf', { type: 'application/pdf' })
    Object.defineProperty(large, 'size', { value: 80 * 1024 * 1024 })
    fireEvent.change(input, { target: { files: [large] } })
    expect((await drawer.findByRole('alert')).textContent).toMatch(/这个文件有 80\sMB，最多 20\sMB/)
    fireEvent.change(input, { target: { files: [new File(['x'], 'a.docx', { type: 'application/msword' })] } })
    expect((await drawer.findByRole('alert')).textContent).toContain('这种文件存不了')
    expect(calls.some((one) => one.method === 'POST')).toBe(false)
  })

  it('says which questionnaire is due, and fills it in with who answered', async () => {
    const form = {
      key: 'feet', name: T('看脚'), programme: { key: 'dm', name: T('糖尿病') }, version: '1', draft: false, due: true, every: 30, filled: 0,
      items: [
        { key: 'foot', type: 'choice', text: T('有什么不一样吗？'), required: true, repeats: false, options: [{ key: 'fine', text: T('没有') }, { key: 'wound', text: T('有破口') }] },
        { key: 'checked', type: 'integer', text: T('几个月前看过？'), required: false, repeats: false, options: [] },
      ],
    }
    const { calls } = open(file(), { 'GET /api/people/*/forms': () => ({ items: [form] }), 'POST /api/people/*/forms/*/answers': () => ({}) })
    const part = await sectionOf('问卷')
    expect((await within(part).findByText('该填了')).textContent).toBeTruthy()
    fireEvent.click(within(part).getByRole('button', { name: /代填/ }))
    const drawer = within(await screen.findByRole('dialog'))
    fireEvent.click(drawer.getByRole('button', { name: /^保\s?存$/ }))
    expect(await drawer.findByText('请回答这一题')).toBeTruthy()
    fireEvent.click(drawer.getByRole('radio', { name: '有破口' }))
    fireEvent.change(drawer.getByRole('textbox', { name: /几个月前/ }), { target: { value: '14' } })
    fireEvent.click(drawer.getByRole('button', { name: /^保\s?存$/ }))
    await waitFor(() =>
      expect(calls.find((one) => one.method === 'POST')).toMatchObject({
        path: '/api/people/p_1/forms/feet/answers',
        body: { version: '1', answers: [{ item: 'foot', codes: ['wound'] }, { item: 'checked', value: 14 }], said: { by: 'person', how: 'call' } },
      }),
    )
  })

  it('says why the file is closed', async () => {
    openConsole('/people/p_1?page=file', { 'GET /api/people/*/file': () => new Refusal(403, { code: 'consent_needed', text: T('本人没有同意使用健康数据') }) })
    expect(await screen.findByText('本人没有同意使用健康数据')).toBeTruthy()
  })
})

describe('fields', () => {
  it('are all named, for every type that can be added', () => {
    for (const type of Object.values(typesOf).flat()) {
      expect(fieldsOf[type], type).toBeDefined()
      for (const name of fieldsOf[type] ?? []) expect(fieldKeys).toContain(name)
    }
  })

  it('keep what the form does not ask, and never send a signature', () => {
    const before = { kind: 'drug', substance: '青霉素', active: true, generic: 'penicillin', signed: true }
    expect(propertiesOf('allergy', { ...valuesOf(before), active: false }, specs.allergy, before).properties).toEqual({ kind: 'drug', substance: '青霉素', active: false, generic: 'penicillin' })
  })

  it('say which number is none and which answer is missing', () => {
    for (const typed of ['0.5', '0,5', '0，5', ' 0．5 ']) expect(propertiesOf('medication', { dose: typed, action: 'start', name: 'x' }, specs.medication).properties.dose).toBe(0.5)
    expect(propertiesOf('medication', { dose: '1,000.5', action: 'start', name: 'x' }, specs.medication).wrong.dose).toBe('number')
    expect(propertiesOf('medication', { dose: '半片', action: '' }, specs.medication).wrong).toEqual({ dose: 'number', action: 'missing', name: 'missing' })
  })
})

describe('drawings', () => {
  it('do not blow up a course that hardly moves', () => {
    const [low, high] = spread([100, 100.5, 100])
    expect(high - low).toBeGreaterThan(10)
    expect(spread([2, 3], 1.8)[0]).toBeLessThan(1.8)
  })

  it('fill a bar no more than whole', () => {
    expect([filled(1.18), filled(0.5), filled(-1)]).toEqual([1, 0.5, 0])
  })
})
