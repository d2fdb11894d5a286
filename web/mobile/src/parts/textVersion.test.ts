import { expect, test } from 'vitest'
import { textVersion } from './textVersion'

test('of the version of a text people read its number alone', () => {
  expect(textVersion('1')).toBe('1')
  expect(textVersion('1#07aaa0d3ed44')).toBe('1')
  expect(textVersion('diabetes:1#07aaa0d3ed44 hypertension:2#19bc07aaa0d3 osteonecrosis:1#0d3ed44aaa07')).toBe('1, 2')
})
