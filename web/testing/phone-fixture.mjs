// A stand-in for the server, for screenshots and local work on the phone only: believable answers, nothing stored.
// It is never built into anything that ships.
import { randomUUID } from 'node:crypto'
import { catalogue } from './catalogue.mjs'

const hour = 3_600_000
const day = 24 * hour
const zone = '+08:00'
export const start = Date.parse('2026-03-08T07:12:00+08:00')

const at = (ms) => new Date(ms + 8 * hour).toISOString().replace(/\.\d+Z$/, zone)
const text = (zh, en) => ({ zh, en })

const ranges = {
  fasting: { low: 4.4, high: 7.0 },
  before_lunch: { low: 4.4, high: 7.0 },
  before_dinner: { low: 4.4, high: 7.0 },
  after_breakfast_2h: { high: 10.0, open: true },
  after_lunch_2h: { high: 10.0, open: true },
  after_dinner_2h: { high: 10.0, open: true },
  bedtime: { low: 4.4, high: 10.0 },
  night: { low: 3.9, high: 10.0 },
  random: { low: 4.4, high: 10.0 },
}

function bandOf(v, range) {
  if (v < 1.1 || v > 33.3) return 'implausible'
  if (v < 3) return 'very_low'
  if (v < 3.9) return 'low'
  if (v > 13.9) return 'very_high'
  if (v > range.high || (range.open && v >= range.high)) return 'high'
  if (range.low && v < range.low) return 'below_target'
  return 'in_target'
}

export function reading(mmol, context, ms, extra = {}) {
  const range = ranges[context] ?? ranges.random
  return {
    id: randomUUID(),
    at: at(ms),
    received: at(ms + 60_000),
    context,
    mmol,
    show: { mmol: mmol.toFixed(1), mgdl: String(Math.round(mmol * 18.0156)) },
    entered: { value: mmol, unit: 'mmol/L' },
    band: bandOf(mmol, range),
    range,
    source: 'phone',
    provenance: 'typed',
    flags: [],
    ...extra,
  }
}

const midnight = start - 7 * hour - 12 * 60_000

function history() {
  const fasting = [6.4, 7.4, undefined, 6.8, 6.2, 7.6, undefined, 6.9, 6.6, 8.6, 6.7, undefined, 6.5]
  const list = []
  fasting.forEach((v, i) => {
    if (v) list.push(reading(v, 'fasting', midnight - (i + 1) * day + 7 * hour + ((i * 7) % 25) * 60_000))
    if (i % 3 === 0) list.push(reading(8.1 + (i % 5) * 0.7, 'after_dinner_2h', midnight - (i + 1) * day + 20.3 * hour))
    if (i % 4 === 1) list.push(reading(5.9 + (i % 3) * 0.4, 'bedtime', midnight - (i + 1) * day + 22 * hour))
  })
  for (let i = 14; i < 30; i += 2) {
    list.push(reading(7.1 + ((i * 13) % 17) / 10, 'fasting', midnight - i * day + 7.2 * hour))
  }
  return list.sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
}

