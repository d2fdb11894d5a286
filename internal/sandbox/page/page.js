'use strict'

// The page holds no state of its own but whose phone and which talk are open; everything else is read anew.
const $ = (id) => document.getElementById(id)
const both = (zh, en) => { const s = document.createElement('span'); s.append(zh + ' '); const e = document.createElement('small'); e.lang = 'en'; e.textContent = en; s.append(e); return s }
const make = (tag, props = {}, ...inside) => { const e = Object.assign(document.createElement(tag), props); e.append(...inside.filter((x) => x != null)); return e }
let world, phone, who = location.hash.slice(1), open = '', seen = -1, errand = 0
const picked = {} // what was chosen last in a list

const words = {
  'not friends now': ['对方不是好友了，发不出去', 'not friends now'],
  'no such code': ['没有这个码', 'no such code'],
  'the code is dead': ['这个码已经失效', 'the code is dead'],
  'not their talk': ['这不是他的会话', 'not their talk'],
  'task cancelled': ['任务已经取消', 'the task was cancelled'],
  'require subscribe': ['要先关注公众号', 'follow the official account first'],
  'the card has no such button now': ['按钮已经没有了', 'the button is gone'],
  'not the servicer of this session': ['这个会话不由他接待', 'not the servicer of this session'],
}

async function get(path) {
  const r = await fetch(path)
  if (!r.ok) throw new Error(r.status)
  return r.json()
}

