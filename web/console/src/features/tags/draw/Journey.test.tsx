import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { DrawnJourney, DrawnStep, JourneyKinds } from '../../../../../client/draw'
import { now, openConsole, Refusal, type Routes, session, T } from '../../../../testing/harness'

const kinds: JourneyKinds = {
  groups: [{ key: 'talk', text: T('联系', 'Contact') }], settings: [{ key: 'name', name: T('名称', 'Name'), type: 'texts', need: true }], step: [],
  kinds: [
    { key: 'wait', name: T('等一段时间', 'Wait'), text: T('等到时间过去', 'waits for a time'), group: 'talk', fields: [{ key: 'for', name: T('多久', 'How long'), type: 'span', need: true }, { key: 'note', name: T('说明', 'Note'), type: 'line', when: 'for', is: ['7d'] }] },
    { key: 'message', name: T('消息', 'Message'), text: T('发一段文字', 'sends a text'), group: 'talk', fields: [{ key: 'content', name: T('内容', 'Text'), type: 'one', of: 'messages', need: true }] },
  ],
  lists: { messages: [{ key: 'welcome', name: T('欢迎', 'Welcome') }] },
}
const step = (more: Partial<DrawnStep> = {}): DrawnStep => ({ at: '1', id: 'a', n: 1, kind: 'wait', line: 4, text: T('等 2 天', 'wait 2 days'), fields: { for: '2d' }, change: 'same', stood: true, ...more })
const drawn = (more: Partial<DrawnJourney> = {}): DrawnJourney => ({
  programme: 'diabetes', key: 'recall', draft: true, revision: 7, version: 3, inForce: true, changed: false, differs: false, name: T('召回', 'Recall'), class: 'programme', file: 'journeys/recall.yaml',
  source: 'key: recall\n', sound: true, fields: { name: T('召回', 'Recall') }, enter: T('失去联系', 'goes silent'), leave: [], steps: [step()], gone: [], problems: [], others: 0, lines: [], instead: {}, inside: 'stay', can: true, ...more,
})
const routes: Routes = {
  'GET /api/session': () => ({ ...session('admin'), can: ['programme.read', 'programme.edit'] }),
  'GET /api/programmes/*/draft/journey-kinds': () => kinds,
  'GET /api/programmes/*/draft/journeys/*': () => drawn(),
  'GET /api/programmes/*/journeys/*/figures': () => ({ asOf: now, version: 3, entered: 0, running: 0, steps: [] }),
  'GET /api/programmes/*/draft': () => ({ programme: 'diabetes', base: 1, revision: 7, exists: true, problems: [], sound: true, stale: false, at: now, files: [] }),
}
const open = (more: Routes = {}, search = '?step=1') => openConsole(`/programmes/diabetes/journeys/recall${search}`, { ...routes, ...more })
const panel = () => screen.findByRole('region', { name: /^1 等一段时间/ })

