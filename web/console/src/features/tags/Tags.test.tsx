import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import type { Counting, Draft, Preview, RuleCheck, TagCatalogue, TagDefinition, TagForm, TagLine } from '../../../../client/rules'
import { now, openConsole, reading, Refusal, row, type Routes, session, T } from '../../../testing/harness'

// jsdom lays nothing out, which the editor lives by: here the plain field stands in, the browser run tries the editor.
vi.mock('./Code', () => {
  throw new Error('not in jsdom')
})

const rule = 'events("glucose").count() >= 3'
const line = (key: string, zh: string, more: Partial<TagLine> = {}): TagLine => ({
  key, name: T(zh, key), kind: 'tag', group: 'gl', private: 'health', plain: T(`${zh}的说法`), source: '指南', rule, byHand: false, has: 12, gained7d: 3, lost7d: 1, usedBy: 2, ...more,
})
const catalogue = (items: TagLine[]): TagCatalogue => ({
  programme: 'diabetes', version: 3, asOf: now, people: 100, total: items.length, items,
  groups: [{ key: 'gl', name: T('血糖', 'Glucose'), tags: items.length, exclusive: false }, { key: 'lc', name: T('生命周期', 'Lifecycle'), tags: 0, exclusive: true }],
})
const definition = (more: Partial<TagDefinition> = {}): TagDefinition => ({
  ...line('gl_high', '空腹偏高'), because: T('有 {n} 次'), reading: T('血糖至少 3 次', 'at least 3 glucose readings'), file: 'tags.yaml', line: 12, uses: [], reads: [], words: [], ...more,
})
const form: TagForm = { name: T('空腹偏高', 'Fasting high'), group: 'gl', private: 'health', plain: T('说法', 'words'), when: rule, because: T('有 {n} 次', '{n} times'), source: '指南' }
const draft = (more: Partial<Draft> = {}): Draft => ({
  programme: 'diabetes', base: 3, revision: 7, exists: true, by: { id: 's', name: '沈静' }, at: now, stale: false, files: [], problems: [], sound: true,
  diff: { tags: [{ key: 'gl_high', name: T('空腹偏高'), change: 'changed', was: rule, is: `${rule}0` }], stages: [], journeys: [], content: [], other: [] }, ...more,
})
const ok: RuleCheck = { ok: true, problems: [], reading: T('血糖至少 3 次', 'at least 3 readings'), kind: 'bool', reads: [] }
const counted = { people: 100, has: 12, no: 80, unknown: 8, asOf: now, tookMs: 41, gain: 5, lose: 0, sample: { gain: [{ id: 'p_9', name: '周敏9' }] }, found: 'F1', near: { couldGain: 2, couldLose: 0, gainSample: [{ id: 'p_5', name: '周敏5' }], loseSample: [], step: T('次数少 1 次') } }
const counting = (asked: unknown, more: Partial<Counting> = {}): Counting => ({ id: 'C1', state: 'done', done: 100, of: 100, begunAt: now, asked: asked as Counting['asked'], result: counted, ...more })
const editor = { ...session('admin'), can: ['programme.read', 'programme.edit', 'people.export'] }
const usual: Routes = {
  'GET /api/session': () => editor,
  'GET /api/tags': () => catalogue([line('gl_high', '空腹偏高')]),
  'GET /api/tags/*': () => definition(),
  'GET /api/tags/*/trend': () => ({ key: 'gl_high', from: '2026-03-07', to: '2026-03-08', days: [{ day: '2026-03-07', people: 10, gained: 0, lost: 0 }, { day: '2026-03-08', people: 12, gained: 3, lost: 1 }], versions: [{ version: 3, at: now, day: '2026-03-08' }] }),
  'GET /api/rules/vocabulary': () => ({ events: [{ key: 'glucose', name: T('血糖'), fields: [] }], functions: [{ name: 'within', use: '.within("7d")', group: T('取事件'), member: true, journey: false, text: T('最近'), example: '' }], tags: [], stages: [], targets: [], settings: [], words: [] }),
  'POST /api/rules/check': () => ok,
  'POST /api/rules/counts': ({ body }) => counting(body),
  'GET /api/found/*': () => ({ found: 'F1', programme: 'diabetes', asOf: now, draft: false, sets: [{ of: 'gain', text: T('这样改会得到“空腹偏高”', 'Would gain'), people: 5 }, { of: 'couldGain', text: T('差一步就符合', 'One step'), people: 2 }] }),
  'GET /api/programmes/*/versions': () => ({ items: [{ version: 3, at: now, by: { id: 's', name: '沈静' }, note: '按新指南', hash: 'a', first: false }, { version: 2, at: now, note: '别的事', hash: 'b', first: false }, { version: 1, hash: 'c', first: true }] }),
  'GET /api/programmes/*/versions/*/diff': ({ query }) => ({ tags: query.get('to') === '3' ? [{ key: 'gl_high', name: T('空腹偏高'), change: 'changed', was: 'old()', is: rule }] : [], stages: [], journeys: [], content: [], other: [] }),
  'GET /api/programmes/*/draft': () => draft(),
  'GET /api/programmes/*/draft/tags/*': () => form,
  'GET /api/programmes/*/draft/trial': () => ({ state: 'none', revision: 0, done: 0, of: 0, tookMs: 0, passed: 0, failed: 0, results: [] }),
  'GET /api/programmes/*/draft/preview': () => ({ state: 'none', revision: 7, done: 0, of: 0, people: 0, changed: 0, tags: [], stages: [] }),
}
const open = (address: string, routes: Routes = {}) => openConsole(address, { ...usual, ...routes })

