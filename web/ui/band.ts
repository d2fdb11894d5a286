import type { Band, Reading, Unit } from '../client/types'

/** The class suffix that carries a band's colours; HI and LO look like the band beyond their end. */
export const bandClass: Record<Band, string> = {
  very_low: 'very-low',
  low: 'low',
  below_target: 'below',
  in_target: 'in-target',
  high: 'high',
  very_high: 'very-high',
  hi: 'very-high',
  lo: 'very-low',
  implausible: 'unclear',
}

/** A low of any kind, which is answered with sugar and a new measurement. */
export const isLow = (band: Band): boolean => band === 'low' || band === 'very_low' || band === 'lo'

/** shownDigits are the server's digits: it decided how many decimals keep the class visible. HI and LO are words. */
export function shownDigits(reading: Reading, unit: Unit): string {
  if (reading.band === 'hi') return 'HI'
  if (reading.band === 'lo') return 'LO'
  // An impossible value is shown as it was entered: converting it would make up a number nobody saw.
  if (reading.band === 'implausible' && reading.entered.value !== undefined) return String(reading.entered.value)
  const digits = unit === 'mg/dL' ? reading.show.mgdl : reading.show.mmol
  return digits || String(reading.entered.value ?? '')
}

/** shownUnit is the unit beside shownDigits. */
export const shownUnit = (reading: Reading, unit: Unit): Unit =>
  reading.band === 'implausible' ? reading.entered.unit : unit

/** Limits both units write as round figures: equal by convention, not by arithmetic. Source: as internal/measure. */
const pairs: readonly (readonly [number, number])[] = [
  [1.1, 20],
  [3.0, 54],
  [3.9, 70],
  [4.4, 80],
  [5.6, 100],
  [7.0, 126],
  [7.8, 140],
  [10.0, 180],
  [11.1, 200],
  [13.9, 250],
  [16.7, 300],
  [33.3, 600],
]

/** Molar mass of glucose 180.156 g/mol. */
const mgdlPerMmol = 18.0156

/** limitText writes a limit (mmol/L) in the unit a person reads: 7.0 or 126. */
export function limitText(mmol: number, unit: Unit): string {
  if (unit === 'mmol/L') return mmol.toFixed(1)
  const pair = pairs.find(([limit]) => limit === mmol)
  return String(pair ? pair[1] : Math.round(mmol * mgdlPerMmol))
}

/** toMmol places a typed value on the mmol/L scale, for the questions the keypad asks; the server decides classes. */
export const toMmol = (value: number, unit: Unit): number => (unit === 'mmol/L' ? value : value / mgdlPerMmol)
