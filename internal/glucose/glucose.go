// Package glucose computes the published figures of a series of glucose readings: level, spread, shares of time,
// risk indices, excursions and episodes.
//
// Every function is pure and works on views: times in microseconds since 1970 (UTC), in order, and values beside
// them in one unit. Whoever calls decides which readings belong in: HI and LO of a meter and values outside
// Plausible are flags, never numbers. A figure that the readings cannot carry comes back with ok false; nothing
// is guessed. What a figure means for a person, and whether there is enough of it to act upon, is decided elsewhere.
package glucose

import (
	"math"

	"peiban/internal/measure"
)

// mgdL brings v to mg/dL, the scale in which most of these formulas were published (molar mass 180.156 g/mol).
func mgdL(v float64, u measure.Unit) float64 {
	if u == measure.MmolL {
		return v * measure.MgPerMmol
	}
	return v
}

// Plausible reports whether v can be a number in a figure: 1.1 to 33.3 mmol/L, or 20 to 600 mg/dL, limits inside.
//
// Source: Kovatchev, LBGI appendix (range of a meter). The limits are equal by convention, so v is compared in its unit.
func Plausible(v float64, u measure.Unit) bool {
	if u == measure.MgdL {
		return v >= 20 && v <= 600
	}
	return v >= measure.GlucoseMin && v <= measure.GlucoseMax
}

// Mean is the arithmetic mean, in the unit of v; not ok without readings.
func Mean(v []float64) (float64, bool) {
	if len(v) == 0 {
		return 0, false
	}
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v)), true
}

// SD is the standard deviation of a sample, sqrt(sum (x - mean)^2 / (n - 1)), in the unit of v; not ok below two readings.
func SD(v []float64) (float64, bool) {
	mean, _ := Mean(v)
	if len(v) < 2 {
		return 0, false
	}
	sum := 0.0
	for _, x := range v {
		sum += (x - mean) * (x - mean)
	}
	return math.Sqrt(sum / float64(len(v)-1)), true
}

// CV is the coefficient of variation, 100 SD / mean, in percent; not ok below two readings.
//
// Source: Battelino 2019, Diabetes Care 42:1593; stable at 36 % and below.
func CV(v []float64) (float64, bool) {
	sd, ok := SD(v)
	mean, _ := Mean(v)
	if !ok || mean <= 0 {
		return 0, false
	}
	return 100 * sd / mean, true
}

// GMI is the glucose management indicator in percent, 3.31 + 0.02392 mean (mg/dL). It is an estimate made for
// continuous readings and is not a laboratory HbA1c.
//
// Source: Bergenstal 2018, Diabetes Care 41:2275.
func GMI(v []float64, u measure.Unit) (float64, bool) {
	mean, ok := Mean(v)
	return 3.31 + 0.02392*mgdL(mean, u), ok
}

// EA1C is the HbA1c in percent that belongs to the mean, (46.7 + mean (mg/dL)) / 28.7.
//
// Source: Nathan 2008 (ADAG), Diabetes Care 31:1473.
func EA1C(v []float64, u measure.Unit) (float64, bool) {
	mean, ok := Mean(v)
	return (46.7 + mgdL(mean, u)) / 28.7, ok
}

// JIndex is 0.001 (mean + SD)^2 with both in mg/dL; not ok below two readings.
//
// Source: Wojcicki 1995, Horm Metab Res 27:41.
func JIndex(v []float64, u measure.Unit) (float64, bool) {
	sd, ok := SD(v)
	mean, _ := Mean(v)
	both := mgdL(mean+sd, u)
	return 0.001 * both * both, ok
}