describe('Catalogue', () => {
  it('draws only the rows in view of ten thousand', async () => {
    open('/tags', { 'GET /api/tags': () => catalogue(Array.from({ length: 10_000 }, (_, i) => line(`t_${i}`, `标签${i}`))) })
    expect(await screen.findByText('共 10,000 个标签')).toBeTruthy()
    expect(screen.getByRole('table', { name: '标签' }).getAttribute('aria-rowcount')).toBe('10001')
    expect(screen.getAllByRole('row').length).toBeLessThan(40)
  })

  it('finds by name, wording and rule, and keeps it in the address', async () => {
    const { router } = open('/tags', { 'GET /api/tags': () => catalogue([line('a', '沉默'), line('b', '餐后', { rule: 'days_since(x) > 3' })]) })
    expect(await screen.findByText('共 2 个标签')).toBeTruthy()
    fireEvent.change(screen.getByLabelText('名称、代码、说法或规则'), { target: { value: 'days_since' } })
    expect(await screen.findByText('命中 1 个标签')).toBeTruthy()
    expect(screen.getByRole('link', { name: '餐后' })).toBeTruthy()
    expect(screen.queryByRole('link', { name: '沉默' })).toBeNull()
    expect(router.state.location.search).toMatchObject({ q: 'days_since' })
  })

  it('opens the people of a count, and says what was not counted', async () => {
    open('/tags')
    const link = await screen.findByRole('link', { name: /看有“空腹偏高”的 12\s人/ })
    expect(decodeURIComponent(link.getAttribute('href') ?? '')).toContain('/people?programme=diabetes&tag=["gl_high"]')
    expect(screen.getByText('未数')).toBeTruthy()
  })

  it('is of the programme in the address, leads on in it, and offers the others', async () => {
    const hip = { ...catalogue([line('on_pain', '髋痛')]), programme: 'osteonecrosis' }
    const { calls, router } = open('/tags?programme=osteonecrosis', {
      'GET /api/workspace': () => ({ ...session('admin').workspace, owners: [], counts: { people: 1, openTasks: 1, safety: 0 }, programmes: [{ key: 'diabetes', name: T('糖尿病管理'), version: 3 }, { key: 'osteonecrosis', name: T('股骨头坏死管理'), version: 1 }] }),
      'GET /api/tags': ({ query }) => (query.get('programme') === 'diabetes' ? catalogue([line('gl_high', '空腹偏高')]) : hip),
      'POST /api/tags/*/moved': () => ({ found: 'F2', programme: 'osteonecrosis', asOf: now, draft: false, sets: [{ of: 'gained', text: T('得到'), people: 3 }, { of: 'lost', text: T('失去'), people: 1 }] }),
      'GET /api/people': () => ({ items: [row(5)], total: 1 }),
    })
    const link = await screen.findByRole('link', { name: '髋痛' })
    expect(link.getAttribute('href')).toContain('/tags/on_pain?programme=osteonecrosis')
    expect(decodeURIComponent(screen.getByRole('link', { name: /看有“髋痛”的/ }).getAttribute('href') ?? '')).toContain('/people?programme=osteonecrosis&tag=["on_pain"]')
    await waitFor(() => expect(calls.find((call) => call.path === '/api/tags/on_pain/trend')?.query.get('programme')).toBe('osteonecrosis'))
    fireEvent.click(screen.getByRole('button', { name: /得到“髋痛”/ }))
    await waitFor(() => expect(calls.find((call) => call.path === '/api/tags/on_pain/moved')?.body).toMatchObject({ programme: 'osteonecrosis' }))
    fireEvent.mouseDown(screen.getByRole('combobox', { name: '项目' }))
    fireEvent.click(await screen.findByTitle('糖尿病管理'))
    expect(await screen.findByRole('link', { name: '空腹偏高' })).toBeTruthy()
    expect(router.state.location.search).toMatchObject({ programme: 'diabetes' })
  })

  it('offers a new tag and the draft to those who may edit only', async () => {
    open('/tags')
    expect(await screen.findByRole('link', { name: /草稿：改了 1\s个标签/ })).toBeTruthy()
    expect(screen.getByRole('link', { name: '新建标签' })).toBeTruthy()
  })

  it('lets a viewer look only, and does not ask for the draft', async () => {
    const { calls } = open('/tags', { 'GET /api/session': () => session('viewer') })
    expect(await screen.findByRole('link', { name: '空腹偏高' })).toBeTruthy()
    expect(screen.queryByRole('link', { name: '新建标签' })).toBeNull()
    expect(calls.some((call) => call.path.includes('/draft'))).toBe(false)
  })
})

