import type { Band, Reading, Unit } from '../client/types'
import type { Limits } from './limits'

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

/** limitText writes a limit (mmol/L) in the unit a person reads: 7.0 or 126; empty while the figures are not known. */
export function limitText(mmol: number, unit: Unit, limits?: Limits): string {
  if (unit === 'mmol/L') return mmol.toFixed(1)
  return limits ? String(limitIn(mmol, unit, limits)) : ''
}

/** limitIn is a limit (mmol/L) in another unit: as published there, or converted to a whole number. */
export function limitIn(mmol: number, unit: Unit, limits: Limits): number {
  if (unit === 'mmol/L') return mmol
  const pair = limits.pairs.find(([limit]) => limit === mmol)
  return pair ? pair[1] : Math.round(mmol * limits.perMmol)
}

/** toMmol places a typed value on the mmol/L scale; the server decides classes. */
export const toMmol = (value: number, unit: Unit, limits: Limits): number =>
  unit === 'mmol/L' ? value : value / limits.perMmol