const consents = () => [
  {
    purpose: 'basic_service',
    name: text('基本服务', 'Basic service'),
    summary: text('用您的姓名和电话，为您开通陪伴服务、联系到您。', 'Uses your name and phone to set up the service and reach you.'),
    text: text(
      '我们是谁：健康管理服务团队。\n\n我们做什么：\n- 为您建立账号\n- 在约定的时间联系您\n\n不同意的影响：无法使用本服务，但不影响您在医院看病买药。您可以随时在“我的”里撤回。',
      'Who we are: the care team.\n\nWhat we do:\n- set up your account\n- contact you at agreed times\n\nWithout it you cannot use the service; your care at the hospital is not affected. You can withdraw at any time.',
    ),
    version: '1',
    required: true,
    granted: false,
  },
  {
    purpose: 'health_data',
    name: text('记录健康信息', 'Health records'),
    summary: text('保存您的血糖、用药和不适，好让护师看到并提醒您。', 'Keeps your glucose, medicine and symptoms so that your nurse can see them and help.'),
    text: text('这是敏感个人信息。我们只用它来跟进您的血糖。', 'This is sensitive personal information. We use it to follow up your glucose only.'),
    version: '1',
    required: true,
    granted: false,
  },
  {
    purpose: 'family_share',
    name: text('让家人看到', 'Share with family'),
    summary: text('您选的家人能看到血糖，低血糖时会收到提醒。', 'Family members you choose can see your glucose and are told of lows.'),
    text: text('您可以随时停止分享，马上生效。', 'You can stop sharing at any time, at once.'),
    version: '1',
    required: false,
    granted: false,
  },
  {
    purpose: 'marketing_push',
    name: text('活动和商品消息', 'Offers and events'),
    summary: text('给您发讲座、活动和商品的消息。', 'Sends you news of lectures, events and products.'),
    text: text('不同意也能照常使用。', 'Everything works without it.'),
    version: '1',
    required: false,
    granted: false,
  },
]

/** A new world for each run; `options` choose where the story stands. */
export function makeWorld(options = {}) {
  const all = history()
  const world = {
    now: start,
    signedIn: options.signedIn ?? true,
    me: {
      id: 'p1',
      name: '张桂芳',
      age: 68,
      elder: options.elder ?? false,
      language: options.language ?? 'zh',
      unit: options.unit ?? 'mmol/L',
      zone: 'Asia/Shanghai',
      csrf: 'fixture',
      workspace: { kind: 'rehearsal' },
      version: 1,
      owner: { name: '刘敏', roleText: text('护师', 'nurse') },
      consents: consents().map((c) => ({ ...c, granted: !options.needsConsent && c.purpose !== 'marketing_push', ask: (options.needsConsent ?? false) || c.purpose === options.outdated, ...(c.purpose === options.outdated && { outdated: true, waits: true }), at: at(start - 20 * day) })),
      needsConsent: (options.needsConsent ?? false) || options.outdated !== undefined,
      family: [],
    },
    preferences: { notPersonal: false },
    readings: options.empty ? [] : all,
    card: undefined,
    messages: [
      {
        id: 'm1', kind: 'card', class: 'programme', content: 'day-21', title: '第 21 天：聊聊早上的血糖',
        body: '您最近 7 次空腹有 2 次偏高。\n\n这几天晚饭后，您一般会走走吗？', state: 'sent', due: at(start - 12 * hour), sentAt: at(start - 12 * hour), to: 'person',
        answers: [{ key: 'often', text: text('常走', 'Often') }, { key: 'sometimes', text: text('有时候', 'Sometimes') }, { key: 'no', text: text('不太走', 'Not really') }],
      },
      {
        id: 'm2', kind: 'message', class: 'programme', content: 'strip', title: '测血糖前，手洗干净擦干',
        body: '1. 温水洗手，擦干\n2. 扎手指侧面，不太疼\n3. 第一滴血擦掉，用第二滴\n\n手上有糖分，数值会**偏高**。', state: 'sent', due: at(start - 3 * day), sentAt: at(start - 3 * day), readAt: at(start - 3 * day + hour), to: 'person',
      },
      {
        id: 'm3', kind: 'card', class: 'asked', content: 'medicine', title: '这周吃药顺利吗？',
        body: '有没有漏吃，或者吃了不舒服？', state: 'sent', due: at(start - 6 * day), sentAt: at(start - 6 * day), readAt: at(start - 6 * day + hour), answer: 'fine', to: 'person',
        answers: [{ key: 'fine', text: text('都按时吃了', 'All on time') }, { key: 'missed', text: text('漏了几次', 'Missed some') }],
      },
    ],
  }
  if (options.english) {
    world.messages[0].title = 'Day 21: your mornings'
    world.messages[0].body = '2 of your last 7 fasting values were above your target.\n\nDo you usually take a walk after dinner these days?'
    world.messages[1].title = 'Wash and dry your hands before measuring'
    world.messages[1].body = '1. Wash with warm water and dry\n2. Prick the side of the finger\n3. Wipe the first drop away, use the second\n\nSugar on the skin makes the value **too high**.'
    world.messages[2].title = 'Was your medicine all right this week?'
    world.messages[2].body = 'Did you miss any, or feel unwell after it?'
  }
  return world
}

