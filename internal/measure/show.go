package measure

import (
	"math"
	"strconv"
)

// Show writes v (mmol/L scale) as people read it: one decimal, two where one would hide the class, so that 3.86
// never reads 3.9. Where even two would hide it, the nearest two-decimal number of the same class is written.
func Show(v float64, r Range) string {
	want := Classify(v, r)
	one := round(v, 10)
	if Classify(one, r) == want {
		return strconv.FormatFloat(one, 'f', 1, 64)
	}
	two := round(v, 100)
	for step := 0.0; Classify(two, r) != want && step < 3; step++ {
		if two > v {
			two = round(two-0.01, 100)
		} else {
			two = round(two+0.01, 100)
		}
	}
	return strconv.FormatFloat(two, 'f', 2, 64)
}

// ShowMgdL writes v (mmol/L scale) in mg/dL, whole, with the nearest whole number of the same class: 3.86 mmol/L
// is low and reads 69, though it is 69.5.
func ShowMgdL(v float64, r Range) string {
	want := Classify(v, r)
	whole := math.Round(v * MgPerMmol)
	for _, try := range [...]float64{whole, whole - 1, whole + 1} {
		if Classify(FromMgdL(try), r) == want {
			return strconv.FormatFloat(try, 'f', 0, 64)
		}
	}
	return strconv.FormatFloat(whole, 'f', 0, 64)
}

func round(v, parts float64) float64 { return math.Round(v*parts) / parts }

// Mark is the small sign drawn beside a band's word. Screens draw it; text such as an export may print it.
func (b Band) Mark() string {
	switch b {
	case BandVeryLow, BandLO:
		return "▼▼"
	case BandLow:
		return "▼"
	case BandBelow:
		return "○"
	case BandTarget:
		return "●"
	case BandHigh:
		return "▲"
	case BandVeryHigh, BandHI:
		return "▲▲"
	}
	return ""
}

// IsLow reports whether b asks for sugar now: below 3.9 mmol/L, or the meter said LO.
func (b Band) IsLow() bool { return b == BandVeryLow || b == BandLow || b == BandLO }
