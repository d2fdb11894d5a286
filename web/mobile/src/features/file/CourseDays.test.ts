import { expect, it } from 'vitest'
import type { MedicineTaken } from '../../../../client/file'
import { daysOf, dosesADay } from './CourseDays'

it('asks about no day before the course began', () => {
  expect(daysOf('2026-03-08', '2026-03-06')).toEqual(['2026-03-08', '2026-03-07', '2026-03-06'])
  expect(daysOf('2026-03-02', undefined)).toHaveLength(7)
  expect(daysOf('2026-03-02', undefined).at(-1)).toBe('2026-02-24')
})

it('notes a day as the doses it has', () => {
  expect([undefined, 0.142857, 1, 2, 3].map((timesPerDay) => dosesADay({ timesPerDay } as MedicineTaken))).toEqual([1, 1, 1, 2, 3])
})