const card = (r) => ({
  id: `safety-${r.id}`, kind: 'card', class: 'safety', content: 'low-now', title: text('低血糖', 'Low'),
  body: text(
    `1. 现在吃 15 克快糖：半杯果汁，或 4 块方糖\n2. 过 15 分钟再测一次\n3. 如果叫不醒：不要喂，打 120`,
    `1. Take 15 g of fast sugar now: half a glass of juice, or 4 sugar cubes\n2. Measure again in 15 minutes\n3. Cannot be woken: do not feed, call 120`,
  ),
  state: 'sent', due: r.at, sentAt: r.at, to: 'person', reading: r,
  answers: [{ key: 'better', text: text('好些了', 'Better') }, { key: 'worse', text: text('还难受', 'Still unwell') }],
  call: [{ label: text('打给女儿 张丽', 'Call daughter 张丽'), tel: '13800000412' }],
})

function record(world, body, corrects) {
  const raw = Number(body.value)
  if (!Number.isFinite(raw)) return [422, { status: 422, code: 'bad_value', text: text('请填数字', 'Please enter a number') }]
  const mmol = body.unit === 'mg/dL' ? raw / 18.0156 : raw
  const r = reading(mmol, body.context, body.measuredAt ? Date.parse(body.measuredAt) : world.now)
  r.entered = { value: raw, unit: body.unit }
  if (corrects) {
    r.corrects = corrects
    const old = world.readings.find((x) => x.id === corrects)
    if (old) old.correctedBy = r.id
    if (world.card?.reading?.id === corrects) world.card = undefined
  }
  world.readings.unshift(r)
  const low = r.band === 'low' || r.band === 'very_low'
  if (low) world.card = card(r)
  const digits = r.show.mmol
  const reply = {
    implausible: text('', ''),
    in_target: text(`${digits}，在您的目标里（空腹 4.4~7.0）`, `${digits}, in your target (fasting 4.4–7.0)`),
    high: text(`${digits}，比您的空腹目标高一些。偶尔一次不用担心`, `${digits}, a little above your fasting target. Once in a while is nothing to worry about`),
    below_target: text(`${digits}，低于您的目标，但不是低血糖。不舒服请告诉我们`, `${digits}, below your target but not a low. Tell us if you feel unwell`),
    very_high: text(`${digits}，很高。请今天就医；恶心、呼吸快、想睡，马上打 120`, `${digits}, very high. See a doctor today; nausea, fast breath or sleepiness: call 120`),
    low: text(`${digits}，偏低`, `${digits}, low`),
    very_low: text(`${digits}，很低`, `${digits}, very low`),
  }[r.band]
  return [201, {
    reading: r,
    reply: { text: r.band === 'implausible' ? text('先记下了，等您确认。', 'Noted, waiting for you to confirm.') : reply, next: r.band === 'high' ? text('明早再测一次', 'Measure again tomorrow morning') : undefined, tone: r.band },
    card: low ? world.card : undefined,
    confirm: r.band === 'implausible' ? { text: text(`您输入的是 ${raw}，对吗？`, `You entered ${raw}, is that right?`), suggestUnit: raw >= 34 ? 'mg/dL' : undefined } : undefined,
  }]
}

