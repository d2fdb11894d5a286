// Real Chinese glyphs: what has no glyph of its own is drawn as the same box.
import { equal, truth } from '../lib/runner.mjs'

export default async function glyphs(test, world) {
  await test('glyphs: Han characters are drawn, each its own, in the mainland form', async () => {
    const page = await world.open('glyphs')
    await page.goto('/m/')
    equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN', 'lang')
    const drawn = await page.evaluate(() => {
      const draw = (text) => {
        const canvas = document.createElement('canvas')
        canvas.width = canvas.height = 48
        const pen = canvas.getContext('2d')
        pen.font = `40px ${getComputedStyle(document.body).fontFamily}`
        pen.fillText(text, 2, 40)
        return canvas.toDataURL()
      }
      return { han: [...'骨直门糖量餐测'].map(draw), box: draw('\u{10fffd}'), empty: draw(' ') }
    })
    equal(new Set(drawn.han).size, drawn.han.length, 'different glyphs')
    truth(!drawn.han.includes(drawn.box) && !drawn.han.includes(drawn.empty), 'boxes instead of Han: no Chinese font is installed')
  })
}
