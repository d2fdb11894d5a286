package ruletest

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"peiban/internal/event"
)

// series is what a curve is made of: readings in order of time.
type series struct {
	w  *World
	at []int64
	v  []float64
}

// curve draws a figure of continuous glucose.
func (g *Gen) curve() Num {
	s := Sel{Type: event.Glucose}
	n := pick(g, []int{1, 2, 7, 14, 15, 20})
	s.links = append(s.links, window(fmt.Sprintf(`.local_days("%dd")`, n), func(w *World, e Event) bool { return w.date(e.At) > w.date(w.Now)-n }))
	if g.one(4) {
		s.links = append(s.links, g.link(s.Type, true))
	}
	of := func(suffix string, f func(r series) float64) Num {
		return s.fold(suffix, func(w *World, in []Event) float64 {
			v, at := s.numbers(in)
			slices.Reverse(v)
			slices.Reverse(at)
			if len(v) == 0 {
				return nan
			}
			return f(series{w, at, v})
		})
	}
	part := func(name string, in func(x float64) bool) Num {
		return of(name, func(r series) float64 {
			if !r.enough() {
				return nan
			}
			return r.part(in)
		})
	}
	switch g.IntN(17) {
	case 0:
		return part(".tir()", func(x float64) bool { return x >= 3.9 && x <= 10 })
	case 1:
		return part(".tbr()", func(x float64) bool { return x < 3.9 })
	case 2:
		return part(".tbr2()", func(x float64) bool { return x < 3 })
	case 3:
		return part(".tar()", func(x float64) bool { return x > 10 })
	case 4:
		return part(".tar2()", func(x float64) bool { return x > 13.9 })
	case 5:
		return of(".gmi()", func(r series) float64 {
			if !r.enough() {
				return nan
			}
			return 3.31 + 0.02392*mean(r.v)*perMmol
		})
	case 6:
		return of(".gri()", func(r series) float64 {
			if !r.enough() {
				return nan
			}
			very, low := r.part(func(x float64) bool { return x < 3 }), r.part(func(x float64) bool { return x >= 3 && x < 3.9 })
			veryHigh, high := r.part(func(x float64) bool { return x > 13.9 }), r.part(func(x float64) bool { return x > 10 && x <= 13.9 })
			return min(100, 3*very+2.4*low+1.6*veryHigh+0.8*high)
		})
	case 7:
		return of(".active_percent()", func(r series) float64 { _, p := r.worn(); return p })
	case 8:
		return of(".adrr()", series.adrr)
	case 9, 10:
		return of(".modd()", series.modd)
	case 11, 12:
		hours := 1 + g.IntN(4)
		return of(fmt.Sprintf(".conga(%d)", hours), func(r series) float64 { return r.conga(hours) })
	case 13, 14:
		return of(".mage()", series.mage)
	}
	kind := pick(g, []string{"hypo", "hypo2", "hyper", "hyper2", "extended_hypo"})
	e := of(fmt.Sprintf(".episodes(%q)", kind), func(r series) float64 { return r.episodes(kind) })
	e.Coarse = true
	return e
}

func (r series) part(in func(float64) bool) float64 {
	n := 0
	for _, x := range r.v {
		if in(x) {
			n++
		}
	}
	return 100 * float64(n) / float64(len(r.v))
}

// worn is the usual time between two readings, in minutes, and how much of what it would give is there, in percent.
func (r series) worn() (usual int, percent float64) {
	var steps []float64
	for i := 1; i < len(r.at); i++ {
		if d := r.at[i] - r.at[i-1]; d > 0 {
			steps = append(steps, float64(d)/float64(minute))
		}
	}
	if len(steps) == 0 {
		return 0, nan
	}
	usual = max(1, int(math.RoundToEven(quantile(steps, 0.5))))
	lost := 0.0
	for _, d := range steps {
		if math.RoundToEven(d) > float64(usual) {
			lost += d - float64(usual)
		}
	}
	whole := math.RoundToEven(math.RoundToEven(float64(r.at[len(r.at)-1]-r.at[0])/float64(minute))/float64(usual)) + 1
	return usual, 100 * (whole - math.RoundToEven(lost/float64(usual))) / whole
}

func (r series) enough() bool {
	_, percent := r.worn()
	return r.w.date(r.at[len(r.at)-1])-r.w.date(r.at[0])+1 >= 14 && percent >= 70
}

