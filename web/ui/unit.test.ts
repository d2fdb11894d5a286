import { expect, it } from 'vitest'
import { printedUnit } from './unit'

it('prints squares and micro as people write them, and leaves the rest', () => {
  expect(['mL/min/1.73m2', 'g/cm2', 'umol/L', 'ug', 'mmol/L', 'm2x'].map(printedUnit)).toEqual(['mL/min/1.73m²', 'g/cm²', 'μmol/L', 'μg', 'mmol/L', 'm2x'])
})
