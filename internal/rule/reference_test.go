package rule

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"time"

	"pgregory.net/rapid"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// The reference answers rules in the plainest way: it knows no windows that end a walk, no moments of change and
// no closures, takes every event again for every question, and does calendar days with package time.

// past is an event of the reference.
type past struct {
	at    int64
	kind  event.Type
	num   float64
	code  string
	flags event.Flags
}

// world is what the reference answers from.
type world struct {
	events []past // by time
	now    int64
	entry  int64
	loc    *time.Location
}

func (w world) date(at int64) int {
	y, m, d := time.UnixMicro(at).In(w.loc).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (w world) view() timeline.View {
	tl := &timeline.Timeline{}
	for i, e := range w.events {
		tl.Add(&event.Event{Seq: event.Seq(i + 1), Type: e.kind, Occurred: e.at, Received: e.at, Num: e.num, A: event.Intern(e.code), Flags: e.flags})
	}
	return timeline.View{Timeline: tl, Loc: w.loc}
}

// link is one op of a reference chain: its text, and what it lets through. ok false: unknown from here on.
type link struct {
	text string
	pass func(w world, in []past) (out []past, ok bool)
}

// refSel is a reference selection.
type refSel struct {
	kind  event.Type
	flags bool
	links []link
}

func (s refSel) text() string {
	t := fmt.Sprintf("events(%q)", s.kind.String())
	if s.flags {
		t += ".with_flags()"
	}
	for _, l := range s.links {
		t += l.text
	}
	return t
}

// of is what passes at the moment of w, newest first.
func (s refSel) of(w world) ([]past, bool) {
	var in []past
	for _, e := range w.events {
		if e.kind == s.kind && e.at <= w.now && e.flags&event.Hidden == 0 && (s.flags || e.flags&notANumber == 0) {
			in = append([]past{e}, in...)
		}
	}
	known := true
	for _, l := range s.links {
		out, ok := l.pass(w, in)
		in, known = out, known && ok
	}
	return in, known
}

// refNum and refBool are reference expressions: their text and their answer.
type refNum struct {
	text string
	of   func(w world) float64
}

type refBool struct {
	text string
	of   func(w world) Truth
}

var refPeriods = []struct {
	text string
	len  int64
}{{"1h", microHour}, {"12h", 12 * microHour}, {"1d", microDay}, {"2d", 2 * microDay}, {"7d", 7 * microDay}, {"3w", 21 * microDay}}

func keep(in []past, f func(past) bool) []past {
	var out []past
	for _, e := range in {
		if f(e) {
			out = append(out, e)
		}
	}
	return out
}

func genLink(t *rapid.T) link {
	period := func() (string, int64) {
		p := rapid.SampledFrom(refPeriods).Draw(t, "period")
		return p.text, p.len
	}
	switch rapid.IntRange(0, 9).Draw(t, "link") {
	case 0, 1:
		text, d := period()
		return link{fmt.Sprintf(".within(%q)", text), func(w world, in []past) ([]past, bool) {
			return keep(in, func(e past) bool { return e.at > w.now-d }), true
		}}
	case 2:
		i := rapid.IntRange(1, len(refPeriods)-1).Draw(t, "from")
		j := rapid.IntRange(0, i-1).Draw(t, "to")
		return link{fmt.Sprintf(".between(%q, %q)", refPeriods[i].text, refPeriods[j].text), func(w world, in []past) ([]past, bool) {
			return keep(in, func(e past) bool { return e.at > w.now-refPeriods[i].len && e.at <= w.now-refPeriods[j].len }), true
		}}
	case 3:
		n := rapid.IntRange(1, 4).Draw(t, "local days")
		return link{fmt.Sprintf(`.local_days("%dd")`, n), func(w world, in []past) ([]past, bool) {
			return keep(in, func(e past) bool { return w.date(e.at) > w.date(w.now)-n }), true
		}}
	case 4:
		n := rapid.IntRange(1, 4).Draw(t, "last")
		return link{fmt.Sprintf(".last(%d)", n), func(_ world, in []past) ([]past, bool) { return in[:min(n, len(in))], true }}
	case 5:
		n := rapid.IntRange(1, 3).Draw(t, "at least")
		return link{fmt.Sprintf(".at_least(%d)", n), func(_ world, in []past) ([]past, bool) { return in, len(in) >= n }}
	case 7:
		text, d := period()
		test, holds := genTest(t)
		return link{fmt.Sprintf(`.within_after(events("glucose").where(e, %s), %q)`, test, text), func(w world, in []past) ([]past, bool) {
			for _, a := range w.events {
				if a.kind == event.Glucose && a.at <= w.now && a.flags&notANumber == 0 && a.flags&event.Hidden == 0 && holds(w, a) == True {
					return keep(in, func(e past) bool { return e.at >= a.at && e.at < a.at+d }), true
				}
			}
			return nil, true
		}}
	case 6:
		return link{`.since_entry()`, func(w world, in []past) ([]past, bool) {
			return keep(in, func(e past) bool { return e.at > w.entry }), true
		}}
	}
	test, holds := genTest(t)
	return link{fmt.Sprintf(".where(e, %s)", test), func(w world, in []past) ([]past, bool) {
		return keep(in, func(e past) bool { return holds(w, e) == True }), true
	}}
}

// genTest draws the condition of a where.
func genTest(t *rapid.T) (string, func(world, past) Truth) {
	switch rapid.IntRange(0, 3).Draw(t, "test") {
	case 0:
		code := rapid.SampledFrom([]string{"fasting", "bedtime", ""}).Draw(t, "code")
		return fmt.Sprintf("e.context == %q", code), func(_ world, e past) Truth { return Of(e.code == code) }
	case 1:
		k := float64(rapid.IntRange(2, 16).Draw(t, "limit"))
		return fmt.Sprintf("!(e.value >= %v)", k), func(_ world, e past) Truth {
			if math.IsNaN(e.num) || e.flags&notANumber != 0 {
				return Unknown
			}
			return Of(e.num < k)
		}
	case 2:
		h := rapid.IntRange(1, 23).Draw(t, "hour")
		return fmt.Sprintf("e.hour < %d", h), func(w world, e past) Truth {
			return Of(time.UnixMicro(e.at).In(w.loc).Hour() < h)
		}
	}
	a, of := genTest(t)
	b, or := genTest(t)
	return fmt.Sprintf("(%s) || (%s)", a, b), func(w world, e past) Truth {
		x, y := of(w, e), or(w, e)
		switch {
		case x == True || y == True:
			return True
		case x == Unknown || y == Unknown:
			return Unknown
		}
		return False
	}
}

func genSel(t *rapid.T) refSel {
	s := refSel{kind: event.Glucose, flags: rapid.IntRange(0, 5).Draw(t, "flags") == 0}
	for range rapid.IntRange(0, 4).Draw(t, "links") {
		s.links = append(s.links, genLink(t))
	}
	return s
}

func genNum(t *rapid.T) refNum {
	n := genFold(t)
	for rapid.IntRange(0, 3).Draw(t, "arithmetic") == 0 {
		n = genArith(t, n)
	}
	return n
}

// genArith does something to n, with a number that changes or not.
func genArith(t *rapid.T, n refNum) refNum {
	right := refNum{"0.6", func(world) float64 { return 0.6 }}
	switch rapid.IntRange(0, 4).Draw(t, "with") {
	case 0:
		right = genFold(t)
	case 1:
		right = refNum{"-3", func(world) float64 { return -3 }}
	case 2:
		right = refNum{"0", func(world) float64 { return 0 }}
	}
	if rapid.Bool().Draw(t, "turned") {
		n, right = right, n
	}
	op := rapid.SampledFrom([]string{"+", "-", "*", "/"}).Draw(t, "sign")
	return refNum{"(" + n.text + " " + op + " " + right.text + ")", func(w world) float64 {
		a, b := n.of(w), right.of(w)
		switch {
		case op == "+":
			return a + b
		case op == "-":
			return a - b
		case op == "*":
			return a * b
		case b == 0:
			return unknownNum
		}
		return a / b
	}}
}

func genFold(t *rapid.T) refNum {
	s := genSel(t)
	text := s.text()
	fold := func(suffix string, f func(w world, in []past) float64) refNum {
		return refNum{text + suffix, func(w world) float64 {
			in, known := s.of(w)
			if !known {
				return unknownNum
			}
			return f(w, in)
		}}
	}
	values := func(suffix string, least int, f func(v []float64) float64) refNum {
		return fold(suffix, func(_ world, in []past) float64 {
			var v []float64
			for _, e := range in {
				if !math.IsNaN(e.num) && e.flags&notANumber == 0 {
					v = append(v, e.num)
				}
			}
			if len(v) < least {
				return unknownNum
			}
			return f(v)
		})
	}
	since := func(name string, unit int64) refNum {
		n := fold("", func(w world, in []past) float64 {
			if len(in) == 0 {
				return unknownNum
			}
			return math.Floor(float64(w.now-in[0].at) / float64(unit))
		})
		n.text = name + "(" + text + ")"
		return n
	}
	switch rapid.IntRange(0, 13).Draw(t, "number") {
	case 0, 1, 2:
		return fold(".count()", func(_ world, in []past) float64 { return float64(len(in)) })
	case 3:
		return fold(".days()", func(w world, in []past) float64 {
			dates := map[int]bool{}
			for _, e := range in {
				dates[w.date(e.at)] = true
			}
			return float64(len(dates))
		})
	case 4:
		return fold(".streak()", func(w world, in []past) float64 {
			dates := map[int]bool{}
			for _, e := range in {
				dates[w.date(e.at)] = true
			}
			d := w.date(w.now)
			if !dates[d] {
				d--
			}
			n := 0
			for ; dates[d]; d-- {
				n++
			}
			return float64(n)
		})
	case 11:
		return fold(".most_per_day()", func(w world, in []past) float64 {
			most, dates := 0, map[int]int{}
			for _, e := range in {
				dates[w.date(e.at)]++
				most = max(most, dates[w.date(e.at)])
			}
			return float64(most)
		})
	case 12:
		gap := rapid.SampledFrom(refPeriods).Draw(t, "gap")
		during := rapid.SampledFrom(refPeriods).Draw(t, "during")
		n := fold("", func(w world, in []past) float64 {
			for i := 1; i < len(in); i++ {
				if in[i-1].at > w.now-during.len && in[i-1].at-in[i].at >= gap.len {
					return 1
				}
			}
			return 0
		})
		n.text = fmt.Sprintf("(%s.resumed(%q, %q) ? 1 : 0)", text, gap.text, during.text)
		return n
	case 5:
		return since("days_since", microDay)
	case 6:
		return since("hours_since", microHour)
	case 7:
		return values(".mean()", 1, func(v []float64) float64 {
			t := 0.0
			for _, x := range v {
				t += x
			}
			return t / float64(len(v))
		})
	case 8:
		return values(".median()", 1, func(v []float64) float64 {
			sort.Float64s(v)
			return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
		})
	case 9:
		return fold(".latest().value", func(_ world, in []past) float64 {
			if len(in) == 0 || in[0].flags&notANumber != 0 {
				return unknownNum
			}
			return in[0].num
		})
	case 10:
		return fold(".first().hour", func(w world, in []past) float64 {
			if len(in) == 0 {
				return unknownNum
			}
			return float64(time.UnixMicro(in[len(in)-1].at).In(w.loc).Hour())
		})
	}
	if rapid.IntRange(0, 5).Draw(t, "year") == 0 {
		return refNum{"(local_year() - 2024)", func(w world) float64 { return float64(time.UnixMicro(w.now).In(w.loc).Year() - 2024) }}
	}
	if rapid.Bool().Draw(t, "clock") {
		return refNum{"local_hour()", func(w world) float64 { return float64(time.UnixMicro(w.now).In(w.loc).Hour()) }}
	}
	test, holds := genTest(t)
	return fold(fmt.Sprintf(".share(e, %s)", test), func(w world, in []past) float64 {
		yes, all := 0.0, 0.0
		for _, e := range in {
			switch holds(w, e) {
			case True:
				yes, all = yes+1, all+1
			case False:
				all++
			}
		}
		if all == 0 {
			return unknownNum
		}
		return yes / all
	})
}

func genBool(t *rapid.T, depth int) refBool {
	if depth > 0 && rapid.IntRange(0, 2).Draw(t, "join") > 0 {
		a, b := genBool(t, depth-1), genBool(t, depth-1)
		switch rapid.IntRange(0, 3).Draw(t, "op") {
		case 0:
			return refBool{"!(" + a.text + ")", func(w world) Truth { return refNot(a.of(w)) }}
		case 1:
			return refBool{"(" + a.text + ") && (" + b.text + ")", func(w world) Truth {
				return refNot(refOr(refNot(a.of(w)), refNot(b.of(w))))
			}}
		case 2:
			return refBool{"(" + a.text + ") || (" + b.text + ")", func(w world) Truth { return refOr(a.of(w), b.of(w)) }}
		}
		c := genBool(t, depth-1)
		return refBool{fmt.Sprintf("(%s) ? (%s) : (%s)", c.text, a.text, b.text), func(w world) Truth {
			switch c.of(w) {
			case True:
				return a.of(w)
			case False:
				return b.of(w)
			}
			return Unknown
		}}
	}
	n := genNum(t)
	op := rapid.SampledFrom([]string{"<", "<=", ">", ">=", "==", "!="}).Draw(t, "compare")
	right := refNum{}
	if rapid.IntRange(0, 4).Draw(t, "right") == 0 {
		right = genNum(t)
	} else {
		k := rapid.SampledFrom([]float64{0, 0.5, 1, 2, 3, 4, 5.5, 8, 12, 24}).Draw(t, "constant")
		right = refNum{fmt.Sprint(k), func(world) float64 { return k }}
	}
	if rapid.Bool().Draw(t, "swap") {
		n, right = right, n
	}
	return refBool{n.text + " " + op + " " + right.text, func(w world) Truth {
		a, b := n.of(w), right.of(w)
		if math.IsNaN(a) || math.IsNaN(b) {
			return Unknown
		}
		return Of(map[string]bool{"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[op])
	}}
}

func refNot(t Truth) Truth { return [...]Truth{Unknown: Unknown, True: False, False: True}[t] }

func refOr(a, b Truth) Truth {
	switch {
	case a == True || b == True:
		return True
	case a == False && b == False:
		return False
	}
	return Unknown
}

// refZones are places whose clocks do something odd: at midnight (Beirut, Havana), by half an hour (Lord Howe).
var refZones = []struct {
	name string
	near string // a moment around which the clocks jump
}{
	{"Asia/Shanghai", "2026-03-08T12:00:00Z"},
	{"America/New_York", "2026-03-08T07:00:00Z"},
	{"America/New_York", "2026-11-01T06:00:00Z"},
	{"Asia/Beirut", "2026-03-28T22:00:00Z"},
	{"America/Havana", "2026-11-01T05:00:00Z"},
	{"Australia/Lord_Howe", "2026-04-04T15:00:00Z"},
	{"Pacific/Apia", "2011-12-30T10:00:00Z"},
}

// genWorld draws a timeline around a moment, with events of one instant, of the future, hidden and flagged.
func genWorld(t *rapid.T) world {
	z := rapid.SampledFrom(refZones).Draw(t, "zone")
	loc, err := time.LoadLocation(z.name)
	if err != nil {
		t.Fatal(err)
	}
	near, err := time.Parse(time.RFC3339, z.near)
	if err != nil {
		t.Fatal(err)
	}
	w := world{loc: loc, now: near.UnixMicro() + int64(rapid.IntRange(-60, 60).Draw(t, "now"))*microHour + int64(rapid.IntRange(-1, 1).Draw(t, "tick"))}
	w.entry = w.now - int64(rapid.IntRange(0, 100).Draw(t, "entry"))*microHour
	for range rapid.IntRange(0, 14).Draw(t, "events") {
		e := past{kind: event.Glucose, num: float64(rapid.IntRange(20, 200).Draw(t, "value")) / 10}
		e.at = w.now + int64(rapid.IntRange(-24*10, 40).Draw(t, "at"))*microHour
		if rapid.Bool().Draw(t, "off") {
			e.at += int64(rapid.IntRange(-3, 3).Draw(t, "micro"))
		}
		e.code = rapid.SampledFrom([]string{"fasting", "bedtime", "", "random"}).Draw(t, "context")
		e.flags = rapid.SampledFrom([]event.Flags{0, 0, 0, 0, 0, event.Imported, event.Hidden, event.HI, event.LO | event.Disputed, event.Implausible}).Draw(t, "flags")
		if rapid.IntRange(0, 9).Draw(t, "other") == 0 {
			e.kind = event.Meal
		}
		if rapid.IntRange(0, 9).Draw(t, "no number") == 0 {
			e.num = unknownNum
		}
		w.events = append(w.events, e)
	}
	sort.SliceStable(w.events, func(i, j int) bool { return w.events[i].at < w.events[j].at })
	return w
}

func (w world) String() string {
	var b strings.Builder
	show := func(at int64) string { return time.UnixMicro(at).In(w.loc).Format("2006-01-02 15:04:05.000000 -0700") }
	fmt.Fprintf(&b, "now %s, entry %s\n", show(w.now), show(w.entry))
	for _, e := range w.events {
		fmt.Fprintf(&b, "  %s %v %v %q %b\n", show(e.at), e.kind, e.num, e.code, e.flags)
	}
	return b.String()
}
