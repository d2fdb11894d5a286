/** printedUnit writes a unit of the wire, which has letters only, as it is printed: g/cm2 is g/cm², umol/L is μmol/L. */
export const printedUnit = (unit: string): string => unit.replace(/^ug/, 'μg').replace(/^umol/, 'μmol').replace(/m2$/, 'm²')
