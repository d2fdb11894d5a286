import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import { heardOnline } from '../../../client/online'
import { answer, makeWorld, type Options, type World } from '../../../testing/phone-fixture.mjs'
import { openQueue } from '../queue/queue'
import { makeRouter } from './routes'

let world: World
let away = false
const calls: string[] = []

beforeEach(() => {
  away = false
  calls.length = 0
  heardOnline(true)
  // What an earlier test left waiting belongs to its own person.
  openQueue('nobody')
  vi.stubGlobal('fetch', async (address: string, init: RequestInit = {}) => {
    if (away) throw new TypeError('network')
    const url = new URL(address, 'http://phone.test')
    const method = init.method ?? 'GET'
    calls.push(`${method} ${url.pathname}`)
    const body: unknown = init.body ? JSON.parse(String(init.body)) : undefined
    const [status, found] = answer(world, method, url.pathname, url.searchParams, body) ?? [404, {}]
    return new Response(status === 204 ? null : JSON.stringify(found), { status })
  })
})

/** open starts the whole app at an address, against the stand-in server. */
function open(path: string, options: Options = {}) {
  world = makeWorld(options)
  const router = makeRouter(createMemoryHistory({ initialEntries: [path] }))
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' }, mutations: { networkMode: 'always' } } })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  return router
}

const tap = async (name: string | RegExp) => fireEvent.click(await screen.findByRole('button', { name }))
const type = async (digits: string) => {
  for (const digit of digits) await tap(digit === '.' ? '小数点' : digit)
}

it('asks a stranger to open the link', async () => {
  open('/m/', { signedIn: false })
  expect(await screen.findByRole('heading', { name: '请从链接打开' })).toBeTruthy()
})

it('lets someone in by the link of their nurse', async () => {
  open('/m/in/good', { signedIn: false })
  expect(await screen.findByRole('heading', { name: '张阿姨，早上好' })).toBeTruthy()
})

it('says that a link has expired', async () => {
  open('/m/?t=old', { signedIn: false })
  expect(await screen.findByRole('heading', { name: '这个链接已经用过或过期了' })).toBeTruthy()
})

it('asks for consent first, each purpose apart and unticked, and keeps the optional ones off', async () => {
  open('/m/', { needsConsent: true })
  const boxes = await screen.findAllByRole<HTMLInputElement>('checkbox')
  expect(boxes).toHaveLength(4)
  expect(boxes.every((box) => !box.checked)).toBe(true)

  await tap('按我的选择开始')
  expect(screen.getByRole('alert').textContent).toContain('“基本服务”还没有勾选')
  expect(calls.some((call) => call.startsWith('POST'))).toBe(false)

  fireEvent.click(screen.getByRole('checkbox', { name: /基本服务/ }))
  fireEvent.click(screen.getByRole('checkbox', { name: /记录健康信息/ }))
  await tap('按我的选择开始')
  expect(await screen.findByRole('heading', { name: '张阿姨，早上好' })).toBeTruthy()
  expect(world.me.consents.map((one) => one.granted)).toEqual([true, true, false, false])
})

it('records in two taps besides the digits, and takes it back', async () => {
  open('/m/')
  fireEvent.click(await screen.findByRole('link', { name: '记血糖' }))
  expect((await screen.findByRole('radio', { name: '空腹' })).getAttribute('aria-checked')).toBe('true')
  await type('8.6')
  await tap('保存')
  expect(await screen.findByText(/比您的空腹目标高一些/)).toBeTruthy()
  await tap('撤销')
  expect(await screen.findByText('已撤销，这次不算')).toBeTruthy()
  expect(world.readings[0]?.retracted).toBe(true)
})

it('keeps what is typed when the guess of the meal slot comes late', async () => {
  open('/m/record')
  await type('6')
  expect(await screen.findByRole('radio', { name: '空腹', checked: true })).toBeTruthy()
  await type('.4')
  await tap('保存')
  await screen.findByText('记下了')
  expect(world.readings[0]).toMatchObject({ mmol: 6.4, context: 'fasting' })
})

it('asks for digits when there are none', async () => {
  open('/m/record')
  await tap('保存')
  expect(await screen.findByText('请先按数字')).toBeTruthy()
  expect(calls.some((call) => call.startsWith('POST'))).toBe(false)
})

it('asks about mg/dL without standing in the way', async () => {
  open('/m/record')
  await type('78')
  expect(screen.getByText('是 mg/dL 吗？', { exact: false })).toBeTruthy()
  await tap('保存')
  expect(await screen.findByText('您输入的是 78，对吗？')).toBeTruthy()
  await tap('单位是 mg/dL')
  expect(await screen.findByText('改好了')).toBeTruthy()
  expect(world.readings.slice(0, 2).map((r) => r.entered)).toEqual([
    { value: 78, unit: 'mg/dL' },
    { value: 78, unit: 'mmol/L' },
  ])
})

it('puts a low before everything, without asking, until it is answered', async () => {
  open('/m/record')
  await type('2.8')
  await tap('保存')
  const card = await screen.findByRole('alert', { name: '安全提醒' })
  expect(within(card).getByText('空腹，2.8，很低')).toBeTruthy()
  expect(within(card).getByRole('link', { name: /打\s120/ }).getAttribute('href')).toBe('tel:120')
  expect(screen.queryByRole('navigation')).toBeNull()
  await tap(/开始 15\s分钟计时/)
  expect(within(card).getByText(/再测倒计时 1[45]:/)).toBeTruthy()
  await tap('好些了')
  expect(await screen.findByRole('heading', { name: '张阿姨，早上好' })).toBeTruthy()
  expect(screen.queryByRole('alert', { name: '安全提醒' })).toBeNull()
  expect(screen.getByText(/再测倒计时/)).toBeTruthy()
})

