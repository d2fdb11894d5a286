package ruletest

import (
	"fmt"
	"math"

	"peiban/internal/event"
)

const perMmol = 18.0156 // mg/dL

// clinical draws a number of the clinic that fits the theme.
func (g *Gen) clinical() Num {
	s := g.sel()
	s.Type, s.links = g.Theme, nil
	for range g.IntN(3) {
		s.links = append(s.links, g.link(s.Type, true))
	}
	switch g.Theme {
	case event.Glucose:
		return g.glucose(s)
	case event.Fill, event.Order:
		return g.supply(s)
	case event.Glucocorticoid:
		return g.prednisolone(s)
	case event.Medication:
		return g.prednisoloneWithin()
	case event.Diagnosis:
		return g.daysDiagnosed()
	case event.ClinicalStage:
		return g.staged()
	case event.BloodPressure, event.Pain, event.CheckIn:
		return g.planned(s)
	}
	return g.figure()
}

func (g *Gen) glucose(s Sel) Num {
	switch g.IntN(8) {
	case 0:
		return s.values(".lbgi()", 1, func(v []float64, _ []int64) float64 { low, _ := risks(v); return low })
	case 1:
		return s.values(".hbgi()", 1, func(v []float64, _ []int64) float64 { _, high := risks(v); return high })
	case 2:
		return s.values(".ea1c()", 1, func(v []float64, _ []int64) float64 { return (mean(v)*perMmol + 46.7) / 28.7 })
	case 3:
		return s.values(".j_index()", 2, func(v []float64, _ []int64) float64 {
			return math.Pow((mean(v)+spread(v))*perMmol, 2) / 1000
		})
	case 4:
		return g.planned(s)
	case 5:
		return s.fold(".in_target()", func(w *World, in []Event) float64 {
			yes, all := 0.0, 0.0
			for _, e := range in {
				low, high, ok := w.Target(targetOf(e.A))
				x := e.value()
				if !ok || x != x || low != low && high != high {
					continue
				}
				all++
				if !(x < low) && !(x > high) {
					yes++
				}
			}
			if all == 0 {
				return nan
			}
			return yes / all
		})
	}
	return g.curve()
}

func targetOf(context string) string {
	switch context {
	case "fasting", "bedtime", "night":
		return context
	case "before_lunch", "before_dinner":
		return "before_meal"
	case "random", "":
		return "random"
	}
	return "after_meal_2h"
}

// risks are LBGI and HBGI.
func risks(v []float64) (low, high float64) {
	for _, x := range v {
		f := 1.509 * (math.Pow(math.Log(x*perMmol), 1.084) - 5.381)
		if f < 0 {
			low += 10 * f * f
		} else {
			high += 10 * f * f
		}
	}
	return low / float64(len(v)), high / float64(len(v))
}

// planned draws done against planned.
func (g *Gen) planned(s Sel) Num {
	n := 1 + g.IntN(16)
	return s.fold(fmt.Sprintf(`.plan_share("%dd")`, n), func(w *World, in []Event) float64 {
		want, done := 0.0, 0.0
		for d := w.date(w.Now) - n; d < w.date(w.Now); d++ {
			perWeek, signed := 0.0, false
			for _, e := range w.Events { // the newest that was set by the end of the day and ran on, before all a signed one
				mine := e.B == s.Type.String() || e.B == "" && s.Type == event.Glucose
				over := e.x(2) > 0 && w.date(e.At+int64(e.x(2)*7*24*3600e6)) <= d // at midnight it ended with the day before
				if e.Type == event.PlanSet && mine && !over && e.At <= w.Now && w.date(e.At) <= d && e.Flags&noNumber == 0 && (e.x(3) == 1 || !signed) {
					perWeek, signed = e.Num, e.x(3) == 1
				}
			}
			if perWeek > 0 {
				want += perWeek
				for _, e := range in {
					if w.date(e.At) == d {
						done++
					}
				}
			}
		}
		if want == 0 {
			return nan
		}
		return 7 * done / want
	})
}

// covered marks the days with supply, medicine by medicine; first is the day of the first fill, at most is how many days differ.
// A fill whose days nobody knows is of so many as open says.
func covered(w *World, in []Event, open float64) (marked map[int]bool, first int, fills map[int]int, twice bool) {
	marked, fills, first = map[int]bool{}, map[int]int{}, math.MaxInt
	last := math.MinInt
	out := map[string]int{} // of each medicine: the first day without it
	for i := len(in) - 1; i >= 0; i-- {
		e := in[i]
		class, days := e.A, e.Num
		if e.Type == event.Order {
			class, days = e.B, e.x(1)
		} else if days != days || e.Flags&noNumber != 0 {
			days, e.Flags = open, 0
		}
		if e.Flags&noNumber != 0 || !(days >= 1) {
			continue
		}
		d := w.date(e.At)
		first, last = min(first, d), max(last, d)
		fills[d] += int(days)
		from := d
		if until, ok := out[class]; ok {
			from = max(from, until)
		}
		for k := range int(days) {
			marked[from+k] = true
		}
		out[class] = from + int(days)
	}
	return marked, first, fills, first < last
}

