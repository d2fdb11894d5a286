package visit

import (
	"math"
	"slices"
	"time"

	"peiban/internal/event"
	"peiban/internal/glucose"
	"peiban/internal/insight"
	"peiban/internal/measure"
	"peiban/internal/timeline"
)

// Shape is how readings are shown, by how many there are and how they came.
type Shape string

// Shapes of a page.
const (
	None     Shape = "none"      // not one reading
	Log      Shape = "log"       // single readings: the glucose log
	Short    Shape = "short"     // continuous for less than a day: what is missing is said
	Days     Shape = "days"      // continuous for 1 to 6 days: single days only
	AGPShort Shape = "agp_short" // 7 to 13 days: curve and days, for orientation only, no time in range
	AGP      Shape = "agp"       // 14 days with 70 % active: everything
)

// Continuous readings: the longest usual pause a sensor leaves, and how many readings make a series at all (a morning of a sensor
// at one reading every 15 minutes).
const (
	sensorPause = 20 // minutes
	fewest      = 24
	shortDays   = 7
	hourly      = 24 * 60
)

// Slot is one meal slot over the span. Mean is NaN below insight.FewestForMean readings.
type Slot struct {
	Context   string
	N         int
	Mean      float64 // mmol/L
	Low, High float64 // lowest and highest reading
	In        insight.Share
}

// Pattern is the readings of a span.
type Pattern struct {
	Shape    Shape
	From, To int64 // (From, To]
	Span     int   // local days in it, today among them
	N        int   // readings with a number
	Days     int   // local days with one
	In       insight.Share
	Slots    []Slot // in the order of a day
	Wear     glucose.Wear
	Summary  glucose.Summary // of continuous readings; zero otherwise
	Hours    [glucose.Hours]glucose.Hour
}

// PatternOf tells the readings of the last days local days up to to. Of a sensor it takes one day more: today is not over, and so many
// whole days are asked for.
//
// Source of what is shown from how much data: Battelino 2019, Diabetes Care 42:1593 (14 days, 70 %); Johnson 2019, Diabetes Technol
// Ther 21(S2), 10.1089/dia.2019.0034.
func PatternOf(v timeline.View, t insight.Targets, days int, to int64) Pattern {
	if p := patternOf(v, t, days+1, to); p.Continuous() {
		return p
	}
	return patternOf(v, t, days, to)
}

func patternOf(v timeline.View, t insight.Targets, days int, to int64) Pattern {
	p := Pattern{Shape: None, From: insight.LastDays(to, days, v.Loc), To: to, Span: days}
	var at []int64
	var values []float64
	var dayEnds int64
	of := map[string]*Slot{}
	for i := range insight.Readings(v, p.From, to) {
		at, values = append(at, v.At[i]), append(values, v.Num[i])
		if v.At[i] >= dayEnds {
			p.Days++
			dayEnds = insight.EndOfDay(v.At[i], v.Loc)
		}
		s := of[v.A[i].String()]
		if s == nil {
			s = &Slot{Context: v.A[i].String(), Low: math.Inf(1), High: math.Inf(-1)}
			of[s.Context] = s
		}
		s.add(v.Num[i], insight.Inside(v, t, i))
		p.In.Of++
		if insight.Inside(v, t, i) {
			p.In.N++
		}
	}
	p.N = len(at)
	for _, context := range append(append([]string{}, event.Contexts...), "") {
		if s := of[context]; s != nil {
			s.close()
			p.Slots = append(p.Slots, *s)
		}
	}
	if p.N == 0 {
		for range insight.Shown(v, p.From, to) { // HI and LO only: there is a log to show
			p.Shape = Log
			break
		}
		return p
	}
	p.Shape = Log
	at, values = glucose.Distinct(at, values)
	wear, ok := glucose.Worn(at)
	if !ok || wear.Interval > sensorPause || len(at) < fewest {
		return p
	}
	p.Wear = wear
	p.Summary = glucose.Summarise(at, values, glucose.Options{Unit: measure.MmolL, Zone: v.Loc})
	p.Hours = glucose.Profile(at, values, v.Loc)
	switch span := int64(wear.Expected) * wear.Interval; {
	case span < hourly:
		p.Shape = Short
	case wear.Sufficient():
		p.Shape = AGP
	case span >= shortDays*hourly && wear.Percent >= glucose.SufficientPercent:
		p.Shape = AGPShort
	default:
		p.Shape = Days
	}
	return p
}

func (s *Slot) add(x float64, in bool) {
	s.N++
	s.Mean += x // the sum, until close
	s.Low, s.High = min(s.Low, x), max(s.High, x)
	s.In.Of++
	if in {
		s.In.N++
	}
}

func (s *Slot) close() {
	if s.N < insight.FewestForMean {
		s.Mean = math.NaN()
		return
	}
	s.Mean /= float64(s.N)
}

