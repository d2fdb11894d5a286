import { expect, it } from 'vitest'
import { tie, within } from './i18n'

it.each([
  ['7 days', '7\u00a0days', 'a number and what it counts'],
  ['再打 120', '再打\u00a0120', 'the number to call with its verb'],
  ['fasting 4.4–7.0', 'fasting 4.4–\u20607.0', 'the two ends of a range'],
])('%s keeps together: %s %s', (text, tied, _what) => expect(tie(text)).toBe(tied))

it.each([
  ['due Today 18:00', 'due today 18:00'],
  ['recorded by 刘敏, Tomorrow 09:00', 'recorded by 刘敏, tomorrow 09:00'],
  ['Nurse Liu, Yesterday 09:00', 'Nurse Liu, yesterday 09:00'],
  ['Today 18:00', 'Today 18:00'],
  ['Back to Today', 'Back to Today'],
])('%s reads %s', (text, read) => expect(within(text)).toBe(read))
