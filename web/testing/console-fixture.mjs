// A stand-in for the server, for looking at the console and the start page alone: made-up people, the same wire form,
// answers kept in memory. Never built into the binary.
//   node testing/console-fixture.mjs [port]     then open http://127.0.0.1:PORT/console/ (sign in as liu / any password)
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answer as phoneAnswer, makeWorld } from './phone-fixture.mjs'
import { T, iso, limits, owners, people, random, reading, readingsOf, stageOf, stages, tagNames, zone } from './console-people.mjs'
import { tagRoutes } from './console-tags.mjs'

const port = Number(process.argv[2] ?? process.env.PORT ?? 8190)
const dist = process.env.DIST ?? join(dirname(fileURLToPath(import.meta.url)), '..', 'dist')
const minute = 60_000, hour = 3600_000, day = 86400_000
let now = Date.parse('2026-03-08T11:30:00+08:00')
const all = people(10_000, new Date(now))
const byId = new Map(all.map((p) => [p.id, p]))
const R = new Map()
const readings = (p) => R.get(p.id) ?? (R.set(p.id, readingsOf(p, now)), R.get(p.id))
let session = null
let fails = 0
const phone = makeWorld({})
const streams = new Set()
let seq = 100
const tell = (kinds, ids = []) => { seq++; for (const s of streams) s.write(`id: ${seq}\nevent: change\ndata: ${JSON.stringify({ seq, kinds, people: ids })}\n\n`) }

const staff = {
  liu: { id: 's_liu', name: '刘敏', login: 'liu', role: 'health_manager' }, admin: { id: 's_admin', name: '沈静', login: 'admin', role: 'admin' },
  viewer: { id: 's_view', name: '高文博', login: 'viewer', role: 'viewer' },
}
const sessionOf = (s) => ({
  staff: s, workspace: { id: 'w_demo', name: '糖友陪伴 华东', kind: 'rehearsal', zone: 'Asia/Shanghai', now: iso(now) }, csrf: 'fixture', language: 'zh',
  can: s.role === 'viewer' ? ['people.read', 'programme.read'] : [...(s.role === 'admin' ? ['programme.edit'] : []), 'programme.read', 'people.read', 'people.write', 'tasks.write', 'readings.write', 'signin_link', 'clock', 'export'],
})

const outcomes = {
  reached: T('联系上了', 'Reached'), agreed: T('约好了', 'Agreed a time'), no_answer: T('没接通', 'No answer'), went_to_hospital: T('已就诊', 'Went to hospital'),
  refer: T('请药师或医生看', 'Pharmacist or doctor to look'), do_not_contact: T('不再联系', 'Do not contact'),
}
const results = (...k) => k.map((key) => ({ key, text: outcomes[key] }))
const contexts = [
  ['fasting', '早上空腹', '空腹', 'Fasting', 'Fasting'], ['after_breakfast_2h', '早饭后 2 小时', '早后', 'After breakfast', 'After bkf'], ['before_lunch', '午饭前', '午前', 'Before lunch', 'Bef. lunch'],
  ['after_lunch_2h', '午饭后 2 小时', '午后', 'After lunch', 'After lunch'], ['before_dinner', '晚饭前', '晚前', 'Before dinner', 'Bef. dinner'], ['after_dinner_2h', '晚饭后 2 小时', '晚后', 'After dinner', 'After dinner'],
  ['bedtime', '睡前', '睡前', 'Bedtime', 'Bedtime'], ['night', '凌晨', '凌晨', 'Night', 'Night'], ['random', '随机', '随机', 'Random', 'Random'],
].map(([key, zh, szh, en, sen]) => ({ key, name: T(zh, en), short: T(szh, sen) }))

