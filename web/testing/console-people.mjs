// Made-up people for looking at the console without a server. Names fit age and sex; nobody here is real.
// The same seed gives the same people, so that pictures can be compared.

const surnames = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文'
const given = {
  male: {
    1940: ['建国', '国强', '志明', '德福', '永福', '文华', '振华', '长林', '玉山', '宝田', '明德', '福生', '忠义', '树林', '庆祥', '兴旺', '金水', '学文', '成林', '万春'],
    1960: ['建华', '建军', '卫东', '国庆', '志强', '爱民', '红军', '永强', '学军', '新民', '跃进', '援朝', '立新', '向东', '保国', '建平', '文革', '晓东', '海涛', '振国'],
    1975: ['伟', '强', '勇', '军', '磊', '涛', '鹏', '斌', '志刚', '晓峰', '海波', '建波', '文斌', '永刚', '立军', '宏伟', '俊杰', '春雷', '剑锋', '国栋'],
    1990: ['浩', '宇', '鑫', '杰', '子轩', '嘉豪', '俊', '天宇', '晨', '凯', '博文', '志远', '昊天', '明轩', '思源', '一鸣', '泽宇', '家乐', '文博', '少华'],
  },
  female: {
    1940: ['桂芳', '秀英', '玉兰', '淑珍', '桂英', '秀兰', '凤英', '玉珍', '淑兰', '素珍', '桂兰', '秀珍', '凤兰', '玉梅', '淑华', '惠珍', '翠花', '金凤', '月英', '素云'],
    1960: ['敏', '丽华', '建英', '红梅', '秀芳', '丽萍', '爱华', '玉华', '春梅', '淑芬', '亚琴', '美玲', '惠芳', '小红', '国英', '月琴', '翠萍', '桂珍', '文英', '卫红'],
    1975: ['静', '丽', '艳', '芳', '娟', '燕', '霞', '雪梅', '晓燕', '海燕', '红霞', '丽娟', '冬梅', '玉玲', '慧', '春燕', '莉', '文静', '雅琴', '彩云'],
    1990: ['婷', '欣怡', '雨桐', '思雨', '佳怡', '梦瑶', '诗涵', '晓彤', '雪', '倩', '颖', '梓涵', '一诺', '若曦', '佳琪', '晨曦', '雅婷', '悦', '琳', '嘉欣'],
  },
}

