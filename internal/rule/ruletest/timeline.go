package ruletest

import (
	"math"
	"slices"
	"time"

	"peiban/internal/event"
)

// Arrival is an event and when it is learned of. The envelope says what it corrects or takes back.
type Arrival struct {
	At    int64
	Event event.Event
}

// zones are places whose clocks do something odd around a moment: an hour forward or back, at midnight (Beirut, Havana), half an
// hour (Lord Howe), a whole day (Apia).
var zones = []struct{ name, near string }{
	{"Asia/Shanghai", "2026-03-31T12:00:00Z"}, {"Asia/Shanghai", "2027-01-01T00:00:00Z"}, {"America/New_York", "2026-03-08T07:00:00Z"},
	{"America/New_York", "2026-11-01T06:00:00Z"}, {"Europe/London", "2026-10-25T01:00:00Z"}, {"Asia/Beirut", "2026-03-28T22:00:00Z"},
	{"America/Havana", "2026-11-01T05:00:00Z"}, {"Australia/Lord_Howe", "2026-04-04T15:00:00Z"}, {"Australia/Lord_Howe", "2026-10-03T15:30:00Z"},
	{"Pacific/Apia", "2011-12-30T10:00:00Z"}, {"Asia/Kathmandu", "2026-06-01T00:00:00Z"},
}

var locations = map[string]*time.Location{}

func dateAt(y, m, d int, w *World) int64 {
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, w.Loc).UnixMicro()
}

// midnight is when the local day after at begins, or an hour off where clocks skip that moment.
func (w *World) midnight(at int64) int64 {
	y, m, d := w.clock(at).Date()
	return dateAt(y, int(m), d+1, w)
}

// Place draws where the person is, and a moment near which the clocks do something.
func (g *Gen) Place() (*time.Location, int64) {
	z := pick(g, zones)
	if locations[z.name] == nil {
		loc, err := time.LoadLocation(z.name)
		if err != nil {
			panic(err) // the test's own table, and tzdata is linked in
		}
		locations[z.name] = loc
	}
	near, err := time.Parse(time.RFC3339, z.near)
	if err != nil {
		panic(err)
	}
	return locations[z.name], near.UnixMicro()
}

// Event draws an event of the theme, mostly, without its times.
func (g *Gen) Event() event.Event {
	e := event.Event{Type: g.Theme, Num: nan}
	switch n := g.IntN(25); {
	case n == 2:
		return event.Event{
			Type: event.Profile, Num: pick(g, []float64{nan, 1966, 1967, 1968}), A: event.Intern(pick(g, []string{"", "male", "female"})),
			X: []float64{pick(g, []float64{nan, 2019, 2020}), nan, pick(g, []float64{nan, 0, 1}), nan},
		}
	case n == 3:
		e = event.Event{Type: event.TargetSet, Num: nan, A: event.Intern(pick(g, []string{"adult", "older", "none"}))}
		if g.Aims && g.IntN(3) > 0 { // signed or not, with limits of a profile and one no profile has
			e.X = []float64{pick(g, []float64{0, 1, 1, nan}), nan, pick(g, []float64{nan, 6, 9}), pick(g, []float64{nan, 11}), pick(g, []float64{nan, 130})}
		}
		return e
	case n == 4:
		e.Type = event.Meal
	case n == 0:
		e.Type = event.Meal
	case n == 1:
		e.Type, e.Num = event.PlanSet, float64(g.IntN(15))
		e.B = event.Intern(pick(g, []string{"", "glucose", g.Theme.String()}))
		e.X = []float64{nan, nan, pick(g, []float64{nan, nan, 1, 2}), pick(g, []float64{nan, 0, 1})} // for some weeks, signed
		return e
	}
	switch e.Type {
	case event.Glucose:
		e.Num = pick(g, []float64{2.8, 3, 3.5, 3.9, 4.4, 5.1, 6, 7, 7.1, 8.3, 9, 10, 10.1, 13.9, 14.2, 16.7, 20})
		e.A = event.Intern(pick(g, []string{"fasting", "fasting", "after_lunch_2h", "bedtime", "random", ""}))
		e.Flags = pick(g, []event.Flags{0, 0, 0, 0, 0, 0, 0, event.Imported, event.HI, event.LO | event.Disputed, event.Implausible})
	case event.BloodPressure:
		e.Num, e.X = float64(100+g.IntN(90)), []float64{float64(60 + g.IntN(50)), nan}
	case event.Pain:
		e.Num = float64(g.IntN(11))
	case event.Fill:
		e.Num, e.A = float64(1+g.IntN(20)), event.Intern(pick(g, []string{"metformin", "metformin", "su"}))
	case event.Order:
		e.Num, e.B, e.X = 1, event.Intern(pick(g, []string{"strips-50", "needles"})), []float64{30, pick(g, []float64{nan, 1, 7, 14})}
	case event.Glucocorticoid:
		e.Num, e.A = float64(1+g.IntN(40)), event.Intern(pick(g, []string{"prednisolone", "methylprednisolone", "dexamethasone", "aspirin"}))
		e.X = []float64{float64(1 + g.IntN(14))}
	case event.Medication:
		return g.medicine()
	case event.Diagnosis:
		return g.diagnosed()
	case event.ClinicalStage:
		system := pick(g, []string{"arco2019", "ckd"})
		e.A, e.B = event.Intern(system), event.Intern(pick(g, []string{"I", "II", "IIIA", "IV", "G2", "G3a"}))
		e.C = event.Intern(pick(g, []string{"", "left", "right"}))
		e.X = []float64{pick(g, []float64{nan, nan, 0, 1}), pick(g, []float64{nan, 0, 1, 1})} // signed, read from paper
	case event.Meal:
		if g.one(2) {
			e.Num = float64(g.IntN(90))
		}
	}
	if g.one(12) && e.Type != event.Glucose {
		e.Num = nan
	}
	return e
}

