// Tests one after another, each with a line of its own: the story goes on from where the last one left it.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

export class Runner {
  passed = 0
  failed = 0

  constructor(world, { only, folder }) {
    this.world = world
    this.only = only
    this.folder = folder
  }

  /** test runs one piece; what any page reported meanwhile fails it as well, and a picture of every open page is kept. */
  test = async (name, body) => {
    if (this.only && !this.only.test(name)) return
    const began = Date.now()
    const { world } = this
    world.problems.length = 0
    const notes = []
    try {
      await body({ fail: (text) => notes.push(text) })
    } catch (error) {
      notes.push(String(error?.message ?? error).split('\n').slice(0, 6).join('\n      '))
    }
    const wrong = [...new Set([...notes, ...world.problems])]
    const took = `${((Date.now() - began) / 1000).toFixed(1)} s`
    if (wrong.length === 0) {
      this.passed++
      console.log(`  ok    ${name} (${took})`)
    } else {
      this.failed++
      console.log(`  FAIL  ${name} (${took})`)
      for (const text of wrong) console.log(`      ${text}`)
      await this.keepPictures(name)
    }
    await world.closeAll()
  }

  async keepPictures(name) {
    if (!this.folder) return
    mkdirSync(this.folder, { recursive: true })
    let n = 0
    for (const context of this.world.contexts)
      for (const page of context.pages()) {
        const file = join(this.folder, `${name.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}-${++n}.png`)
        await page.screenshot({ path: file }).then(() => console.log(`      picture: ${file}`), () => undefined)
      }
  }
}

export function equal(got, want, what) {
  if (got !== want) throw new Error(`${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`)
}

export function truth(yes, what) {
  if (!yes) throw new Error(what)
}
