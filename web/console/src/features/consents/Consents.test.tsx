import { fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { ConsentCoverage, MessageCaps, MessageProof, StopWords } from '../../../../client/consents'
import { now, openConsole, Refusal, row, type Routes, session, T } from '../../../testing/harness'

const coverage = (more: Partial<ConsentCoverage> = {}): ConsentCoverage => ({
  purpose: 'basic_service', name: T('基本服务'), people: 200, given: 180, outdated: 12, withdrawn: 1, never: 7,
  texts: [{ programmes: [{ key: 'diabetes', name: T('糖尿病管理') }], version: '2', required: true, sample: true, title: T('基本服务'), necessity: T('没有称呼就找不到您'), impact: T('工作人员会看到称呼'), body: T('只有负责您的人员能看到。') }],
  ...more,
})
const none = coverage({ purpose: 'cross_border', name: T('出境'), people: 0, given: 0, outdated: 0, withdrawn: 0, never: 0, texts: [] })
const stops: StopWords = { version: 3, shipped: { all: ['不要再发'], marketing: ['退订', 'td'] }, own: { all: ['别烦我'], marketing: [] }, may: true }
const found = { found: 'F1', programme: '', asOf: now, draft: false, sets: [{ of: 'outdated', text: T('基本服务：要重新同意'), people: 12 }] }
const open = (address: string, routes: Routes = {}) =>
  openConsole(address, { 'GET /api/session': () => session('manager'), 'GET /api/consents': () => ({ items: [coverage(), none], total: 2 }), 'POST /api/consents/people': () => found, 'GET /api/found/*': () => found, 'GET /api/people': () => ({ items: [row(1)], total: 12 }), 'GET /api/stop-words': () => stops, ...routes })
const text = (of: Element | null) => (of?.textContent ?? '').replaceAll('\u00a0', ' ')

describe('who agreed to what', () => {
  it('counts by purpose, and opens the people of a number', async () => {
    const { calls } = open('/consents')
    const line = (await screen.findByRole('rowheader', { name: /基本服务/ })).closest('tr') as HTMLElement
    for (const part of ['200', '180', '90%', '12', '6%', '<1%', '必需', '第 2 版', '样例']) expect(text(line)).toContain(part)
    expect(text(screen.getByRole('rowheader', { name: '出境' }).closest('tr'))).toBe('出境 没有文本，不问')
    fireEvent.click(await screen.findByLabelText('基本服务，等重新同意：打开 12 人'))
    expect(await screen.findByText('周敏1')).toBeTruthy()
    expect(calls.find((call) => call.path === '/api/consents/people')?.body).toEqual({ purpose: 'basic_service', state: 'outdated' })
  })

  it('shows the text people are asked, and says when it cannot be read', async () => {
    const { unmount } = open('/consents?purpose=basic_service')
    expect(await screen.findByText('只有负责您的人员能看到。')).toBeTruthy()
    expect(screen.getByText(/用在：糖尿病管理/)).toBeTruthy()
    unmount()
    open('/consents', { 'GET /api/consents': () => new Refusal(500, { code: 'internal' }) })
    expect(await screen.findByRole('alert')).toBeTruthy()
  })
})

describe('words of opting out', () => {
  it('adds words, keeping the version, and tries a text before they are saved', async () => {
    const { calls } = open('/consents?page=words', { 'PUT /api/stop-words': () => ({ ...stops, version: 4 }), 'POST /api/stop-words/try': () => ({ stops: 'marketing' }) })
    const boxes = await screen.findAllByLabelText('本空间加的词，一行一个')
    fireEvent.change(boxes[1] as HTMLElement, { target: { value: '不感兴趣\n 不看了 ' } })
    fireEvent.change(screen.getByLabelText('试一句'), { target: { value: '不看了' } })
    fireEvent.click(screen.getByRole('button', { name: '看看结果' }))
    expect(await screen.findByText('这句话会停掉活动和产品消息')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: /保\s?存/ }))
    await waitFor(() => expect(calls.some((call) => call.method === 'PUT')).toBe(true))
    expect(calls.find((call) => call.method === 'PUT')?.body).toEqual({ all: ['别烦我'], marketing: ['不感兴趣', '不看了'] })
    expect(calls.find((call) => call.path === '/api/stop-words/try')?.body).toEqual({ text: '不看了', own: { all: ['别烦我'], marketing: ['不感兴趣', '不看了'] } })
  })

  it('is read only for who may not change it', async () => {
    open('/consents?page=words', { 'GET /api/stop-words': () => ({ ...stops, may: false }) })
    expect(await screen.findByText('只有主管和管理员能改')).toBeTruthy()
    expect(screen.queryByRole('button', { name: /保\s?存/ })).toBeNull()
  })
})