describe('TagPage', () => {
  it('asks everything of the programme in its address', async () => {
    const { calls } = open('/tags/gl_high?programme=osteonecrosis')
    expect(await screen.findByText('血糖至少 3 次')).toBeTruthy()
    const asked = (path: string) => calls.find((call) => call.path === path)?.query.get('programme')
    expect(asked('/api/tags/gl_high')).toBe('osteonecrosis')
    await waitFor(() => expect(asked('/api/tags/gl_high/trend')).toBe('osteonecrosis'))
    expect(asked('/api/tags')).toBe('osteonecrosis')
    expect(screen.getByRole('link', { name: /编辑|接着改/ }).getAttribute('href')).toContain('programme=')
  })

  it('says the rule in both languages, its course, its versions and where it is used', async () => {
    open('/tags/gl_high')
    expect(await screen.findByText('血糖至少 3 次')).toBeTruthy()
    expect(screen.getByText('at least 3 glucose readings')).toBeTruthy()
    expect(await screen.findByText(/2\s天里从 10\s人到 12\s人，多了 2\s人/)).toBeTruthy()
    expect(await screen.findByText('按新指南')).toBeTruthy()
    expect(screen.getByText('old()')).toBeTruthy()
    expect(screen.queryByText('别的事')).toBeNull()
    expect(screen.getByText(/另有 1\s个版本没有改它/)).toBeTruthy()
    expect(screen.getByText(/没有旅程、阶段、人群或别的标签读它/)).toBeTruthy()
  })

  it('counts at once where few are asked, and opens who is near the edge', async () => {
    const { calls } = open('/tags/gl_high', { 'GET /api/tags': () => catalogue([line('gl_high', '空腹偏高', { unknown: 8, no: 80 })]), 'GET /api/people': () => ({ items: [row(5)], total: 1 }) })
    fireEvent.click(await screen.findByRole('button', { name: /再近一步就有：2/ }))
    expect((await screen.findByRole('link', { name: /周敏5/ })).getAttribute('href')).toContain('/people/p_5')
    expect(calls.find((call) => call.path === '/api/people' && call.query.get('found') === 'F1')?.query.get('of')).toBe('couldGain')
    expect(screen.getByRole('link', { name: '导出 CSV' }).getAttribute('href')).toContain('found=F1')
    // Of two that it counts one is another's.
    expect(await screen.findByText(/共 2\s人 · 你能看到其中 1\s人/)).toBeTruthy()
  })

  it('waits to be asked where many would be, finds the count again by its address, and can be stopped', async () => {
    let state: Counting['state'] = 'running'
    let asked: unknown
    const { calls, router } = open('/tags/gl_high', {
      'POST /api/rules/counts': ({ body }) => counting((asked = body), { state, done: 40, result: undefined }),
      'GET /api/rules/counts/*': () => counting(asked, { state, done: 60, result: undefined }),
      'DELETE /api/rules/counts/*': () => {
        state = 'cancelled'
        return undefined
      },
    })
    const start = await screen.findByRole('button', { name: '数所有人' })
    expect(calls.some((call) => call.path === '/api/rules/counts')).toBe(false)
    fireEvent.click(start)
    expect(await screen.findByText(/已问 [46]0 \/ 100 人/)).toBeTruthy()
    await waitFor(() => expect(router.state.location.search).toMatchObject({ count: 'C1' }))
    fireEvent.click(await screen.findByRole('button', { name: /取\s?消/ }))
    expect(await screen.findByText('已停下')).toBeTruthy()
    expect(screen.queryByText('边界上')).toBeNull()
  })

  it('goes on showing a count after a reload', async () => {
    open('/tags/gl_high?count=C1', { 'GET /api/rules/counts/*': () => counting({ programme: 'diabetes', rule, tag: 'gl_high' }, { state: 'running', done: 60, result: undefined }) })
    expect(await screen.findByText('已问 60 / 100 人')).toBeTruthy()
  })

  it('says what a restart took away, and counts again at one press', async () => {
    const { calls } = open('/tags/gl_high?count=C0', { 'GET /api/rules/counts/C0': () => new Refusal(404, { code: 'count_gone', text: T('这次统计没有留下来'), hintText: T('服务重启过') }) })
    expect(await screen.findByText('服务重启过')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: '再数一次' }))
    expect(await screen.findByText('边界上')).toBeTruthy()
    expect(calls.filter((call) => call.method === 'POST' && call.path === '/api/rules/counts')).toHaveLength(1)
  })
})