// Dense draws whether the person wears a meter, and its readings up to a moment: of some hours, or thin over three weeks.
func (g *Gen) Dense(now int64) []Arrival {
	if g.Theme != event.Glucose || !g.one(16) {
		return nil
	}
	n, step := 20+g.IntN(120), pick(g, []int64{15, 15, 20, 30})*minute
	if g.one(3) {
		n, step = 8*(13+g.IntN(4)), 3*hour
	}
	var all []Arrival
	level, off := 7.0, 0 // off: readings until the meter is worn again
	for k := range n {
		level = math.Round(10*min(18, max(2.2, level+g.NormFloat64()))) / 10
		if g.one(40) {
			off = g.IntN(18)
		}
		if off--; off >= 0 || g.one(12) {
			continue
		}
		at := now - int64(n-k)*step
		if g.one(6) {
			at += int64(g.IntN(3)) * minute
		}
		all = append(all, Arrival{at, event.Event{Type: event.Glucose, Num: level, Occurred: at}})
	}
	return all
}

var gaps = []int64{0, 1, minute, 15 * minute, hour, 12 * hour, 12 * hour, day, day, day, 2 * day, 7 * day, 14 * day}

// History draws arrivals from start on: in time, late and ahead of the clock, corrected, taken back. Sequences are given to them in
// their order, the first getting first.
func (g *Gen) History(loc *time.Location, start int64, most int, first event.Seq) []Arrival {
	all := g.Dense(start)
	now := start
	n := 1 + g.IntN(most)
	for range n {
		now += pick(g, gaps)
		if g.one(3) {
			now += int64(g.IntN(5)-2) * hour / 2
		}
		if len(all) > 0 {
			now = max(now, all[len(all)-1].At)
		}
		if g.one(6) { // at the very midnight after
			if m := (&World{Loc: loc}).midnight(now); m >= now {
				now = m
			}
		}
		a := Arrival{At: now, Event: g.Event()}
		a.Event.Occurred = now
		switch g.IntN(12) {
		case 0, 1: // late
			a.Event.Occurred -= pick(g, []int64{1, minute, hour, 12 * hour, day, 7 * day, 14 * day, 21 * day})
		case 2: // the sender's clock is ahead
			a.Event.Occurred += pick(g, []int64{1, minute, hour, day, 3 * day})
		case 3:
			if len(all) > 0 {
				a.Event.Supersedes = first + event.Seq(g.IntN(len(all)))
			}
		case 4:
			if len(all) > 0 {
				a.Event = event.Event{Type: event.Correction, Num: nan, Occurred: now, Retracts: first + event.Seq(g.IntN(len(all)))}
			}
		}
		all = append(all, a)
	}
	for i := range all {
		all[i].Event.Seq, all[i].Event.Received = first+event.Seq(i), all[i].At
	}
	return all
}

// Known is what is left of arrivals: without those a later one corrected or took back, by time.
func Known(arrived []Arrival) []Event {
	gone := map[event.Seq]bool{}
	for _, a := range arrived {
		gone[a.Event.Supersedes], gone[a.Event.Retracts] = true, true
	}
	var out []Event
	for _, a := range arrived {
		e := a.Event
		if gone[e.Seq] {
			continue
		}
		out = append(out, Event{
			Seq: e.Seq, At: e.Occurred, Type: e.Type, Num: e.Num, A: e.A.String(), B: e.B.String(), C: e.C.String(), X: e.X, Flags: e.Flags,
		})
	}
	slices.SortStableFunc(out, func(a, b Event) int {
		if a.At != b.At {
			if a.At < b.At {
				return -1
			}
			return 1
		}
		return int(a.Seq) - int(b.Seq)
	})
	return out
}

// Moments are those between from and to at which a rule over events could turn: what happens, what falls out of a window or
// reaches it, whole days and hours after an event, full and half hours of the clocks. Some of them are drawn.
func (g *Gen) Moments(loc *time.Location, events []Event, from, to int64, n int) []int64 {
	var all []int64
	if to <= from+1 {
		return nil
	}
	for len(all) < n && len(events) > 0 {
		at := pick(g, events).At
		switch g.IntN(6) {
		case 0:
		case 1:
			at += int64(g.IntN(30)) * hour
		case 2:
			at += int64(g.IntN(30)) * day
		case 3:
			at = from + g.Int64N(to-from)
			at -= at % (hour / 2)
		case 4:
			at = (&World{Loc: loc}).midnight(at + int64(g.IntN(40))*day)
		default:
			at += pick(g, periods).len
		}
		at += int64(g.IntN(3) - 1)
		if at <= from || at >= to {
			at = from + 1 + g.Int64N(to-from-1)
		}
		all = append(all, at)
	}
	return all
}