func (r series) adrr() float64 {
	days := map[int][]float64{}
	for i, at := range r.at {
		d := r.w.date(at)
		days[d] = append(days[d], r.v[i])
	}
	var keys []int
	for d, v := range days {
		if len(v) >= 3 {
			keys = append(keys, d)
		}
	}
	if len(keys) < 14 {
		return nan
	}
	sort.Ints(keys)
	t := 0.0
	for _, d := range keys {
		low, high := 0.0, 0.0
		for _, x := range days[d] {
			l, h := risks([]float64{x})
			low, high = max(low, l), max(high, h)
		}
		t += low + high
	}
	return t / float64(len(keys))
}

// grid reads the curve at equal steps counted from the local midnight before the first reading.
func (r series) grid() (at []int64, v []float64, step int) {
	usual, _ := r.worn()
	if usual == 0 || usual > 45 {
		return nil, nil, 0
	}
	step = usual
	if 1440%step != 0 {
		if step > 20 {
			step = 20
		} else {
			step = int(math.Round(float64(step)/5)) * 5
		}
	}
	at, v = r.every(step)
	return at, v, step
}

// every reads the curve each step minutes after the local midnight before the first reading.
func (r series) every(step int) (at []int64, v []float64) {
	c := r.w.clock(r.at[0])
	y, m, d := c.Date()
	midnight := dateAt(y, int(m), d, r.w)
	for k := int64(1); ; k++ {
		t := midnight + k*int64(step)*minute
		if t > r.at[len(r.at)-1] {
			return at, v
		}
		at, v = append(at, t), append(v, r.curve(t))
	}
}

// curve is the value at t on the line between the readings around it; not a number across a pause of more than 45 minutes.
func (r series) curve(t int64) float64 {
	before, after := int64(math.MinInt64), int64(math.MaxInt64)
	for _, at := range r.at {
		if at <= t {
			before = max(before, at)
		} else {
			after = min(after, at)
		}
	}
	level := func(at int64) float64 {
		var v []float64
		for i := range r.at {
			if r.at[i] == at {
				v = append(v, r.v[i])
			}
		}
		return mean(v)
	}
	switch {
	case before == math.MinInt64:
		return nan
	case before == t:
		return level(t)
	case after == math.MaxInt64 || after-before > 45*minute:
		return nan
	}
	a, b := level(before), level(after)
	return a + (b-a)*float64(t-before)/float64(after-before)
}

func (r series) modd() float64 {
	at, v, _ := r.grid()
	t, n := 0.0, 0
	for i := range at {
		a := r.w.clock(at[i])
		for k := i + 1; k < len(at) && at[k]-at[i] <= 26*hour; k++ {
			b := r.w.clock(at[k])
			next := a.YearDay()+1 == b.YearDay() && a.Year() == b.Year() || b.YearDay() == 1 && b.Year() == a.Year()+1 && a.AddDate(0, 0, 1).YearDay() == 1
			if next && a.Hour() == b.Hour() && a.Minute() == b.Minute() && a.Second() == b.Second() && v[i] == v[i] && v[k] == v[k] {
				t, n = t+math.Abs(v[k]-v[i]), n+1
				break
			}
		}
	}
	if n == 0 {
		return nan
	}
	return t / float64(n)
}

func (r series) conga(hours int) float64 {
	_, v, step := r.grid()
	if step == 0 {
		return nan
	}
	lag := int(math.RoundToEven(60/float64(step))) * hours
	var d []float64
	for i := lag; lag > 0 && i < len(v); i++ {
		if x := v[i] - v[i-lag]; x == x {
			d = append(d, x)
		}
	}
	if len(d) < 2 {
		return nan
	}
	return spread(d)
}

// episodes goes along the curve minute by minute of its steps and counts the times it went beyond a limit and stayed.
func (r series) episodes(kind string) float64 {
	_, v, step := r.grid()
	if step == 0 {
		return nan
	}
	beyond := map[string]func(x float64) bool{
		"hypo": func(x float64) bool { return x < 3.9 }, "hypo2": func(x float64) bool { return x < 3 },
		"extended_hypo": func(x float64) bool { return x < 3.9 }, "hyper": func(x float64) bool { return x > 10 },
		"hyper2": func(x float64) bool { return x > 13.9 },
	}[kind]
	quarter := (15 + step - 1) / step
	begin := quarter
	if kind == "extended_hypo" {
		begin = 120/step + 1
	}
	n, in := 0, false
	out, back := 0, 0 // steps in a row beyond the limit, and back
	for i, x := range v {
		switch {
		case x != x:
			out, back, in = 0, 0, false
		case beyond(x):
			back = 0
			if out++; !in {
				// A stretch counts from its beginning, so look on to its end.
				long := out
				for k := i + 1; k < len(v) && beyond(v[k]); k++ {
					long++
				}
				if long >= begin {
					n, in = n+1, true
				}
			}
		default:
			out = 0
			if back++; back >= quarter {
				in = false
			}
		}
	}
	return float64(n)
}
