package ruletest

import (
	"fmt"
	"math/rand/v2"

	"peiban/internal/event"
)

// Gen draws rules and timelines about one theme, so that both meet.
type Gen struct {
	*rand.Rand
	Theme   event.Type
	Journey bool     // words of journeys too
	Tags    []string // that may be read
	Values  []Valued // those of them with a number
	Coded   []Coded  // those of them with codes
	Stages  []string // that may be asked for
	Aims    bool     // targets that doctors set, and what rules ask of them
}

// New makes a generator; equal seeds draw the same.
func New(seed uint64) *Gen {
	g := &Gen{Rand: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))}
	g.Theme = pick(g, themes)
	return g
}

var themes = []event.Type{
	event.Glucose, event.Glucose, event.Glucose, event.Glucose, event.Glucose, event.BloodPressure, event.Pain, event.Fill, event.Order,
	event.Glucocorticoid, event.ClinicalStage, event.CheckIn, event.Medication, event.Diagnosis,
}

func pick[T any](g *Gen, of []T) T { return of[g.IntN(len(of))] }

func (g *Gen) one(in int) bool { return g.IntN(in) == 0 }

type period struct {
	text string
	len  int64
}

// periods are lengths of windows; events lie whole periods before one another, so that edges are met.
var periods = []period{{"15m", 15 * minute}, {"1h", hour}, {"12h", 12 * hour}, {"1d", day}, {"2d", 2 * day}, {"7d", 7 * day}, {"2w", 14 * day}, {"3w", 21 * day}}

func keep(in []Event, f func(Event) bool) []Event {
	var out []Event
	for _, e := range in {
		if f(e) {
			out = append(out, e)
		}
	}
	return out
}

// sel draws a selection of the theme, mostly.
func (g *Gen) sel() Sel {
	s := Sel{Type: g.Theme, Flags: g.one(6)}
	if g.one(12) {
		s.Type = event.Meal
	}
	for range g.IntN(4) {
		s.links = append(s.links, g.link(s.Type, true))
	}
	return s
}

// anchor draws the events another selection hangs on.
func (g *Gen) anchor() Sel {
	s := Sel{Type: g.Theme}
	if g.one(3) {
		s.Type = event.Meal
	}
	for range g.IntN(3) {
		s.links = append(s.links, g.link(s.Type, false))
	}
	return s
}

func window(text string, in func(w *World, e Event) bool) link {
	return link{text, func(w *World, from []Event) ([]Event, bool) {
		return keep(from, func(e Event) bool { return in(w, e) }), true
	}}
}

func (g *Gen) link(t event.Type, whole bool) link {
	n := 26
	if !whole {
		n = 18 // no at_least, and nothing that hangs on further events
	}
	switch g.IntN(n) {
	case 0, 1, 2:
		d := pick(g, periods)
		return window(fmt.Sprintf(".within(%q)", d.text), func(w *World, e Event) bool { return e.At > w.Now-d.len })
	case 3:
		i := 1 + g.IntN(len(periods)-1)
		a, b := periods[i], periods[g.IntN(i)]
		return window(fmt.Sprintf(".between(%q, %q)", a.text, b.text), func(w *World, e Event) bool {
			return e.At > w.Now-a.len && e.At <= w.Now-b.len
		})
	case 4, 5, 6:
		return g.calendar()
	case 7, 8:
		n := 1 + g.IntN(5)
		return link{fmt.Sprintf(".last(%d)", n), func(_ *World, in []Event) ([]Event, bool) { return in[:min(n, len(in))], true }}
	case 9:
		if g.Journey {
			return window(".since_entry()", func(w *World, e Event) bool { return e.At > w.Entry })
		}
	case 18:
		n := 1 + g.IntN(4)
		return link{fmt.Sprintf(".at_least(%d)", n), func(_ *World, in []Event) ([]Event, bool) { return in, len(in) >= n }}
	case 20:
		a, d := g.anchor(), pick(g, periods)
		return link{fmt.Sprintf(".within_after(%s, %q)", a.text(), d.text), func(w *World, in []Event) ([]Event, bool) {
			of, _ := a.of(w)
			if len(of) == 0 {
				return nil, true
			}
			from := of[len(of)-1].At
			return keep(in, func(e Event) bool { return e.At >= from && e.At < from+d.len }), true
		}}
	case 21:
		a := g.anchor()
		return link{fmt.Sprintf(".since(%s)", a.text()), func(w *World, in []Event) ([]Event, bool) {
			of, _ := a.of(w)
			return keep(in, func(e Event) bool { return len(of) > 0 && e.At > of[0].At }), true
		}}
	case 22:
		a, b := g.anchor(), g.anchor()
		return link{fmt.Sprintf(".from_until(%s, %s)", a.text(), b.text()), func(w *World, in []Event) ([]Event, bool) {
			from, _ := a.of(w)
			until, _ := b.of(w)
			return keep(in, func(e Event) bool {
				if len(from) == 0 || e.At < from[0].At {
					return false
				}
				for _, u := range until {
					if u.At > from[0].At && e.At >= u.At {
						return false
					}
				}
				return true
			}), true
		}}
	case 23, 24:
		return g.sequence()
	}
	text, holds := g.test(t, 2)
	return link{fmt.Sprintf(".where(e, %s)", text), func(w *World, in []Event) ([]Event, bool) {
		return keep(in, func(e Event) bool { return holds(w, e) == True }), true
	}}
}