const codes = [
  { key: 'high', name: T('高', 'High'), when: 'points >= 60' },
  { key: 'low', name: T('低', 'Low'), when: 'true' },
]
const codedForm: TagForm = { ...form, name: T('活跃度', 'Engagement'), when: '', codes }

describe('a tag with codes', () => {
  const coded = line('eg_level', '活跃度', { rule: 'high: points >= 60', codes: codes.map(({ key, name, when }) => ({ key: `eg_level.${key}`, code: key, name, rule: when, has: 6 })) })

  it('is one tag in the catalogue, its codes below it', async () => {
    open('/tags', { 'GET /api/tags': () => catalogue([coded, line('gl_high', '空腹偏高')]) })
    expect(await screen.findByText('共 2 个标签')).toBeTruthy()
    expect(screen.getAllByRole('row')).toHaveLength(5)
    expect(decodeURIComponent(screen.getByRole('link', { name: /看有“活跃度：高”的 6\s人/ }).getAttribute('href') ?? '')).toContain('["eg_level.high"]')
  })

  it('keeps its codes in their order on saving, and moves and adds them', async () => {
    const { calls } = open('/draft/tags/eg_level', { 'GET /api/programmes/*/draft/tags/*': () => codedForm, 'PUT /api/programmes/*/draft/tags/*': () => draft({ revision: 8 }) })
    fireEvent.click(await screen.findByRole('button', { name: '上移 低' }))
    fireEvent.click(screen.getByRole('button', { name: '加一种' }))
    fireEvent.click(screen.getByRole('button', { name: /存草稿/ }))
    expect(await screen.findByText(/第 3 种：代码要以小写字母开头/)).toBeTruthy()
    fireEvent.change(screen.getByLabelText('第 3 种 的代码'), { target: { value: 'mid' } })
    fireEvent.change(screen.getByLabelText('mid 的名称 中文'), { target: { value: '中' } })
    fireEvent.change(screen.getByLabelText('中 的名称 英文'), { target: { value: 'Middle' } })
    fireEvent.change(await screen.findByRole('textbox', { name: '“中”什么时候成立' }), { target: { value: 'points >= 20' } })
    fireEvent.click(screen.getByRole('button', { name: /存草稿/ }))
    await waitFor(() => expect(calls.some((call) => call.method === 'PUT')).toBe(true))
    expect(calls.find((call) => call.method === 'PUT')?.body).toEqual({ ...codedForm, codes: [codes[1], codes[0], { key: 'mid', name: T('中', 'Middle'), when: 'points >= 20' }] })
  })

  it('is counted as its codes are written, each with its people', async () => {
    const { calls } = open('/draft/tags/eg_level', {
      'GET /api/programmes/*/draft/tags/*': () => codedForm,
      'POST /api/rules/counts': ({ body }) => counting(body, { result: { ...counted, near: undefined, codes: [{ code: 'high', name: T('高'), has: 4, gain: 1, lose: 0, ofHas: 'code:eg_level.high:has', ofGain: 'g', ofLose: 'l' }] } }),
      'GET /api/people': () => ({ items: [row(9)], total: 1 }),
    })
    fireEvent.click(await screen.findByRole('button', { name: '数所有人' }))
    fireEvent.click(await screen.findByRole('button', { name: '4' }))
    expect(await screen.findByRole('link', { name: /周敏9/ })).toBeTruthy()
    expect(calls.find((call) => call.path === '/api/people' && call.query.get('of') === 'code:eg_level.high:has')).toBeTruthy()
    expect(calls.find((call) => call.path === '/api/rules/counts')?.body).toMatchObject({ rule: '', codes })
  })
})

