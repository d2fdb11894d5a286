package ruletest

import (
	"fmt"
	"slices"
	"strings"

	"peiban/internal/event"
)

// diagnosed draws what is said of a condition.
func (g *Gen) diagnosed() event.Event {
	return event.Event{
		Type: event.Diagnosis, Num: nan, A: event.Intern(pick(g, []string{"t1", "t2", "ascvd"})),
		B: event.Intern(pick(g, []string{"confirmed", "confirmed", "suspected", "excluded", "resolved"})),
		X: []float64{pick(g, []float64{nan, nan, 0, 1}), pick(g, []float64{nan, 1})},
	}
}

// grade is how much a statement counts, in the reference: 20 signed, 10 read from paper.
func grade(signed, read float64) int {
	if signed == 1 {
		return 20
	}
	if read == 1 {
		return 10
	}
	return 0
}

// holds is the statement about a condition that holds; not ok without one.
func holds(w *World, condition string) (best Event, ok bool) {
	for _, e := range w.Events { // oldest first
		if e.Type != event.Diagnosis || e.At > w.Now || e.A != condition {
			continue
		}
		if !ok || grade(e.x(0), e.x(1)) >= grade(best.x(0), best.x(1)) {
			best, ok = e, true
		}
	}
	return best, ok
}

func listed(of []string) string { return `["` + strings.Join(of, `", "`) + `"]` }

func (g *Gen) conditions() []string {
	return pick(g, [][]string{{"t1"}, {"t1", "t2"}, {"ascvd", "t2"}, {"stroke", "t2"}, {"stroke"}})
}

// diagnosis draws a condition about diagnoses.
func (g *Gen) diagnosis() Bool {
	of := g.conditions()
	if g.one(2) {
		among := "t2"
		if !slices.Contains(of, among) {
			among = ""
		}
		return Bool{fmt.Sprintf("diagnosis(%s) == %q", listed(of), among), func(w *World) Truth {
			var best Event
			found, said := false, false
			for _, c := range of {
				e, ok := holds(w, c)
				said = said || ok
				if !ok || e.B != "confirmed" {
					continue
				}
				a, b := grade(e.x(0), e.x(1)), grade(best.x(0), best.x(1))
				if !found || a > b || a == b && (e.At > best.At || e.At == best.At && e.Seq > best.Seq) {
					best, found = e, true
				}
			}
			if !said {
				return Unknown
			}
			return Is(best.A == among)
		}}
	}
	text, statuses := "diagnosed("+listed(of)+")", []string{"confirmed"}
	if g.one(2) {
		statuses = pick(g, [][]string{{"excluded"}, {"confirmed", "resolved"}})
		text = "diagnosed(" + listed(of) + ", " + listed(statuses) + ")"
	}
	return Bool{text, func(w *World) Truth {
		t := Unknown
		for _, c := range of {
			if e, ok := holds(w, c); ok && slices.Contains(statuses, e.B) {
				return True
			} else if ok {
				t = False
			}
		}
		return t
	}}
}

// daysDiagnosed draws how long somebody has had a condition.
func (g *Gen) daysDiagnosed() Num {
	of := g.conditions()
	return Num{Text: "days_diagnosed(" + listed(of) + ")", Coarse: true, Of: func(w *World) float64 {
		days := nan
		for _, c := range of {
			h, ok := holds(w, c)
			if !ok || h.B != "confirmed" {
				continue
			}
			var since []Event
			for _, e := range w.Events {
				if e.Type != event.Diagnosis || e.At > w.Now || e.A != c {
					continue
				}
				if e.B == "excluded" && grade(e.x(0), e.x(1)) >= grade(h.x(0), h.x(1)) {
					since = nil
				}
				if e.B == "confirmed" {
					since = append(since, e)
				}
			}
			if len(since) > 0 {
				if n := float64((w.Now - since[0].At) / day); !(n <= days) {
					days = n
				}
			}
		}
		return days
	}}
}

// allergyTo are the medicines an allergy to one is an allergy to: a combination and its parts name one another.
var allergyTo = map[string][]string{
	"gliclazide": {"gliclazide"}, "prednisone": {"prednisone"}, "metformin": {"metformin", "sitagliptin_metformin"},
	"sitagliptin_metformin": {"metformin", "sitagliptin_metformin"},
}

// clash draws what does not fit together in the medicine list.
func (g *Gen) clash() Bool {
	if g.one(2) {
		return Bool{`medicine_problem("allergy")`, func(w *World) Truth {
			if !anything(w) {
				return Unknown
			}
			t := Unknown
			for d, taken := range allergyTo {
				var best Event
				said := false
				for _, e := range w.Events {
					if e.Type == event.Allergy && e.At <= w.Now && e.B == d && (!said || e.x(0) == 1 || best.x(0) != 1) {
						best, said = e, true
					}
				}
				if !said {
					continue
				}
				if t == Unknown {
					t = False
				}
				for _, key := range taken {
					all, _ := usesOf(w, drugs[slices.IndexFunc(drugs, func(x drug) bool { return x.generic == key })])
					if best.Num == 1 && slices.ContainsFunc(all, func(u *use) bool { return u.until > float64(w.Now) }) {
						return True
					}
				}
			}
			return t
		}}
	}
	return Bool{`medicine_problem("same_class")`, func(w *World) Truth {
		if !anything(w) {
			return Unknown
		}
		count := map[string]int{}
		for _, d := range drugs {
			all, _ := usesOf(w, d)
			if slices.ContainsFunc(all, func(u *use) bool { return u.until > float64(w.Now) }) {
				for _, c := range d.classes {
					count[c]++
				}
			}
		}
		return Is(count["su"] > 1 || count["metformin"] > 1 || count["dpp4"] > 1)
	}}
}