export function random(seed) {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
const pick = (r, list) => list[Math.floor(r() * list.length)]

export const T = (zh, en) => ({ zh, en })
export const stages = [
  ['lost', T('流失', 'Lost')], ['risk', T('高危', 'High risk')], ['silent', T('沉默', 'Silent')], ['advocate', T('口碑', 'Advocate')],
  ['camp', T('训练营', 'Camp')], ['steady', T('稳定管理', 'Steady')], ['activated', T('激活', 'Activated')], ['new', T('新入', 'New')], ['lead', T('潜在', 'Lead')],
]
export const stageOf = Object.fromEntries(stages)
export const owners = [{ id: 's_liu', name: '刘敏' }, { id: 's_he', name: '何雅琴' }, { id: 's_zhao', name: '赵立军' }, { id: 's_sun', name: '孙晓燕' }]
export const tagNames = {
  gl_fast_high: T('空腹偏高', 'Fasting high'), gl_post_high: T('餐后偏高', 'Post-meal high'), gl_hypo2_28d: T('二级低血糖', 'Level 2 low'),
  gl_hypo1_28d: T('一级低血糖', 'Level 1 low'), gl_freq_ok: T('监测达标', 'Monitoring on plan'), gl_freq_low: T('监测不足', 'Low monitoring'),
  gl_a1c_due: T('糖化待查', 'HbA1c due'), gl_trend_worse: T('恶化趋势', 'Worsening'), gl_trend_better: T('改善趋势', 'Improving'),
  gl_night_low: T('夜间低糖', 'Night low'), gl_missing_post: T('缺餐后', 'No post-meal tests'), gl_inrange_high: T('在标率高', 'High in-target share'),
  gl_cv_high: T('波动大', 'High variability'), lc_silent14: T('沉默 14 天', 'Silent 14 days'), lc_new: T('新入', 'New'), dm_type2: T('2 型', 'Type 2'),
  dm_tx_su: T('促泌剂', 'Sulfonylurea'), dm_tx_oral: T('口服药', 'Oral drugs'), dm_meter_synced: T('血糖仪已同步', 'Meter synced'), sg_lives_alone: T('独居', 'Lives alone'),
  sg_data_suspect: T('数据存疑', 'Data suspect'), eg_replies: T('愿交流', 'Responsive'),
}

const fixed = [
  { name: '王建国', gender: 'male', age: 71, last4: '3308', kind: 'low', stage: 'risk', owner: 0, livesAlone: true },
  { name: '李秀英', gender: 'female', age: 66, last4: '7712', kind: 'high', stage: 'steady', owner: 0 },
  { name: '周敏', gender: 'female', age: 58, last4: '0963', kind: 'sparse', stage: 'activated', owner: 0 },
  { name: '陈国强', gender: 'male', age: 63, last4: '5520', kind: 'steady', stage: 'new', owner: 0 },
  { name: '孙建华', gender: 'male', age: 62, last4: '0412', kind: 'high', stage: 'steady', owner: 0 },
  { name: '刘强', gender: 'male', age: 54, last4: '8841', kind: 'silent', stage: 'silent', owner: 0 },
  { name: '张桂芳', gender: 'female', age: 68, last4: '2206', kind: 'steady', stage: 'new', owner: 0 },
  { name: '赵淑珍', gender: 'female', age: 74, last4: '6190', kind: 'lows', stage: 'risk', owner: 0 },
  { name: '马国庆', gender: 'male', age: 59, last4: '4437', kind: 'steady', stage: 'camp', owner: 0 },
  { name: '何丽萍', gender: 'female', age: 61, last4: '1175', kind: 'high', stage: 'activated', owner: 0 },
  { name: '郭永强', gender: 'male', age: 65, last4: '9023', kind: 'one', stage: 'new', owner: 0 },
  { name: '林红梅', gender: 'female', age: 57, last4: '3391', kind: 'none', stage: 'lead', owner: 0 },
]

export function people(count, now) {
  const r = random(20260308)
  const out = []
  for (let i = 0; i < count; i++) {
    const f = fixed[i]
    const gender = f?.gender ?? (r() < 0.5 ? 'male' : 'female')
    const age = f?.age ?? Math.round(38 + r() * 45)
    const born = now.getUTCFullYear() - age
    const cohort = born < 1958 ? 1940 : born < 1972 ? 1960 : born < 1986 ? 1975 : 1990
    const kind = f?.kind ?? pick(r, ['steady', 'steady', 'steady', 'high', 'high', 'silent', 'sparse', 'lows', 'none'])
    const stage = f?.stage ?? (kind === 'silent' ? 'silent' : kind === 'lows' ? 'risk' : kind === 'none' ? 'lead' : pick(r, ['steady', 'activated', 'new', 'camp', 'steady', 'advocate']))
    out.push({
      id: `p_${(i + 1).toString(36).padStart(4, '0')}`, seed: i + 7, name: f?.name ?? pick(r, surnames) + pick(r, given[gender][cohort]), gender, age, born,
      last4: f?.last4 ?? String(Math.floor(r() * 10000)).padStart(4, '0'), kind, stage, livesAlone: f?.livesAlone ?? r() < 0.06,
      owner: f ? owners[f.owner] : r() < 0.05 ? undefined : i < 186 ? owners[0] : pick(r, owners), silent: kind === 'silent' ? 14 + Math.floor(r() * 40) : Math.floor(r() * 5),
      contactDays: Math.floor(r() * 20), stageDays: 3 + Math.floor(r() * 120), perWeek: 4,
    })
  }
  return out
}

// Limits of the default target profile, by meal slot, mmol/L.
export const limits = {
  fasting: [4.4, 7.0], before_lunch: [4.4, 7.0], before_dinner: [4.4, 7.0], after_breakfast_2h: [4.4, 10.0], after_lunch_2h: [4.4, 10.0], after_dinner_2h: [4.4, 10.0],
  bedtime: [4.4, 8.0], night: [3.9, 8.0], random: [3.9, 10.0],
}
const hours = { fasting: [6, 30], after_breakfast_2h: [9, 20], before_lunch: [11, 20], after_lunch_2h: [13, 50], before_dinner: [17, 30], after_dinner_2h: [20, 0], bedtime: [21, 50], night: [3, 5] }

export function bandOf(mmol, context) {
  const [low, high] = limits[context] ?? limits.random
  if (mmol < 3.0) return 'very_low'
  if (mmol < 3.9) return 'low'
  if (mmol > 13.9) return 'very_high'
  if (mmol >= (high === 10 ? 10 : high + 0.001)) return 'high'
  return mmol < low ? 'below_target' : 'in_target'
}

export const zone = 8 * 3600_000
export const iso = (ms) => new Date(ms + zone).toISOString().replace('Z', '+08:00').replace('.000', '')
export function reading(p, i, at, mmol, context, extra = {}) {
  const [low, high] = limits[context] ?? limits.random
  return {
    id: `${p.id}_g${i}`, at: iso(at), received: iso(at + 20_000), context, mmol, show: { mmol: mmol.toFixed(1), mgdl: String(Math.round(mmol * 18.0156)) },
    entered: { value: mmol, unit: 'mmol/L' }, band: bandOf(mmol, context), range: { low, high, open: high === 10 }, source: 'phone', provenance: 'manual', flags: [], ...extra,
  }
}

export function readingsOf(p, now, days = 90) {
  const r = random(p.seed * 7919)
  const list = []
  const start = Math.floor((now + zone) / 86400_000) * 86400_000 - zone
  const perDay = { steady: 1.1, high: 1.3, silent: 0.8, sparse: 0.25, lows: 1.5, low: 1.2, one: 0, none: 0 }[p.kind]
  for (let d = days; d >= 0; d--) {
    if (p.kind === 'silent' && d < p.silent) continue
    if (p.kind === 'sparse' && d < 8) continue
    if (r() < 0.08) continue
    for (const [context, [h, m]] of Object.entries(hours)) {
      const weight = context === 'fasting' ? 0.62 : context === 'night' ? 0.03 : context.startsWith('after') ? 0.16 : 0.07
      if (r() > weight * perDay) continue
      const at = start - d * 86400_000 + h * 3600_000 + Math.round((m + (r() - 0.5) * 40) * 60) * 1000
      if (at > now) continue
      const after = context.startsWith('after')
      const base = p.kind === 'high' ? (after ? 10.6 : 8.2) : p.kind.startsWith('low') ? (after ? 7.6 : 5.2) : after ? 8.6 : 6.3
      const value = Math.max(2.4, base + (r() + r() + r() - 1.5) * (p.kind.startsWith('low') ? 2.6 : 1.7))
      list.push(reading(p, list.length, at, Math.round(value * 10) / 10, context))
    }
  }
  if (p.kind === 'low') list.push(reading(p, list.length, now - 3 * 60_000, 2.8, 'before_lunch'))
  if (p.kind === 'one') list.push(reading(p, 0, now - 26 * 3600_000, 7.4, 'fasting'))
  return list.sort((a, b) => (a.at < b.at ? 1 : -1))
}
