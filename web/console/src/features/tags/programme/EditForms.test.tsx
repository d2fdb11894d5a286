import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import type { DraftShape, QuestionnaireView } from '../../../../../client/programmes'
import type { Draft } from '../../../../../client/rules'
import { now, openConsole, type Routes, session, T } from '../../../../testing/harness'
import { points } from './QuestionFields'

// jsdom lays nothing out, which the editor of rules lives by: the plain field stands in.
vi.mock('../Code', () => {
  throw new Error('not in jsdom')
})

const draft = (more: Partial<Draft> = {}): Draft => ({ programme: 'diabetes', base: 1, revision: 7, exists: true, by: { id: 's', name: '沈静' }, at: now, stale: false, problems: [], sound: true, files: [], ...more })
const feet: QuestionnaireView = {
  key: 'feet', file: 'forms/feet.json', name: T('看脚', 'Feet'), version: '1', status: 'draft', copyright: 'ours', every: 30,
  items: [
    { key: 'head', type: 'group', text: T('先看脚底', 'First the soles') },
    { key: 'foot', type: 'choice', text: T('脚好吗？', 'Is it well?'), required: true, options: [{ code: 'fine', text: T('好', 'Fine'), score: 0 }, { code: 'sore', text: T('破了', 'Sore'), score: 2 }] },
    { key: 'days', type: 'integer', text: T('几天了？', 'How many days?'), min: 0, max: 600 },
  ],
}
const shape: DraftShape = {
  revision: 7, words: [{ key: 'is_low', rule: 'e.value < mmol(3.9)' }], segments: [{ key: 'watch', text: T('重点关注', 'Watched') }], free: [],
  groups: [{ key: 'profile', name: T('档案', 'Profile'), tags: 2 }, { key: 'layer', name: T('分层', 'Layers'), exclusive: true, tags: 3 }, { key: 'gates', name: T('同意', 'Consent'), part: 'consent', tags: 4 }],
  layers: [{ tag: 'at_red', name: T('红色层', 'Red'), when: 'tag("low")', gets: T('电话', 'A call'), every: '3d', by: 'owner', channels: ['phone'], source: '约定' }],
  by: [{ key: 'owner', text: T('健管师') }, { key: 'doctor', text: T('医生') }], channels: [{ key: 'phone', text: T('电话') }], journeys: [], settings: [{ key: 'red_days', text: T('红色层天数') }],
}
const routes: Routes = {
  'GET /api/session': () => ({ ...session('admin'), can: ['programme.read', 'programme.edit'] }),
  'GET /api/programmes/*/draft': () => draft(),
  'GET /api/programmes/*/draft/numbers': () => ({ revision: 7, name: T('糖尿病'), approval: { sample: true }, targets: [], settings: [], limits: [] }),
  'GET /api/programmes/*/draft/shape': () => shape,
  'GET /api/programmes/*/draft/forms': () => ({ items: [{ key: 'feet', file: feet.file, name: feet.name, items: 2, status: 'draft', state: 'same' }], scales: [] }),
  'GET /api/programmes/*/draft/forms/*': () => feet,
  'GET /api/rules/vocabulary': () => ({ events: [], functions: [], tags: [], stages: [], targets: [], settings: [], words: [] }),
  'POST /api/rules/check': () => ({ ok: true, problems: [], kind: 'bool', reads: [] }),
  'PUT /api/programmes/*/draft/forms/*': () => draft({ revision: 8 }),
  'PUT /api/programmes/*/draft/groups': () => draft({ revision: 8 }),
  'PUT /api/programmes/*/draft/layers/*': () => draft({ revision: 8 }),
}
const open = (address: string, more: Routes = {}) => openConsole(address, { ...routes, ...more })
const sent = (calls: { method: string; path: string; body?: unknown }[], path: string) => calls.filter((call) => call.method === 'PUT' && call.path.includes(path) && !call.path.includes('try='))