describe('a journey being drawn', () => {
  it('saves what the form says by the revision it was read at, and takes it back', async () => {
    let at = drawn()
    const { calls } = open({
      'GET /api/programmes/*/draft/journeys/*': () => at,
      'POST /api/programmes/*/draft/journeys/*': () => (at = drawn({ revision: at.revision + 1, changed: true, differs: true, source: 'key: recall\nsteps: x\n', steps: [step({ fields: { for: '3d' }, text: T('等 3 天', 'wait 3 days'), change: 'changed' })] })),
    })
    const form = await panel()
    expect(screen.queryByRole('button', { name: '发布…' })).toBeNull() // nothing differs yet
    expect(within(form).queryByRole('textbox', { name: '说明' })).toBeNull() // asked only after 7d
    fireEvent.change(within(form).getByRole('textbox', { name: '多久' }), { target: { value: '3d' } })
    fireEvent.click(within(form).getByRole('button', { name: '保存' }))
    await screen.findByRole('button', { name: '发布…' })
    const sent = calls.filter(({ method }) => method === 'POST')
    expect(sent[0]?.body).toEqual({ do: 'set', at: '1', fields: { for: '3d' } })
    expect(sent[0]?.headers.get('If-Match')).toBe('"7"')
    fireEvent.click(screen.getByRole('button', { name: '撤销' }))
    await waitFor(() => expect(calls.filter(({ method }) => method === 'POST')[1]?.body).toEqual({ do: 'source', source: 'key: recall\n' }))
  })

  it('says that somebody else was faster, keeps what was typed, and reads anew', async () => {
    let revision = 7
    const { calls } = open({
      'GET /api/programmes/*/draft/journeys/*': () => drawn({ revision }),
      'POST /api/programmes/*/draft/journeys/*': () => new Refusal(412, { code: 'changed_meanwhile' }),
    })
    const form = await panel()
    fireEvent.change(within(form).getByRole('textbox', { name: '多久' }), { target: { value: '5d' } })
    fireEvent.click(within(form).getByRole('button', { name: '保存' }))
    await screen.findByText(/别人刚改过这份草稿/)
    expect(within(form).getByRole<HTMLInputElement>('textbox', { name: '多久' }).value).toBe('5d')
    const before = calls.filter(({ method, path }) => method === 'GET' && path.endsWith('/journeys/recall')).length
    revision = 8
    fireEvent.click(screen.getByRole('button', { name: '重新打开' }))
    await waitFor(() => expect(calls.filter(({ method, path }) => method === 'GET' && path.endsWith('/journeys/recall')).length).toBe(before + 1))
    await waitFor(() => expect(screen.queryByText(/别人刚改过这份草稿/)).toBeNull())
  })

  it('asks a field only while another says so', async () => {
    open()
    const form = await panel()
    fireEvent.change(within(form).getByRole('textbox', { name: '多久' }), { target: { value: '7d' } })
    expect(within(form).getByRole('textbox', { name: '说明' })).toBeTruthy()
  })

  it('says what is wrong, at the step and below the drawing, and tests nothing that is wrong', async () => {
    open({
      'GET /api/programmes/*/draft/journeys/*': () =>
        drawn({ sound: false, problems: [{ file: 'journeys/recall.yaml', line: 4, column: 1, text: T('还没选内容'), hint: T('选一段内容'), at: '1', n: 1 } as unknown as DrawnJourney['problems'][number]] }),
    })
    expect(within(await panel()).getByText('还没选内容')).toBeTruthy()
    expect(within(screen.getByRole('region', { name: '问题' })).getByRole('button', { name: /第\s1\s步/ })).toBeTruthy()
    expect(screen.getByRole<HTMLButtonElement>('button', { name: '单人试跑' }).disabled).toBe(true)
  })

  it('shows who may only look no way to change it', async () => {
    open({ 'GET /api/session': () => ({ ...session('viewer'), can: ['programme.read'] }) })
    const form = await panel()
    expect(within(form).queryByRole('button', { name: '保存' })).toBeNull()
    expect(screen.getByText('您可以看，不能改')).toBeTruthy()
    expect(screen.queryByRole('button', { name: '撤销' })).toBeNull()
  })

  it('begins a journey the draft has none of', async () => {
    let there = false
    const { calls } = open({
      'GET /api/programmes/*/draft/journeys/*': () => (there ? drawn({ inForce: false, steps: [] }) : new Refusal(404, { code: 'not_found' })),
      'POST /api/programmes/*/draft/journeys/*': () => {
        there = true
        return drawn({ inForce: false, steps: [] })
      },
    }, '')
    await screen.findByText('草稿里没有这个旅程')
    const [zh, en] = screen.getAllByRole('textbox', { name: /^名称/ }) as [HTMLElement, HTMLElement]
    fireEvent.change(zh, { target: { value: '召回' } })
    fireEvent.change(en, { target: { value: 'Recall' } })
    const make = screen.getByRole<HTMLButtonElement>('button', { name: '新建旅程' })
    await waitFor(() => expect(make.disabled).toBe(false))
    fireEvent.click(make)
    await screen.findByText(/这个旅程还没有步骤/)
    expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({ do: 'new', fields: { name: T('召回', 'Recall') } })
  })

  it('tells that it cannot be read, with a way to its text', async () => {
    open({ 'GET /api/programmes/*/draft/journeys/*': () => new Refusal(422, { code: 'broken', title: 'x', text: T('这个文件读不懂', 'unreadable') }) })
    expect((await screen.findByRole('link', { name: '按文字看' })).getAttribute('href')).toContain('part=files')
  })
})