describe('how many messages people get', () => {
  const usual = { perDay: 1, perWeek: 4, firstDays: 7, firstPerDay: 1, askedPerDay: 6 }
  const caps: MessageCaps = {
    version: 2, caps: { ...usual, perDay: 2, perWeek: 8 }, usual, quiet: { from: 1290, to: 480 }, may: true,
    history: [{ version: 2, at: now, by: T('周宁'), caps: { ...usual, perDay: 2, perWeek: 8 } }, { version: 1, at: now, by: T('沈静'), caps: { ...usual, askedPerDay: 9 } }],
    crowded: [{ programme: { key: 'diabetes', text: T('糖尿病管理') }, text: T('旅程“x”一天里可能要发 3 条'), hint: T('在中间加一步等到第二天') }],
  }

  it('changes them, says at the field what cannot be, and shows who changed what', async () => {
    const { calls } = open('/consents?page=caps', { 'GET /api/message-caps': () => caps, 'PUT /api/message-caps': () => ({ ...caps, version: 3, caps: { ...caps.caps, perWeek: 10 } }) })
    const week = await screen.findByLabelText('连续七天几条')
    const save = () => screen.getByRole('button', { name: /保\s?存/ })
    expect((save() as HTMLButtonElement).disabled).toBe(true)
    expect(screen.getByText(/21:30 到 08:00 是安静时段/)).toBeTruthy()
    expect(screen.getByText(/一天里可能要发 3 条/)).toBeTruthy()
    const rows = screen.getAllByRole('row').map(text)
    expect(rows.some((line) => line.includes('周宁')) && rows.some((line) => line.includes('沈静'))).toBe(true)
    for (const [n, says] of [['15', '最多是每天的七倍：14'], ['1', '不能比每天的还小：至少 2'], ['41', '填 1 到 40 的整数']] as const) {
      fireEvent.change(week, { target: { value: n } })
      expect(text(screen.getByRole('alert'))).toBe(says)
      expect((save() as HTMLButtonElement).disabled).toBe(true)
    }
    fireEvent.change(week, { target: { value: '10' } })
    fireEvent.click(save())
    await waitFor(() => expect(calls.some((call) => call.method === 'PUT')).toBe(true))
    expect(calls.find((call) => call.method === 'PUT')?.body).toEqual({ ...caps.caps, perWeek: 10 })
  })

  it('is read only for who may not change it, and says when it cannot be read', async () => {
    const { unmount } = open('/consents?page=caps', { 'GET /api/message-caps': () => ({ ...caps, may: false, crowded: [], history: [] }) })
    expect(await screen.findByText('只有主管和管理员能改')).toBeTruthy()
    expect(screen.getByText('没有改过，用的是平常的上限。')).toBeTruthy()
    expect(screen.queryByRole('button', { name: /保\s?存/ })).toBeNull()
    unmount()
    open('/consents?page=caps', { 'GET /api/message-caps': () => new Refusal(500, { code: 'internal' }) })
    expect(await screen.findByRole('alert')).toBeTruthy()
  })
})

describe('a send found again', () => {
  const proof = (more: Partial<MessageProof['page']> = {}, same = true): MessageProof => ({
    algorithm: 'HMAC-SHA256', keyVersion: 1, signature: 'c2lnbmVk', same,
    page: {
      person: { id: 'p1', name: '张桂芳' }, title: '第 3 天', body: '您好', made: now, state: 'sent', sent: now, journey: { key: 'new-patient', name: T('新患者 28 天') }, version: 1, step: '5', asked: true,
      content: 'day3-look', text: '1', inForce: '1', sample: true, consents: [{ name: T('基本服务'), given: true, version: '1#aa', at: now, outdated: false }],
      decisions: [{ at: now, recorded: T('可以发'), found: T('可以发'), same: true, checks: [{ text: T('本人同意'), ok: true }] }], taken: [T('本人的时区')], differs: [], ...more,
    },
  })
  it('stands on one page with its file to verify', async () => {
    open('/proof/M1', { 'GET /api/messages/*/proof': () => proof() })
    expect(await screen.findByText('✓ 记录和重新判断的结果一致')).toBeTruthy()
    for (const part of ['新患者 28 天', '当时的事件要求发这一条', '第 1 版 day3-look', 'c2lnbmVk', '本人的时区']) expect(text(screen.getByRole('article'))).toContain(part)
    expect(screen.getByRole('link', { name: '下载签名文件' }).getAttribute('href')).toBe('/api/messages/M1/proof')
  })
  it('says loudly what differs', async () => {
    open('/proof/M1', { 'GET /api/messages/*/proof': () => proof({ differs: [T('内容：版本和当时生效的不同')] }, false) })
    expect(text(await screen.findByRole('alert'))).toContain('内容：版本和当时生效的不同')
  })
})