func (g *Gen) sequence() link {
	b, d, never := g.anchor(), pick(g, periods), g.one(2)
	text := map[bool]string{false: "followed_by", true: "not_followed_by"}[never]
	return link{fmt.Sprintf(".%s(%s, %q)", text, b.text(), d.text), func(w *World, in []Event) ([]Event, bool) {
		of, _ := b.of(w)
		return keep(in, func(e Event) bool {
			followed := false
			for _, o := range of {
				followed = followed || o.At > e.At && o.At-e.At < d.len
			}
			if never {
				return !followed && w.Now-e.At >= d.len
			}
			return followed
		}), true
	}}
}

// calendar draws a window of local days, weeks or months.
func (g *Gen) calendar() link {
	n := 1 + g.IntN(4)
	switch g.IntN(10) {
	case 0, 1:
		return window(fmt.Sprintf(`.local_days("%dd")`, n), func(w *World, e Event) bool { return w.date(e.At) > w.date(w.Now)-n })
	case 2:
		return window(fmt.Sprintf(`.local_weeks(%d)`, n), func(w *World, e Event) bool { return w.monday(e.At) > w.monday(w.Now)-7*n })
	case 3:
		return window(fmt.Sprintf(`.local_months(%d)`, n), func(w *World, e Event) bool { return w.month(e.At) > w.month(w.Now)-n })
	case 4:
		return window(`.yesterday()`, func(w *World, e Event) bool { return w.date(e.At) == w.date(w.Now)-1 })
	case 5:
		return window(`.this_week()`, func(w *World, e Event) bool { return w.monday(e.At) == w.monday(w.Now) })
	case 6:
		return window(`.last_week()`, func(w *World, e Event) bool { return w.monday(e.At) == w.monday(w.Now)-7 })
	case 8:
		return window(`.this_month()`, func(w *World, e Event) bool { return w.month(e.At) == w.month(w.Now) })
	case 7:
		return window(`.last_month()`, func(w *World, e Event) bool { return w.month(e.At) == w.month(w.Now)-1 })
	}
	return window(`.today()`, func(w *World, e Event) bool { return w.date(e.At) == w.date(w.Now) })
}

// test draws the condition of a where.
func (g *Gen) test(t event.Type, depth int) (string, func(*World, Event) Truth) {
	switch g.IntN(6) {
	case 0, 1:
		h := 1 + g.IntN(23)
		if g.one(2) {
			return fmt.Sprintf("e.hour < %d", h), func(w *World, e Event) Truth { return Is(w.clock(e.At).Hour() < h) }
		}
		d := 1 + g.IntN(7)
		return fmt.Sprintf("e.weekday == %d", d), func(w *World, e Event) Truth { return Is((int(w.clock(e.At).Weekday())+6)%7+1 == d) }
	case 2, 3:
		return g.field(t)
	case 4:
		if depth > 0 {
			a, of := g.test(t, depth-1)
			b, or := g.test(t, depth-1)
			return fmt.Sprintf("(%s) || (%s)", a, b), func(w *World, e Event) Truth { return either(of(w, e), or(w, e)) }
		}
	case 5:
		if depth == 2 && g.one(2) { // something that has nothing to do with the event
			n := g.count(Sel{Type: pick(g, []event.Type{g.Theme, event.Meal}), links: []link{g.calendar()}})
			k := g.IntN(4)
			return fmt.Sprintf("%s > %d", n.Text, k), func(w *World, _ Event) Truth { return compare(">", n.Of(w), float64(k)) }
		}
	}
	return g.field(t)
}

// field draws a condition on a field of the type.
func (g *Gen) field(t event.Type) (string, func(*World, Event) Truth) {
	if t == event.Glucose && g.one(2) {
		code := pick(g, []string{"fasting", "bedtime", ""})
		return fmt.Sprintf("e.context == %q", code), func(_ *World, e Event) Truth { return Is(e.A == code) }
	}
	name, k, of := "value", float64(2+g.IntN(15)), Event.value
	switch t {
	case event.Meal, event.CheckIn, event.ClinicalStage, event.Order, event.Medication, event.Diagnosis:
		m := g.IntN(60)
		return fmt.Sprintf("!(e.minute_of_day >= %d)", 24*m), func(w *World, e Event) Truth {
			c := w.clock(e.At)
			return Is(c.Hour()*60+c.Minute() < 24*m)
		}
	case event.BloodPressure:
		name, k = "diastolic", float64(70+g.IntN(40))
		of = func(e Event) float64 {
			if e.Flags&noNumber != 0 {
				return nan
			}
			return e.x(0)
		}
	case event.Fill:
		name, k = "days", float64(1+g.IntN(40))
	case event.Glucocorticoid:
		name, k = "dose", float64(1+g.IntN(40))
	case event.Pain:
		k = float64(g.IntN(10))
	}
	return fmt.Sprintf("!(e.%s >= %v)", name, k), func(_ *World, e Event) Truth { return not(compare(">=", of(e), k)) }
}

func not(t Truth) Truth { return [...]Truth{Unknown: Unknown, True: False, False: True}[t] }

func either(a, b Truth) Truth {
	switch {
	case a == True || b == True:
		return True
	case a == False && b == False:
		return False
	}
	return Unknown
}

func compare(op string, a, b float64) Truth {
	if a != a || b != b {
		return Unknown
	}
	switch op {
	case "<":
		return Is(a < b)
	case "<=":
		return Is(a <= b)
	case ">":
		return Is(a > b)
	case ">=":
		return Is(a >= b)
	case "==":
		return Is(a == b)
	}
	return Is(a != b)
}