describe('a questionnaire', () => {
  it('is asked on the phone beside it as it is written, in either language', async () => {
    open('/programmes/diabetes/edit?part=forms&text=feet')
    const phone = await screen.findByRole('complementary', { name: '手机上的样子' })
    expect(within(phone).getByText('先看脚底')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: /1\. 脚好吗/ }))
    fireEvent.change(screen.getByRole('textbox', { name: '问什么 中文' }), { target: { value: '今天脚好吗？' } })
    expect(within(phone).getByText('今天脚好吗？')).toBeTruthy()
    fireEvent.click(within(phone).getByText('英文'))
    expect(within(phone).getByText('Sore')).toBeTruthy()
    fireEvent.click(within(phone).getByRole('button', { name: '下一题' }))
    expect(within(phone).getByText('How many days?')).toBeTruthy()
  })

  it('sends every question as it stands, and says what would be wrong before it is saved', async () => {
    let tries = 0
    const { calls } = open('/programmes/diabetes/edit?part=forms&text=feet', {
      'PUT /api/programmes/*/draft/forms/*': ({ query }) => {
        if (query.get('try') !== 'true') return draft({ revision: 8 })
        tries++
        return draft({ problems: [{ file: 'forms/feet.json', line: 3, col: 1, text: T('选择题至少有两个答案', 'two answers or more') }], sound: false })
      },
    })
    fireEvent.click(await screen.findByRole('button', { name: /1\. 脚好吗/ }))
    fireEvent.click(screen.getByRole('button', { name: /第\s2\s个答案：删除/ }))
    await screen.findByText('选择题至少有两个答案', undefined, { timeout: 3000 })
    expect(tries).toBeGreaterThan(0)
    fireEvent.click(screen.getByRole('button', { name: '加一题' }))
    fireEvent.click(screen.getByRole('button', { name: '存草稿' }))
    await screen.findByText('存下了')
    const put = calls.filter((call) => call.method === 'PUT').at(-1)
    const body = put?.body as unknown as QuestionnaireView
    expect(body.items.map(({ key }) => key)).toEqual(['head', 'foot', 'days', 'q4'])
    expect(body.items[1]?.options).toHaveLength(1)
    expect(body.every).toBe(30)
  })

  it('adds its points up over the questions that give any', () => {
    expect(points(feet.items)).toEqual({ min: 0, max: 2 })
    expect(points([{ key: 'a', type: 'choice', text: T('a'), options: [{ code: 'x', text: T('x'), score: -1 }, { code: 'y', text: T('y') }] }])).toEqual({ min: -1, max: -1 })
  })

  it('that is typed is asked about before it is left', async () => {
    const { router } = open('/programmes/diabetes/edit?part=forms&text=feet')
    fireEvent.change(await screen.findByRole('textbox', { name: '名称 中文' }), { target: { value: '看看脚' } })
    fireEvent.click(screen.getByRole('tab', { name: '阶段' }))
    fireEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: /留/ }))
    await waitFor(() => expect(router.state.location.search).toMatchObject({ part: 'forms', text: 'feet' }))
    expect((screen.getByRole('textbox', { name: '名称 中文' }) as HTMLInputElement).value).toBe('看看脚')
  })
})

describe('headings and layers', () => {
  it('are sent in their new order, those of shared parts left out', async () => {
    const { calls } = open('/programmes/diabetes/edit?part=shape')
    fireEvent.click(await screen.findByRole('button', { name: '下移“档案”' }))
    fireEvent.click(screen.getByRole('button', { name: '存分组' }))
    await waitFor(() => expect(sent(calls, '/draft/groups').length).toBeGreaterThan(0))
    expect((calls.filter((call) => call.method === 'PUT').at(-1)?.body as unknown as { groups: { key: string }[] }).groups.map(({ key }) => key)).toEqual(['layer', 'profile'])
    expect(screen.getByRole('button', { name: '删除“档案”' })).toHaveProperty('disabled', true)
  })

  it('say name, rule, how often and by whom in one form', async () => {
    const { calls } = open('/programmes/diabetes/edit?part=shape')
    fireEvent.click(await screen.findByRole('button', { name: '改“红色层”' }))
    const dialog = await screen.findByRole('dialog')
    fireEvent.change(within(dialog).getByRole('textbox', { name: '名称 英文' }), { target: { value: 'Red now' } })
    fireEvent.change(within(dialog).getByRole('spinbutton', { name: '写天数' }), { target: { value: '5' } })
    fireEvent.click(within(dialog).getByRole('button', { name: '存草稿' }))
    await waitFor(() => expect(calls.some((call) => call.method === 'PUT' && (call.body as unknown as { every?: string }).every === '5d')).toBe(true))
    expect(calls.filter((call) => call.method === 'PUT').at(-1)?.body).toMatchObject({ name: { zh: '红色层', en: 'Red now' }, when: 'tag("low")', every: '5d', by: 'owner' })
  })
})

describe('segments', () => {
  it('lead to the editor of each, and to a new one', async () => {
    open('/programmes/diabetes/edit?part=segments')
    const link = await screen.findByRole('link', { name: '改“重点关注”' })
    expect(link.getAttribute('href')).toContain('/draft/tags/watch?programme=diabetes')
    expect(screen.getByRole('link', { name: '新建人群' }).getAttribute('href')).toContain('kind=segment')
  })
})

describe('a zip on the page of a new programme', () => {
  it('begins the programme it holds, and leads to its checklist', async () => {
    const { router, calls } = open('/programmes/new', {
      'GET /api/programme-desk': () => ({ items: [] }),
      'POST /api/programmes/import': () => draft({ programme: 'asthma', new: true }),
      'GET /api/programmes/*/checklist': () => ({ programme: 'asthma', name: T('哮喘'), of: 'draft', done: 0, total: 0, steps: [] }),
    })
    fireEvent.change(await screen.findByLabelText('选 zip 文件', { selector: 'input' }), { target: { files: [new File(['PK'], 'asthma.zip')] } })
    await waitFor(() => expect(router.state.location.pathname).toBe('/programmes/asthma/checklist'))
    expect(calls.filter((call) => call.method === 'POST' && call.path === '/api/programmes/import')).toHaveLength(1)
  })
})
