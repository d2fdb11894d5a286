package ruletest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"peiban/internal/event"
)

// drug is a medicine of the reference: how the events name it, and what it is.
type drug struct {
	generic, class string
	classes        []string
	five           float64 // mg that do what 5 mg of prednisolone do
}

var drugs = []drug{
	{"gliclazide", "su", []string{"su"}, 0}, {"glimepiride", "su", []string{"su"}, 0}, {"", "su", []string{"su"}, 0},
	{"sitagliptin_metformin", "dpp4", []string{"dpp4", "metformin"}, 0}, {"metformin", "metformin", []string{"metformin"}, 0},
	{"prednisone", "glucocorticoid", []string{"glucocorticoid"}, 5}, {"dexamethasone", "glucocorticoid", []string{"glucocorticoid"}, 0.75},
	{"", "glucocorticoid", []string{"glucocorticoid"}, 0},
}

// medicine draws what is said of one.
func (g *Gen) medicine() event.Event {
	if g.one(8) {
		return event.Event{Type: event.Allergy, Num: pick(g, []float64{0, 1, 1}), A: event.Intern("drug"), B: event.Intern(pick(g, []string{"", "gliclazide", "prednisone", "metformin", "sitagliptin_metformin"})), X: []float64{pick(g, []float64{nan, 1})}}
	}
	d := pick(g, drugs)
	dose := pick(g, []float64{nan, 10, 10, 20})
	if d.generic != "" && d.class == "glucocorticoid" && g.one(3) {
		return event.Event{Type: event.Glucocorticoid, Num: dose, A: event.Intern(d.generic), X: []float64{pick(g, []float64{1, 7, 14})}}
	}
	act := pick(g, []string{"start", "start", "change", "stop", "stop", "taken", "missed"})
	return event.Event{
		Type: event.Medication, Num: dose, A: event.Intern(d.class), B: event.Intern(act), C: event.Intern(d.generic),
		X: []float64{pick(g, []float64{nan, 1, 2}), pick(g, []float64{nan, nan, 1, 7, 14})},
	}
}

// use is one way a medicine was taken in the reference: from a moment to another, which is not in it.
type use struct {
	from, until float64 // microseconds; until +Inf: nothing ends it yet
	days        int     // it was said to last; 0: not said
	dose, per   float64
	whole       bool // told as the dose of the day
	limit       float64
	cut         bool // something ended it before its days were over
}

// usesOf goes through everything said of one medicine until now.
func usesOf(w *World, d drug) (all []*use, said bool) {
	cut := func(at float64, also bool) (running []*use) {
		for _, u := range all {
			if u.until > at && (also || !u.whole) {
				running = append(running, u)
			}
		}
		return running
	}
	for _, e := range w.Events {
		act := e.B
		switch {
		case e.At > w.Now:
			continue
		case e.Type == event.Glucocorticoid && e.A == d.generic && d.generic != "":
			at, days := float64(e.At), e.x(0)
			for _, u := range cut(at, false) {
				u.until, u.cut = at, true
			}
			limit := at + days*float64(day)
			all = append(all, &use{from: at, until: limit, limit: limit, days: int(days), dose: e.Num, per: 1, whole: true})
			said = true
			continue
		case e.Type != event.Medication || e.C != d.generic || d.generic == "" && e.A != d.class:
			continue
		case act != "start" && act != "change" && act != "stop":
			continue
		}
		said = true
		at := float64(e.At)
		running := cut(at, true)
		n := &use{from: at, until: math.Inf(1), limit: math.Inf(1), dose: e.Num, per: e.x(0)}
		if days := e.x(1); days > 0 {
			n.days, n.limit = int(days), at+days*float64(day)
			n.until = n.limit
		}
		if act == "stop" {
			if len(all) == 0 {
				all = append(all, &use{from: nan, until: at, dose: nan, per: nan})
			}
			for _, u := range running {
				u.until, u.cut = at, true
			}
			continue
		}
		if len(running) > 0 {
			last := running[len(running)-1]
			again := (n.dose != n.dose || n.dose == last.dose) && (n.per != n.per || n.per == last.per) && (n.days == 0 || n.limit == last.limit)
			if act == "start" && again {
				continue
			}
			if n.dose != n.dose {
				if n.dose = last.dose; last.whole {
					n.per = last.per
				}
			}
			if n.per != n.per {
				n.per = last.per
			}
			for _, u := range running {
				u.until, u.cut = at, true
			}
		}
		all = append(all, n)
	}
	return all, said
}

// anything tells whether anybody said anything of any medicine.
func anything(w *World) bool {
	return slices.ContainsFunc(w.Events, func(e Event) bool {
		return e.At <= w.Now && (e.Type == event.Glucocorticoid || e.Type == event.Medication && slices.Contains([]string{"start", "change", "stop"}, e.B))
	})
}

// taking draws whether some medicines are taken, or were.
func (g *Gen) taking() Bool {
	names := [][]string{{"su"}, {"su"}, {"metformin"}, {"gliclazide"}, {"dpp4", "su"}, {"glucocorticoid"}, {"prednisone", "su"}}
	of := pick(g, names)
	arg := fmt.Sprintf("[%q]", strings.Join(of, `", "`))
	arg = strings.ReplaceAll(arg, `\"`, `"`)
	if len(of) == 1 && g.one(2) {
		arg = fmt.Sprintf("%q", of[0])
	}
	text, during := "taking("+arg+")", 0.0
	if g.one(3) {
		p := pick(g, periods)
		text, during = fmt.Sprintf("took(%q, %s)", p.text, arg), float64(p.len)
	}
	return Bool{text, func(w *World) Truth {
		for _, d := range drugs {
			meant := slices.Contains(of, d.generic) || slices.ContainsFunc(d.classes, func(c string) bool { return slices.Contains(of, c) })
			all, _ := usesOf(w, d)
			for _, u := range all {
				now := float64(w.Now)
				if meant && (u.until > now || during > 0 && u.until > now-during) {
					return True
				}
			}
		}
		if anything(w) {
			return False
		}
		return Unknown
	}}
}

// prednisoloneWithin draws the most glucocorticoid of the medicine list within some days.
func (g *Gen) prednisoloneWithin() Num {
	n, window := pick(g, []int{1, 3, 7, 30}), pick(g, []int{1, 7, 30, 60})
	return Num{Text: fmt.Sprintf(`prednisolone_within("%dd", "%dd")`, n, window), Of: func(w *World) float64 {
		today := w.date(w.Now)
		perDay := map[int]float64{}
		counted, unclear := false, !anything(w)
		for _, d := range drugs {
			if d.class != "glucocorticoid" {
				continue
			}
			all, _ := usesOf(w, d)
			for _, u := range all {
				if u.per != u.per {
					u.per = 1
				}
				mg := u.dose * u.per
				if d.five == 0 || mg != mg || u.from != u.from {
					unclear = true
					continue
				}
				counted = true
				first, end := w.date(int64(u.from)), today+1
				if u.cut {
					end = w.date(int64(u.until))
				}
				if u.days > 0 {
					end = min(end, first+u.days)
				}
				for x := first; x < min(end, today+1); x++ {
					if x > today-window {
						perDay[x] += mg * 5 / d.five
					}
				}
			}
		}
		switch {
		case !counted && unclear:
			return nan
		case !counted:
			return 0
		}
		most := 0.0
		for x := today - window - n; x <= today; x++ {
			sum := 0.0
			for k := range n {
				sum += perDay[x+k]
			}
			most = max(most, sum)
		}
		return most
	}}
}
