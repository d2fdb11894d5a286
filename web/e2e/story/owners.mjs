// Owners: the board's numbers open their people, a change of owner moves a person with their work, a hand-over is previewed, an absence
// begins and ends, and rules are tried before they are saved.
import { get, send } from '../lib/browser.mjs'
import { decent } from '../lib/checks.mjs'
import { equal } from '../lib/runner.mjs'
import { open } from './steps.mjs'

export default async function owners(test, world) {
  await test('owners: the board; a number opens as many people as it says', async ({ fail }) => {
    const page = await open(await world.staff('zhou'), '/console/owners')
    await page.getByRole('heading', { name: '负责人', exact: true }).waitFor()
    await decent(page, fail, 'Owners', { names: ['Demo'] })
    const board = await get(page, '/api/owners')
    const line = board.items.find(({ people }) => people > 0)
    await page.getByRole('button', { name: new RegExp(`^打开${line.name}负责的 ${line.people} 人`) }).click()
    await page.getByText(`${line.people} 人`, { exact: false }).first().waitFor()
  })

  await test('owners: a person gets another owner, with their work, and goes back', async ({ fail }) => {
    const page = await world.staff('zhou')
    const board = await get(page, '/api/owners')
    const to = board.items.find(({ role }) => role === 'health_manager')
    const from = board.items.find(({ role, id }) => role === 'health_manager' && id !== to.id)
    const { items } = await get(page, `/api/people?owner=${from.id}&limit=1`)
    await open(page, `/console/people/${items[0].id}`)
    await page.getByRole('button', { name: '换负责人' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('没做完的任务').waitFor()
    await decent(page, fail, 'Change of owner', { names: ['Demo'] })
    await dialog.getByRole('combobox', { name: '接手的人' }).click()
    await page.locator('.ant-select-dropdown:visible .ant-select-item-option').filter({ hasText: to.name }).click()
    await dialog.getByText(/^换负责人（/).click() // closes the list of choices
    await dialog.getByRole('button', { name: /^换负责人$/ }).click()
    await page.getByText(`负责人 ${to.name}`, { exact: false }).first().waitFor()
    equal((await get(page, `/api/people/${items[0].id}`)).owner.id, to.id, 'owner')
  })

  await test('owners: hand-overs, absences and rules', async ({ fail }) => {
    const page = await world.staff('zhou')
    await open(page, '/console/owners?part=handover')
    await page.getByRole('button', { name: '看名单' }).first().waitFor()
    await decent(page, fail, 'Hand-overs', { names: ['Demo'] })
    await page.getByRole('button', { name: '看名单' }).first().click()
    await page.getByRole('dialog').locator('li').first().waitFor()
    await open(page, '/console/owners?part=absence')
    await page.getByText('还没开始').first().waitFor()
    await decent(page, fail, 'Absences', { names: ['Demo'] })
    await open(page, '/console/owners?part=rules')
    await page.getByRole('button', { name: /^试一下/ }).click()
    await page.getByText(/人里：$/).waitFor()
    await page.mouse.move(2, 2)
    await decent(page, fail, 'Owner rules', { names: ['Demo'] })
  })

  await test('owners: all of one are handed over, watched until done, and back', async ({ fail }) => {
    const page = await world.staff('zhou')
    const before = (await get(page, '/api/owners')).items.filter(({ role, people }) => role === 'health_manager' && people > 0)
    const [from, to] = [before.at(-1), before[0]]
    await open(page, '/console/owners?part=handover')
    await page.getByRole('button', { name: '新的交接' }).click()
    const dialog = page.getByRole('dialog')
    const choose = async (label, name) => {
      await dialog.getByRole('combobox', { name: label }).click()
      await page.locator('.ant-select-dropdown:visible .ant-select-item-option').filter({ hasText: name }).click()
      await dialog.getByRole('heading', { name: '新的交接' }).or(dialog.getByText('新的交接')).first().click() // closes the list of choices
    }
    await choose('谁的人', from.name)
    await choose('接手的人', to.name)
    await dialog.getByRole('region', { name: '会怎么变' }).or(dialog.locator('.owners-preview')).first().waitFor()
    await decent(page, fail, 'A hand-over before it begins', { names: ['Demo'] })
    await dialog.locator('.ant-modal-footer .ant-btn-primary').click()
    const row = page.locator('.owners-table tbody tr').first()
    await row.getByText(`交了 ${from.people} 人`, { exact: false }).waitFor()
    await row.getByText('完成').waitFor()
    await decent(page, fail, 'A hand-over that is done', { names: ['Demo'] })
    await row.getByRole('button', { name: '看名单' }).click()
    await page.getByRole('dialog').locator('li').first().waitFor()
    const count = async (who) => (await get(page, '/api/owners')).items.find(({ id }) => id === who.id)?.people ?? 0
    equal([await count(from), await count(to)].join(' '), `0 ${from.people + to.people}`, 'people of the two')
    const moved = (await get(page, '/api/handovers')).items[0]
    const { items } = await get(page, `/api/handover-lines?number=${moved.number}&limit=500`)
    equal(items.length, from.people, 'lines')
    await send(page, '/api/owners/assign', { people: items.map(({ person }) => person.id), to: [from.id], why: 'load' })
    equal(await count(from), from.people, 'people once they are back')
  })

  await test('owners: somebody of the staff sees their own line only', async () => {
    const page = await open(await world.staff('liu'), '/console/owners')
    await page.getByText('这是您自己的一行。').waitFor()
    equal((await get(page, '/api/owners')).items.length, 1, 'lines')
  })
}