async function act(name, body, done) {
  const r = await fetch(name, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  const out = await r.json().catch(() => ({}))
  const [zh, en] = r.ok ? (done || ['好了', 'done']) : (words[out.errmsg] || ['做不到', out.errmsg || String(r.status)])
  $('said').className = r.ok ? '' : 'bad'
  $('said').replaceChildren(both(zh, en))
  await refresh(true)
}

function button(zh, en, press, kind = '') {
  const b = make('button', { type: 'button', className: kind, onclick: press })
  b.append(both(zh, en))
  return b
}

// choose is a labelled list of choices with a button.
function choose(zh, en, choices, goZh, goEn, press) {
  const select = make('select', {}, ...choices.map(([v, text]) => make('option', { value: v, textContent: text })))
  if (choices.some(([v]) => v === picked[zh])) select.value = picked[zh]
  select.onchange = () => { picked[zh] = select.value }
  const label = make('label', {}, both(zh, en), select)
  return make('div', { className: 'act' }, label, button(goZh, goEn, () => press(select.value), 'main'))
}

function people() {
  for (const [list, all, id] of [['customers', world.customers, 'external_userid'], ['members', world.members, 'userid']]) {
    $(list).replaceChildren(...all.filter((p) => !p.left).map((p) => {
      const b = make('button', { type: 'button', className: 'row', textContent: p.name, onclick: () => { who = p[id]; open = ''; location.hash = who; refresh(true) } })
      b.setAttribute('aria-current', String(p[id] === who))
      return make('li', {}, b)
    }))
  }
}

const nameOf = (id) => (world.members.find((m) => m.userid === id) || world.customers.find((c) => c.external_userid === id) || { name: id }).name
const codeKind = { contact: '添加好友 · add', group: '进群 · group', link: '获客链接 · link', kf: '客服 · service' }

function scanner() {
  const codes = world.codes.map((c) => [c.code, `${codeKind[c.kind]} · ${c.name}${c.state ? ' · ' + c.state : ''}`])
  const follow = [['', `${world.official.name}`], ...world.qrs.map((q) => [q.scene, `${world.official.name} · ${q.scene}`])]
  const box = []
  if (codes.length) box.push(choose('扫一扫', 'Scan a code', codes, '扫', 'Scan', (v) => act('scan', { code: v, customer: who }, ['扫好了', 'scanned'])))
  else box.push(make('p', { className: 'empty' }, both('还没有码。由接口建一个。', 'No code yet; make one by the API.')))
  box.push(choose('关注公众号', 'Follow the official account', follow, '扫', 'Scan', (v) => act('weixin/scan', { customer: world.customers.find((c) => c.external_userid === who).unionid, code: v })))
  return box
}

function paintPhone() {
  const box = $('phone'), held = document.activeElement && box.contains(document.activeElement) && document.activeElement.tagName === 'SELECT'
  if (held) return // a list that is open is not pulled away
  if (!phone) { box.replaceChildren(make('p', { className: 'empty' }, both('选一部手机。', 'Choose a phone.'))); $('talk').replaceChildren(); return }
  const parts = [make('h2', {}, both(`${phone.name}的手机`, `${phone.staff ? 'staff' : 'customer'}`))]
  if (!phone.staff) parts.push(...scanner())
  for (const t of phone.tasks) {
    const kind = t.kind === 'send' ? ['群发', 'group send', 'confirm-send', '发送', 'Send'] : ['朋友圈', 'moment', 'confirm-moment', '发表', 'Publish']
    parts.push(make('div', { className: 'task' }, both(`待确认的${kind[0]}，发给 ${t.to} 个`, `a ${kind[1]} to ${t.to}${t.reminded ? ', reminded ' + t.reminded + '×' : ''}`),
      make('p', { textContent: t.text || '（图片、链接）' }), button(kind[3], kind[4], () => act(kind[2], { id: t.id, user: who }, ['发好了', 'sent']), 'main')))
  }
  for (const f of phone.waiting) {
    parts.push(make('div', { className: 'task' }, both(`${f.name} ${phone.staff ? '请求添加你' : '还没有通过'}`, phone.staff ? 'wants to be added' : 'has not accepted yet'),
      phone.staff ? make('p', {}, button('通过', 'Accept', () => act('add-back', { user: who, customer: f.id }), 'main')) : null))
  }
  parts.push(make('h2', {}, both('会话', 'Talks')))
  const rows = phone.chats.map((c) => {
    const last = c.lines[c.lines.length - 1]
    const b = make('button', { type: 'button', className: 'row', onclick: () => enter(c.key) }, (c.kind === 'group' ? '群 · ' : c.kind === 'kf' ? '客服 · ' : c.kind === 'app' ? '应用 · ' : '') + c.title,
      make('small', { textContent: last ? (last.text || last.type).slice(0, 30) : '' }))
    b.setAttribute('aria-current', String(c.key === open))
    return make('li', {}, b)
  })
  if (phone.weixin.length) {
    const b = make('button', { type: 'button', className: 'row', onclick: () => enter('weixin') }, '公众号和小程序', make('small', { lang: 'en', textContent: 'official account, mini-program' }))
    b.setAttribute('aria-current', String(open === 'weixin'))
    rows.push(make('li', {}, b))
  }
  parts.push(rows.length ? make('ul', {}, ...rows) : make('p', { className: 'empty' }, both('还没有会话。', 'None yet.')))
  if (phone.staff) parts.push(make('details', {}, make('summary', {}, both('更多', 'More')), button('离职', 'Leave the company', () => confirm(`${phone.name}离职？ ${phone.name} leaves the company?`) && act('resign', { user: who }))))
  const more = box.querySelector('details')
  box.replaceChildren(...parts)
  if (more && more.open && box.querySelector('details')) box.querySelector('details').open = true
}

// enter opens a talk; on a narrow screen it lies below and is brought up.
function enter(key) {
  open = key
  paintPhone()
  paintTalk(true)
  if (innerWidth <= 900) $('talk').scrollIntoView()
}

function bubble(l, chat) {
  const mine = l.from === who
  const e = make('div', { className: 'line' + (mine ? ' mine' : '') + (l.source === 'event' ? ' event' : '') + (l.gone ? ' gone' : '') })
  const from = { welcome: '欢迎语 · welcome', group_send: '群发 · group send', moment: '朋友圈 · moment' }[l.source]
  if (l.source !== 'event') e.append(make('span', { className: 'who', textContent: [l.name, from, l.gone ? '已撤回 · recalled' : ''].filter(Boolean).join(' · ') }))
  e.append(show(l))
  const to = l.type === 'link' && /^https?:/.test((l.content || {}).url) && l.content.url
  if (to) e.append(make('br'), make('a', { href: to, target: '_blank', rel: 'noreferrer', textContent: to }))
  for (const b of (chat && chat.buttons && chat.buttons[l.id]) || []) {
    e.append(make('div', { className: 'act' }, make('button', {
      type: 'button', textContent: b.text,
      onclick: () => (chat.kind === 'app' ? act('press', { line: l.id, user: who, key: b.key }, ['按了', 'pressed']) : act('say', { from: who, chat: chat.key, text: b.text, menu: b.key })),
    })))
  }
  return e
}

const kinds = { image: '图片 · picture', video: '视频 · video', file: '文件 · file', voice: '语音 · voice', link: '链接 · link', miniprogram: '小程序 · mini-program' }

// show is a line's words: its text, or the titles of what it carries.
function show(l) {
  const c = l.content || {}
  if (l.type === 'text') return l.text
  if (l.type === 'template_card') return [c.main_title && c.main_title.title, c.main_title && c.main_title.desc, c.sub_title_text, ...(c.horizontal_content_list || []).map((x) => `${x.keyname}：${x.value || ''}`), c.replace_name && `〔${c.replace_name}〕`].filter(Boolean).join('\n')
  if (l.type === 'news') return (c.articles || []).map((a) => a.title).join('\n')
  return [kinds[l.type] || '', l.text || c.title || c.content || '', c.description || c.desc || '', (l.type !== 'link' && c.url) || c.page || ''].filter(Boolean).join('\n')
}

function paintTalk(jump) {
  const box = $('talk')
  const weixin = open === 'weixin'
  const chat = phone && phone.chats.find((c) => c.key === open)
  if (!chat && !weixin) { box.replaceChildren(make('p', { className: 'empty' }, both('选一个会话。', 'Choose a talk.'))); return }
  const old = box.querySelector('input'), text = old && box.dataset.open === open ? old.value : '', had = old && document.activeElement === old
  const lines = make('div', { id: 'lines', tabIndex: 0 })
  lines.setAttribute('role', 'log')
  lines.setAttribute('aria-label', '消息 Messages')
  const union = !phone.staff && world.customers.find((c) => c.external_userid === who).unionid
  if (weixin) lines.append(...phone.weixin.map((l) => bubble({ ...l, source: l.type === 'event' ? 'event' : 'chat', name: l.from === phone.name ? '' : (l.from.startsWith('o') ? phone.name : l.from), text: l.text, type: 'text', from: l.from.startsWith('o') ? who : l.from })))
  else lines.append(...chat.lines.map((l) => bubble(l, chat)))
  const parts = [make('h2', { textContent: weixin ? '公众号和小程序' : chat.title }), lines]
  if (weixin || chat.can) {
    const input = make('input', { value: text, autocomplete: 'off' })
    const form = make('form', {
      className: 'act', onsubmit: (e) => {
        e.preventDefault()
        const t = input.value.trim()
        if (!t) return
        input.value = ''
        if (weixin) act('weixin/say', { customer: union, chat: 'official', text: t }, ['发了', 'sent'])
        else act('say', { from: who, chat: chat.key, text: t }, ['发了', 'sent'])
      },
    }, make('label', {}, both('说一句', 'Say something'), input), make('button', { className: 'main' }, both('发送', 'Send')))
    parts.push(form)
  } else if (chat.kind === 'single') parts.push(make('p', { className: 'empty' }, both('不是好友了，发不出去。', 'Not friends now.')))
  const deeds = []
  if (weixin && phone.follows) deeds.push(button('取消关注', 'Unfollow', () => act('weixin/unfollow', { customer: union })))
  if (chat && chat.kind === 'single' && chat.can) {
    const pair = phone.staff ? { user: who, customer: chat.with } : { user: chat.with, customer: who }
    if (!phone.staff) deeds.push(button('同意存档', 'Agree to be archived', () => act('consent', { ...pair, yes: true })), button('不同意存档', 'Disagree', () => act('consent', { ...pair, yes: false })))
    deeds.push(button(phone.staff ? '删除顾客' : '删除好友', 'Delete', () => act(phone.staff ? 'delete-customer' : 'delete-member', pair, ['删了', 'deleted'])))
  }
  if (chat && chat.kind === 'group' && !phone.staff) deeds.push(button('退群', 'Leave the group', () => { open = ''; act('leave-group', { id: chat.with, customer: who }) }))
  if (chat && chat.kind === 'kf' && phone.staff) deeds.push(button('结束接待', 'End', () => act('kf/end', { id: chat.with, customer: chat.key.split(':')[2] })))
  if (deeds.length) parts.push(make('div', { className: 'act' }, ...deeds))
  const before = box.querySelector('#lines'), end = jump || !before || before.scrollTop + before.clientHeight >= before.scrollHeight - 8, top = before ? before.scrollTop : 0
  box.replaceChildren(...parts)
  box.dataset.open = open
  lines.scrollTop = end ? lines.scrollHeight : top
  if (had) { const i = box.querySelector('input'); if (i) i.focus() }
}

// keepFocus paints, and gives the focus back to the button that stands where the focused one stood.
function keepFocus(paint) {
  const had = document.activeElement
  const text = had && had.tagName === 'BUTTON' && had.textContent
  paint()
  if (text && !had.isConnected) {
    const same = [...document.querySelectorAll('button')].find((b) => b.textContent === text)
    if (same) same.focus()
  }
}

async function refresh(now) {
  const mine = ++errand
  try {
    const w = await get('world')
    const p = who && (now || w.seen !== seen || !phone) ? await get('phone?id=' + encodeURIComponent(who)).catch(() => null) : phone
    if (mine !== errand) return
    const changed = now || w.seen !== seen || JSON.stringify(w.codes) !== JSON.stringify(world && world.codes)
    world = w
    $('clock').replaceChildren(both(new Date(w.now).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai' }), 'Shanghai'))
    seen = w.seen
    phone = p
    if (changed) keepFocus(() => { people(); paintPhone(); paintTalk() })
  } catch {
    $('said').className = 'bad'
    $('said').replaceChildren(both('服务器没有回答', 'the server does not answer'))
  }
}

$('advance').onsubmit = (e) => { e.preventDefault(); act('clock', { advance: e.target.d.value }, ['时间走了', 'time has gone on']) }
window.onhashchange = () => { if (location.hash.slice(1) !== who) { who = location.hash.slice(1); open = ''; refresh(true) } }
refresh(true)
setInterval(refresh, 1500)
