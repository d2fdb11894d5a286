import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import type { DraftNumbers, ProgrammeDocument, TextView } from '../../../../../client/programmes'
import type { Draft } from '../../../../../client/rules'
import { now, openConsole, type Routes, session, T } from '../../../../testing/harness'
import { leaves } from '../Unsaved'

// jsdom lays nothing out, which the editor of files lives by: the plain field stands in.
vi.mock('./FileCode', () => {
  throw new Error('not in jsdom')
})

const draft = (more: Partial<Draft> = {}): Draft => ({
  programme: 'hypertension', base: 1, revision: 7, exists: true, by: { id: 's', name: '沈静' }, at: now, stale: false, problems: [], sound: true,
  files: [{ path: 'programme.yaml', state: 'same' }, { path: 'forms/intake.json', state: 'same' }] as Draft['files'], ...more,
})
const text = (key: string, zh: string): TextView => ({
  key, file: `content/${key}.md`, kind: 'message', version: '1', approval: { sample: true }, title: T(zh), body: T(`${zh}的正文`), long: [], longest: 20, purposes: ['basic_service'],
})
const line = (key: string, zh: string) => ({ key, file: `content/${key}.md`, kind: 'message', title: T(zh), sample: true, long: 0, state: 'same' })
const numbers: DraftNumbers = { revision: 7, name: T('高血压管理', 'Hypertension'), approval: { sample: true }, targets: [], settings: [], limits: [], units: [] } as unknown as DraftNumbers
const routes: Routes = {
  'GET /api/session': () => ({ ...session('admin'), can: ['programme.read', 'programme.edit'] }),
  'GET /api/programmes/*/draft': () => draft(),
  'GET /api/programmes/*/draft/numbers': () => numbers,
  'GET /api/programmes/*/draft/texts': () => ({ items: [line('welcome', '欢迎'), line('goodbye', '再见')], purposes: ['basic_service', 'health_data'], longest: 20 }),
  'GET /api/programmes/*/draft/texts/*': ({ path }) => (path.endsWith('welcome') ? text('welcome', '欢迎') : text('goodbye', '再见')),
  'GET /api/rules/vocabulary': () => ({ events: [], functions: [], tags: [], stages: [], targets: [], settings: [], words: [] }),
}
const open = (address: string, more: Routes = {}) => openConsole(address, { ...routes, ...more })

describe('the programme as a document', () => {
  it('tells its layers with what each gets, and the words of its rules', async () => {
    const doc = {
      key: 'hypertension', name: T('高血压管理'), version: 1, of: 'force', hash: 'a', zone: 'Asia/Shanghai', approval: { sample: true }, sample: true, asOf: now, people: 2, counted: true,
      targets: [], settings: [], stages: [], groups: [], segments: [], journeys: [], texts: [], forms: [], tests: 0, testFiles: [],
      words: [{ key: 'week_systolic', rule: 'events("blood_pressure").day_mean(5)' }],
      layers: [{ tag: 'at_red', name: T('红色层'), gets: T('电话跟到血压平稳'), every: 3, by: T('负责人'), channels: [T('电话'), T('聊天')], journeys: [{ key: 'crisis', name: T('危急血压') }], source: '运营第 3.2 节', people: 2 }],
    } as unknown as ProgrammeDocument
    open('/programmes/hypertension', { 'GET /api/programmes/*/document': () => doc })
    const layers = await screen.findByRole('region', { name: '关注分层' })
    expect(within(layers).getByText('电话跟到血压平稳')).toBeTruthy()
    expect(within(layers).getByText(/至少每 3\s天联系一次/)).toBeTruthy()
    expect(within(layers).getByRole('link', { name: '红色层' }).getAttribute('href')).toContain('/tags/at_red?programme=hypertension')
    expect(within(layers).getByRole('link', { name: '危急血压' }).getAttribute('href')).toBe('#journey-crisis')
    expect(within(screen.getByRole('region', { name: '规则里的词' })).getByText('events("blood_pressure").day_mean(5)')).toBeTruthy()
  })
})

describe('typed work', () => {
  it('is asked about before another text, another tab or another page takes it away', async () => {
    const { router } = open('/programmes/hypertension/edit?part=texts&text=welcome')
    const body = await screen.findByRole('textbox', { name: '正文 中文' })
    fireEvent.change(body, { target: { value: '没有存的话' } })
    fireEvent.click(screen.getByRole('button', { name: '再见' }))
    const ask = await screen.findByRole('dialog')
    fireEvent.click(within(ask).getByRole('button', { name: /留/ }))
    await waitFor(() => expect(router.state.location.search).toMatchObject({ text: 'welcome' }))
    expect((screen.getByRole('textbox', { name: '正文 中文' }) as HTMLTextAreaElement).value).toBe('没有存的话')
    fireEvent.click(screen.getByRole('tab', { name: /阶段/ }))
    const again = await screen.findByRole('dialog')
    fireEvent.click(within(again).getByRole('button', { name: /离开|不存/ }))
    await waitFor(() => expect(router.state.location.search).toMatchObject({ part: 'stages' }))
  })

  it('is nothing to ask about once it is saved', async () => {
    const { router, calls } = open('/programmes/hypertension/edit?part=texts&text=welcome', { 'PUT /api/programmes/*/draft/texts/*': () => draft({ revision: 8 }) })
    fireEvent.change(await screen.findByRole('textbox', { name: '正文 中文' }), { target: { value: '存了的话' } })
    fireEvent.click(screen.getByRole('button', { name: '存草稿' }))
    await waitFor(() => expect(calls.some((call) => call.method === 'PUT')).toBe(true))
    await screen.findByText('存下了')
    fireEvent.click(screen.getByRole('button', { name: '再见' }))
    await waitFor(() => expect(router.state.location.search).toMatchObject({ text: 'goodbye' }))
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('of the head stays when something else of the draft is saved', async () => {
    const { client } = open('/programmes/hypertension/edit')
    const name = (await screen.findAllByDisplayValue('高血压管理'))[0] as HTMLInputElement
    fireEvent.change(name, { target: { value: '血压管理' } })
    act(() => void client.setQueryData(['draft', 'hypertension', 'state'], draft({ revision: 9 })))
    expect(screen.getByDisplayValue('血压管理')).toBeTruthy()
  })

  it('is left by another page, part, file or text, not by another line', () => {
    const at = (search: object, pathname = '/programmes/x/edit') => ({ pathname, search })
    expect(leaves(at({ part: 'files', file: 'a', line: 1 }), at({ part: 'files', file: 'a', line: 9 }))).toBe(false)
    expect(leaves(at({ part: 'files', file: 'a' }), at({ part: 'files', file: 'b' }))).toBe(true)
    expect(leaves(at({ part: 'texts', text: 'a' }), at({ part: 'stages' }))).toBe(true)
    expect(leaves(at({}), at({}, '/tags'))).toBe(true)
  })
})

describe('a new text', () => {
  it('of consent can be given a purpose', async () => {
    open('/programmes/hypertension/edit?part=texts&text=research')
    fireEvent.click(await screen.findByRole('radio', { name: /同意/ }))
    fireEvent.mouseDown(screen.getByRole('combobox', { name: '同意什么' }))
    expect(await screen.findByTitle('health_data')).toBeTruthy()
  })
})
