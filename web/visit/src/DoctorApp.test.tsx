import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import type { VisitPage } from '../../client/visit'
import { DoctorApp } from './DoctorApp'
import { numberOf } from './AnswerForm'

const T = (zh: string) => ({ zh, en: zh })
const page: VisitPage = {
  who: { name: '张*芳', age: 68, gender: 'female', diagnoses: [], allergies: [] }, at: '2026-03-08T11:30:00+08:00', from: '2026-02-23', days: 14, zone: 'Asia/Shanghai',
  targets: [], targetBy: T(''), pattern: { shape: 'none', n: 0, days: 0, slots: [], sentence: T('这段时间没有血糖记录') }, log: [], lows: [], medicines: [], labs: [], glucose: true, measures: [], trends: [], facts: [],
  answerTargets: [{ key: 'fastingLow', name: T('空腹下限'), unit: 'mmol/L' }, { key: 'fastingHigh', name: T('空腹上限'), unit: 'mmol/L' }, { key: 'afterMealHigh', name: T('餐后上限'), unit: 'mmol/L' }, { key: 'hba1cHigh', name: T('糖化上限'), unit: '%' }],
  answerPlans: [{ key: 'glucose', name: T('测血糖'), slots: [{ key: 'fasting', name: T('空腹') }, { key: 'bedtime', name: T('睡前') }] }, { key: 'weight', name: T('称体重'), slots: [] }],
  questions: [{ id: 'q_1', text: '为什么会低血糖？', status: 'open' }],
}
let sent: { path: string; body: Record<string, unknown> }[] = []
let refuse: object | undefined
let shown: VisitPage = page

beforeEach(() => {
  sent = []
  refuse = undefined
  shown = page
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    sent.push({ path, body: JSON.parse(String(init.body)) as Record<string, unknown> })
    if (path.endsWith('/answer') && refuse) return new Response(JSON.stringify(refuse), { status: 422 })
    const answer = path.endsWith('/open') ? { page: shown, expires: '2026-03-15T11:30:00+08:00', answered: false, notice: T('核对后才记入档案') } : { text: T('已收到') }
    return new Response(JSON.stringify(answer), { status: 200 })
  })
})

const fill = (label: string | RegExp, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } })

it('sends only what was filled in, and asks for the name first', async () => {
  render(<DoctorApp token="t0k" />)
  await screen.findByText('核对后才记入档案')
  expect(sent[0]?.body).toEqual({ token: 't0k' })
  fireEvent.click(screen.getByRole('button', { name: '发送答复' }))
  expect(await screen.findByText('请填姓名')).toBeTruthy()
  expect(sent).toHaveLength(1)
  fill('姓名', ' 王建 ')
  fill('为什么会低血糖？', '晚饭吃得少')
  fireEvent.click(screen.getByRole('button', { name: '发送答复' }))
  expect(await screen.findByText('已收到，谢谢')).toBeTruthy()
  expect(sent[1]?.body).toEqual({ token: 't0k', name: '王建', answers: [{ question: 'q_1', text: '晚饭吃得少' }] })
})

it('asks how often for what the programmes measure, with meal slots to choose', async () => {
  render(<DoctorApp token="t0k" />)
  await screen.findByText('核对后才记入档案')
  fill('姓名', '王建')
  fireEvent.click(screen.getByRole('checkbox', { name: '睡前' }))
  fireEvent.click(screen.getByRole('checkbox', { name: '空腹' }))
  fireEvent.click(screen.getByRole('button', { name: '发送答复' }))
  expect(await screen.findByText('选了餐段，请填每周几次')).toBeTruthy()
  fill(/^测血糖：每周几次/, '6')
  fill('称体重：每周几次', '1')
  fireEvent.click(screen.getByRole('button', { name: '发送答复' }))
  await waitFor(() => expect(sent[1]?.body).toEqual({ token: 't0k', name: '王建', plans: [{ kind: 'glucose', perWeek: 6, slots: ['fasting', 'bedtime'] }, { kind: 'weight', perWeek: 1 }] }))
})

it('puts the words of a refusal at the field it names, and keeps what was typed', async () => {
  refuse = { status: 422, code: 'wrong_dose_unit', field: 'body.medicines[0].doseUnit', text: T('单位不对'), hintText: T('用 g 或 mg') }
  render(<DoctorApp token="t0k" />)
  await screen.findByText('核对后才记入档案')
  fill('姓名', '王建')
  fireEvent.click(screen.getByRole('button', { name: '加一种' }))
  fill('药名', '二甲双胍')
  fill('每次', '10')
  fill('单位', 'U')
  fireEvent.click(screen.getByRole('button', { name: '发送答复' }))
  const wrong = await screen.findByText(/单位不对/)
  expect(wrong.closest('.field')?.textContent).toContain('单位')
  await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>(/^单位/).value).toBe('U'))
})

it('says that there is no link, and reads numbers as they are typed', () => {
  render(<DoctorApp token="" />)
  expect(screen.getByText('这里没有链接')).toBeTruthy()
  expect([numberOf(''), numberOf(' 7.5 '), numberOf('7，5')]).toEqual([undefined, 7.5, 7.5])
  expect(numberOf('七')).toBeNaN()
})

it('tells a pressure where that is what is measured, and nothing of glucose', async () => {
  const days = [['2026-03-04', 145, 90], ['2026-03-05', 127, 77], ['2026-03-06', 127, 74.5]] as const
  shown = {
    ...page, glucose: false, questions: [],
    measures: [{
      key: 'blood_pressure', name: T('血压'), unit: 'mmHg', n: 6, days: 3, sentence: T('3 天里记了 6 次，平均 133/80，3 次在目标内（<130/80）'), inTarget: { n: 3, of: 6 }, limit: T('<130/80'), limits: [130, 80],
      rows: [{ key: 'morning', name: T('早上'), text: T('134/82'), n: 3 }], points: days.map(([day, value, second]) => ({ at: `${day}T07:00:00+08:00`, value, second, show: `${value}/${second}`, n: 2 })),
    }],
    facts: [{ key: 'weight_bearing', name: T('负重'), text: T('没有记录'), known: false }],
    answerTargets: [{ key: 'systolicHigh', name: T('收缩压上限'), unit: 'mmHg' }],
    answerPlans: [],
  }
  render(<DoctorApp token="t0k" />)
  expect(await screen.findByText('3 天里记了 6 次，平均 133/80，3 次在目标内（<130/80）')).toBeTruthy()
  expect(screen.getByText('134/82')).toBeTruthy()
  expect(screen.getByRole('img', { name: /平均 133/ })).toBeTruthy()
  expect(screen.getByText('没有记录')).toBeTruthy()
  expect(document.body.textContent).not.toContain('血糖')
  expect(document.body.textContent).not.toContain('mmol')
  fill('收缩压上限 mmHg', '125')
  fill('姓名', '王建')
  fireEvent.click(screen.getByRole('button', { name: '发送答复' }))
  await waitFor(() => expect(sent[1]?.body).toEqual({ token: 't0k', name: '王建', targets: { systolicHigh: 125 } }))
})