// supply draws a figure of what was dispensed.
func (g *Gen) supply(s Sel) Num {
	n := pick(g, []int{1, 3, 7, 14, 30, 90})
	type look struct {
		w                  *World
		marked             map[int]bool
		fills              map[int]int
		first, from, today int
		twice              bool
	}
	of := func(suffix string, f func(l look) float64) Num {
		return s.fold(suffix, func(w *World, in []Event) float64 {
			as := func(open float64) float64 {
				l := look{w: w, today: w.date(w.Now)}
				l.marked, l.first, l.fills, l.twice = covered(w, in, open)
				if len(l.fills) == 0 {
					return nan
				}
				l.from = max(l.first, l.today-n+1)
				return f(l)
			}
			if short, long := as(1), as(400); short == long { // days
				return short
			}
			return nan
		})
	}
	marked := func(l look) (n int) {
		for d := l.from; d <= l.today; d++ {
			if l.marked[d] {
				n++
			}
		}
		return n
	}
	coarse := func(n Num) Num { n.Coarse = true; return n }
	switch g.IntN(7) {
	case 0:
		return of(fmt.Sprintf(`.pdc("%dd")`, n), func(l look) float64 {
			if !l.twice {
				return nan
			}
			return float64(marked(l)) / float64(l.today-l.from+1)
		})
	case 1:
		return of(fmt.Sprintf(`.mpr("%dd")`, n), func(l look) float64 {
			if !l.twice {
				return nan
			}
			got := 0
			for d, days := range l.fills {
				if d >= l.from {
					got += days
				}
			}
			return min(1, float64(got)/float64(l.today-l.from+1))
		})
	case 2:
		return coarse(of(fmt.Sprintf(`.therapy_days("%dd")`, n), func(l look) float64 { return float64(marked(l)) }))
	case 3:
		return coarse(of(`.gap_days()`, func(l look) float64 {
			n := 0
			for d := l.today; !l.marked[d]; d-- {
				n++
			}
			return float64(n)
		}))
	case 4:
		return coarse(of(fmt.Sprintf(`.longest_gap("%dd")`, n), func(l look) float64 {
			longest, run := 0, 0
			for d := l.from; d <= l.today; d++ {
				if run++; l.marked[d] {
					run = 0
				}
				longest = max(longest, run)
			}
			return float64(longest)
		}))
	case 5:
		return coarse(of(`.supply_left()`, func(l look) float64 {
			n := 0
			for l.marked[l.today+n] {
				n++
			}
			return float64(n)
		}))
	}
	return coarse(of(fmt.Sprintf(`.persistence("%dd")`, n), func(l look) float64 {
		run := 0
		for d := l.first; d <= l.today; d++ {
			if run++; l.marked[d] {
				run = 0
			}
			if run > n {
				return float64(d - run + 1 - l.first)
			}
		}
		return float64(l.today - l.first + 1)
	}))
}

// prednisolone draws the most glucocorticoid within some days.
func (g *Gen) prednisolone(s Sel) Num {
	n := pick(g, []int{1, 3, 7, 30, 90})
	five := map[string]float64{"prednisolone": 5, "methylprednisolone": 4, "dexamethasone": 0.75}
	return s.fold(fmt.Sprintf(`.prednisolone("%dd")`, n), func(w *World, in []Event) float64 {
		taken := map[int]float64{}
		for _, e := range in {
			if five[e.A] == 0 || e.value() != e.value() || !(e.x(0) >= 1) {
				continue
			}
			for k := range int(e.x(0)) {
				if d := w.date(e.At) + k; d <= w.date(w.Now) {
					taken[d] += e.Num * 5 / five[e.A]
				}
			}
		}
		most := 0.0
		for from := range taken {
			for _, start := range []int{from, from - n + 1} {
				sum := 0.0
				for d := start; d < start+n; d++ {
					sum += taken[d]
				}
				most = max(most, sum)
			}
		}
		return most
	})
}

var ranks = map[string]map[string]float64{
	"arco2019": {"I": 1, "II": 2, "IIIA": 3, "IIIB": 4, "IV": 5}, "ckd": {"G1": 1, "G2": 2, "G3a": 3, "G3b": 4, "G4": 5, "G5": 6},
}

// stagesOf are the ranks told of each side, the oldest first; seen: those signed or read from paper only.
func stagesOf(w *World, system string, seen bool) map[string][]float64 {
	all := map[string][]float64{}
	for _, e := range w.Events {
		if r := ranks[system][e.B]; e.Type == event.ClinicalStage && e.At <= w.Now && e.A == system && r > 0 && e.Flags&noNumber == 0 && (!seen || grade(e.x(0), e.x(1)) > 0) {
			all[e.C] = append(all[e.C], r)
		}
	}
	return all
}

func (g *Gen) staged() Num {
	system := pick(g, []string{"arco2019", "ckd"})
	return Num{Text: fmt.Sprintf("clinical_stage(%q)", system), Coarse: true, Of: func(w *World) float64 {
		worst := nan
		for _, r := range stagesOf(w, system, false) {
			if newest := r[len(r)-1]; !(newest <= worst) {
				worst = newest
			}
		}
		return worst
	}}
}

func (g *Gen) progressed() Bool {
	system := pick(g, []string{"arco2019", "ckd"})
	return Bool{fmt.Sprintf("stage_progressed(%q)", system), func(w *World) Truth {
		t := Unknown
		for _, r := range stagesOf(w, system, true) {
			if n := len(r); n > 1 && r[n-1] > r[n-2] {
				return True
			} else if n > 1 {
				t = False
			}
		}
		return t
	}}
}
