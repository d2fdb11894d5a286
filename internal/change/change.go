// Package change is about what changed after what: the marks of a person's course (medicines, education, contacts, stages), the
// readings beside them, and the readings before and after one mark.
//
// What it tells is an association. Nothing here says that one thing caused another, and what else happened in the same weeks is
// told with every comparison. Everything is pure: a timeline and a moment in, figures out.
package change

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"time"

	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/timeline"
)

// Kind says what sort of thing a mark is.
type Kind string

// Kinds of marks, in the order of the strip.
const (
	Medicine  Kind = "medicine"
	Education Kind = "education"
	Contact   Kind = "contact"
	Stage     Kind = "stage"
)

// Kinds are all kinds, in the order of the strip.
var Kinds = []Kind{Medicine, Education, Contact, Stage}

// Mark is something that happened which readings may be compared around.
type Mark struct {
	Kind  Kind
	At    int64 // microseconds
	Place int   // in the timeline; -1: not an event of it
	N     int   // so many of its kind on that local day, of which this is the first; only education and contacts are counted together
}

// kindOf tells what sort of mark an event is; "" for none. A dose taken or missed is none: it changes no plan.
func kindOf(v timeline.View, i int) Kind {
	switch v.Type[i] {
	case event.Medication:
		switch v.B[i].String() {
		case "start", "stop", "change":
			return Medicine
		}
	case event.Glucocorticoid:
		return Medicine
	case event.ContentRead, event.Quiz:
		return Education
	case event.Activity:
		if v.C[i].String() == "attended" {
			return Education
		}
	case event.TaskDone:
		return Contact
	case event.Chat:
		if v.A[i].String() == "staff" {
			return Contact
		}
	case event.Visit, event.DoctorTalk:
		return Contact
	case event.StageSet:
		return Stage
	}
	return ""
}

// Marks are the marks in (from, to], oldest first. Education and contacts of one local day are one mark each: a lesson of five
// pages is one lesson.
func Marks(v timeline.View, from, to int64) []Mark {
	var out []Mark
	today := map[Kind]int{} // where the mark of the day is
	var dayEnds int64
	lo := sort.Search(v.Len(), func(i int) bool { return v.At[i] > from })
	for i := lo; i < v.Len() && v.At[i] <= to; i++ {
		if v.Flags[i]&event.Hidden != 0 {
			continue
		}
		k := kindOf(v, i)
		if k == "" {
			continue
		}
		if v.At[i] >= dayEnds {
			dayEnds = insight.EndOfDay(v.At[i], v.Loc)
			clear(today)
		}
		if k == Education || k == Contact {
			if at, ok := today[k]; ok {
				out[at].N++
				continue
			}
			today[k] = len(out)
		}
		out = append(out, Mark{Kind: k, At: v.At[i], Place: i, N: 1})
	}
	return out
}

// Point is the mean of one meal slot on one local day.
type Point struct {
	At      int64 // of its first reading
	Context string
	Mean    float64 // mmol/L
	N       int
}

// Daily are the means of each local day and meal slot in (from, to], oldest first. A reading whose slot nobody named counts under
// "". One reading is its own mean: N says so.
func Daily(v timeline.View, from, to int64) []Point {
	var out []Point
	today := map[event.Symbol]int{}
	var dayEnds int64
	for i := range insight.Readings(v, from, to) {
		if v.At[i] >= dayEnds {
			dayEnds = insight.EndOfDay(v.At[i], v.Loc)
			clear(today)
		}
		at, ok := today[v.A[i]]
		if !ok {
			at = len(out)
			today[v.A[i]] = at
			out = append(out, Point{At: v.At[i], Context: v.A[i].String()})
		}
		p := &out[at]
		p.N++
		p.Mean += (v.Num[i] - p.Mean) / float64(p.N)
	}
	return out
}

// Side are the readings of one side of a mark.
type Side struct {
	From, To int64         // (From, To]
	N        int           // readings
	Days     int           // local days with one
	Mean     float64       // mmol/L; NaN below insight.FewestForMean readings
	In       insight.Share // in the person's own target
}

// Slot compares one meal slot. By is after less before and NaN unless both sides have a mean.
type Slot struct {
	Context       string
	Before, After Side
	By            float64
}

// Enough reports whether both sides carry a mean.
func (s Slot) Enough() bool { return !math.IsNaN(s.By) }

// Comparison is the readings before and after a mark.
type Comparison struct {
	Days          int // whole local days on each side
	Before, After Side
	Slots         []Slot // those with a reading on either side, in the order of a day
	DaysLeft      int    // of the time after that have not come yet
	Others        []Mark // what else happened in the two spans
}

// Around compares the days before the local day of at with the days after it, so many whole days on each side. The day itself is
// on neither side: of many marks only the day is known. All slots together have a share in target but no mean: a mean over slots
// that were measured at different rates would move without anybody's glucose moving.
func Around(v timeline.View, t insight.Targets, at int64, days int, now int64) Comparison {
	day := time.UnixMicro(at).In(v.Loc)
	noon := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, v.Loc)
	start := func(n int) int64 { return insight.StartOfDay(noon.AddDate(0, 0, n).UnixMicro(), v.Loc) - 1 }
	c := Comparison{Days: days, Before: Side{From: start(-days), To: start(0)}, After: Side{From: start(1), To: start(days + 1)}}
	for n := days; n > 0 && start(n+1) > now; n-- {
		c.DaysLeft++
	}
	c.After.To = max(min(c.After.To, now), c.After.From)
	c.Before, c.After = sideOf(v, t, "", c.Before), sideOf(v, t, "", c.After)
	for _, context := range append(slices.Clone(event.Contexts), none) {
		s := Slot{Context: context, Before: sideOf(v, t, context, c.Before), After: sideOf(v, t, context, c.After)}
		if s.Before.N+s.After.N == 0 {
			continue
		}
		s.By = s.After.Mean - s.Before.Mean
		if s.Context == none {
			s.Context = ""
		}
		c.Slots = append(c.Slots, s)
	}
	for _, m := range Marks(v, c.Before.From, c.After.To) {
		if m.At != at {
			c.Others = append(c.Others, m)
		}
	}
	return c
}

// none asks sideOf for the readings whose slot nobody named; "" asks for all.
const none = "-"

func sideOf(v timeline.View, t insight.Targets, context string, span Side) Side {
	s := Side{From: span.From, To: span.To, Mean: math.NaN()}
	var want event.Symbol
	if context != none {
		want = event.Intern(context)
	}
	sum, dayEnds := 0.0, int64(0)
	for i := range insight.Readings(v, s.From, s.To) {
		if context != "" && v.A[i] != want {
			continue
		}
		s.N++
		sum += v.Num[i]
		if v.At[i] >= dayEnds {
			s.Days++
			dayEnds = insight.EndOfDay(v.At[i], v.Loc)
		}
		if insight.Inside(v, t, i) {
			s.In.N++
		}
		s.In.Of++
	}
	if s.N >= insight.FewestForMean && context != "" {
		s.Mean = sum / float64(s.N)
	}
	return s
}

// Order is the order of marks: of time, and at one moment of the strip's rows.
func Order(a, b Mark) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)))
}