describe('TagEditor', () => {
  const field = () => screen.findByRole('textbox', { name: '什么时候有' })
  const type = async (text: string) => {
    const box = (await field()) as HTMLTextAreaElement
    fireEvent.change(box, { target: { value: text, selectionStart: text.length, selectionEnd: text.length } })
    return box
  }

  it('checks once typing rests, marks the place and mends it with the word suggested', async () => {
    const { calls } = open('/draft/tags/gl_high', {
      'POST /api/rules/check': ({ body }) =>
        String(body.rule).includes('conut') ? { ok: false, kind: '', reads: [], problems: [{ line: 1, col: 19, text: T('没有“conut”'), hint: T('是不是 count？', 'did you mean count?') }] } : ok,
    })
    await type('events("glucose").con')
    const box = await type('events("glucose").conut() >= 3')
    expect(await screen.findByText(/第 19\s字：没有“conut”/)).toBeTruthy()
    expect(box.getAttribute('aria-invalid')).toBe('true')
    expect(calls.filter((call) => call.path === '/api/rules/check' && call.body.rule === 'events("glucose").con')).toHaveLength(0)
    fireEvent.click(screen.getByRole('button', { name: '换成 count' }))
    expect(box.value).toBe('events("glucose").count() >= 3')
    expect(await screen.findByText('at least 3 readings')).toBeTruthy()
  })

  it('saves on the revision it was read at, and what another changed meanwhile is not lost', async () => {
    let refused = true
    const { calls, client } = open('/draft/tags/gl_high', {
      'PUT /api/programmes/*/draft/tags/*': () => (refused ? new Refusal(412, { code: 'stale' }) : draft({ revision: 9 })),
      'GET /api/programmes/*/draft': () => draft({ revision: refused ? 7 : 8 }),
    })
    const box = await type(`${rule}1`)
    fireEvent.click(screen.getByRole('button', { name: /存草稿/ }))
    expect(await screen.findByText(/草稿刚被别人改过/)).toBeTruthy()
    expect(box.value).toBe(`${rule}1`)
    refused = false
    fireEvent.click(screen.getByRole('button', { name: '读最新的草稿' }))
    await waitFor(() => expect(client.getQueryData(['draft', 'diabetes', 'state'])).toMatchObject({ revision: 8 }))
    fireEvent.click(screen.getByRole('button', { name: /存草稿/ }))
    await waitFor(() => expect(calls.filter((call) => call.method === 'PUT')).toHaveLength(2))
    const puts = calls.filter((call) => call.method === 'PUT')
    expect(puts.map((call) => call.headers.get('If-Match'))).toEqual(['"7"', '"8"'])
    expect(puts[1]?.body).toMatchObject({ when: `${rule}1`, name: { zh: '空腹偏高' } })
    expect(await screen.findByText(/已存到草稿/, { selector: '.ant-message *' })).toBeTruthy()
  })

  it('asks before what is not saved is left behind', async () => {
    const { router } = open('/draft/tags/gl_high')
    await type(`${rule}1`)
    fireEvent.click(screen.getByRole('link', { name: '人员' }))
    expect(await screen.findByText('改动还没存', { selector: '.ant-modal-title' })).toBeTruthy()
    expect(router.state.location.pathname).toContain('/draft/tags/gl_high')
  })

  it('compares the rule as typed with the one in force, and opens who would gain', async () => {
    const { calls } = open('/draft/tags/gl_high', { 'GET /api/people': () => ({ items: [row(9)], total: 1 }) })
    await type(`${rule}1`)
    await screen.findByText(/基于版本 3/)
    await waitFor(() => expect(screen.getByRole('button', { name: '数所有人' })).toBeTruthy())
    fireEvent.click(screen.getByRole('button', { name: '数所有人' }))
    fireEvent.click(await screen.findByRole('button', { name: /5\s人会得到/ }))
    expect(await screen.findByText('这样改会得到“空腹偏高”')).toBeTruthy()
    expect(await screen.findByRole('link', { name: /周敏9/ })).toBeTruthy()
    expect(calls.find((call) => call.path === '/api/rules/counts')?.body).toMatchObject({ rule: `${rule}1`, compare: 'gl_high', draft: true })
  })

  it('names what a new tag lacks, and does not send it', async () => {
    const { calls } = open('/draft/new')
    fireEvent.change(await screen.findByLabelText('代码'), { target: { value: 'gl_high' } })
    await waitFor(() => expect((screen.getByRole('button', { name: /存草稿/ }) as HTMLButtonElement).disabled).toBe(true))
    await type(rule)
    await screen.findByText('at least 3 readings')
    fireEvent.click(screen.getByRole('button', { name: /存草稿/ }))
    expect(await screen.findByText('已经有这个代码的标签')).toBeTruthy()
    fireEvent.change(screen.getByLabelText('代码'), { target: { value: 'gl_new' } })
    expect(await screen.findByText('名称两种语言都要写')).toBeTruthy()
    expect(calls.some((call) => call.method === 'PUT')).toBe(false)
  })

  it('is shut to who may not edit', async () => {
    open('/draft/tags/gl_high', { 'GET /api/session': () => session('viewer') })
    expect(await screen.findByText('你可以看标签，不能改')).toBeTruthy()
    expect(screen.queryByRole('button', { name: /存草稿/ })).toBeNull()
  })

  it('tries one person and rings the evidence on the chart', async () => {
    const high = reading(8.8, 'high', '2026-03-07T07:00:00+08:00', 'fasting')
    const other = reading(6.1, 'in_target', '2026-03-06T07:00:00+08:00', 'fasting')
    const { calls } = open('/draft/tags/gl_high', {
      'GET /api/people': () => ({ items: [row(4)], total: 1 }),
      'GET /api/people/*/readings': () => ({ items: [high, other], days: [], stats: { n: 2 } }),
      'POST /api/rules/try': () => ({ state: 'has', evidence: [{ eventId: high.id, type: 'glucose', at: high.at, text: T('空腹'), reading: high }], evidenceTotal: 1, reading: T('x'), at: now }),
    })
    const who = await screen.findByRole('combobox', { name: '姓名、拼音或尾号' })
    fireEvent.mouseDown(who)
    fireEvent.click(await screen.findByText('周敏4', { selector: '.ant-select-item-option-content' }))
    expect(await screen.findByRole('img', { name: /2\s次血糖里有 1\s次是依据/ })).toBeTruthy()
    expect(document.querySelectorAll('.chart-ring')).toHaveLength(1)
    expect(calls.find((call) => call.path === '/api/rules/try')?.body).toMatchObject({ person: 'p_4', rule, draft: true })
  })
})