// Continuous reports whether the readings came from a sensor.
func (p Pattern) Continuous() bool { return p.Shape != None && p.Shape != Log }

// Hypo is one low and what was done about it.
type Hypo struct {
	At    int64
	Until int64   // of a sensor's episode; 0: a single reading
	Worst float64 // mmol/L; NaN: the meter said LO
	Place int     // of the lowest reading in the timeline
	Night bool    // between midnight and 6 o'clock, when nobody notices
	Ate   bool    // a meal or sugar is on record within half an hour
	Asked string  // what the person answered to the safety card: better, still, ...; empty: nothing
	Again int     // place of the first reading after it that is no low; -1: nobody measured again within two hours
}

const (
	minute   = int64(time.Minute / time.Microsecond)
	ateIn    = 30 * minute
	againIn  = 120 * minute // also how far apart two low readings are still one low
	nightEnd = 6            // o'clock
)

// Hypos are the lows in the span of p, newest first. Low readings within two hours of one another with none in between that is no
// low are one low: measuring again is no second one.
func Hypos(v timeline.View, p Pattern) []Hypo {
	var out []Hypo
	open := false // the newest of out may still grow
	var first []int
	for i := range insight.Shown(v, p.From, p.To) {
		low, number := isLow(v, i)
		if !low {
			open = open && !number
			continue
		}
		if n := len(out); open && v.At[i]-max(out[n-1].At, out[n-1].Until) <= againIn {
			out[n-1].worse(v, i)
			continue
		}
		h := Hypo{At: v.At[i], Place: i, Worst: v.Num[i], Night: time.UnixMicro(v.At[i]).In(v.Loc).Hour() < nightEnd}
		if v.Flags[i]&event.LO != 0 {
			h.Worst = math.NaN()
		}
		out, first, open = append(out, h), append(first, i), true
	}
	for i := range out {
		out[i].treated(v, first[i])
	}
	slices.Reverse(out)
	return out
}

// isLow reports whether the reading at place i is a low, and whether it is a number or LO at all.
func isLow(v timeline.View, i int) (low, number bool) {
	switch {
	case v.Flags[i]&event.LO != 0:
		return true, true
	case v.Flags[i]&event.NotANumber != 0:
		return false, false
	}
	return measure.Classify(v.Num[i], measure.Range{}).IsLow(), true
}

// worse takes another low reading of the same low in.
func (h *Hypo) worse(v timeline.View, i int) {
	h.Until = v.At[i]
	switch {
	case math.IsNaN(h.Worst):
	case v.Flags[i]&event.LO != 0:
		h.Worst, h.Place = math.NaN(), i
	case v.Num[i] < h.Worst:
		h.Worst, h.Place = v.Num[i], i
	}
}

// treated looks, from place first on, for what was done: something eaten, an answer to the card, a reading that is no low any more.
func (h *Hypo) treated(v timeline.View, first int) {
	h.Again = -1
	last := max(h.At, h.Until)
	for i := first; i < v.Len() && v.At[i] <= last+againIn; i++ {
		if v.Flags[i]&event.Hidden != 0 {
			continue
		}
		switch v.Type[i] {
		case event.Meal:
			h.Ate = h.Ate || v.At[i] <= last+ateIn
		case event.Answer:
			h.Asked = v.B[i].String()
		case event.Glucose:
			if low, number := isLow(v, i); h.Again < 0 && v.At[i] > last && number && !low {
				h.Again = i
			}
		}
	}
}

// Goals are the shares of time that guidelines ask for, in percent; zero asks nothing. In is at least, the others are at most.
type Goals struct{ In, Low, VeryLow, High, VeryHigh float64 }

// GoalsOf are the goals of a target profile: of older people and those at high risk, or the standard.
//
// Source: Battelino 2019, Diabetes Care 42:1593. Low and High are sums: below 3.9, above 10.0 mmol/L.
func GoalsOf(profile string) Goals {
	if profile == "older" {
		return Goals{In: 50, Low: 1, High: 50, VeryHigh: 10}
	}
	return Goals{In: 70, Low: 4, VeryLow: 1, High: 25, VeryHigh: 5}
}

// Shares are the five levels in whole percent that add up to 100, very low first: the rest of rounding goes to High.
func Shares(s glucose.Summary) [5]int {
	out := [5]int{}
	sum := 0
	for i, f := range []glucose.Figure{s.VeryLow, s.Low, s.In, s.High, s.VeryHigh} {
		if i == 3 {
			continue
		}
		out[i] = int(math.RoundToEven(f.V))
		sum += out[i]
	}
	out[3] = 100 - sum
	if out[3] < 0 { // rounded up on every other level: the largest gives way
		out[2] += out[3]
		out[3] = 0
	}
	return out
}
