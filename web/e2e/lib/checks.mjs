// What must never be seen, checked on any page: the ten embarrassments of the design guide as far as a page can show them.
import { AxeBuilder } from '@axe-core/playwright'

/** Signs of a mistake, in any language. */
const broken = [
  /\bundefined\b/, /\bNaN\b/, /\bnull\b/, /Invalid Date/, /\[object/, /\{\{|\}\}/, /No data\b/, /敬请期待|coming soon/i,
  // A key instead of its words, and a code of the programme.
  /(?<![\w./@-])(?:today|tasks|people|person|layout|session|record|history|messages|safety|consent|contact|me|app|queue|start|ui|signin)\.[a-zA-Z_]+/,
  /\b[a-z]+(?:_[a-z0-9]+)+\b/,
  // A wrong clock: before, never, far.
  /[-−–]\s?\d+\s?(?:分钟|小时|天|minutes?|hours?|days?|min|h|d)(?:前|后| ago| late|\b(?!\w))/, /(?:0001|1970|9999|2[1-9]\d\d)[-年/]/,
  /\b\d{20,}\b/,
]

/** Cruelty and danger: nobody is told that they failed, nobody gets a diagnosis or a dose. */
const cruel = /控制差|控制不好|控制得不好|失败|异常|不及格|不听话|poor control|abnormal|non-?complian/i

/** Latin words a Chinese page may hold: units, names of measures, file formats, programs by their names, the product's switches. */
const latin = new Set(
  'mmol L mg dL mL m m2 mmHg mol kg g U min CSV Excel xlsx Parquet Nightscout xDrip HbA1c GLP CGM AGP LBGI HBGI CV TIR TBR TAR BMI API English Demo HI LO SGLT SGLT2 DPP QR A4 S3 B KB MB ml n'.split(' '),
)

/** textOf is everything a person sees or is read, without what people wrote themselves and without source. */
const textOf = (page, skip) =>
  page.evaluate((left) => {
    const shown = (el) => el.checkVisibility?.({ visibilityProperty: true }) !== false
    const out = []
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const el = node.parentElement
      if (!el || el.closest('script, style, noscript, pre, code, kbd, .user-text, .anticon, .why-facts') || (left && el.closest(left)) || !shown(el)) continue
      const text = node.nodeValue.trim()
      if (text) out.push(text)
    }
    for (const el of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
      if (shown(el) && !el.closest('.user-text, .anticon'))
        for (const name of ['aria-label', 'title', 'placeholder', 'alt']) if (el.hasAttribute(name)) out.push(el.getAttribute(name))
    return { text: out, lang: document.documentElement.lang, title: document.title, font: getComputedStyle(document.body).fontFamily }
  }, skip)

/** words scans a page: broken texts, harsh ones, English in Chinese pages and Chinese in English ones. */
export async function words(page, { language = 'zh', names = [], skip } = {}) {
  const { text, lang, title, font } = await textOf(page, skip)
  const wrong = []
  const wanted = language === 'en' ? 'en' : 'zh-CN'
  if (lang !== wanted) wrong.push(`lang is ${lang}, not ${wanted}`)
  if (!title) wrong.push('the page has no title')
  if (!/Noto Sans CJK SC|PingFang SC|Microsoft YaHei/.test(font)) wrong.push(`no Chinese font is asked for: ${font}`)
  const own = new Set(names)
  for (const line of text) {
    // What people wrote to one another is theirs, in whatever language.
    const quoted = /^(Chat|聊天)\s/.test(line)
    for (const sign of broken) if (sign.test(line)) wrong.push(`"${sign.exec(line)[0]}" in "${line.slice(0, 70)}"`)
    if (cruel.test(line)) wrong.push(`harsh word "${cruel.exec(line)[0]}" in "${line.slice(0, 70)}"`)
    if (quoted) continue
    if (language === 'zh') {
      for (const word of line.match(/[A-Za-z][A-Za-z0-9]*/g) ?? [])
        if (!latin.has(word) && !own.has(word)) wrong.push(`English "${word}" in "${line.slice(0, 70)}"`)
    } else {
      // Names of people and places stay; five characters in a row are a sentence.
      const han = /\p{Script=Han}{5,}/u.exec(line)
      if (han && !own.has(han[0])) wrong.push(`Chinese "${han[0]}" in "${line.slice(0, 70)}"`)
    }
  }
  return [...new Set(wrong)]
}

/** fits: nothing wider than the screen, nothing clipped, no button lying on another. */
export const fits = (page) =>
  page.evaluate(() => {
    const wrong = []
    const root = document.documentElement
    if (root.scrollWidth > root.clientWidth) {
      const wide = [...document.querySelectorAll('body *')].filter((el) => el.getBoundingClientRect().right > root.clientWidth + 1).pop()
      wrong.push(`page ${root.scrollWidth} px wide on a screen of ${root.clientWidth}: ${wide?.className} ${wide?.textContent?.slice(0, 30)}`)
    }
    const seen = (el) => {
      const box = el.getBoundingClientRect()
      return box.width > 1 && box.height > 1 && el.checkVisibility({ visibilityProperty: true }) && !el.closest('.visually-hidden, .skip')
    }
    const buttons = [...document.querySelectorAll('button, a[href], [role=button], summary')].filter(seen)
    for (const el of buttons) {
      const style = getComputedStyle(el)
      if (style.display !== 'inline' && (el.scrollWidth > el.clientWidth + 2 || el.scrollHeight > el.clientHeight + 4) && style.overflow !== 'visible')
        wrong.push(`clipped button: ${el.textContent.slice(0, 30)}`)
      const box = el.getBoundingClientRect()
      if (box.left < -1 || box.right > root.clientWidth + 1) {
        const scrolls = (up) => up && up !== document.body && (/auto|scroll/.test(getComputedStyle(up).overflowX) || scrolls(up.parentElement))
        if (!scrolls(el.parentElement)) wrong.push(`button beyond the edge: ${el.textContent.slice(0, 30)}`)
      }
    }
    for (let i = 0; i < buttons.length; i++)
      for (let j = i + 1; j < buttons.length; j++) {
        const [p, q] = [buttons[i], buttons[j]]
        if (p.contains(q) || q.contains(p)) continue
        // What is fixed may stand over what scrolls beneath it.
        const fixed = (el) => Boolean(el.closest('.foot, .sheet-back, .ant-notification, .top, .ant-modal-root, .ant-drawer, .ant-popover, .ant-dropdown'))
        if (fixed(p) !== fixed(q)) continue
        const [a, b] = [p.getBoundingClientRect(), q.getBoundingClientRect()]
        const w = Math.min(a.right, b.right) - Math.max(a.left, b.left)
        const h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
        if (w > 2 && h > 2) wrong.push(`buttons overlap: "${p.textContent.slice(0, 20)}" and "${q.textContent.slice(0, 20)}"`)
      }
    return [...new Set(wrong)]
  })

/** What shows that something is on its way; a skeleton stays unseen for its first 300 ms, so calls are counted too. */
const waiting = '.skeleton, .ant-spin-spinning, .ant-btn-loading, [aria-busy=true], .grid-wait'

/** settled waits until nothing on the page is still loading; ten seconds is endless. */
export async function settled(page, what = page.url()) {
  await page
    .waitForFunction((busy) => document.querySelector('#root')?.childElementCount && !window.__calls && !document.querySelector(busy), waiting, { timeout: 10_000, polling: 50 })
    .catch(() => {
      throw new Error(`still loading after 10 s: ${what}`)
    })
}

/** axe answers the serious and critical violations. */
export async function axe(page, { without = [] } = {}) {
  const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).exclude('iframe').disableRules(without).analyze()
  for (const v of found.violations) if (v.id === 'target-size') v.nodes = await stillObscured(page, v.nodes)
  return found.violations
    .filter(({ impact, nodes }) => nodes.length && (impact === 'serious' || impact === 'critical'))
    .map((v) => `axe ${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.any[0]?.message ?? ''}`.slice(0, 220)).join(' | ')}`)
}

/** stillObscured leaves out the targets that only stood half under the bar at the foot of the phone: they are asked again in the middle. */
async function stillObscured(page, nodes) {
  const left = []
  for (const node of nodes) {
    if (!/obscured/.test(node.any[0]?.message ?? '') || node.target.length !== 1 || typeof node.target[0] !== 'string') {
      left.push(node)
      continue
    }
    const from = await page.evaluate(() => scrollY)
    await page.locator(node.target[0]).first().evaluate((el) => el.scrollIntoView({ block: 'center', behavior: 'instant' }))
    const again = await new AxeBuilder({ page }).include(node.target[0]).withRules(['target-size']).analyze()
    left.push(...again.violations.flatMap((v) => v.nodes))
    await page.evaluate((y) => scrollTo({ top: y, behavior: 'instant' }), from)
  }
  return left
}

/** decent is all of it for one page. */
export async function decent(page, fail, what, options = {}) {
  await settled(page, what)
  const wrong = [...(await words(page, options)), ...(options.fits === false ? [] : await fits(page)), ...(options.axe === false ? [] : await axe(page, options))]
  for (const text of wrong) fail(`${what}: ${text}`)
}
