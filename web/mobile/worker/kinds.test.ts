import { describe, expect, it } from 'vitest'
import { kindOf, outdated } from './kinds'

const scope = 'https://peiban.test/m/'
const ask = (path: string, mode: Request['mode'] = 'cors', method = 'GET') =>
  kindOf({ method, mode, url: new URL(path, scope).href }, scope)

describe('kindOf', () => {
  it.each([
    ['/m/', 'navigate', 'page', 'the first page'],
    ['/m/record?context=fasting', 'navigate', 'page', 'every address of the app is the same page'],
    ['/console/', 'navigate', 'leave', 'another app'],
    ['/assets/mobile-DK3x_9aB.js', 'no-cors', 'file', 'its name changes with its content'],
    ['/assets/mobile.js', 'no-cors', 'leave', 'no digest: it may change'],
    ['/api/me', 'cors', 'leave', 'an answer of the API is never kept'],
    ['/api/me', 'navigate', 'leave', 'not even when it is opened as a page'],
    ['/api/assets/mobile-DK3x_9aB.js', 'cors', 'leave', 'assets lie at the top only'],
    ['/m/sw.js', 'same-origin', 'leave', 'the worker itself'],
    ['https://other.test/assets/mobile-DK3x_9aB.js', 'cors', 'leave', 'another origin'],
  ] as const)('%s (%s) is %s: %s', (path, mode, kind, _reason) => expect(ask(path, mode)).toBe(kind))

  it('leaves alone what is written', () => expect(ask('/m/', 'navigate', 'POST')).toBe('leave'))
})

it('keeps the last build and the one before', () => {
  expect(outdated(['phone-1', 'other', 'phone-2', 'phone-3'], 'phone-', 'phone-3')).toEqual(['phone-1'])
  expect(outdated(['phone-1', 'phone-2'], 'phone-', 'phone-2')).toEqual([])
  // Back to a build that was there before: its cache is old and its own.
  expect(outdated(['phone-1', 'phone-2', 'phone-3'], 'phone-', 'phone-1')).toEqual(['phone-2'])
})
