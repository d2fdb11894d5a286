package glucose

import (
	"math"
	"time"

	"peiban/internal/measure"
)

// risk is the symmetrised risk of one reading: f = 1.509 ((ln g)^1.084 - 5.381) with g in mg/dL, zero at 112.5 mg/dL,
// and 10 f^2 on its side of zero.
//
// Source: Kovatchev 1997, Diabetes Care 20:1655, and the appendix of the LBGI papers. Some programs round 10 x 1.509^2 =
// 22.7708 to 22.77, which makes indices smaller by one part in 28,000.
func risk(v float64, u measure.Unit) (low, high float64) {
	f := 1.509 * (math.Exp(1.084*math.Log(math.Log(mgdL(v, u)))) - 5.381) // the power, in half the time
	if f < 0 {
		return 10 * f * f, 0
	}
	return 0, 10 * f * f
}

// noRisk is the value without risk on either side, mg/dL: 112.5.
var noRisk = math.Exp(math.Pow(5.381, 1/1.084))

// LowRisk and HighRisk are what one reading adds to LBGI and to HBGI before they are divided by the number of readings, for whoever
// goes through readings one by one. Not a number for 1 mg/dL or less.
func LowRisk(v float64, u measure.Unit) float64 {
	if mgdL(v, u) > noRisk {
		return 0
	}
	low, _ := risk(v, u)
	return low
}

// HighRisk is the other side of LowRisk.
func HighRisk(v float64, u measure.Unit) float64 {
	if g := mgdL(v, u); g > 1 && g < noRisk {
		return 0
	}
	_, high := risk(v, u)
	return high
}

// LBGI is the low blood glucose index, the mean over all readings of their risk on the low side. Bands: up to 1.1 minimal,
// 2.5 low, 5.0 moderate, above it high. Not ok without readings, or when a value is not a glucose value (1 mg/dL or less).
//
// Source: Kovatchev 2006, Diabetes Care 29:2433.
func LBGI(v []float64, u measure.Unit) (float64, bool) {
	low, _, ok := risks(v, u)
	return low, ok
}

// HBGI is the high blood glucose index, the mean over all readings of their risk on the high side. Bands: up to 4.5 low,
// 9.0 moderate, above it high. Not ok where LBGI is not.
//
// Source: Kovatchev 2006, Diabetes Care 29:2433.
func HBGI(v []float64, u measure.Unit) (float64, bool) {
	_, high, ok := risks(v, u)
	return high, ok
}

func risks(v []float64, u measure.Unit) (low, high float64, ok bool) {
	for _, x := range v {
		l, h := risk(x, u)
		low, high = low+l, high+h
	}
	n := float64(len(v))
	low, high = low/n, high/n
	return low, high, finite(low + high)
}

// ADRRReadings is how many readings a local day needs to count in ADRR.
//
// Source: Kovatchev 2006, Diabetes Care 29:2433 (three to five readings a day).
const ADRRReadings = 3

// ADRR is the average daily risk range: on each local day the largest risk on the low side plus the largest on the high
// side, averaged over the days with at least atLeast readings. Bands: below 20 low, to 40 moderate, above it high. at is
// in order; not ok when no day has enough readings. The papers ask for fourteen such days, which is for the caller to ask.
//
// Source: Kovatchev 2006, Diabetes Care 29:2433.
func ADRR(at []int64, v []float64, u measure.Unit, zone *time.Location, atLeast int) (float64, bool) {
	var sum float64
	days := 0
	for i := 0; i < len(at); {
		_, until := dayAround(at[i], zone)
		var low, high float64
		n := 0
		for ; i < len(at) && at[i] < until; i++ {
			l, h := risk(v[i], u)
			low, high = max(low, l), max(high, h) // max keeps what is not a number
			n++
		}
		if n >= atLeast {
			sum += low + high
			days++
		}
	}
	sum /= float64(days)
	return sum, finite(sum)
}

// ADRRDays is how many local days have at least atLeast readings, the days ADRR averages over. at is in order.
func ADRRDays(at []int64, zone *time.Location, atLeast int) int {
	days := 0
	for i := 0; i < len(at); {
		_, until := dayAround(at[i], zone)
		n := 0
		for ; i < len(at) && at[i] < until; i++ {
			n++
		}
		if n >= atLeast {
			days++
		}
	}
	return days
}

// finite tells a figure from what 0/0 and the logarithm of nothing leave behind.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// dayAround gives the local day at falls in, from its first microsecond to before the first of the next day.
func dayAround(at int64, zone *time.Location) (from, until int64) {
	y, m, d := time.UnixMicro(at).In(zone).Date()
	return dayStart(y, m, d, zone), dayStart(y, m, d+1, zone)
}

// dayStart is the first moment of a local day. Where clocks skip midnight, or the whole day, it is when they have jumped; where
// they show midnight twice, it is the first time. time.Date promises neither.
func dayStart(y int, m time.Month, d int, zone *time.Location) int64 {
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	day := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	wanted := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if day(t).Before(wanted) {
		_, t = t.ZoneBounds()
		return t.UnixMicro()
	}
	if begun, _ := t.ZoneBounds(); !begun.IsZero() {
		_, before := begun.Add(-time.Nanosecond).Zone()
		if first := wanted.Add(-time.Duration(before) * time.Second); first.Before(begun) && first.Before(t) && day(first.In(zone)).Equal(wanted) {
			return first.UnixMicro()
		}
	}
	return t.UnixMicro()
}
