import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { message, now, openConsole, person, reading, Refusal, session, T, task } from '../../../testing/harness'
import { everyDay } from './Glucose'

const fasting = (day: number, mmol: number) => reading(mmol, mmol > 7 ? 'high' : 'in_target', `2026-03-0${day}T07:00:00+08:00`, 'fasting')
const answerOf = (items: ReturnType<typeof fasting>[]) => ({
  items,
  days: items.map((one) => ({ date: one.at.slice(0, 10), slots: { fasting: [one] } })),
  stats: { n: items.length, mean: 8.1, inTarget: { n: 1, of: items.length } },
})
const why = {
  kind: 'tag',
  title: T('空腹偏高'),
  state: 'has',
  sentence: T('最近 7 次空腹里至少 3 次高于 7.0'),
  evidence: [],
  evidenceTotal: 0,
}

describe('PersonPage', () => {
  it('says who, which stage, what is known, and that looking was recorded', async () => {
    openConsole('/people/p_1')
    expect(await screen.findByRole('heading', { name: /孙建华 62\s岁 男 尾号 0412/ })).toBeTruthy()
    expect(screen.getByText(/打开这一页已记入查看记录：刘敏/)).toBeTruthy()
    expect(screen.getByRole('button', { name: /还有 1\s个：未知 1，没有 0/ })).toBeTruthy()
  })

  it('opens why from a tag', async () => {
    const { calls } = openConsole('/people/p_1', { 'GET /api/people/*/tags/*': () => why })
    fireEvent.click(await screen.findByRole('button', { name: /空腹偏高/ }))
    expect(await screen.findByText('最近 7 次空腹里至少 3 次高于 7.0')).toBeTruthy()
    expect(calls.some((call) => call.path === '/api/people/p_1/tags/gl_fast_high')).toBe(true)
  })

  it('tells tags, stage and targets of each programme, and asks why in it', async () => {
    const tag = (programme: string, key: string, zh: string) => ({ programme, key, name: T(zh), group: 'g', private: 'health', state: 'has' })
    const stage = (zh: string) => ({ key: 'risk', name: T(zh), since: '2026-03-01T08:00:00+08:00' })
    const targets = (high: number) => ({ profile: 'adult', name: T('成人'), source: '指南', ranges: [{ context: 'systolic', name: T('收缩压'), unit: 'mmHg', high, open: true }] })
    const { calls } = openConsole('/people/p_1', {
      'GET /api/people/*': () => ({
        ...person(),
        tags: [tag('diabetes', 'at_red', '糖尿病红色'), tag('hypertension', 'at_red', '高血压红色')],
        programmes: [{ key: 'diabetes', name: T('糖尿病管理'), joined: now, stage: stage('稳定') }, { key: 'hypertension', name: T('高血压管理'), joined: now, stage: stage('高危'), targets: targets(130) }],
      }),
      'GET /api/people/*/tags/*': () => ({ ...why, programme: { key: 'hypertension', name: T('高血压管理') } }),
      'GET /api/people/*/tags/*/history': () => ({ items: [], total: 0 }),
      'GET /api/people/*/stage': () => why,
    })
    expect(await screen.findByRole('heading', { name: '高血压管理' })).toBeTruthy()
    expect(screen.getByText('高危 第 8 天')).toBeTruthy()
    expect(screen.getByText('<130')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: /高血压红色/ }))
    expect(await screen.findByText('项目：高血压管理')).toBeTruthy()
    expect(calls.find((call) => call.path === '/api/people/p_1/tags/at_red')?.query.get('programme')).toBe('hypertension')
    expect(calls.find((call) => call.path === '/api/people/p_1/tags/at_red/history')?.query.get('programme')).toBe('hypertension')
    fireEvent.click(screen.getByRole('button', { name: /为什么 高血压管理/ }))
    await waitFor(() => expect(calls.find((call) => call.path === '/api/people/p_1/stage')?.query.get('programme')).toBe('hypertension'))
  })

  it('gives no mean and no share from two readings', async () => {
    openConsole('/people/p_1', { 'GET /api/people/*/readings': () => answerOf([fasting(7, 8.1), fasting(6, 6.9)]) })
    expect(await screen.findByText('数据不足 (n=2)')).toBeTruthy()
    expect(document.body.textContent).not.toContain('平均')
  })

  it('says the figures when there are enough', async () => {
    openConsole('/people/p_1', { 'GET /api/people/*/readings': () => answerOf([8, 7, 6, 5].map((day) => fasting(day, 8.1))) })
    expect(await screen.findByText('平均 8.1 mmol/L')).toBeTruthy()
    expect(screen.getByText('1 / 4 次在目标内')).toBeTruthy()
  })

  it('says who else told a measurement, and that another value of the minute stands', async () => {
    const told = (source: string) => ({ id: source, source, provenance: 'source', at: now, received: now })
    const one = { ...fasting(7, 8.2), source: 'phone', flags: ['disputed'], sources: [told('phone'), told('医院检验系统'), told('import')] }
    openConsole('/people/p_1', { 'GET /api/people/*/readings': () => answerOf([one]) })
    fireEvent.click(await screen.findByRole('button', { name: /8\.2/ }))
    expect(await screen.findByText(/也由 医院检验系统、.*报来，只算一次/)).toBeTruthy()
    expect(screen.getByText(/同一分钟还有另一个数值/)).toBeTruthy()
  })

  it('shows another day with a banner, and nothing that runs today', async () => {
    const { calls } = openConsole('/people/p_1?on=2026-02-20', { 'GET /api/people/*/messages': () => ({ items: [message()] }) })
    expect(await screen.findByText(/你在看 2026年2月20日 结束时的样子/)).toBeTruthy()
    const at = calls.find((call) => call.path === '/api/people/p_1')?.query.get('at')
    expect(at).toBe('2026-02-20T15:59:59.999Z')
    expect(screen.queryByRole('complementary', { name: '正在进行' })).toBeNull()
    expect(screen.queryByRole('button', { name: '记一次' })).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: '回到现在' }))
    expect(await screen.findByRole('complementary', { name: '正在进行' })).toBeTruthy()
  })

  it('says which message waits and why', async () => {
    openConsole('/people/p_1', { 'GET /api/people/*/messages': () => ({ items: [message()] }) })
    const now = await screen.findByRole('complementary', { name: '正在进行' })
    expect(await within(now).findByText(/今天已发 1 条/)).toBeTruthy()
  })

  it('records a reading for the person', async () => {
    const { calls } = openConsole('/people/p_1', {
      'POST /api/people/*/readings': () => ({ reading: fasting(8, 2.8), reply: { text: T(''), tone: 'very_low' } }),
    })
    fireEvent.click(await screen.findByRole('button', { name: '记一次' }))
    const dialog = await screen.findByRole('dialog')
    fireEvent.click(await within(dialog).findByRole('button', { name: '保存' }))
    expect(await within(dialog).findByText('请填数字，例如 6.5')).toBeTruthy()
    fireEvent.change(within(dialog).getByRole('textbox', { name: '血糖' }), { target: { value: '2.8' } })
    fireEvent.click(within(dialog).getByRole('button', { name: '保存' }))
    await waitFor(() => expect(calls.find((call) => call.method === 'POST')?.body).toMatchObject({ value: 2.8, unit: 'mmol/L', context: '' }))
    expect(await screen.findByText('已记下 2.8 mmol/L')).toBeTruthy()
  })

  it('records a pressure where that is what the programme measures, and says the server’s reason for a refusal', async () => {
    let taken = false
    const mmHg = { zh: 'mmHg', en: 'mmHg' }
    const { calls } = openConsole('/people/p_1', {
      'GET /api/catalogue': () => ({
        eventTypes: [
          {
            key: 'blood_pressure',
            name: T('血压'),
            health: true,
            system: false,
            fields: [
              { name: 'systolic', kind: 'number', unit: 'mmHg', unitWord: mmHg, min: 40, max: 300, required: true },
              { name: 'diastolic', kind: 'number', unit: 'mmHg', unitWord: mmHg, min: 20, max: 200, required: true },
            ],
          },
        ],
        contexts: [], units: [], limits: {}, outcomes: {}, purposes: {},
      }),
      'GET /api/people/*/measures': () => ({ kinds: ['blood_pressure', 'symptom', 'glucose', 'pain', 'weight'], items: [] }),
      'POST /api/people/*/measures': () => {
        if (!taken) {
          taken = true
          return new Refusal(422, { code: 'out_of_range', field: 'body.properties.diastolic', text: T('数值超出可能的范围'), hintText: T('低压要比高压小，看看是不是填反了') })
        }
        return { entry: { text: T('血压 182/96 mmHg') }, reply: T(''), card: message() }
      },
    })
    fireEvent.click(await screen.findByRole('button', { name: '记一次' }))
    const dialog = await screen.findByRole('dialog')
    fireEvent.click(await within(dialog).findByRole('button', { name: /保存/ }))
    expect(await within(dialog).findAllByText('请填数字')).toHaveLength(2)
    fireEvent.change(within(dialog).getByLabelText('高压（收缩压）'), { target: { value: '96' } })
    fireEvent.change(within(dialog).getByLabelText('低压（舒张压）'), { target: { value: '182' } })
    fireEvent.click(await within(dialog).findByRole('button', { name: /保存/ }))
    expect(await within(dialog).findByText('数值超出可能的范围。低压要比高压小，看看是不是填反了')).toBeTruthy()
    fireEvent.change(within(dialog).getByLabelText('高压（收缩压）'), { target: { value: '182' } })
    fireEvent.change(within(dialog).getByLabelText('低压（舒张压）'), { target: { value: '96' } })
    fireEvent.click(await within(dialog).findByRole('button', { name: /保存/ }))
    expect(await screen.findByText(/血压 182\/96\smmHg。这个值要紧/)).toBeTruthy()
    expect(calls.filter((call) => call.method === 'POST').at(-1)?.body).toMatchObject({ type: 'blood_pressure', properties: { systolic: 182, diastolic: 96 } })
  })

  it('edits a person by the version that was read, and says when somebody was faster', async () => {
    let asked = 0
    const { calls } = openConsole('/people/p_1', {
      'GET /api/session': () => ({ ...session(), can: ['people.write', 'people.assign'] }),
      'PATCH /api/people/*': () => (asked++ === 0 ? new Refusal(412, { code: 'changed_meanwhile', field: 'header.If-Match', text: T('刚被别人改过') }) : { id: 'p_1', name: '孙建国' }),
    })
    fireEvent.click(await screen.findByRole('button', { name: '改资料' }))
    const drawer = await screen.findByRole('dialog')
    fireEvent.change(within(drawer).getByLabelText('姓名'), { target: { value: '孙建国' } })
    fireEvent.click(within(drawer).getByRole('button', { name: /保存/ }))
    expect(await screen.findByText(/刚被别人改过，已换成最新的/)).toBeTruthy()
    fireEvent.click(within(drawer).getByRole('button', { name: /保存/ }))
    expect(await screen.findByText('已保存')).toBeTruthy()
    const sent = calls.filter((call) => call.method === 'PATCH')
    expect(sent[0]?.body).toEqual({ name: '孙建国' }) // what was not touched is not sent
    expect(sent[0]?.headers.get('If-Match')).toBeTruthy()
  })

  it('adds a relative, with how the person agreed to what is shared', async () => {
    const kinds = [{ key: 'son', name: T('儿子') }]
    const scopes = [{ key: 'alerts', name: T('危险提醒') }]
    let items: unknown[] = []
    const { calls } = openConsole('/people/p_1', {
      'GET /api/people/*/family': () => ({ items, shared: items.length > 0, kinds, scopes }),
      'POST /api/people/*/family': () => {
        items = [{ id: 'f1', name: '王强', kind: 'son', kindName: T('儿子'), scopes: ['alerts'], since: '' }]
        return { items, shared: true, kinds, scopes }
      },
    })
    fireEvent.click(await screen.findByRole('button', { name: '管理关系' }))
    const dialog = await screen.findByRole('dialog')
    fireEvent.click(await within(dialog).findByRole('button', { name: '添加一位' }))
    fireEvent.change(await within(dialog).findByLabelText('姓名'), { target: { value: '王强' } })
    fireEvent.change(within(dialog).getByLabelText(/手机号/), { target: { value: '13900000002' } })
    fireEvent.mouseDown(within(dialog).getByLabelText('关系'))
    fireEvent.click(await screen.findByTitle('儿子'))
    expect(within(dialog).queryByLabelText(/证明在哪里/)).toBeNull()
    fireEvent.click(within(dialog).getByRole('checkbox', { name: '危险提醒' }))
    fireEvent.click(within(dialog).getByRole('button', { name: /保存/ }))
    expect(await within(dialog).findByText('请填写')).toBeTruthy()
    expect(calls.some((call) => call.method === 'POST')).toBe(false)
    fireEvent.click(within(dialog).getByRole('radio', { name: '签了字的纸' }))
    fireEvent.change(within(dialog).getByLabelText(/证明在哪里/), { target: { value: '2026-0313' } })
    fireEvent.click(within(dialog).getByRole('button', { name: /保存/ }))
    expect(await within(dialog).findByText('儿子 王强')).toBeTruthy()
    expect(calls.find((call) => call.method === 'POST')?.body).toEqual({ name: '王强', phone: '13900000002', kind: 'son', scopes: ['alerts'], basis: 'paper', proof: '2026-0313' })
  })

  it('makes a sign-in code only on request', async () => {
    const { calls } = openConsole('/people/p_1', {
      'POST /api/people/*/signin-link': () => ({ url: 'http://x/m/in/abc', qr: 'data:image/png;base64,AA==', expires: '2026-03-08T11:40:00+08:00' }),
    })
    fireEvent.click(await screen.findByRole('button', { name: '登录手机' }))
    expect(calls.some((call) => call.method === 'POST')).toBe(false)
    fireEvent.click(await screen.findByRole('button', { name: '生成登录码' }))
    expect(await screen.findByRole('img', { name: '登录二维码' })).toBeTruthy()
    expect(screen.getByText('今天 11:40 前有效')).toBeTruthy()
  })

  it('shows an alert and its call apart, and says which answers which', async () => {
    const alert = task('a1', '孙建华', { kind: 'alert', priority: 'safety', title: T('低于 3.0，10 分钟内打电话') })
    const call = task('c1', '孙建华', { priority: 'safety', title: T('打电话：低血糖之后'), alert: 'a1' })
    openConsole('/people/p_1?tab=tasks', { 'GET /api/people/*/tasks': () => ({ items: [alert, call] }) })
    const panel = await screen.findByRole('tabpanel', { name: '任务' })
    const lines = await within(panel).findAllByRole('listitem')
    expect(lines).toHaveLength(2)
    expect(lines[1]?.textContent).toMatch(/打电话：低血糖之后.*回应警报“低于 3.0，10\s分钟内打电话”/)
    expect(lines[0]?.textContent).not.toContain('回应警报')
  })

  it('shows the tasks of an earlier day', async () => {
    const { calls } = openConsole('/people/p_1?on=2026-03-01&tab=tasks', {
      'GET /api/people/*/tasks': () => ({ items: [task('a1', '孙建华', { title: T('第一周回访'), due: '', opened: '2026-02-28T09:00:00+08:00' })] }),
    })
    expect(await screen.findByText('第一周回访')).toBeTruthy()
    expect(screen.getByText(/2月28日 09:00/)).toBeTruthy()
    expect(calls.find((call) => call.path.endsWith('/tasks'))?.query.get('at')).toBe('2026-03-01T15:59:59.999Z')
  })

  it('says that there is no such person', async () => {
    openConsole('/people/other', { 'GET /api/people/*': () => new Refusal(404, { code: 'not_found' }) })
    expect(await screen.findByText('没有找到')).toBeTruthy()
    expect(screen.getByText('地址可能写错了，或不在您能看的范围里')).toBeTruthy()
    fireEvent.click(screen.getByRole('link', { name: '回到人员' }))
    expect(await screen.findByRole('heading', { name: '人员' })).toBeTruthy()
  })

  it('lets a viewer look only', async () => {
    openConsole('/people/p_1', { 'GET /api/session': () => session('viewer') })
    await screen.findByRole('heading', { name: /孙建华/ })
    expect(screen.queryByRole('button', { name: '记一次' })).toBeNull()
    expect(screen.queryByRole('button', { name: '登录手机' })).toBeNull()
  })
})

describe('the log', () => {
  it('has a row for each day, measured or not', () => {
    const days = [{ date: '2026-03-05', slots: {} }, { date: '2026-03-07', slots: {} }]
    const all = everyDay(days, new Date('2026-03-08T15:59:59Z'), 'Asia/Shanghai')
    expect(all.map((one) => one.date)).toEqual(['2026-03-08', '2026-03-07', '2026-03-06', '2026-03-05'])
  })
})