/** answer gives [status, body] for a call of the phone; undefined: not ours. */
export function answer(world, method, path, query, body) {
  const { me } = world
  const parts = path.split('/')
  if (path === '/api/me/session' && method === 'POST') {
    if (body?.token !== 'good') return [410, { status: 410, code: 'link_expired' }]
    world.signedIn = true
    return [200, {}]
  }
  if (path === '/api/catalogue') return [200, catalogue]
  if (!path.startsWith('/api/me')) return undefined
  if (!world.signedIn) return [401, { status: 401, code: 'signed_out' }]
  const valid = world.readings.filter((r) => !r.retracted && !r.correctedBy)
  if (path === '/api/me') return [200, { ...me, now: at(world.now) }]
  if (path === '/api/me/session') { world.signedIn = false; return [204] }
  if (path === '/api/me/settings') { Object.assign(me, body); return [200, {}] }
  if (path === '/api/me/preferences') {
    if (method === 'PUT') world.preferences = body
    return [200, { ...world.preferences, channels: false, usual: { perDay: 1, perWeek: 4, quiet: { from: 1290, to: 480 } } }]
  }
  if (path === '/api/me/consents') {
    me.consents = me.consents.map((c) => (c.purpose === body.purpose ? { ...c, granted: body.granted, at: at(world.now), outdated: undefined } : c))
    me.needsConsent = me.consents.some((c) => (c.required && !c.granted) || c.outdated)
    return [200, {}]
  }
  if (path === '/api/me/contact') return [200, { text: text('好的，刘护师今天 18:00 前会联系您。', 'Your nurse will contact you before 18:00 today.') }]
  if (path === '/api/me/today') {
    const week = valid.filter((r) => Date.parse(r.at) > midnight - 6 * day)
    const agreed = me.consents.some((c) => c.purpose === 'health_data' && c.granted)
    return [200, {
      greeting: text('张阿姨，早上好', 'Good morning, Ms Zhang'), now: at(world.now),
      main: !agreed ? { kind: 'consent', title: text('今天没有要做的事', 'Nothing to do today') } : { kind: 'record', context: 'fasting', title: text('量空腹血糖', 'measure fasting glucose'), because: text('因为医生请您这周测 5 次，已测 4 次', 'Your doctor asked for 5 this week; 4 are done') },
      week: { count: week.length, plan: 5, inTarget: { n: week.filter((r) => r.band === 'in_target').length, of: week.length } },
      next: [{ text: text('晚饭后走走', 'A walk after dinner') }, { text: text('看第 21 天的消息', 'Read the message of day 21') }],
      card: world.card, unread: world.messages.filter((m) => !m.readAt).length, last: valid[0], contextGuess: 'fasting',
    }]
  }
  if (path === '/api/me/readings' && method === 'POST') return record(world, body)
  if (path === '/api/me/readings') {
    const days = Number(query.get('days') ?? 7)
    const items = world.readings.filter((r) => Date.parse(r.at) > world.now - days * day)
    const fasting = valid.filter((r) => r.context === 'fasting' && Date.parse(r.at) > world.now - days * day)
    const good = fasting.filter((r) => r.band === 'in_target').length
    return [200, {
      sentence: text(`${days} 天里早上空腹测了 ${fasting.length} 次，${good} 次在您的目标里（4.4~7.0）`, `Fasting was measured ${fasting.length} times in ${days} days, ${good} in your target (4.4–7.0)`),
      items, days: [], range: { low: 4.4, high: 7.0 },
      compare: items.length ? { text: text('空腹平均 7.5 → 6.8，下降 0.7', 'Mean fasting 7.5 → 6.8, down 0.7') } : undefined,
      next: items.length ? text('晚饭后散步，明早再看', 'Walk after dinner and look again tomorrow') : undefined,
    }]
  }
  if (parts[3] === 'readings' && parts[5] === 'correct') return record(world, body, parts[4])
  if (parts[3] === 'readings' && method === 'DELETE') {
    const r = world.readings.find((x) => x.id === parts[4])
    if (r) r.retracted = true
    return [200, {}]
  }
  if (path === '/api/me/messages') return [200, { items: world.messages, total: world.messages.length }]
  if (parts[3] === 'messages') {
    const m = world.messages.find((x) => x.id === parts[4])
    if (m) m.readAt ??= at(world.now)
    if (m && parts[5] === 'answer') m.answer = body.answer
    if (world.card?.id === parts[4]) world.card = undefined
    return [200, {}]
  }
  return [404, { status: 404, code: 'not_found' }]
}