const script = (key, zhT, enT, zh, en) => ({ key, title: T(zhT, enT), body: T(zh, en) })
const scripts = {
  low: script('call-after-low', '低血糖电话', 'Call after a low', '王叔叔您好，我是健康管理师刘敏。看到您刚才测的是 2.8。\n1. 先吃 15 克快糖：半杯果汁或四块方糖。\n2. 过 15 分钟再测一次，我不挂电话。\n3. 身边有人吗？如果头晕、说不清话，马上打 120。\n吃的药先不要自己改，今天医生会看您的记录。',
    'Hello, this is Liu Min, your health manager. You just measured 2.8.\n1. Take 15 g of fast sugar: half a glass of juice or four sugar cubes.\n2. Measure again in 15 minutes; I stay on the line.\n3. Is someone with you? If you are dizzy or cannot speak clearly, call 120.\nPlease change no medicine yourself; a doctor looks at your record today.'),
  post: script('post-meal-high', '餐后偏高回电', 'Post-meal high', '李阿姨您好，答应今天给您回电话。\n这几次饭后测的比目标高一些，偶尔几次不用担心。\n想请您说说：这几天吃饭有什么变化？饭后多久开始走动？\n明天还是饭后两小时测一次，我们一起看。', 'Hello, I promised to call today.\nSome readings after meals were a little above your target; a few are no reason to worry.\nCould you tell me what changed in your meals, and when you start walking after them?\nPlease measure two hours after a meal again tomorrow; we look at it together.'),
  silent: script('few-readings', '好几天没有记录', 'Few readings', '您好，好几天没看到您的记录了，一切都好吗？\n想停一停也可以告诉我们。\n如果是血糖仪或试纸的问题，我帮您看看。', 'Hello, we have not seen a reading for some days. Is everything well?\nYou may also tell us that you want a break.\nIf it is the meter or the strips, I can help.'),
  day14: script('day-14', '第 14 天随访 5 问', 'Day 14, five questions', '1. 这两周吃药顺利吗？有没有漏服？\n2. 有没有心慌、出汗、手抖？\n3. 胃口和睡眠怎么样？\n4. 测血糖有什么不方便？\n5. 有没有想问医生的？', '1. Did taking the medicine go well? Any missed?\n2. Any palpitations, sweating, shaking hands?\n3. How are appetite and sleep?\n4. Is anything about measuring hard?\n5. Anything to ask the doctor?'),
}
const brief = (p) => ({ id: p.id, name: p.name, age: p.age, gender: p.gender, livesAlone: p.livesAlone })
let taskNo = 0
const task = (i, priority, t) => {
  const p = all[i]
  return { id: `t_${++taskNo}`, person: brief(p), kind: 'task', priority, results: results('agreed', 'no_answer', 'went_to_hospital', 'refer', 'do_not_contact'), state: 'open', late: Date.parse(t.due) < now, owner: p.owner, version: 1, ...t }
}
const at = (s) => `2026-03-${s}:00+08:00`
const newPatient = { key: 'new-patient', name: T('新患者', 'New patient') }
const lowGlucose = { key: 'low-glucose', name: T('低血糖', 'Low glucose') }
const last = (i) => readings(all[i])[0]
const tasks = [
  task(0, 'safety', { kind: 'alert', level: 2, title: T('10 分钟内打电话', 'Call within 10 minutes'), detail: T('因为低于 3.0（二级低血糖）；安全卡已送达，本人还没确认', 'Because below 3.0 (level 2 low); the safety card arrived, not yet confirmed'), script: scripts.low, results: results('reached', 'no_answer', 'went_to_hospital'), opened: at('08T11:27'), due: at('08T11:37'), reading: last(0), journey: lowGlucose }),
  task(1, 'promise', { title: T('答应今天回电', 'Promised to call back today'), detail: T('她 3月7日 问餐后为什么高，约今天 13:30 回电', 'On 7 March she asked why readings after meals are high; call at 13:30'), script: scripts.post, opened: at('07T19:10'), due: at('08T13:30'), reading: last(1) }),
  task(7, 'promise', { title: T('找刘护师', 'Asked for nurse Liu'), detail: T('她在手机上点了“找刘护师”：夜里出汗，想问要不要加餐', 'She tapped “call nurse Liu”: sweating at night, asks about a snack'), script: scripts.low, opened: at('08T10:52'), due: at('08T14:00'), reading: last(7) }),
  task(5, 'promise', { title: T('约好下午再联系', 'Agreed to speak in the afternoon'), detail: T('上次没接通，家人说下午在家', 'No answer last time; family says at home in the afternoon'), script: scripts.silent, opened: at('06T09:00'), due: at('08T16:00') }),
  task(2, 'normal', { title: T('计划每周 4 次，7 天 0 次', 'Plan 4 a week, none in 7 days'), detail: T('监测不足：14 天里 2 次，计划 8 次', 'Low monitoring: 2 in 14 days, plan 8'), script: scripts.silent, opened: at('06T09:00'), due: at('07T11:00') }),
  task(4, 'normal', { title: T('空腹偏高，聊聊原因', 'Fasting high, talk about why'), detail: T('最近 7 次空腹有 5 次高于 7.0，自 3月4日', '5 of the last 7 fasting readings above 7.0, since 4 March'), script: scripts.post, opened: at('07T08:10'), due: at('08T18:00'), reading: last(4) }),
  task(3, 'normal', { title: T('第 14 天随访：用药与不适 5 问', 'Day 14 follow-up: five questions'), detail: T('新患者旅程第 14 天', 'Day 14 of the new-patient journey'), script: scripts.day14, opened: at('08T09:00'), due: at('08T18:00'), journey: newPatient, reading: last(3) }),
  task(9, 'normal', { title: T('餐后偏高，问饮食', 'Post-meal high, ask about meals'), detail: T('最近 7 次餐后有 3 次不低于 10.0', '3 of the last 7 post-meal readings at 10.0 or above'), script: scripts.post, opened: at('08T08:00'), due: at('08T18:00'), reading: last(9) }),
  task(10, 'normal', { title: T('第 3 天：会不会用血糖仪', 'Day 3: does the meter work'), detail: T('入组 3 天，只测了 1 次', 'Three days in, one reading only'), script: scripts.day14, opened: at('08T09:00'), due: at('08T18:30'), journey: newPatient, reading: last(10) }),
  ...[12, 13, 14, 15].map((i) => task(i, 'normal', { title: T('糖化 90 天没查，提醒预约', 'HbA1c not checked for 90 days'), detail: T('上次糖化在 90 天以前', 'The last HbA1c is older than 90 days'), script: scripts.silent, opened: at('08T09:00'), due: at('08T20:00'), reading: last(i) })),
  ...[16, 17].map((i) => task(i, 'low', { title: T('资料不全：补出生年份', 'Profile incomplete: birth year'), opened: at('08T09:00'), due: at('10T18:00'), reading: last(i) })),
]
const order = { safety: 0, promise: 1, normal: 2, low: 3 }
const groupOf = (t) => (t.priority === 'safety' || t.priority === 'promise' ? t.priority : Date.parse(t.due) < Math.floor((now + zone) / day + 1) * day - zone ? 'today' : 'later')

