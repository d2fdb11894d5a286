// The pictures of the documentation, written only when asked for, so that a test run leaves the tree as it was.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toPalette } from './png.mjs'

const limit = 300_000

export function pictures(browser, folder) {
  const taken = new Map()
  const shot = async (page, name, prepare) => {
    if (!folder) return
    mkdirSync(folder, { recursive: true })
    await prepare?.()
    await page.evaluate(() => document.fonts.ready)
    await page.waitForTimeout(200)
    const png = await page.screenshot({ animations: 'disabled' })
    taken.set(name, png)
    write(name, png)
  }
  const write = (name, png) => {
    const small = toPalette(png)
    const best = small.length < png.length ? small : png
    if (best.length > limit) throw new Error(`${name}.png has ${best.length} bytes, more than ${limit}`)
    writeFileSync(join(folder, `${name}.png`), best)
  }
  /** finish puts the console and the phone side by side, the picture of the README. */
  shot.finish = async () => {
    if (!folder || !taken.has('console-today') || !taken.has('phone-safety')) return
    const image = (name) => `data:image/png;base64,${taken.get(name).toString('base64')}`
    const page = await browser.newPage({ viewport: { width: 1480, height: 760 } })
    await page.setContent(`<body style="margin:0;padding:24px;background:#E9ECF1;display:flex;gap:24px;align-items:center">
      <img src="${image('console-today')}" style="width:1088px;border-radius:10px;box-shadow:0 8px 28px #0003">
      <img src="${image('phone-safety')}" style="width:320px;border-radius:28px;box-shadow:0 8px 28px #0004;border:6px solid #1B1F27;box-sizing:border-box"></body>`)
    await page.waitForTimeout(200)
    write('demo', await page.screenshot())
    await page.close()
  }
  return shot
}