describe('DraftPage', () => {
  const done: Preview = {
    state: 'done', revision: 7, done: 100, of: 100, asOf: now, tookMs: 20, people: 100, changed: 6, stages: [], found: 'F2',
    tags: [{ key: 'gl_high', name: T('空腹偏高'), change: 'changed', was: 12, is: 18, gain: 6, lose: 0, unknown: 0, gainSample: [{ id: 'p_3', name: '周敏3' }], loseSample: [] }],
  }

  it('shows rules before and after, the progress of the preview, and who gains', async () => {
    let state: Preview = { ...done, state: 'running', done: 40, tags: [] }
    const { calls } = open('/draft', { 'POST /api/programmes/*/draft/preview': () => state, 'GET /api/programmes/*/draft/preview': () => state, 'GET /api/people': () => ({ items: [row(3)], total: 1 }) })
    expect(await screen.findByText('已问 40 / 100 人')).toBeTruthy()
    expect(screen.getByText(`${rule}0`)).toBeTruthy()
    state = done
    fireEvent.click(await screen.findByRole('button', { name: '+6' }))
    expect(await screen.findByRole('link', { name: /周敏3/ })).toBeTruthy()
    expect(calls.find((call) => call.query.get('found') === 'F2')?.query.get('of')).toBe('tag:gl_high:gain')
  })

  it('stops a preview under way', async () => {
    let state: Preview = { ...done, state: 'running', done: 40, tags: [] }
    const { calls } = open('/draft', {
      'GET /api/programmes/*/draft/preview': () => state,
      'DELETE /api/programmes/*/draft/preview': () => {
        state = { ...state, state: 'cancelled' }
        return undefined
      },
    })
    fireEvent.click(await screen.findByRole('button', { name: /取\s?消/ }))
    expect(await screen.findByText('已停下')).toBeTruthy()
    expect(calls.some((call) => call.method === 'DELETE')).toBe(true)
  })

  it('calls a result from before an edit old', async () => {
    open('/draft', { 'GET /api/programmes/*/draft/preview': () => ({ ...done, revision: 6 }) })
    expect(await screen.findByText(/草稿后来又改过/)).toBeTruthy()
  })

  it('publishes only with a note and a yes, on the revision that was read', async () => {
    let sure: boolean | undefined
    const { calls } = open('/draft', {
      'GET /api/programmes/*/draft/preview': () => done,
      'POST /api/programmes/*/draft/publish': () => {
        sure = (screen.getByRole('checkbox') as HTMLInputElement).checked
        return { version: 4, at: now, people: 100, changed: 6, transitions: 6, tookMs: 12 }
      },
    })
    fireEvent.click(await screen.findByRole('button', { name: '发布…' }))
    const dialog = await screen.findByRole('dialog')
    expect(within(dialog).getByText(/100\s人里有 6\s人的标签或阶段会变/)).toBeTruthy()
    const go = within(dialog).getByRole('button', { name: /^发\s?布$/ })
    fireEvent.click(go)
    expect(within(dialog).getByText(/请写一句说明/)).toBeTruthy()
    fireEvent.change(within(dialog).getByLabelText('改了什么，为什么'), { target: { value: '按新指南' } })
    fireEvent.click(go)
    expect(within(dialog).getByText('请先确认')).toBeTruthy()
    // What would be sent is on its way before the next press.
    await act(() => new Promise((done) => setTimeout(done)))
    expect(calls.some((call) => call.path.endsWith('/publish'))).toBe(false)
    fireEvent.click(within(dialog).getByRole('checkbox'))
    fireEvent.click(go)
    expect(await screen.findByText('版本 4 已生效')).toBeTruthy()
    const sent = calls.find((call) => call.path.endsWith('/publish'))
    expect(sent?.body).toEqual({ note: '按新指南' })
    expect(sure).toBe(true)
    expect(sent?.headers.get('If-Match')).toBe('"7"')
  })

  it('does not offer to publish what has mistakes, and lists them with their place', async () => {
    open('/draft', { 'GET /api/programmes/*/draft': () => draft({ sound: false, diff: undefined, problems: [{ file: 'tags.yaml', line: 4, col: 2, text: T('没有这个词'), hint: T('') }] }) })
    expect(await screen.findByText('tags.yaml:4:2')).toBeTruthy()
    expect((screen.getByRole('button', { name: '发布…' }) as HTMLButtonElement).disabled).toBe(true)
  })
})

