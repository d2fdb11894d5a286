package ruletest

import (
	"fmt"
	"math"
	"slices"

	"peiban/internal/event"
)

// fold makes a number of what passes a selection; unknown below its at_least.
func (s Sel) fold(suffix string, f func(w *World, in []Event) float64) Num {
	return Num{Text: s.text() + suffix, Of: func(w *World) float64 {
		in, known := s.of(w)
		if !known {
			return nan
		}
		return f(w, in)
	}}
}

// values makes a number of the values of a selection, the newest first; unknown below least of them.
func (s Sel) values(suffix string, least int, f func(v []float64, at []int64) float64) Num {
	return s.fold(suffix, func(_ *World, in []Event) float64 {
		v, at := s.numbers(in)
		if len(v) < least {
			return nan
		}
		if x := f(v, at); !math.IsInf(x, 0) {
			return x
		}
		return nan
	})
}

func (s Sel) numbers(in []Event) (v []float64, at []int64) {
	for _, e := range in {
		if x := s.number(e); x == x {
			v, at = append(v, x), append(at, e.At)
		}
	}
	return v, at
}

func (g *Gen) count(s Sel) Num {
	n := s.fold(".count()", func(_ *World, in []Event) float64 { return float64(len(in)) })
	n.Coarse = true
	return n
}

// measured draws a selection of a type that has values.
func (g *Gen) measured() Sel {
	s := g.sel()
	switch s.Type {
	case event.Glucose, event.Pain, event.Fill, event.Meal:
	case event.BloodPressure:
		s.read = pick(g, []string{"", "systolic", "diastolic"})
	case event.Glucocorticoid:
		s.read = pick(g, []string{"", "days"})
	default:
		s.Type, s.links, s.Flags = event.Glucose, nil, false
		s.links = append(s.links, g.link(s.Type, true))
	}
	return s
}

// Num draws a number.
func (g *Gen) Num() Num {
	n := g.plain()
	for g.one(5) {
		n = g.arith(n)
	}
	return n
}

func (g *Gen) arith(n Num) Num {
	fixed := func(k float64) Num { return Num{Text: fmt.Sprint(k), Of: func(*World) float64 { return k }} }
	right := fixed(pick(g, []float64{0.6, -3, 0, 2}))
	if g.one(3) {
		right = g.plain()
	}
	if g.one(2) {
		n, right = right, n
	}
	op := pick(g, []string{"+", "-", "*", "/"})
	return Num{Text: "(" + n.Text + " " + op + " " + right.Text + ")", Of: func(w *World) float64 {
		a, b := n.Of(w), right.Of(w)
		switch {
		case op == "+":
			return a + b
		case op == "-":
			return a - b
		case op == "*":
			return a * b
		case b == 0:
			return nan
		}
		return a / b
	}}
}

func (g *Gen) plain() Num {
	switch g.IntN(10) {
	case 0, 1, 2:
		return g.counted()
	case 3, 4, 5, 6:
		return g.figure()
	}
	return g.clinical()
}

// counted draws a number that counts.
func (g *Gen) counted() Num {
	s := g.sel()
	n := Num{}
	switch g.IntN(9) {
	case 0, 1, 2:
		return g.count(s)
	case 3:
		n = s.fold(".days()", func(w *World, in []Event) float64 {
			dates := map[int]bool{}
			for _, e := range in {
				dates[w.date(e.At)] = true
			}
			return float64(len(dates))
		})
	case 4:
		n = s.fold(".streak()", func(w *World, in []Event) float64 {
			dates := map[int]bool{}
			for _, e := range in {
				dates[w.date(e.At)] = true
			}
			d := w.date(w.Now)
			if !dates[d] {
				d--
			}
			n := 0
			for ; dates[d]; d-- {
				n++
			}
			return float64(n)
		})
	case 5:
		n = s.fold(".most_per_day()", func(w *World, in []Event) float64 {
			most, dates := 0, map[int]int{}
			for _, e := range in {
				dates[w.date(e.At)]++
				most = max(most, dates[w.date(e.At)])
			}
			return float64(most)
		})
	case 6:
		name, unit := "days_since", day
		if g.one(2) {
			name, unit = "hours_since", hour
		}
		n = s.fold("", func(w *World, in []Event) float64 {
			if len(in) == 0 {
				return nan
			}
			return math.Floor(float64(w.Now-in[0].At) / float64(unit))
		})
		n.Text = name + "(" + s.text() + ")"
	case 7:
		gap, during := pick(g, periods), pick(g, periods)
		n = s.fold("", func(w *World, in []Event) float64 {
			for i := 1; i < len(in); i++ {
				if in[i-1].At > w.Now-during.len && in[i-1].At-in[i].At >= gap.len {
					return 1
				}
			}
			return 0
		})
		n.Text = fmt.Sprintf("(%s.resumed(%q, %q) ? 1 : 0)", s.text(), gap.text, during.text)
	default:
		n = Num{Text: "local_hour()", Of: func(w *World) float64 { return float64(w.clock(w.Now).Hour()) }}
		if g.one(4) {
			n = Num{Text: "(local_year() - 2024)", Of: func(w *World) float64 { return float64(w.clock(w.Now).Year() - 2024) }}
		}
	}
	n.Coarse = true
	return n
}

