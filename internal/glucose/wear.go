package glucose

import "math"

// Consensus on how much continuous measurement is enough to show times in ranges.
//
// Source: Battelino 2019, Diabetes Care 42:1593.
const (
	SufficientDays    = 14
	SufficientPercent = 70
)

// Wear says how much of its span a series covers.
type Wear struct {
	Interval int64   // minutes between two readings, see Interval
	Expected int     // readings a series without a pause would have from its first to its last
	Percent  float64 // of them that are there
}

// Worn compares a series with one without pauses at the same interval d (minutes): span / d + 1 readings expected; every pause
// longer than d, after rounding to whole minutes, lacks pause / d - 1 of them. at is in order; not ok below two moments.
//
// Source: Danne 2017, Diabetes Care 40:1631; counted as iglu's active_percent does.
func Worn(at []int64) (Wear, bool) {
	d, ok := Interval(at)
	if !ok {
		return Wear{}, false
	}
	minutes := func(from, until int64) float64 { return float64(until-from) / float64(minute) }
	span := math.RoundToEven(minutes(at[0], at[len(at)-1]))
	expected := math.RoundToEven(span/float64(d)) + 1
	paused := 0.0
	for i := 1; i < len(at); i++ {
		if p := minutes(at[i-1], at[i]); math.RoundToEven(p) > float64(d) {
			paused += p - float64(d)
		}
	}
	missing := math.RoundToEven(paused / float64(d))
	return Wear{Interval: d, Expected: int(expected), Percent: 100 * (expected - missing) / expected}, true
}

// Sufficient reports whether w spans at least 14 days, the last interval included, with at least 70 % of the readings there.
func (w Wear) Sufficient() bool {
	return int64(w.Expected)*w.Interval >= SufficientDays*24*60 && w.Percent >= SufficientPercent
}

// Days is how long w spans, in days, the last interval included.
func (w Wear) Days() float64 { return float64(int64(w.Expected)*w.Interval) / (24 * 60) }