it('takes the card away when the value was typed wrong', async () => {
  open('/m/record')
  await type('2.8')
  await tap('保存')
  await tap('输错了？改一下')
  await type('8.2')
  await tap('保存')
  expect(await screen.findByText('改好了')).toBeTruthy()
  fireEvent.click(screen.getByRole('link', { name: '回到今天' }))
  expect(await screen.findByRole('heading', { name: '张阿姨，早上好' })).toBeTruthy()
  expect(screen.queryByRole('alert', { name: '安全提醒' })).toBeNull()
})

it('keeps a reading on the phone without a network, and sends it once when it is back', async () => {
  open('/m/record')
  await screen.findByRole('radio', { name: '空腹' })
  away = true
  await type('6.4')
  await tap('保存')
  expect(await screen.findByText(/先存在手机里了/)).toBeTruthy()
  expect(screen.getByText('没有网络，记录先存在手机里 (1)')).toBeTruthy()
  const before = world.readings.length
  away = false
  heardOnline(true)
  await waitFor(() => expect(world.readings).toHaveLength(before + 1))
  await waitFor(() => expect(screen.queryByText(/记录先存在手机里/)).toBeNull())
})

it('shows its own card for a low without a network, and promises nobody was told', async () => {
  open('/m/record')
  await screen.findByRole('radio', { name: '空腹' })
  away = true
  await type('2.8')
  await tap('保存')
  const card = await screen.findByRole('alert', { name: '安全提醒' })
  expect(within(card).getByText(/护师还不知道/)).toBeTruthy()
  await tap('还难受')
  expect(await screen.findByRole('heading', { name: '还难受，就别等' })).toBeTruthy()
})

it('answers a message, and the answer stays to be read', async () => {
  open('/m/messages')
  fireEvent.click(await screen.findByRole('link', { name: /第 21\s天/ }))
  await tap('常走')
  expect(await screen.findByText(/您答了：常走/)).toBeTruthy()
})

it('asks nobody to measure who did not agree to health data', async () => {
  open('/m/')
  world.me.consents = world.me.consents.map((one) => (one.purpose === 'health_data' ? { ...one, granted: false } : one))
  expect(await screen.findByRole('heading', { name: '今天没有要做的事' })).toBeTruthy()
  expect(screen.queryByRole('link', { name: /记血糖|再记一次/ })).toBeNull()
  expect(screen.queryByText(/计划/)).toBeNull()
  fireEvent.click(screen.getByRole('link', { name: '看我的同意' }))
  expect(await screen.findByRole('heading', { name: '我同意的事' })).toBeTruthy()
})

it('withdraws a consent in two taps', async () => {
  open('/m/me')
  fireEvent.click(await screen.findByRole('link', { name: /我同意的事/ }))
  const item = await screen.findByRole('region', { name: '让家人看到' })
  fireEvent.click(within(item).getByRole('button', { name: '撤回' }))
  fireEvent.click(within(item).getByRole('button', { name: '确定撤回' }))
  await waitFor(() => expect(world.me.consents[2]?.granted).toBe(false))
})

it('asks again for the one text that changed, and leaves the other answers alone', async () => {
  open('/m/', { outdated: 'health_data' })
  expect(await screen.findByRole('heading', { name: '有文字更新了，请您再看一遍' })).toBeTruthy()
  expect(screen.getAllByRole('checkbox')).toHaveLength(1)
  fireEvent.click(screen.getByRole('checkbox', { name: /记录健康信息/ }))
  await tap('按我的选择继续')
  expect(await screen.findByRole('heading', { name: '张阿姨，早上好' })).toBeTruthy()
  expect(world.me.consents.map((one) => one.granted)).toEqual([true, true, true, false])
})

it('says how messages come, and keeps what was chosen', async () => {
  open('/m/me')
  fireEvent.click(await screen.findByRole('link', { name: /消息怎么发/ }))
  fireEvent.click(await screen.findByRole('radio', { name: /^每周.2.条$/ }))
  fireEvent.click(screen.getByRole('radio', { name: '我来选时间' }))
  fireEvent.change(screen.getByLabelText('从'), { target: { value: '07:30' } })
  fireEvent.change(screen.getByLabelText('到'), { target: { value: '07:30' } })
  expect(screen.getByRole('alert').textContent).toBe('开始和结束不能一样')
  fireEvent.change(screen.getByLabelText('到'), { target: { value: '20:00' } })
  fireEvent.click(screen.getByRole('radio', { name: '不要按我的情况挑选' }))
  await tap('保存')
  expect(await screen.findByText('已保存')).toBeTruthy()
  expect(world.preferences).toEqual({ hours: { from: 450, to: 1200 }, perWeek: 2, notPersonal: true })
})

it('switches to large type and to English', async () => {
  open('/m/me')
  fireEvent.click(await screen.findByRole('radio', { name: '长辈版' }))
  await waitFor(() => expect(document.documentElement.dataset.elder).toBe('true'))
  fireEvent.click(screen.getByRole('radio', { name: 'English' }))
  expect(await screen.findByRole('heading', { name: 'Me' })).toBeTruthy()
  expect(document.documentElement.lang).toBe('en')
})

it('says why there is nothing yet, instead of an empty chart', async () => {
  open('/m/glucose', { empty: true })
  expect(await screen.findByText('还没有记录')).toBeTruthy()
  expect(screen.queryByRole('img')).toBeNull()
})

it('finds a human from every screen', async () => {
  open('/m/messages')
  await tap('找刘护师')
  await tap('请刘护师联系我')
  expect(await screen.findByText(/今天 18:00 前会联系您/)).toBeTruthy()
})