func total(v []float64) float64 {
	t := 0.0
	for _, x := range v {
		t += x
	}
	return t
}

func mean(v []float64) float64 { return total(v) / float64(len(v)) }

func spread(v []float64) float64 {
	m, t := mean(v), 0.0
	for _, x := range v {
		t += (x - m) * (x - m)
	}
	return math.Sqrt(t / float64(len(v)-1))
}

func quantile(v []float64, p float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	h := p * float64(len(v)-1)
	low, high := v[int(math.Floor(h))], v[int(math.Ceil(h))]
	return low + (h-math.Floor(h))*(high-low)
}

// figure draws a number made of values.
func (g *Gen) figure() Num {
	s := g.measured()
	switch g.IntN(14) {
	case 0, 1, 2:
		return s.values(".mean()", 1, func(v []float64, _ []int64) float64 { return mean(v) })
	case 3:
		return s.values(".sum()", 1, func(v []float64, _ []int64) float64 { return total(v) })
	case 4:
		if g.one(2) {
			return s.values(".min()", 1, func(v []float64, _ []int64) float64 { return slices.Min(v) })
		}
		return s.values(".max()", 1, func(v []float64, _ []int64) float64 { return slices.Max(v) })
	case 5:
		if g.one(2) {
			return s.values(".sd()", 2, func(v []float64, _ []int64) float64 { return spread(v) })
		}
		return s.values(".cv()", 2, func(v []float64, _ []int64) float64 { return 100 * spread(v) / mean(v) })
	case 6:
		return s.values(".slope()", 2, func(v []float64, at []int64) float64 {
			var x []float64
			for _, t := range at {
				x = append(x, float64(t-at[len(at)-1])/float64(day))
			}
			mx, my, xx, xy := mean(x), mean(v), 0.0, 0.0
			for i := range x {
				xx, xy = xx+(x[i]-mx)*(x[i]-mx), xy+(x[i]-mx)*(v[i]-my)
			}
			if at[0] == at[len(at)-1] {
				return nan
			}
			return xy / xx
		})
	case 7:
		p := pick(g, []float64{0, 0.1, 0.25, 0.5, 0.9, 1})
		return s.values(fmt.Sprintf(".quantile(%v)", p), 1, func(v []float64, _ []int64) float64 { return quantile(v, p) })
	case 8:
		return s.values(".median()", 1, func(v []float64, _ []int64) float64 { return quantile(v, 0.5) })
	case 9:
		return g.change(s)
	case 10:
		return g.dayMean(s)
	case 11:
		if s.Type != event.Glucose {
			break
		}
		return s.fold(".latest().value", func(_ *World, in []Event) float64 {
			if len(in) == 0 {
				return nan
			}
			return in[0].value()
		})
	case 12:
		return s.fold(".first().hour", func(w *World, in []Event) float64 {
			if len(in) == 0 {
				return nan
			}
			return float64(w.clock(in[len(in)-1].At).Hour())
		})
	}
	test, holds := g.test(s.Type, 2)
	return s.fold(fmt.Sprintf(".share(e, %s)", test), func(w *World, in []Event) float64 {
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
			return nan
		}
		return yes / all
	})
}

// change draws a difference between now and before.
func (g *Gen) change(s Sel) Num {
	d, need := pick(g, periods), 1+g.IntN(3)
	if g.one(2) {
		return s.values(fmt.Sprintf(".jump(%q, %d)", d.text, need), 1, func(v []float64, at []int64) float64 {
			var before []float64
			for i := 1; i < len(v); i++ {
				if at[i] > at[0]-d.len {
					before = append(before, v[i])
				}
			}
			if len(before) < need {
				return nan
			}
			return v[0] - mean(before)
		})
	}
	return s.fold(fmt.Sprintf(".change(%q, %d)", d.text, need), func(w *World, in []Event) float64 {
		v, at := s.numbers(in)
		var now, before []float64
		for i := range v {
			switch age := w.Now - at[i]; {
			case age < d.len:
				now = append(now, v[i])
			case age < 2*d.len:
				before = append(before, v[i])
			}
		}
		if len(now) < need || len(before) < need {
			return nan
		}
		return mean(now) - mean(before)
	})
}

func (g *Gen) dayMean(s Sel) Num {
	need := 1 + g.IntN(3)
	return s.fold(fmt.Sprintf(".day_mean(%d)", need), func(w *World, in []Event) float64 {
		days, of := []int{}, map[int][]float64{}
		for _, e := range in {
			if x := s.number(e); x == x {
				d := w.date(e.At)
				if of[d] == nil {
					days = append(days, d)
				}
				of[d] = append(of[d], x)
			}
		}
		if len(days) < need {
			return nan
		}
		t := 0.0
		for _, d := range days {
			t += mean(of[d])
		}
		return t / float64(len(days))
	})
}