describe('a preview a restart took away', () => {
  it('is told from none, and asked again at one press', async () => {
    const { calls } = open('/draft?preview=P0', {
      'GET /api/programmes/*/draft/preview': ({ query }) => (query.get('id') === 'P0' ? new Refusal(404, { code: 'preview_gone', text: T('上次问所有人的结果没有留下来'), hintText: T('服务重启过') }) : undefined),
      'POST /api/programmes/*/draft/preview': () => ({ id: 'P1', state: 'running', revision: 7, done: 4, of: 100, people: 0, changed: 0, tags: [], stages: [] }),
    })
    expect(await screen.findByText('服务重启过')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: '再问一次' }))
    expect(await screen.findByText('已问 4 / 100 人')).toBeTruthy()
    expect(calls.filter((call) => call.method === 'POST' && call.path.endsWith('/preview'))).toHaveLength(1)
  })
})

describe('a mistake in the draft', () => {
  it('leads to the tag at its line', async () => {
    open('/draft', {
      'GET /api/programmes/*/draft': () => draft({ sound: false, diff: undefined, problems: [{ file: 'tags.yaml', line: 4, col: 2, text: T('没有这个词') }] }),
      'GET /api/programmes/*/draft/file': () => ({ path: 'tags.yaml', text: '# a\nlc_new:\n  name: x\n  when: y\nlc_old:\n  when: z\n', base: '' }),
    })
    expect((await screen.findByRole('link', { name: '去改 lc_new' })).getAttribute('href')).toContain('/draft/tags/lc_new')
  })

  it('leads from a mistake to its tag wherever tags lie', async () => {
    const file = 'common/contact/tags/more.yaml'
    open('/draft', {
      'GET /api/programmes/*/draft': () => draft({ sound: false, diff: undefined, files: [{ path: file, bytes: 1, state: 'changed' }, { path: 'stages.yaml', bytes: 1, state: 'same' }], problems: [{ file, line: 3, col: 2, text: T('没有这个词') }, { file: 'stages.yaml', line: 2, col: 1, text: T('缺') }] }),
      'GET /api/programmes/*/draft/file': () => ({ path: file, text: '# a\nlc_far:\n  when: y\n', base: '' }),
    })
    const link = await screen.findByRole('link', { name: '去改 lc_far' })
    expect(link.getAttribute('href')).toContain('/draft/tags/lc_far')
    expect(screen.getAllByRole('button', { name: '改这个文件' })).toHaveLength(1)
  })

  it('lets a check that expects the old rule be changed in the draft', async () => {
    const { calls } = open('/draft', {
      'POST /api/programmes/*/draft/trial': () => ({ id: 'T1', state: 'done', revision: 7, done: 4, of: 4, tookMs: 9, passed: 3, failed: 1, results: [{ name: 'three of seven', file: 'tests/a.yaml', line: 1, passed: false, failures: [{ line: 2, text: T('期望有，实际没有') }] }] }),
      'GET /api/programmes/*/draft/file': () => ({ path: 'tests/a.yaml', text: 'a\nhas: x\n', base: '' }),
      'PUT /api/programmes/*/draft/file': () => draft({ revision: 8 }),
    })
    fireEvent.click(await screen.findByRole('button', { name: '跑检查' }))
    expect(await screen.findByText(/1\s个没通过/)).toBeTruthy()
    fireEvent.click(await screen.findByRole('button', { name: 'tests/a.yaml:2' }))
    const text = (await screen.findByRole('textbox', { name: 'tests/a.yaml' })) as HTMLTextAreaElement
    expect(text.selectionStart).toBe(2)
    fireEvent.change(text, { target: { value: 'a\nhas_not: x\n' } })
    fireEvent.click(screen.getByRole('button', { name: /存草稿/ }))
    await waitFor(() => expect(screen.queryByRole('textbox', { name: 'tests/a.yaml' })).toBeNull())
    const put = calls.find((call) => call.method === 'PUT')
    expect([put?.body, put?.headers.get('If-Match')]).toEqual([{ path: 'tests/a.yaml', text: 'a\nhas_not: x\n' }, '"7"'])
    // What was found of the draft before the edit says nothing of the draft now.
    expect(screen.getByText('草稿后来又改过，这是旧的结果')).toBeTruthy()
  })

  it('is read with what is in force while the draft does not compile', async () => {
    const { calls } = open('/draft/tags/gl_high', { 'GET /api/programmes/*/draft': () => draft({ sound: false, diff: undefined }) })
    expect(await screen.findByText('at least 3 readings')).toBeTruthy()
    expect(calls.find((call) => call.path === '/api/rules/check')?.body.draft).toBeUndefined()
  })
})

describe('the tag of a person', () => {
  it('says when it was gained and lost, by what, under which version', async () => {
    open('/people/p_1', {
      'GET /api/people/*/tags/*': () => ({ kind: 'tag', title: T('空腹偏高'), state: 'has', sentence: T('规则'), evidence: [], evidenceTotal: 0 }),
      'GET /api/people/*/tags/*/history': () => ({ items: [{ at: now, gained: true, version: 3, cause: 'glucose', causeText: T('记了空腹 8.8') }], total: 1 }),
    })
    fireEvent.click(await screen.findByRole('button', { name: /空腹偏高/ }))
    const list = await screen.findByRole('region', { name: '得到和失去' })
    expect(await within(list).findByText('得到')).toBeTruthy()
    expect(within(list).getByText('规则版本 3')).toBeTruthy()
    expect(within(list).getByRole('link', { name: '看这个标签的定义' }).getAttribute('href')).toContain('/tags/gl_fast_high')
  })
})
