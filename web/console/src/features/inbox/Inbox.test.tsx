import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Conversation, ConversationList, Knowledge, PersonConversation } from '../../../../client/conversations'
import { message, now, openConsole, person, Refusal, type Routes, session, T } from '../../../testing/harness'
import { span } from './span'

const row = (id: string, name: string, more: Partial<Conversation> = {}): Conversation => ({
  person: { id, name }, state: 'open', safety: false, alarm: false, last: { from: 'person', text: '早上 9.2', at: now }, since: '2026-03-08T11:18:00+08:00', due: '2026-03-08T11:48:00+08:00',
  promised: false, owner: { id: 's_liu', name: '刘敏' }, handed: false, channel: { key: 'inapp', text: T('手机端') }, bot: false, unanswered: 0, ...more,
})
const tabs = { mine: 2, unassigned: 3, theirs: 1, snoozed: 0, closed: 0, all: 5, safety: 1 }
const list = (items: Conversation[]): ConversationList => ({ items, total: items.length, tabs, asOf: now })
const talk = (more: Partial<PersonConversation> = {}): PersonConversation => ({
  ...row('p_1', '孙建华'), held: [], seen: 'e1', colleagues: [{ id: 's_chen', name: '陈晓' }], mayWrite: true,
  reasons: [{ key: 'answered', text: T('已答复') }, { key: 'thanks', text: T('对方致谢或道别') }],
  lines: [
    { id: 'e2', at: now, kind: 'chat', from: 'bot', text: '已请刘敏来回复您。' },
    { id: 'e1', at: now, kind: 'chat', from: 'person', text: '早上 9.2，昨晚吃了面条', channel: { key: 'kf', text: T('微信客服') } },
  ],
  ...more,
})
const known: Knowledge = { id: 'k1', kind: 'answer', title: '面条怎么吃', questions: [], text: '先吃菜，再吃面。少喝汤。', audience: [], gravity: 0, source: '膳食指南', automatic: true, state: 'approved', expired: false, approvedBy: { id: 's', name: '王蕾' }, quote: '先吃菜，再吃面', version: 3 }
const quick: Knowledge = { ...known, id: 'q1', kind: 'quick', title: '问候', text: '{name}您好' }
const open = (address: string, routes: Routes = {}) =>
  openConsole(address, {
    'GET /api/session': () => ({ ...session(), can: ['tasks.work'] }),
    'GET /api/conversations/counts': () => tabs,
    'GET /api/conversations': () => list([row('p_9', '王建国', { safety: true, alarm: true, last: { from: 'person', text: '胸口疼', at: now } }), row('p_1', '孙建华', { promised: true })]),
    'GET /api/people/*/conversation': () => talk(),
    'GET /api/people/*/suggestions': () => ({ asked: '昨晚吃了面条', answers: [known], quick: [quick] }),
    'GET /api/people/*/messages': () => ({ items: [message({ state: 'sent', sentAt: now, readAt: now })] }),
    'GET /api/people/*': () => person(),
    'POST /api/wording': () => ({ action: 'none', findings: [] }),
    ...routes,
  })