const text14 = (p) => { const l = readings(p).filter((g) => Date.parse(g.at) > now - 14 * day); return { n: l.filter((g) => g.band === 'in_target').length, of: l.length } }
const tagsOf = (p) => {
  const has = { high: ['gl_fast_high', 'gl_freq_ok', 'gl_a1c_due'], low: ['gl_hypo2_28d', 'gl_hypo1_28d', 'gl_freq_ok'], lows: ['gl_hypo1_28d', 'gl_night_low'], silent: ['lc_silent14', 'gl_freq_low'], sparse: ['gl_freq_low'], steady: ['gl_freq_ok', 'gl_inrange_high'], one: ['lc_new'], none: [] }[p.kind]
  return [...has, 'dm_type2', ...(p.livesAlone ? ['sg_lives_alone'] : []), ...(p.seed % 3 ? ['dm_tx_oral'] : ['dm_tx_su'])]
}
const reasons = {
  high: T('空腹偏高 5/7', 'Fasting high 5/7'), low: T('二级低血糖，今天', 'Level 2 low, today'), lows: T('28 天里有夜间低血糖', 'Night low in 28 days'), silent: null, sparse: T('监测不足，计划每周 4 次', 'Low monitoring, plan 4 a week'),
  steady: T('监测达标', 'Monitoring on plan'), one: T('新入，数据还不够', 'New, not enough data yet'), none: T('还没有添加好友', 'Not yet a contact'),
}
const rowCache = new Map()
function row(p) {
  if (rowCache.has(p.id)) return rowCache.get(p.id)
  const open = tasks.filter((t) => t.state === 'open' && t.person.id === p.id)
  const l = readings(p)
  const days = l[0] ? Math.floor((now - Date.parse(l[0].at)) / day) : undefined
  const answer = {
    id: p.id, name: p.name, gender: p.gender, age: p.age, last4: p.last4, stage: { key: p.stage, name: stageOf[p.stage], since: iso(now - p.stageDays * day) }, owner: p.owner, lastReading: l[0],
    inTarget14: text14(p), lastContact: p.kind === 'none' ? undefined : { at: iso(now - p.contactDays * day - 2 * hour), kind: p.contactDays % 2 ? 'call' : 'message', outcome: ['agreed', 'no_answer', 'reached'][p.seed % 3] },
    nextStep: open[0] ? { at: open[0].due, text: open[0].title, kind: 'task' } : p.kind === 'steady' && p.seed % 2 ? { at: iso(now + (p.seed % 5) * day + 7 * hour), text: T('新患者：下一条消息', 'New patient: next message'), kind: 'journey' } : undefined,
    reason: p.kind === 'silent' ? T(`${days ?? p.silent} 天没有记录`, `No reading for ${days ?? p.silent} days`) : reasons[p.kind], silentDays: days, tags: tagsOf(p).map((key) => ({ key, name: tagNames[key] })),
    openTasks: open.length, safety: open.some((t) => t.priority === 'safety'), elder: p.age >= 65,
  }
  rowCache.set(p.id, answer)
  return answer
}
const pinyin = { 王建国: 'wangjianguo', 李秀英: 'lixiuying', 孙建华: 'sunjianhua', 周敏: 'zhoumin', 刘强: 'liuqiang', 张桂芳: 'zhangguifang', 陈国强: 'chenguoqiang' }
function find(u) {
  const g = (k) => u.searchParams.get(k) ?? ''
  const q = g('q').toLowerCase(), owner = g('owner'), tags = u.searchParams.getAll('tag'), stage = g('stage')
  let list = all.filter((p) => {
    if (q && !p.name.includes(q) && p.last4 !== q && !(pinyin[p.name] ?? '').startsWith(q)) return false
    if (stage && p.stage !== stage) return false
    if (owner === 'none' ? p.owner : owner === 'me' ? p.owner?.id !== session?.id : owner && p.owner?.id !== owner) return false
    if (tags.length && !tags.every((t) => tagsOf(p).includes(t))) return false
    return true
  })
  if (g('due')) list = list.filter((p) => row(p).openTasks > 0 || (row(p).silentDays ?? 99) >= 14)
  const value = { name: (p) => p.name, stage: (p) => stages.findIndex(([k]) => k === p.stage), lastReading: (p) => readings(p)[0]?.at ?? '', silent: (p) => p.silent, next: (p) => row(p).nextStep?.at ?? '9999' }[g('sort')]
  if (value) {
    const keyed = list.map((p) => [value(p), p])
    keyed.sort(([a], [b]) => (typeof a === 'number' ? a - b : g('sort') === 'name' ? a.localeCompare(b, 'zh') : a < b ? -1 : a > b ? 1 : 0))
    list = keyed.map(([, p]) => p)
    if (g('dir') === 'desc') list.reverse()
  }
  return list
}
const slots = Object.keys(limits)
function personOf(p, when) {
  const has = new Set(tagsOf(p))
  const past = when && when < now - day
  return {
    ...row(p), createdAt: iso(now - 120 * day), zone: 'Asia/Shanghai', version: 3, masked: false, programmes: [{ key: 'diabetes', name: T('糖尿病', 'Diabetes'), joined: iso(now - 96 * day) }],
    ...(past ? { stage: { key: 'activated', name: stageOf.activated, since: iso(when - 12 * day) } } : {}),
    targets: { profile: 't2_default', name: T('2 型，一般成人', 'Type 2, general adult'), by: p.kind === 'high' ? '王医生' : undefined, at: p.kind === 'high' ? '2026-02-02T10:00:00+08:00' : undefined, source: T('中国 2 型糖尿病防治指南 2024', 'Chinese type 2 guideline 2024').zh, hba1c: 7.0,
      ranges: ['fasting', 'before_lunch', 'after_lunch_2h', 'bedtime'].map((c) => ({ context: c, name: contexts.find((x) => x.key === c).name, low: limits[c][0], high: limits[c][1], open: limits[c][1] === 10 })) },
    plan: { perWeek: 4 }, diabetesType: 't2', treatment: 'oral', livesAlone: p.livesAlone, family: p.kind === 'low' ? [{ id: all[40].id, name: '王丽娟', kind: 'daughter', scopes: ['alerts', 'readings'], active: true }] : p.kind === 'high' ? [{ name: '陈桂英', kind: 'spouse', scopes: ['readings'], active: true }] : [],
    consents: [
      { purpose: 'basic_service', name: T('基本服务', 'Basic service'), granted: true, at: iso(now - 96 * day), textVersion: '2026-01' }, { purpose: 'health_data', name: T('健康数据', 'Health data'), granted: true, at: iso(now - 96 * day), textVersion: '2026-01' },
      { purpose: 'family_share', name: T('和家人分享', 'Sharing with family'), granted: p.kind === 'low' || p.kind === 'high', at: iso(now - 90 * day), textVersion: '2026-01' }, { purpose: 'marketing_push', name: T('活动和商品消息', 'Offers'), granted: false },
    ],
    tags: tagStates(p, has, past), asOf: iso(when ?? now),
  }
}
function tagStates(p, has, past) {
  const few = readings(p).length < 4
  return Object.entries(tagNames).map(([key, name]) => ({
    programme: 'diabetes', key, name, group: key.startsWith('gl_') ? 'glucose' : key.startsWith('dm_') ? 'profile' : 'life', private: '', state: has.has(key) && !(past && key === 'gl_fast_high') ? 'has' : few && key.startsWith('gl_') ? 'unknown' : key === 'gl_cv_high' ? 'unknown' : 'no',
    since: has.has(key) ? iso(now - 4 * day) : undefined, because: key === 'gl_fast_high' ? T('最近 7 次空腹有 5 次高于 7.0', '5 of the last 7 fasting readings above 7.0') : key === 'gl_cv_high' || few ? T(`数据不足 (n=${readings(p).length})`, `Not enough data (n=${readings(p).length})`) : undefined,
  }))
}
function why(p, key) {
  const state = tagStates(p, new Set(tagsOf(p))).find((t) => t.key === key)
  const ev = readings(p).filter((g) => g.context === 'fasting').slice(0, 7)
  return {
    kind: 'tag', title: tagNames[key], state: state.state, sentence: T('最近 7 次空腹里至少 3 次高于本人上限（7.0）。这位有 7 次里 5 次。空腹不满 3 次为“未知”', 'At least 3 of the last 7 fasting readings above the own limit (7.0). Here 5 of 7. Unknown below 3 readings'),
    because: state.because, rule: 'events("glucose").where(e, e.context == "fasting").last(7).where(e, e.value > target("fasting").high).count() >= 3', source: '中国 2 型糖尿病防治指南 2024，第 6 章', version: 'diabetes 1 · 8c41', since: iso(now - 4 * day), nextChange: undefined,
    evidence: ev.map((g) => ({ eventId: g.id, type: 'glucose', at: g.at, text: T(`空腹 ${g.show.mmol}`, `Fasting ${g.show.mmol}`), reading: g })), evidenceTotal: ev.length,
  }
}
const whyTask = (t) => ({
  kind: 'task', title: t.title, state: t.state, sentence: t.detail ?? t.title, because: t.detail, source: '中国 2 型糖尿病防治指南 2024', version: 'diabetes 1 · 8c41', since: t.opened,
  evidence: t.reading ? [{ eventId: t.reading.id, type: 'glucose', at: t.reading.at, text: T(`血糖 ${t.reading.show.mmol}`, `Glucose ${t.reading.show.mmol}`), reading: t.reading }] : [], evidenceTotal: t.reading ? 1 : 0,
  steps: [{ at: t.opened, text: T('进入旅程', 'Entered the journey'), ok: true }, { at: t.opened, text: T('开出任务', 'Task opened'), ok: true }],
})
function messagesOf(p) {
  return [
    { id: `m_${p.id}_3`, kind: 'message', class: 'programme', content: 'day14', title: T('第 14 天', 'Day 14').zh, body: '您已经坚持两周了。这周想请您测 4 次空腹。', state: 'held', reason: 'cap', reasonText: T('今天已发 1 条', 'One sent today'), due: at('08T09:00'), next: at('09T09:00'), to: 'person', journey: newPatient, step: '4' },
    ...(p.kind === 'low' ? [{ id: `m_${p.id}_2`, kind: 'card', class: 'safety', content: 'low-now', title: '现在吃 15 克快糖', body: '2.8，很低。先吃糖，我们马上联系您。', state: 'sent', due: at('08T11:27'), sentAt: at('08T11:27'), to: 'person', journey: lowGlucose, step: '1' },
      { id: `m_${p.id}_4`, kind: 'message', class: 'safety', content: 'family-low', title: '家人提醒', body: '您父亲刚测到很低的血糖，请打个电话看看。', state: 'sent', due: at('08T11:27'), sentAt: at('08T11:27'), readAt: at('08T11:29'), to: 'family', toName: '王丽娟', journey: lowGlucose, step: '3' }] : []),
    { id: `m_${p.id}_1`, kind: 'message', class: 'programme', content: 'morning', title: '早上好', body: '今天请测一次空腹。', state: 'sent', due: at('07T09:00'), sentAt: at('07T09:00'), readAt: at('07T09:21'), to: 'person', journey: newPatient, step: '3' },
    { id: `m_${p.id}_0`, kind: 'message', class: 'programme', content: 'tip', title: '饭后走走', body: '晚饭后走 20 分钟。', state: 'suppressed', reason: 'goal_met', reasonText: T('目标已达到，不再提醒', 'Goal already met'), due: at('06T19:00'), to: 'person', journey: newPatient, step: '2' },
  ]
}
function timelineOf(p) {
  const items = readings(p).slice(0, 120).map((g) => ({ id: g.id, kind: 'event', at: g.at, type: 'glucose', text: T(`${contexts.find((c) => c.key === g.context).short.zh} ${g.show.mmol}`, `${contexts.find((c) => c.key === g.context).short.en} ${g.show.mmol}`), reading: g, source: 'phone', why: false }))
  for (const m of messagesOf(p)) items.push({ id: m.id, kind: 'message', at: m.sentAt ?? m.due, text: T(`${m.title}：${m.state === 'sent' ? '已送达' : m.reasonText?.zh ?? ''}`, `${m.title}: ${m.state === 'sent' ? 'delivered' : m.reasonText?.en ?? ''}`), why: true })
  for (const key of tagsOf(p)) items.push({ id: `g_${key}`, kind: 'tag', at: iso(now - 4 * day + p.seed * 1000), text: T(`得到标签 ${tagNames[key].zh}`, `Gained tag ${tagNames[key].en}`), gained: true, key, why: true })
  items.push({ id: 'stage1', kind: 'stage', at: iso(now - p.stageDays * day), text: T(`阶段变为 ${stageOf[p.stage].zh}`, `Stage is now ${stageOf[p.stage].en}`), why: true })
  items.push({ id: 'note1', kind: 'task', at: iso(now - p.contactDays * day - 2 * hour), text: T('电话：约好了', 'Call: agreed a time'), actor: T('刘敏', 'Liu Min'), why: true })
  return items.sort((a, b) => (a.at < b.at ? 1 : -1))
}
const runsOf = (p) => (p.kind === 'none' ? [] : [
  ...(p.kind === 'low' ? [{ id: 'r2', journey: 'low-glucose', name: lowGlucose.name, version: 1, status: 'running', step: '4', stepText: T('等任务完成，最多 10 分钟', 'Waiting for the task, 10 minutes at most'), started: at('08T11:27'), until: at('08T11:37') }] : []),
  { id: 'r1', journey: 'new-patient', name: newPatient.name, version: 1, status: 'running', step: '6', stepText: T('等到第 21 天 09:00', 'Waiting until day 21, 09:00'), started: iso(now - 14 * day), until: at('15T09:00') },
])

