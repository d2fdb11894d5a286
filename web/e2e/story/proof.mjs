// A send found again and compared with its record: one signed page, printed on one sheet in both languages.
import { get } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { pdf } from '../lib/pdf.mjs'
import { equal, truth } from '../lib/runner.mjs'
import { open } from './steps.mjs'

const picture = (page, name) => (process.env.LOOK ? page.screenshot({ path: `${process.env.LOOK}/${name}.png`, fullPage: true }) : undefined)

export default async function proof(test, world) {
  await test('proof: a send is found again from the person, the same as its record, and prints on one sheet', async ({ fail }) => {
    for (const language of ['zh', 'en']) {
      const page = await world.staff('zhou', { language, label: `proof ${language}` })
      let sent
      for (const { id } of (await get(page, '/api/people?limit=30')).items) {
        const { items } = await get(page, `/api/people/${id}/messages?limit=50`)
        sent = items.find((one) => one.state === 'sent' && one.class !== 'staff' && one.class !== 'service')
        if (sent) break
      }
      truth(sent, 'nothing was sent to anybody')
      await open(page, `/console/proof/${sent.id}`)
      await page.getByText(/^✓/).first().waitFor()
      await decent(page, fail, `Proof ${language}`, { language, names: ['Demo', 'HMAC', 'SHA256', 'peiban', 'message', 'verify', ...sent.content.split('-')], skip: '.proof-code, .proof-body', axe: language === 'zh' })
      await picture(page, `proof-${language}`)
      const said = pdf(await page.pdf({ preferCSSPageSize: true, printBackground: true }))
      equal(said.pages, 1, `pages, ${language}`)
      equal(said.sizes[0].join(' × '), '210 × 297', `millimetres, ${language}`)
    }
  })
}
