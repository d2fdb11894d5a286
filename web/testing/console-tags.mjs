// Tags, drafts and expressions for looking at the console without a server: enough of an answer for every state of every
// screen, never a second rule engine. TAGS=10000 makes the catalogue that long.
import { T, iso, random, tagNames } from './console-people.mjs'

const day = 86_400_000
const groups = [['lifecycle', T('生命周期', 'Lifecycle'), true], ['glucose', T('血糖', 'Glucose'), false], ['profile', T('资料', 'Profile'), false], ['life', T('生活', 'Life'), false]]
const fast = 'events("glucose").where(e, e.context == "fasting").last(7).where(e, e.value > target("fasting").high).count() >= 3'
const known = {
  gl_fast_high: [T('最近 7 次空腹里至少 3 次高于本人上限；空腹不满 3 次为“未知”', 'At least 3 of the last 7 fasting readings above the own limit; unknown below 3 readings'), fast, 'events("glucose").where(e, e.context == "fasting").last(7).count() >= 3'],
  lc_silent14: [T('14 天没有记录、打卡、点开或回话', 'No record, check-in, click or reply for 14 days'), 'days_since(activity) >= 14', ''],
  gl_hypo2_28d: [T('28 天里有低于 3.0 的读数', 'A reading below 3.0 in 28 days'), 'events("glucose").within("28d").where(e, e.value < mmol(3.0)).count() >= 1', ''],
}
const groupOf = (key) => ({ lc: 'lifecycle', gl: 'glucose', dm: 'profile' })[key.slice(0, 2)] ?? 'life'