const happened = [
  { kind: 'message', at: at('08T11:27'), person: { id: all[0].id, name: all[0].name }, text: T('送出安全卡：现在吃 15 克快糖', 'Safety card sent: 15 g of fast sugar now') },
  { kind: 'alert', at: at('08T11:27'), person: { id: all[0].id, name: all[0].name }, text: T('警报：10 分钟内打电话', 'Alert: call within 10 minutes') },
  { kind: 'tag', at: at('08T11:27'), person: { id: all[0].id, name: all[0].name }, text: T('得到标签 二级低血糖', 'Gained tag Level 2 low') },
  { kind: 'held', at: at('08T09:00'), person: { id: all[4].id, name: all[4].name }, text: T('推迟 1 条：今天已发 1 条', 'Held 1: one sent today') },
  { kind: 'task', at: at('08T09:00'), person: { id: all[3].id, name: all[3].name }, text: T('任务：第 14 天随访', 'Task: day 14 follow-up') },
]

const routes = [
  ...tagRoutes({ people: byId, tagsOf, readings, session: () => session, problem, now: () => now, all }),
  ['POST', '/api/session', (c) => {
    if (c.body.login === 'locked' || fails >= 5) { fails = 0; throw problem(429, 'locked', T('试错太多次，请 15 分钟后再试', 'Too many tries; try again in 15 minutes'), { retryAfter: 900 }) }
    if (!staff[c.body.login] || c.body.password === 'wrong') { fails++; throw problem(401, 'bad_sign_in', T('账号或密码不对', 'Account or password is wrong')) }
    session = staff[c.body.login]
    return sessionOf(session)
  }],
  ['GET', '/api/session', () => { if (!session) throw problem(401, 'signed_out', T('请先登录', 'Please sign in')); return sessionOf(session) }],
  ['DELETE', '/api/session', () => { session = null; return null }],
  ['GET', '/api/workspace', () => ({ id: 'w_demo', name: '糖友陪伴 华东', kind: 'rehearsal', zone: 'Asia/Shanghai', now: iso(now), programmes: [{ key: 'diabetes', name: T('糖尿病', 'Diabetes'), version: 1 }], owners: owners.map((o) => ({ ...o, role: 'health_manager', people: all.filter((p) => p.owner?.id === o.id).length })), counts: { people: all.length, openTasks: tasks.filter((t) => t.state === 'open').length, safety: 1 } })],
  ['GET', '/api/catalogue', () => ({
    eventTypes: [], contexts, units: [{ key: 'mmol/L', perMmol: 1 }, { key: 'mg/dL', perMmol: 18.0156 }], limits: {}, outcomes, purposes: {},
    bands: [['very_high', '很高', 'Very high', 'up2'], ['high', '偏高', 'High', 'up'], ['in_target', '目标内', 'In target', 'dot'], ['below_target', '低于目标', 'Below target', 'ring'], ['low', '偏低', 'Low', 'down'], ['very_low', '很低', 'Very low', 'down2']].map(([key, zh, en, mark]) => ({ key, word: T(zh, en), mark, source: '' })),
    reasons: { not_reachable: T('联系不上', 'Cannot be reached'), already_handled: T('别人已处理', 'Handled by someone else'), not_needed: T('本人说不需要', 'The person does not need it'), in_hospital: T('正在住院', 'In hospital'), other: T('其他', 'Other') },
  })],
  ['GET', '/api/programmes', () => ({ items: [programme()], total: 1 })],
  ['GET', '/api/programmes/:key', () => programme()],
  ['GET', '/api/people', (c) => {
    const list = find(c.url), start = Number(c.url.searchParams.get('cursor') ?? 0), n = Number(c.url.searchParams.get('limit') ?? 100)
    return { items: list.slice(start, start + n).map(row), total: list.length, nextCursor: start + n < list.length ? String(start + n) : undefined }
  }],
  ['GET', '/api/people/:id', (c) => personOf(c.person, c.at)],
  ['PATCH', '/api/people/:id', (c) => { if ('owner' in c.body) c.person.owner = owners.find((o) => o.id === c.body.owner); rowCache.delete(c.person.id); return personOf(c.person) }],
  ['GET', '/api/people/:id/readings', (c) => {
    const from = Date.parse(c.url.searchParams.get('from') ?? iso(now - 14 * day)), to = Date.parse(c.url.searchParams.get('to') ?? iso(now + day))
    const items = readings(c.person).filter((g) => { const t = Date.parse(g.at); return t >= from && t <= to && t <= (c.at ?? Infinity) })
    const days = new Map()
    for (const g of items) { const d = g.at.slice(0, 10); if (!days.has(d)) days.set(d, { date: d, slots: {} }); (days.get(d).slots[g.context] ??= []).push(g) }
    return { items, days: [...days.values()], stats: { n: items.length, mean: items.length > 3 ? items.reduce((s, g) => s + g.mmol, 0) / items.length : undefined, inTarget: { n: items.filter((g) => g.band === 'in_target').length, of: items.length } } }
  }],
  ['POST', '/api/people/:id/readings', (c) => { const g = reading(c.person, readings(c.person).length + 1, Date.parse(c.body.measuredAt ?? iso(now)), Number(c.body.value), c.body.context ?? ''); readings(c.person).unshift(g); rowCache.delete(c.person.id); tell(['person'], [c.person.id]); return { reading: g, reply: { text: T('已记下', 'Stored'), tone: g.band } } }],
  ['POST', '/api/people/:id/signin-link', () => ({ url: `http://127.0.0.1:${port}/m/#token=Qx7d-20260308-k2Vn`, qr: 'data:image/svg+xml;utf8,' + encodeURIComponent(fakeCode()), expires: iso(now + 10 * minute) })],
  ['GET', '/api/people/:id/timeline', (c) => { const k = c.url.searchParams.get('kind'); const l = timelineOf(c.person).filter((x) => (!k || x.kind === k) && Date.parse(x.at) <= (c.at ?? Infinity)); const s = Number(c.url.searchParams.get('cursor') ?? 0); return { items: l.slice(s, s + 40), total: l.length, nextCursor: s + 40 < l.length ? String(s + 40) : undefined } }],
  ['GET', '/api/people/:id/phone', (c) => ({ phone: c.person.kind === 'none' ? undefined : `138 5501 ${c.person.last4}` })],
  ['GET', '/api/people/:id/tags', (c) => ({ items: tagStates(c.person, new Set(tagsOf(c.person))) })],
  ['GET', '/api/people/:id/tags/:key', (c) => why(c.person, c.params.key)],
  ['GET', '/api/people/:id/stage', (c) => ({ ...why(c.person, 'gl_freq_ok'), kind: 'stage', title: stageOf[c.person.stage], state: 'has', sentence: T('28 天里有读数，没有高危标签，不在训练营', 'Readings in 28 days, no high-risk tag, not in a camp') })],
  ['GET', '/api/people/:id/messages', (c) => ({ items: messagesOf(c.person), total: 3 })],
  ['GET', '/api/messages/:id/why', () => ({ kind: 'message', title: T('第 14 天', 'Day 14'), state: 'held', sentence: T('每人每天最多 1 条节目消息。今天 09:00 已送 1 条，所以这条等到明早', 'One programme message per person and day. One went at 09:00, so this one waits until tomorrow'), evidence: [], evidenceTotal: 0, version: 'diabetes 1 · 8c41',
    steps: [T('同意：基本服务', 'Consent: basic service'), T('没有退订', 'Not opted out'), T('不在免打扰时间', 'Not in quiet hours'), T('目标还没达到', 'Goal not yet met')].map((text) => ({ text, ok: true })).concat([{ text: T('频次上限：今天 1/1', 'Cap: 1/1 today'), ok: false }]) })],
  ['GET', '/api/people/:id/tasks', (c) => ({ items: tasks.filter((t) => t.person.id === c.person.id), total: 1 })],
  ['GET', '/api/people/:id/runs', (c) => ({ items: runsOf(c.person), total: 1 })],
  ['GET', '/api/tasks', (c) => {
    const state = c.url.searchParams.get('state') ?? 'open', group = c.url.searchParams.get('group')
    let open = tasks.filter((t) => (state === 'open' ? t.state === 'open' : t.state !== 'open'))
    const counts = { all: open.length, safety: 0, promise: 0, today: 0, postponable: 0 }
    for (const t of open) { const g = groupOf(t); if (g in counts) counts[g]++; if (t.priority === 'low' || g === 'later') counts.postponable++ }
    if (group) open = open.filter((t) => groupOf(t) === group)
    open.sort((a, b) => order[a.priority] - order[b.priority] || (a.due < b.due ? -1 : 1))
    return { items: open, total: open.length, counts, minutesLeft: counts.all * 9 }
  }],
  ...[['claim', (t) => { t.claimedBy = session }], ['complete', (t, b) => { t.state = 'done'; t.outcome = b.outcome; t.outcomeText = outcomes[b.outcome]; t.closed = iso(now); t.by = session; t.note = b.note }], ['skip', (t, b) => { t.state = 'skipped'; t.closed = iso(now); t.note = b.note; t.by = session }], ['postpone', (t, b) => { t.due = b.until }], ['reopen', (t) => { t.state = 'open' }]].map(([verb, act]) => ['POST', `/api/tasks/:id/${verb}`, (c) => {
    const t = tasks.find((x) => x.id === c.params.id)
    if (!t) throw problem(404, 'not_found', T('没有这个任务', 'No such task'))
    if (verb === 'postpone' && t.priority === 'safety') throw problem(409, 'safety_no_postpone', T('安全任务不能顺延', 'Safety tasks cannot be postponed'))
    act(t, c.body); t.version++; rowCache.delete(t.person.id); tell(['task'], [t.person.id])
    return t
  }]),
  ['GET', '/api/tasks/:id/why', (c) => whyTask(tasks.find((t) => t.id === c.params.id))],
  ['GET', '/api/clock', () => ({ now: iso(now), offset: 0, next: { at: iso(Math.ceil((now + 1) / hour) * hour), text: T('张桂芳：第 21 天学习提醒', 'Zhang Guifang: day 21 lesson') } })],
  ['POST', '/api/clock', (c) => { const before = iso(now); now += c.body.by === '1d' ? day : c.body.by === '1h' ? hour : Math.ceil((now + 1) / hour) * hour - now; tell(['clock', 'task']); return { before, after: iso(now), happened: { sent: 3, tasks: 1, held: 2, suppressed: 1, gained: 4, lost: 1, alerts: 1, items: happened } } }],
  ['GET', '/api/demo', () => ({ people: [{ id: all[6].id, name: '张桂芳', age: 68, note: T('新患者，第 20 天', 'New patient, day 20') }, { id: all[0].id, name: '王建国', age: 71, note: T('独居，低血糖', 'Lives alone, lows') }, { id: all[4].id, name: '孙建华', age: 62, note: T('空腹偏高', 'Fasting high') }, { id: all[40].id, name: '王丽娟', age: 42, note: T('王建国的女儿', 'Daughter of Wang Jianguo') }],
    accounts: [{ login: 'admin', password: 'peiban-demo', role: 'admin', name: '沈静' }, { login: 'liu', password: 'peiban-demo', role: 'health_manager', name: '刘敏' }, { login: 'viewer', password: 'peiban-demo', role: 'viewer', name: '高文博' }], clock: { now: iso(now) } })],
  ['POST', '/api/demo/phone', () => null],
  // Only for looking at the bar of new rows: a task appears while the list is open.
  ['POST', '/fixture/new-task', (c) => { const n = 20 + tasks.length; tasks.push(task(n, c.body.priority ?? 'normal', { title: T('餐后偏高，问饮食', 'Post-meal high, ask about meals'), detail: T('最近 7 次餐后有 3 次不低于 10.0', '3 of the last 7 post-meal readings at 10.0 or above'), script: scripts.post, opened: iso(now), due: iso(now + 2 * hour), reading: last(n) })); tell(['task'], [all[n].id]); return null }],
]
function programme() {
  return { key: 'diabetes', name: T('糖尿病', 'Diabetes'), version: 1, hash: '8c41', zone: 'Asia/Shanghai', approval: { sample: true },
    tags: Object.entries(tagNames).map(([key, name]) => ({ key, name, group: key.slice(0, 2), has: 100, unknown: 20 })), stages: stages.map(([key, name]) => ({ key, name, people: all.filter((p) => p.stage === key).length })), journeys: [{ ...newPatient, class: 'programme', version: 1, running: 42 }, { ...lowGlucose, class: 'safety', version: 1, running: 1 }], targets: [] }
}
function fakeCode() {
  const r = random(5); let d = ''
  for (let y = 0; y < 25; y++) for (let x = 0; x < 25; x++) if (r() < 0.5) d += `M${x} ${y}h1v1h-1z`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 29 29"><rect x="-2" y="-2" width="29" height="29" fill="#fff"/><path d="${d}"/></svg>`
}
function problem(status, code, t, more = {}) { return { status, body: { type: 'about:blank', title: t.zh, status, detail: t.zh, code, text: t, ...more } } }

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json', '.png': 'image/png', '.ico': 'image/x-icon' }
function file(path, res) {
  const type = types[extname(path)] ?? 'application/octet-stream'
  res.writeHead(200, { 'content-type': type })
  createReadStream(path).pipe(res)
}
createServer(async (req, res) => {
  const url = new URL(req.url, 'http://x')
  const path = url.pathname
  try {
    if (path === '/api/stream' || path === '/api/me/stream') {
      res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }); res.write(': hello\n\n'); streams.add(res); req.on('close', () => streams.delete(res)); return
    }
    if (path.startsWith('/api') || path.startsWith('/fixture')) {
      let text = ''
      for await (const part of req) text += part
      for (const [method, pattern, handle] of routes) {
        if (method !== req.method) continue
        const names = pattern.split('/'), parts = path.split('/')
        if (names.length !== parts.length || !names.every((n, i) => n.startsWith(':') || n === parts[i])) continue
        const params = Object.fromEntries(names.map((n, i) => [n.slice(1), decodeURIComponent(parts[i])]).filter((_, i) => names[i].startsWith(':')))
        const c = { url, params, match: req.headers['if-match'], body: text ? JSON.parse(text) : {}, person: byId.get(params.id), at: url.searchParams.get('at') ? Date.parse(url.searchParams.get('at')) : undefined }
        if (pattern.startsWith('/api/people/:id') && !c.person) throw problem(404, 'not_found', T('没有这个人', 'No such person'))
        if (!session && !/session|demo|clock|fixture/.test(path)) throw problem(401, 'signed_out', T('请先登录', 'Please sign in'))
        const answer = await handle(c)
        res.writeHead(answer === null ? 204 : 200, { 'content-type': 'application/json' }); res.end(answer === null ? undefined : JSON.stringify(answer)); return
      }
      // The phone in the frame of the start page has its own made-up world.
      const found = phoneAnswer(phone, req.method, path, url.searchParams, text ? JSON.parse(text) : undefined)
      if (found) {
        res.writeHead(found[0], { 'content-type': 'application/json' }); res.end(found[1] === undefined ? undefined : JSON.stringify(found[1])); return
      }
      throw problem(404, 'not_found', T('没有这个地址', 'No such address'))
    }
    const inside = normalize(join(dist, path))
    if (inside.startsWith(dist) && existsSync(inside) && statSync(inside).isFile()) return file(inside, res)
    const page = path.startsWith('/console/') || path === '/console' ? 'console/index.html' : path.startsWith('/m') ? ('mobile/index.html') : existsSync(join(dist, 'index.html')) ? 'index.html' : 'start/index.html'
    if (existsSync(join(dist, page))) return file(join(dist, page), res)
    throw problem(404, 'not_found', T('没有这个页面', 'No such page'))
  } catch (e) {
    if (!e.status) console.error(e)
    res.writeHead(e.status ?? 500, { 'content-type': 'application/problem+json' }); res.end(JSON.stringify(e.body ?? { title: String(e) }))
  }
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/console/`))
