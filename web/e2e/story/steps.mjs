// What several tests do on a screen, each step the way a person does it.
import { get, send } from '../lib/browser.mjs'
import { settled } from '../lib/checks.mjs'

/** han is a pattern for a text in which spaces may be of the kind that does not break. */
export const han = (text) => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s'))

/** press types digits on the phone's keypad. */
export async function press(page, digits) {
  for (const digit of digits) await page.locator('.keypad button').filter({ hasText: digit === '.' ? /^\.$/ : new RegExp(`^${digit}$`) }).first().tap()
}

/** record opens the keypad from Today, types, saves, and counts the taps that are not digits. */
export async function record(page, digits, slot) {
  let taps = 0
  const tap = async (target) => {
    taps++
    await target.tap()
  }
  await tap(page.getByRole('link', { name: /^(记血糖|再记一次|Record glucose|Record another)$/ }).first())
  await page.waitForSelector('.keypad')
  if (slot) {
    const chip = page.getByRole('radio', { name: slot, exact: true })
    if (!(await chip.count())) await tap(page.locator('.slot-more'))
    await tap(chip)
  }
  await press(page, digits)
  await tap(page.locator('.record > .main-button'))
  return taps
}

/** open goes to a page of the app and waits until it stands. */
export async function open(page, path) {
  await page.goto(path, { waitUntil: 'load' })
  await settled(page, path)
  return page
}

/** seen is what a drawn value says: digits, and the class that carries its colour, mark and word. */
export const seen = (locator) =>
  locator.evaluate((el) => ({
    digits: el.querySelector('.value-digits').textContent,
    band: [...el.classList].find((name) => /^value-(very-low|low|below|in-target|high|very-high|unclear)$/.test(name)),
    spoken: el.querySelector('.visually-hidden').textContent,
  }))

/** move moves the demo's clock. */
export const move = (page, by) => send(page, '/api/clock', { by })

/**
 * somebody is the nth of the caller's people about whom nothing is open, with readings of late: a test that records
 * something must not meet what another one left.
 */
export async function somebody(page, n) {
  const quiet = [...(await people(page)).values()].filter((one) => one.owner && !one.safety && one.openTasks === 0 && !one.elder && one.inTarget14?.of >= 4 && one.lastReading?.entered?.unit !== 'mg/dL') // the tests type mmol/L
  const { staff } = await get(page, '/api/session')
  const mine = quiet.filter((one) => one.owner.id === staff.id)
  if (!mine[n]) throw new Error(`${staff.name} has only ${mine.length} people without an open task`)
  return mine[n]
}

/** people are all the company, by name. */
export async function people(page) {
  const { items } = await get(page, '/api/people?limit=200')
  return new Map(items.map((one) => [one.name, one]))
}