// Bool draws a condition.
func (g *Gen) Bool(depth int) Bool {
	if depth > 0 && g.IntN(3) > 0 {
		a, b := g.Bool(depth-1), g.Bool(depth-1)
		switch g.IntN(4) {
		case 0:
			return Bool{"!(" + a.Text + ")", func(w *World) Truth { return not(a.Of(w)) }}
		case 1:
			return Bool{"(" + a.Text + ") && (" + b.Text + ")", func(w *World) Truth { return not(either(not(a.Of(w)), not(b.Of(w)))) }}
		case 2:
			return Bool{"(" + a.Text + ") || (" + b.Text + ")", func(w *World) Truth { return either(a.Of(w), b.Of(w)) }}
		}
		c := g.Bool(depth - 1)
		return Bool{fmt.Sprintf("(%s) ? (%s) : (%s)", c.Text, a.Text, b.Text), func(w *World) Truth {
			switch c.Of(w) {
			case True:
				return a.Of(w)
			case False:
				return b.Of(w)
			}
			return Unknown
		}}
	}
	switch {
	case len(g.Tags) > 0 && g.one(6):
		return g.tagged()
	case g.one(9):
		return g.absent()
	case g.one(20):
		return g.profile()
	case g.one(12):
		s := g.sel()
		n := g.count(s)
		return Bool{"exists(" + s.text() + ")", func(w *World) Truth { return compare(">=", n.Of(w), 1) }}
	case g.Theme == event.Medication && g.one(4):
		return g.clash()
	case g.Theme == event.Medication && !g.one(3):
		return g.taking()
	case g.Theme == event.Diagnosis && !g.one(3):
		return g.diagnosis()
	case g.Aims && g.one(14):
		return g.aimed()
	case g.Theme == event.ClinicalStage && g.one(3):
		return g.progressed()
	}
	return g.compared()
}

func (g *Gen) compared() Bool {
	n := g.Num()
	ops := []string{"<", "<=", ">", ">="}
	k := pick(g, []float64{0.503, 0.997, 2.013, 3.517, 4.011, 5.523, 6.017, 7.031, 8.003, 12.013, 24.007})
	if n.Coarse {
		ops = append(ops, "==", "!=")
		k = pick(g, []float64{0, 1, 1, 2, 2, 3, 4, 7, 12})
	}
	right := Num{Text: fmt.Sprint(k), Of: func(*World) float64 { return k }}
	if g.one(8) {
		if right = g.counted(); !n.Coarse {
			right = g.arith(right)
		}
	}
	op := pick(g, ops)
	if g.one(3) {
		n, right = right, n
	}
	return Bool{n.Text + " " + op + " " + right.Text, func(w *World) Truth { return compare(op, n.Of(w), right.Of(w)) }}
}

// profile draws a condition on what the person's profile says; an event of it carries only what changed.
func (g *Gen) profile() Bool {
	newest := func(w *World, of func(e Event) (float64, bool)) float64 {
		v := nan
		for _, e := range w.Events {
			if x, said := of(e); e.Type == event.Profile && e.At <= w.Now && said {
				v = x
			}
		}
		return v
	}
	number := func(x float64) (float64, bool) { return x, x == x }
	switch g.IntN(4) {
	case 0:
		return Bool{`trait("gender") == "male"`, func(w *World) Truth {
			return compare("==", newest(w, func(e Event) (float64, bool) { return map[string]float64{"male": 1}[e.A], e.A != "" }), 1)
		}}
	case 1:
		return Bool{`trait_num("diagnosedYear") >= 2020`, func(w *World) Truth {
			return compare(">=", newest(w, func(e Event) (float64, bool) { return number(e.x(0)) }), 2020)
		}}
	case 2:
		return Bool{`trait_bool("livesAlone")`, func(w *World) Truth {
			return compare("==", newest(w, func(e Event) (float64, bool) { return number(e.x(2)) }), 1)
		}}
	}
	k := 57 + g.IntN(4)
	return Bool{fmt.Sprintf("age() >= %d", k), func(w *World) Truth {
		born := newest(w, func(e Event) (float64, bool) { return number(e.Num) })
		return compare(">=", float64(w.clock(w.Now).Year())-born, float64(k))
	}}
}

func (g *Gen) absent() Bool {
	s, d := g.anchor(), pick(g, periods)
	text := fmt.Sprintf("absent(%s, %q)", s.text(), d.text)
	since := Sel{}
	third := g.one(2)
	if third {
		since = g.anchor()
		text = fmt.Sprintf("absent(%s, %q, %s)", s.text(), d.text, since.text())
	}
	return Bool{text, func(w *World) Truth {
		in, _ := s.of(w)
		if third {
			more, _ := since.of(w)
			in = append(in, more...)
		}
		if len(in) == 0 {
			return Unknown
		}
		newest := in[0].At
		for _, e := range in {
			newest = max(newest, e.At)
		}
		return Is(w.Now-newest >= d.len)
	}}
}
