import { describe, expect, it } from 'vitest'
import { filled, sumOf, wholeDay } from './receipts'

describe('a receipt of several things', () => {
  it('has a sum only where each says what it cost: half a sum would not match the paper', () => {
    expect(sumOf([{ title: 'a', amount: 180.5 }, { title: 'b', amount: 35.7 }])).toBe(216.2)
    expect(sumOf([{ title: 'a', amount: 180.5 }, { title: 'b' }])).toBeUndefined()
  })

  it('leaves out lines of which nothing is said, and takes days that there are', () => {
    expect([{ title: ' ' }, { product: 'p' }, { quantity: 2 }, { prescription: true }].map(filled)).toEqual([false, true, true, false])
    expect(['2026-02-29', '2026-03-08', '3.8'].map(wholeDay)).toEqual([false, true, false])
  })
})