export function tagRoutes({ people, tagsOf, readings, session, problem, now, all }) {
  const holders = new Map(Object.keys(tagNames).map((key) => [key, []]))
  for (const p of all) for (const key of tagsOf(p)) holders.get(key)?.push(p)
  const brief = (list) => list.slice(0, 20).map((p) => ({ id: p.id, name: p.name }))
  const line = (key, name, i) => {
    const r = random(i + 3)
    const has = holders.get(key)?.length ?? Math.floor(r() * 900)
    const [plain, rule, needs] = known[key] ?? [T(`${name.zh}：最近 28 天的记录符合方案里写的条件`, `${name.en}: records of the last 28 days meet what the programme says`), `events("glucose").within("28d").count() >= ${1 + (i % 9)}`, '']
    return { key, name, kind: 'tag', group: groupOf(key), private: key.startsWith('lc_') ? 'no' : 'health', plain, source: '中国 2 型糖尿病防治指南 2024，第 6 章', rule, needs: needs || undefined, byHand: false, has, gained7d: Math.floor(r() * 40), lost7d: Math.floor(r() * 30), usedBy: Math.floor(r() * 6) }
  }
  const lines = Object.entries(tagNames).map(([key, name], i) => line(key, name, i))
  for (let i = lines.length; i < Number(process.env.TAGS ?? 0); i++) lines.push(line(`xx_made_${i}`, T(`样例标签 ${i}`, `Sample tag ${i}`), i))
  const of = (key) => lines.find((one) => one.key === key) ?? (() => { throw problem(404, 'not_found', T('没有这个标签', 'No such tag')) })()
  const form = (tag) => ({ name: tag.name, group: tag.group, private: tag.private, plain: tag.plain, when: tag.rule, needs: tag.needs, because: T('最近 {of} 次空腹里有 {n} 次高于 {target}', '{n} of the last {of} fasting readings above {target}'), source: tag.source })
  const reading = (rule) => (rule.includes('fasting') ? T('最近 7 次空腹血糖里，高于本人空腹上限的至少 3 次', 'of the last 7 fasting glucose readings, at least 3 are above the person’s fasting limit') : T('最近 28 天里血糖至少 1 次', 'at least 1 glucose reading in the last 28 days'))
  const trend = (tag, days) => {
    const r = random(tag.key.length * 97 + tag.has)
    let n = tag.has
    const back = []
    for (let d = 0; d < days; d++) {
      const gained = Math.floor(r() * (2 + tag.has / 60)), lost = Math.floor(r() * (2 + tag.has / 80))
      back.push({ day: iso(now() - d * day).slice(0, 10), people: Math.max(0, n), gained, lost })
      n -= gained - lost
    }
    return back.reverse()
  }
  const draft = { revision: 0, forms: new Map(), preview: undefined }
  const diff = () => ({ tags: [...draft.forms].map(([key, f]) => { const was = lines.find((one) => one.key === key); return { key, name: f?.name ?? was.name, change: !was ? 'added' : !f ? 'removed' : f.when === was.rule ? 'reworded' : 'changed', was: was?.rule, is: f?.when } }), stages: [], journeys: [], content: [], other: [] })
  const draftOf = () => ({ programme: 'diabetes', base: 3, revision: draft.revision, exists: draft.forms.size > 0, by: draft.forms.size ? { id: 's_admin', name: '沈静' } : undefined, at: draft.forms.size ? iso(now() - 90_000) : undefined, stale: false, files: [], problems: [], sound: true, diff: diff() })
  const match = (c) => { if (c.match !== undefined && c.match !== `"${draft.revision}"`) throw problem(412, 'stale', T('草稿刚被改过', 'The draft has just been changed')) }
  const wait = (ms) => new Promise((done) => setTimeout(done, ms))
  const counted = (tag, n) => {
    const have = holders.get(tag?.key) ?? all.slice(0, n)
    return { people: all.length, has: have.length, no: all.length - have.length - 2486, unknown: 2486, asOf: iso(now()), tookMs: 1840, sample: { has: brief(have), unknown: brief(all.slice(400)), gain: brief(all.slice(40)), lose: brief(have.slice(7)) }, near: { couldGain: 188, couldLose: 96, gainSample: brief(all.slice(90)), loseSample: brief(have), step: T('规则里要的次数少 1 次，或多 1 次', 'If the rule asked for one reading fewer, or one more') } }
  }
  const runs = () => {
    const p = draft.preview
    if (p?.state === 'running') { p.done = Math.min(p.of, Math.floor((Date.now() - p.began) * 4)); if (p.done >= p.of) Object.assign(p, { state: 'done', asOf: iso(now()), tookMs: 2500, changed: 247 }) }
    if (!p) return { state: 'none', revision: draft.revision, done: 0, of: 0, people: 0, changed: 0, tags: [], stages: [] }
    return { ...p, people: all.length, tags: p.state === 'done' ? diff().tags.map((one) => ({ ...one, was: 1204, is: 1377, gain: 213, lose: 40, unknown: 12, gainSample: brief(all.slice(40)), loseSample: brief(all.slice(900)) })) : [], stages: p.state === 'done' ? [{ key: 'risk', name: T('高危', 'High risk'), was: 1111, is: 1119, in: 9, out: 1, inSample: brief(all.slice(60, 69)), outSample: brief(all.slice(7, 8)) }] : [], runs: { kept: 1204, gone: 0 } }
  }
  const events = [
    { key: 'glucose', name: T('血糖', 'Glucose'), fields: [{ name: 'value', kind: 'number', unit: 'mmol/L' }, { name: 'context', kind: 'code', enum: ['fasting', 'after_breakfast_2h', 'before_lunch', 'after_lunch_2h', 'bedtime', 'night'] }] },
    { key: 'check_in', name: T('打卡', 'Check-in'), fields: [] }, { key: 'exercise', name: T('运动', 'Exercise'), fields: [{ name: 'minutes', kind: 'number', unit: 'min' }] },
    { key: 'profile', name: T('资料', 'Profile'), fields: [{ name: 'diabetesType', kind: 'code', enum: ['t1', 't2', 'gdm'] }, { name: 'livesAlone', kind: 'bool' }] },
  ]
  const fn = (name, on, args, gives, zh, en, example) => ({ name, use: `${on === 'events' ? '.' : ''}${name}(${args})`, member: on === 'events', journey: false, group: gives === 'number' ? T('数一数', 'Counting') : T('取事件', 'Selecting events'), text: T(zh, en), example })
  const functions = [
    fn('events', 'rule', '"glucose"', 'events', '目录中某一类型的记录。', 'The records of one type of the catalogue.', 'events("glucose").count() >= 1'), fn('tag', 'rule', '"gl_fast_high"', 'bool', '此人有没有某个标签。', 'Whether the person has a tag.', 'tag("gl_fast_high")'),
    fn('target', 'rule', '"fasting"', 'target', '此人的控制目标。', 'This person’s target.', 'target("fasting").high'), fn('days_since', 'rule', 'events("order")', 'number', '距最新一个有几个完整的 24 小时。', 'Whole days since the newest.', 'days_since(events("glucose")) >= 14'),
    fn('within', 'events', '"7d"', 'events', '最近一段时间，随时钟滚动。恰好满 7 天的记录已在窗外。', 'The time just past, rolling with the clock.', 'events("glucose").within("7d").count() >= 4'), fn('where', 'events', 'e, e.value > 10', 'events', '只留下条件为“是”的记录。', 'Keeps the records for which it is true.', 'events("glucose").where(e, e.value > 10)'),
    fn('last', 'events', '7', 'events', '最新的 n 个。', 'The newest n.', 'events("glucose").last(7).max() < 10'), fn('latest', 'events', '', 'event', '最新的一个。', 'The newest.', 'events("hba1c").latest().value'), fn('count', 'events', '', 'number', '多少个记录。', 'How many records.', 'events("glucose").count() >= 1'),
    fn('mean', 'events', '', 'number', '平均值。', 'The mean.', 'events("glucose").within("14d").mean() > 9'),
  ]
  const check = ({ rule, kind = 'bool' }) => {
    const wrong = /\.(conut|cout)\b/.exec(rule), glucos = rule.indexOf('"glucos"')
    const at = (i) => { const before = rule.slice(0, i).split('\n'); return { line: before.length, col: before.at(-1).length + 1 } }
    if (wrong) return { ok: false, kind: '', reads: [], problems: [{ ...at(wrong.index + 1), text: T(`没有“${wrong[1]}”这个函数`, `There is no function “${wrong[1]}”`), hint: T('是不是 count？', 'did you mean count?') }] }
    if (glucos >= 0) return { ok: false, kind: '', reads: [], problems: [{ ...at(glucos), text: T('目录里没有“glucos”这种记录', 'The catalogue has no records “glucos”'), hint: T('是不是 glucose？', 'did you mean "glucose"?') }] }
    if (/\($|\.$|&&\s*$/.test(rule.trim())) return { ok: false, kind: '', reads: [], problems: [{ ...at(rule.length), text: T('到这里还没写完', 'Not finished here'), hint: T('', '') }] }
    return { ok: true, kind, problems: [], reading: reading(rule), reads: [{ kind: 'event', key: 'glucose', name: T('血糖', 'Glucose') }, ...(rule.includes('target') ? [{ kind: 'target', key: 'fasting', name: T('空腹目标', 'Fasting target') }] : [])] }
  }
  const tryOne = ({ person, at }) => {
    const p = people.get(person), list = readings(p).filter((g) => g.context === 'fasting' && Date.parse(g.at) <= (at ? Date.parse(at) : now())).slice(0, 7)
    const high = list.filter((g) => g.mmol > 7)
    return { state: list.length < 3 ? 'unknown' : high.length >= 3 ? 'has' : 'no', evidence: (high.length ? high : list).map((g) => ({ eventId: g.id, type: 'glucose', at: g.at, text: T(`空腹 ${g.show.mmol}`, `Fasting ${g.show.mmol}`), reading: g })), evidenceTotal: (high.length ? high : list).length, reading: reading('fasting'), at: at ?? iso(now()) }
  }
  return [
    ['GET', '/api/tags', () => ({ programme: 'diabetes', version: 3, asOf: iso(now()), people: all.length, total: lines.length, items: lines, groups: groups.map(([key, name, exclusive]) => ({ key, name, exclusive, tags: lines.filter((one) => one.group === key).length })) })],
    ['GET', '/api/segments', () => ({ programme: 'diabetes', version: 3, asOf: iso(now()), people: all.length, total: 0, items: [], groups: [] })],
    ['GET', '/api/tags/:id', (c) => { const tag = of(c.params.id); return { ...tag, because: form(tag).because, reading: reading(tag.rule), needsReading: tag.needs ? T('空腹血糖至少 3 次', 'at least 3 fasting readings') : undefined, file: 'tags.yaml', line: 214, words: tag.rule.includes('activity') ? [{ key: 'activity', rule: 'events("glucose", "check_in", "chat").where(e, e.from == "person")' }] : [], reads: check({ rule: tag.rule }).reads, uses: tag.usedBy === 0 ? [] : [
      { kind: 'journey', key: 'new-patient', name: T('新患者', 'New patient'), where: T('第 6 步，分支', 'Step 6, branch'), rule: `tag("${tag.key}")` }, { kind: 'stage', key: 'risk', name: T('高危', 'High risk'), where: T('进入条件', 'Entry'), rule: `tag("gl_hypo2_28d") || tag("${tag.key}")` }, { kind: 'tag', key: 'gl_trend_worse', name: T('恶化趋势', 'Worsening'), where: T('规则', 'Rule'), rule: `tag("${tag.key}") && events("glucose").within("14d").mean() > 9` }].slice(0, tag.usedBy) } }],
    ['GET', '/api/tags/:id/trend', (c) => { const days = trend(of(c.params.id), Number(c.url.searchParams.get('days') ?? 90)); const at = days[Math.max(0, days.length - 29)].day; return { key: c.params.id, from: days[0].day, to: days.at(-1).day, days, versions: days.length > 40 ? [{ version: 3, at: `${at}T10:20:00+08:00`, day: at }, { version: 1, at: `${days[0].day}T08:00:00+08:00`, day: days[0].day }] : [] } }],
    ['GET', '/api/rules/vocabulary', () => ({ events, functions, tags: Object.entries(tagNames).map(([key, name]) => ({ key, name })), stages: [], targets: [['fasting', T('空腹', 'Fasting')], ['after_meal_2h', T('餐后 2 小时', '2 h after meals')], ['hba1c', T('糖化', 'HbA1c')]].map(([key, name]) => ({ key, name })), settings: [], words: [{ key: 'activity', rule: 'events("glucose", "check_in", "chat")' }] })],
    ['POST', '/api/rules/check', (c) => check(c.body)],
    ['POST', '/api/rules/try', (c) => tryOne(c.body)],
    ['POST', '/api/rules/count', async (c) => { await wait(Number(process.env.SLOW ?? 300)); const tag = lines.find((one) => one.rule === c.body.rule); return { ...counted(tag, 1377), ...(c.body.compare ? { gain: tag ? 0 : 213, lose: tag ? 0 : 40 } : {}) } }],
    ['GET', '/api/people/:id/tags/:key/history', (c) => ({ items: [
      { at: iso(now() - 4 * day), gained: true, version: 3, cause: 'glucose', causeText: T('记了空腹 8.8', 'Fasting 8.8 was recorded') }, { at: iso(now() - 29 * day), gained: false, version: 3, cause: 'definition', causeText: T('规则换成版本 3', 'The rule became version 3') },
      { at: iso(now() - 41 * day), gained: true, version: 2, cause: 'time', causeText: T('时间到了', 'Time passed') }].filter(() => c.person.kind !== 'none'), total: 3 })],
    ['GET', '/api/programmes/:key/draft', draftOf],
    ['GET', '/api/programmes/:key/draft/tags/:id', (c) => draft.forms.get(c.params.id) ?? form(of(c.params.id))],
    ['PUT', '/api/programmes/:key/draft/tags/:id', (c) => { match(c); draft.forms.set(c.params.id, c.body); draft.revision++; return draftOf() }],
    ['DELETE', '/api/programmes/:key/draft/tags/:id', (c) => { match(c); draft.forms.set(c.params.id, undefined); draft.revision++; return draftOf() }],
    ['DELETE', '/api/programmes/:key/draft', (c) => { match(c); draft.forms.clear(); draft.preview = undefined; draft.revision++; return null }],
    ['POST', '/api/programmes/:key/draft/test', () => ({ passed: 61, failed: 1, results: [{ name: '空腹 7 次里 3 次偏高', file: 'tests/glucose.yaml', line: 12, passed: false, failures: [{ line: 19, text: T('gl_fast_high 应为“有”，实为“没有”', 'gl_fast_high should be yes, is no') }] }] })],
    ['POST', '/api/programmes/:key/draft/preview', () => { draft.preview = { state: 'running', revision: draft.revision, done: 0, of: all.length, began: Date.now(), changed: 0 }; return runs() }],
    ['GET', '/api/programmes/:key/draft/preview', runs],
    ['DELETE', '/api/programmes/:key/draft/preview', () => { draft.preview.state = 'cancelled'; return null }],
    ['POST', '/api/programmes/:key/draft/publish', (c) => { match(c); draft.forms.clear(); draft.revision++; return { version: 4, at: iso(now()), people: all.length, changed: 247, transitions: 262, tookMs: 3120 } }],
    ['GET', '/api/programmes/:key/versions', () => ({ items: [{ version: 3, at: iso(now() - 29 * day), by: { id: 's_admin', name: '沈静' }, note: '空腹上限改按本人目标，王医生 2月7日 定', hash: '8c41', first: false, people: all.length }, { version: 2, at: iso(now() - 60 * day), by: { id: 's_admin', name: '沈静' }, note: '加夜间低糖', hash: '77aa', first: false }, { version: 1, at: iso(now() - 120 * day), note: '', hash: '1f02', first: true }] })],
    ['GET', '/api/programmes/:key/versions/:id/diff', () => ({ tags: [{ key: 'gl_fast_high', name: tagNames.gl_fast_high, change: 'changed', was: fast.replace('target("fasting").high', '7.0'), is: fast }], stages: [], journeys: [], content: [], other: [] })],
  ].map(([method, path, handle]) => [method, path, (c) => { if (method !== 'GET' && /\/draft/.test(path) && session()?.role !== 'admin') throw problem(403, 'forbidden', T('你没有这个权限', 'You may not do this')); return handle(c) }])
}