describe('Inbox', () => {
  it('shows who waits, why they are where they are, and how many wait in the menu', async () => {
    open('/inbox')
    const rows = within(await screen.findByRole('region', { name: '收件箱' }))
    expect((await rows.findAllByRole('button')).map((b) => b.textContent)).toEqual([expect.stringMatching(/王建国.*安全/), expect.stringMatching(/孙建华.*约定.*剩.*1[78].*分钟/)])
    expect(await screen.findByLabelText('2 个会话等你回复')).toBeTruthy()
    expect(screen.getByText('未分配 3')).toBeTruthy()
  })

  it('opens a conversation, names the bot, and shows answers with where they come from', async () => {
    const { router } = open('/inbox')
    fireEvent.click(await screen.findByRole('button', { name: /孙建华/ }))
    expect(await screen.findByText('早上 9.2，昨晚吃了面条')).toBeTruthy()
    expect(router.state.location.search).toEqual({ id: 'p_1' })
    expect(screen.getByText(/智能助手 ·/)).toBeTruthy()
    expect(screen.getByText(/微信客服/)).toBeTruthy()
    expect(await screen.findByText('出处：膳食指南 · 王蕾 审')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: '放进回复' }))
    expect((screen.getByLabelText('回复') as HTMLTextAreaElement).value).toBe(known.text)
  })

  it('can take a text back for five seconds, and then sends it once', async () => {
    const { calls } = open('/inbox?id=p_1', { 'POST /api/people/*/messages': () => message({ state: 'sent' }) })
    const box = await screen.findByLabelText('回复')
    fireEvent.change(box, { target: { value: '少喝点汤' } })
    fireEvent.click(screen.getByRole('button', { name: /发\s*送/ }))
    fireEvent.click(await screen.findByRole('button', { name: /撤\s*回/ }))
    expect(((await screen.findByLabelText('回复')) as HTMLTextAreaElement).value).toBe('少喝点汤')
    fireEvent.click(screen.getByRole('button', { name: /发\s*送/ }))
    expect(calls.some((one) => one.method === 'POST' && one.path.endsWith('/messages'))).toBe(false)
    await waitFor(() => expect(calls.filter((one) => one.path.endsWith('/messages') && one.method === 'POST').map((one) => one.body)).toEqual([{ text: '少喝点汤' }]), { timeout: 9000 })
  })

  it('does not send what may not be said, and puts a quick reply in by its name', async () => {
    open('/inbox?id=p_1', { 'POST /api/wording': () => ({ action: 'block', findings: [{ rule: 'cure', name: T('承诺'), why: T('不能保证疗效'), phrase: '根治', start: 0, end: 2, action: 'block' }] }) })
    const box = (await screen.findByLabelText('回复')) as HTMLTextAreaElement
    fireEvent.change(box, { target: { value: '根治' } })
    expect(await screen.findByText(/不能这样说：“根治” 不能保证疗效/)).toBeTruthy()
    expect((screen.getByRole('button', { name: /发\s*送/ }) as HTMLButtonElement).disabled).toBe(true)
    fireEvent.change(box, { target: { value: '/问' } })
    fireEvent.click(await screen.findByRole('button', { name: /问候/ }))
    expect(box.value).toBe('孙建华您好')
  })

  it('is done with a reason only, by what the reader saw, and says when the person wrote meanwhile', async () => {
    const { calls } = open('/inbox?id=p_1', { 'POST /api/people/*/conversation': () => new Refusal(412, { code: 'conversation_moved', detail: '对方刚又说了话，请先看' }) })
    fireEvent.click(await screen.findByRole('button', { name: /完\s*成…/ }))
    const dialog = within(await screen.findByRole('dialog'))
    const ok = dialog.getByRole('button', { name: /完\s*成/ }) as HTMLButtonElement
    expect(ok.disabled).toBe(true)
    fireEvent.click(dialog.getByLabelText('对方致谢或道别'))
    fireEvent.click(ok)
    await waitFor(() => expect(calls.find((one) => one.method === 'POST' && one.path.endsWith('/conversation'))?.body).toEqual({ action: 'closed', reason: 'thanks', seen: 'e1' }))
  })

  it('says that nobody waits, that a window is closed, and when it cannot be read', async () => {
    const { unmount } = open('/inbox?id=p_1', { 'GET /api/conversations': () => list([]), 'GET /api/people/*/conversation': () => talk({ window: { open: false, left: 0 } }) })
    expect(await screen.findByText('没有等你回复的会话')).toBeTruthy()
    expect(await screen.findByText('窗口已关，等对方再说话才能发')).toBeTruthy()
    // What staff write here goes to the person's own page, which has no window.
    expect(screen.getByText(/^这里写的到本人的手机页面/)).toBeTruthy()
    expect((screen.getByLabelText('回复') as HTMLTextAreaElement).disabled).toBe(false)
    unmount()
    open('/inbox', { 'GET /api/conversations': () => new Refusal(500, { code: 'internal' }) })
    expect(await screen.findByRole('alert')).toBeTruthy()
  })
})

it('says how long something is in one unit', () => {
  const t = (key: string, { n }: { n: number }) => `${n} ${key}`
  expect([-1, 59_000, 119 * 60_000, 120 * 60_000, 71 * 3_600_000, 72 * 3_600_000].map((ms) => span(ms, t))).toEqual(['0 minutes', '0 minutes', '119 minutes', '2 hours', '71 hours', '3 days'])
})
