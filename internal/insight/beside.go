package insight

import (
	"iter"
	"math"
	"time"

	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/timeline"
)

// Series is one thing that is measured again and again beside glucose.
type Series struct {
	Type event.Type
	Site string // code A of an event of pain; "" for events that name no side, and of every other type
}

// Of gives the places of a series in (from, to], oldest first: what was taken back or replaced is left out.
func (s Series) Of(v timeline.View, from, to int64) iter.Seq[int] {
	site := event.Intern(s.Site)
	return func(yield func(int) bool) {
		lo, hi := span(v, from, to)
		for i := lo; i < hi; i++ {
			if v.Type[i] != s.Type || v.Flags[i]&event.Hidden != 0 || math.IsNaN(v.Num[i]) || s.Type == event.Pain && v.A[i] != site {
				continue
			}
			if !yield(i) {
				return
			}
		}
	}
}

// Part is a part of the local day.
type Part int

// Parts of a day. Blood pressure at home is measured in the morning, before breakfast and medicine, and in the evening; the protocol
// names no hours; these are those of in_morning and in_evening in programmes/hypertension: 4 to 12 o'clock, and from 16.
const (
	WholeDay Part = iota
	Morning
	Evening
)

func (p Part) holds(at int64, loc *time.Location) bool {
	switch hour := time.UnixMicro(at).In(loc).Hour(); p {
	case Morning:
		return hour >= 4 && hour < 12
	case Evening:
		return hour >= 16
	}
	return true
}

// Means are those of a series over a span: of the means of the local days, each day counting the same, which is how blood pressure at
// home is averaged and what day_mean of a rule is.
type Means struct {
	N, Days int
	Mean    float64 // of the main value; NaN below FewestForMean
	Second  float64 // of a pressure, the diastolic; NaN of every other series, and as Mean is
}

// MeansOf averages a series over (from, to] within a part of the day.
func MeansOf(v timeline.View, s Series, part Part, from, to int64) Means {
	var out Means
	var sum, second, day, day2, n, dayEnds = 0.0, 0.0, 0.0, 0.0, 0.0, int64(0)
	end := func() {
		if n > 0 {
			sum, second = sum+day/n, second+day2/n
		}
		day, day2, n = 0, 0, 0
	}
	for i := range s.Of(v, from, to) {
		if !part.holds(v.At[i], v.Loc) {
			continue
		}
		if v.At[i] >= dayEnds {
			end()
			out.Days++
			dayEnds = EndOfDay(v.At[i], v.Loc)
		}
		out.N++
		n++
		day, day2 = day+v.Num[i], day2+secondOf(v, s, i)
	}
	end()
	out.Mean, out.Second = math.NaN(), math.NaN()
	if out.N >= FewestForMean {
		out.Mean, out.Second = sum/float64(out.Days), second/float64(out.Days)
	}
	return out
}

func secondOf(v timeline.View, s Series, i int) float64 {
	if s.Type == event.BloodPressure {
		return v.XAt(i, 0)
	}
	return math.NaN()
}

// Within reports whether x lies inside limits, of which either may be missing. An open upper limit is itself outside.
func Within(r measure.Range, x float64) bool {
	return (r.Low == 0 || x >= r.Low) && (r.High == 0 || x < r.High || x == r.High && !r.Open)
}

// WithinTarget is how many of a series lie inside the limits: of a pressure both numbers must. Without limits nothing is told.
func WithinTarget(v timeline.View, s Series, main, second measure.Range, from, to int64) (out Share) {
	if main == (measure.Range{}) && second == (measure.Range{}) {
		return out
	}
	for i := range s.Of(v, from, to) {
		out.Of++
		if Within(main, v.Num[i]) && (s.Type != event.BloodPressure || Within(second, v.XAt(i, 0))) {
			out.N++
		}
	}
	return out
}

// DayPoint is the mean of one local day of a series.
type DayPoint struct {
	At     int64 // of its first value
	N      int
	Mean   float64
	Second float64 // of a pressure, the diastolic; else NaN
}

// DayPoints are the means of each local day in (from, to], oldest first.
func DayPoints(v timeline.View, s Series, from, to int64) []DayPoint {
	var out []DayPoint
	var dayEnds int64
	for i := range s.Of(v, from, to) {
		if v.At[i] >= dayEnds {
			dayEnds = EndOfDay(v.At[i], v.Loc)
			out = append(out, DayPoint{At: v.At[i]})
		}
		p := &out[len(out)-1]
		p.N++
		p.Mean += (v.Num[i] - p.Mean) / float64(p.N)
		p.Second += (secondOf(v, s, i) - p.Second) / float64(p.N)
	}
	return out
}
