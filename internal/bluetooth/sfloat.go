package bluetooth

import "math"

// The SFLOAT values that are no numbers.
const (
	sfloatNaN      = 0x07ff
	sfloatNRes     = 0x0800 // not at this resolution
	sfloatReserved = 0x0801
	sfloatHigh     = 0x07fe // +INFINITY: above what the meter measures
	sfloatLow      = 0x0802 // -INFINITY: below it
)

// SFloat is the value of an IEEE 11073-20601 SFLOAT: twelve bits of mantissa and four of a decimal exponent, both in two's
// complement. What is no number is NaN; above and below what the meter measures are +Inf and -Inf.
func SFloat(raw uint16) float64 { return scaled(raw, 0) }

// scaled is an SFLOAT times ten to the power of shift, rounded once: 0.063 mol/L are 63 mmol/L and not 63.000000000000007.
func scaled(raw uint16, shift int) float64 {
	switch raw {
	case sfloatNaN, sfloatNRes, sfloatReserved:
		return math.NaN()
	case sfloatHigh:
		return math.Inf(1)
	case sfloatLow:
		return math.Inf(-1)
	}
	mantissa, exponent := int16(raw<<4)>>4, int(int16(raw)>>12)+shift
	if exponent < 0 {
		return float64(mantissa) / math.Pow10(-exponent)
	}
	return float64(mantissa) * math.Pow10(exponent)
}
