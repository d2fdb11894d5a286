package rule

import (
	"math"
	"math/bits"
	"slices"

	"peiban/internal/event"
	"peiban/internal/glucose"
	"peiban/internal/measure"
)

// figure is a number made of the values of a selection.
type figure struct {
	need int // fewer values make it unknown
	of   func(v []float64, at []int64) float64
	// so takes further values, older than those before them, and gives the figure of all of them; nil when that cannot be said on
	// the way. With rough it may differ from of in the last digits.
	so      func(r *running, v []float64) float64
	rough   bool
	glucose bool // makes sense for glucose only
	reach   reach
	bears   bool // it is a sum divided by a number, and reach is what one further value may add
}

var figures = map[string]figure{
	"mean":    {need: 1, of: func(v []float64, _ []int64) float64 { return mean(v) }, so: func(r *running, v []float64) float64 { return r.total(v) / r.n }},
	"sum":     {need: 1, of: func(v []float64, _ []int64) float64 { return sum(v) }, so: (*running).total},
	"min":     {need: 1, of: func(v []float64, _ []int64) float64 { return slices.Min(v) }, so: (*running).smallest},
	"max":     {need: 1, of: func(v []float64, _ []int64) float64 { return slices.Max(v) }, so: (*running).largest},
	"sd":      {need: 2, of: func(v []float64, _ []int64) float64 { return deviation(v) }, so: (*running).deviation, rough: true},
	"cv":      {need: 2, of: func(v []float64, _ []int64) float64 { return variation(v) }, so: func(r *running, v []float64) float64 { return 100 * r.deviation(v) / r.mean }, rough: true},
	"slope":   {need: 2, of: slope},
	"lbgi":    {need: 1, of: overGlucose(glucose.LBGI), so: (*running).low, glucose: true},
	"hbgi":    {need: 1, of: overGlucose(glucose.HBGI), so: (*running).high, glucose: true},
	"ea1c":    {need: 1, of: overGlucose(glucose.EA1C), so: func(r *running, v []float64) float64 { return (46.7 + r.total(v)/r.n*measure.MgPerMmol) / 28.7 }, rough: true, glucose: true},
	"j_index": {need: 2, of: overGlucose(glucose.JIndex), so: (*running).jIndex, rough: true, glucose: true},
}

// overGlucose makes a figure of a formula of package glucose, over values in mmol/L.
func overGlucose(f func(v []float64, u measure.Unit) (float64, bool)) func(v []float64, _ []int64) float64 {
	return func(v []float64, _ []int64) float64 {
		if x, ok := f(v, measure.MmolL); ok {
			return x
		}
		return unknownNum
	}
}

// running is what figures keep of the values met so far. Each uses its own part of it.
type running struct {
	n, sum, mean, squares float64
	risks                 *riskMemo
}

func (r *running) total(v []float64) float64 {
	for _, x := range v {
		r.sum += x
	}
	r.n += float64(len(v))
	return r.sum
}

func (r *running) smallest(v []float64) float64 {
	for _, x := range v {
		if r.n++; r.n == 1 || x < r.sum {
			r.sum = x
		}
	}
	return r.sum
}

func (r *running) largest(v []float64) float64 {
	for _, x := range v {
		if r.n++; r.n == 1 || x > r.sum {
			r.sum = x
		}
	}
	return r.sum
}

// deviation begins with two passes over the first values and goes on as Welford does, who needs no second pass.
func (r *running) deviation(v []float64) float64 {
	if r.n == 0 && len(v) > 0 {
		r.n, r.mean = float64(len(v)), mean(v)
		for _, x := range v {
			r.squares += (x - r.mean) * (x - r.mean)
		}
		v = nil
	}
	for _, x := range v {
		r.n++
		off := x - r.mean
		r.mean += off / r.n
		r.squares += off * (x - r.mean)
	}
	return math.Sqrt(r.squares / (r.n - 1))
}

func (r *running) jIndex(v []float64) float64 {
	sd := r.deviation(v)
	both := (r.mean + sd) * measure.MgPerMmol
	return 0.001 * both * both
}

func (r *running) low(v []float64) float64 {
	for _, x := range v {
		low, _ := r.risks.of(x)
		r.sum += low
	}
	r.n += float64(len(v))
	return r.sum / r.n
}

func (r *running) high(v []float64) float64 {
	for _, x := range v {
		_, high := r.risks.of(x)
		r.sum += high
	}
	r.n += float64(len(v))
	return r.sum / r.n
}

// riskMemo remembers the risk of glucose values: meters show one decimal, so that the same few hundred come again and again, and
// each takes two logarithms and an exponential.
type riskMemo [1024]struct{ v, low, high float64 }

// of is what a value in mmol/L adds to LBGI and to HBGI before they are divided by the number of values.
func (m *riskMemo) of(v float64) (low, high float64) {
	b := math.Float64bits(v)
	e := &m[(b*0x9E3779B97F4A7C15)>>54]
	if e.v != v {
		e.v, e.low, e.high = v, glucose.LowRisk(v, measure.MmolL), glucose.HighRisk(v, measure.MmolL)
	}
	return e.low, e.high
}

// number is the value figures take from the event at a place; NaN when it has none.
func (s *selection) number(c *Ctx, i int) float64 {
	switch {
	case s.read != nil:
		return s.read(c, i)
	case c.TL.Flags[i]&notANumber != 0:
		return unknownNum
	}
	return c.TL.Num[i]
}

// gather takes the values of the events that pass into c.values, the newest first, with their moments in c.times and their places
// in c.rows, and returns the place of the oldest event that passes; -1: none. A value that is not a number (HI, LO, none given) is
// left out.
func (w *walk) gather() (oldest int) {
	c, s := w.c, w.s
	oldest = -1
	if w.whole() && w.hi == c.Now && s.read == nil && s.hide&notANumber != 0 && !s.filters {
		v, at, places := c.valuesSince(&s.kind, w.t, max(w.lo, w.floor))
		c.values, c.times, c.rows = append(c.values[:0], v...), append(c.times[:0], at...), append(c.rows[:0], places...)
		if n := len(c.rows); n > 0 {
			oldest = int(c.rows[n-1])
		}
		return oldest
	}
	values, times, rows := c.values[:0], c.times[:0], c.rows[:0]
	if w.whole() && s.read == nil && s.hide&notANumber != 0 {
		num, at := w.tl.Num, w.tl.At
		for w.load() {
			of := w.t.rows[w.b*blockSize:]
			for word := w.word; word != 0; word &= word - 1 {
				i := of[bits.TrailingZeros64(word)]
				if v := num[i]; v == v {
					values, times, rows = append(values, v), append(times, at[i]), append(rows, i)
				}
			}
			oldest = w.place(bits.Len64(w.word) - 1)
		}
	} else {
		for i := w.next(); i >= 0; i = w.next() {
			oldest = i
			if v := s.number(c, i); v == v {
				c.note(i)
				values, times, rows = append(values, v), append(times, w.tl.At[i]), append(rows, int32(i))
			}
		}
	}
	c.values, c.times, c.rows = values, times, rows
	return oldest
}

// figure computes f over the values of s.
//
// Compared with a limit, it changes when so much has fallen out of the windows that the comparison turns.
func (s *selection) figure(f figure) numFn {
	return func(c *Ctx, b bound) (float64, int64) {
		w := c.walk(s)
		oldest := w.gather()
		if !w.known() {
			return unknownNum, w.outside()
		}
		n := len(c.values)
		v := unknownNum
		ahead := b.op != cmpNone && f.so != nil
		switch {
		case n < f.need:
		case ahead:
			c.partsFrom(f, w.staying())
			if v, _ = c.part(f, n); f.rough {
				v = c.figureOf(f, n)
			}
		default:
			v = c.figureOf(f, n)
		}
		switch {
		case b.op == cmpNone:
			return v, min(w.outside(), w.leaves(oldest))
		case n < f.need:
			if f.bears {
				c.bear(b, f.need-n-1)
			}
			return v, w.outside() // what leaves makes no more of them
		case ahead && f.bears && b.token != 0:
			return v, min(w.outside(), w.bearing(f, b, v))
		case ahead:
			next, _ := w.turns(b, v, func(j int) (float64, float64) { return c.part(f, j) })
			return v, min(w.outside(), next)
		case n <= fewValues:
			next, _ := w.turns(b, v, func(j int) (float64, float64) {
				x := unknownNum
				if j >= f.need {
					x = c.figureOf(f, j)
				}
				return x, x
			})
			return v, min(w.outside(), next)
		}
		return v, min(w.outside(), w.leaves(oldest))
	}
}

// bearing is turns for a figure that bears further events. It bears none where that would make the rule look again sooner.
func (w *walk) bearing(f figure, b bound, v float64) (next int64) {
	c := w.c
	part := func(j int) (float64, float64) { return c.part(f, j) }
	if k := b.most(b.holds(v), func(k int) (low, high float64) { return f.reach.with(v, len(c.values), k) }); k > 0 {
		next, turned := w.turns(b, v, func(j int) (float64, float64) {
			if j < f.need {
				return unknownNum, unknownNum
			}
			return f.reach.with(c.parts[j-1], j, k)
		})
		if !turned {
			c.bear(b, k)
			return next
		}
	}
	next, _ = w.turns(b, v, part)
	return next
}

// partsFrom puts f of the newest j values into c.parts at j-1, for every j of at least from.
func (c *Ctx) partsFrom(f figure, from int) {
	n := len(c.values)
	if cap(c.parts) < n {
		c.parts = make([]float64, n, 2*n)
	}
	c.parts = c.parts[:n]
	r := &c.run // not on the stack: f.so is not known when this is compiled
	if r.risks == nil {
		r.risks = new(riskMemo)
	}
	*r = running{risks: r.risks}
	for j := max(from, 1); j <= n; j++ {
		done := int(r.n)
		c.parts[j-1] = f.so(r, c.values[done:j])
	}
}

// fewValues is up to how many values a figure is computed again for each that leaves, to see what comes.
const fewValues = 128

// figureOf is f of the newest n values.
func (c *Ctx) figureOf(f figure, n int) float64 {
	v := f.of(c.values[:n], c.times[:n])
	if math.IsInf(v, 0) {
		return unknownNum
	}
	return v
}

// part is between what f of the newest j values lies.
func (c *Ctx) part(f figure, j int) (low, high float64) {
	if j < f.need || j == 0 {
		return unknownNum, unknownNum
	}
	v := c.parts[j-1]
	if math.IsInf(v, 0) {
		return unknownNum, unknownNum
	}
	if !f.rough {
		return v, v
	}
	e := 1e-9 * (math.Abs(v) + math.Abs(c.values[0]))
	return v - e, v + e
}

// Steps ahead. A rule compared with a limit says when the comparison turns if nothing new comes, so that a person is not woken
// for every reading that falls out of a window.
const (
	farAhead  = 36 * microHour // how far ahead leaving events are looked at
	someAhead = 16             // how many of them are whenever they leave
	halfDay   = microDay / 2   // where they did not suffice, all rules look again at the same noon or midnight of UTC
)

// staying is how many of the values of c.rows do not leave as far ahead as is looked at.
func (w *walk) staying() int {
	n := max(0, len(w.c.rows)-someAhead)
	for n > 0 && w.leaves(int(w.c.rows[n-1])) <= w.c.Now+farAhead {
		n--
	}
	return n
}

// turns is when, as the events of c.rows fall out of the windows one by one, the oldest first, the number v of all of them first
// compares otherwise. of tells between what the number of the newest j of them lies. It has turned unless that was not seen so far ahead.
func (w *walk) turns(b bound, v float64, of func(j int) (low, high float64)) (next int64, turned bool) {
	rows, t := w.c.rows, b.holds(v)
	if len(rows) == 0 {
		return Never, false
	}
	at, newer := int64(0), w.leaves(int(rows[len(rows)-1]))
	for j := len(rows) - 1; j >= 0; j-- {
		at = newer
		if at == Never {
			return Never, false
		}
		if j > 0 {
			newer = w.leaves(int(rows[j-1]))
		}
		if at > w.c.Now+farAhead && len(rows)-j > someAhead {
			return floorDiv(at, halfDay) * halfDay, false
		}
		if j > 0 && newer == at {
			continue // they leave together
		}
		low, high := of(j)
		if b.holds(low) != t || b.holds(high) != t || low < high && (b.op == cmpEqual || b.op == cmpNotEqual) {
			return at, true
		}
	}
	return Never, false
}

// quantiles is the quantile p of the values of s, between neighbours in proportion.
//
// Source: definition 7 of Hyndman and Fan 1996, Am Stat 50:361, the one of R, NumPy and Excel.
func (s *selection) quantiles(p float64) numFn {
	return func(c *Ctx, b bound) (float64, int64) {
		w := c.walk(s)
		oldest := w.gather()
		if !w.known() {
			return unknownNum, w.outside()
		}
		n := len(c.values)
		if n == 0 {
			if b.op != cmpNone {
				return unknownNum, w.outside()
			}
			return unknownNum, min(w.outside(), w.leaves(oldest))
		}
		if b.op == cmpNone {
			return quantile(c.values, p), min(w.outside(), w.leaves(oldest))
		}
		c.parts = append(c.parts[:0], c.values...) // sorted, while values keeps the order of time
		v := quantile(c.parts, p)
		next, _ := w.turns(b, v, func(j int) (float64, float64) {
			if j == 0 {
				return unknownNum, unknownNum
			}
			if n <= fewValues {
				c.parts = append(c.parts[:0], c.values[:j]...)
				x := quantile(c.parts, p)
				return x, x
			}
			// Whichever values left, what is now at a place was between that place and as many further up as have left.
			h := p * float64(j-1)
			return c.parts[int(h)], c.parts[min(n-1, int(math.Ceil(h))+n-j)]
		})
		return v, min(w.outside(), next)
	}
}

// ownTargets are the targets of each meal slot. Source: docs/guide/sources.md.
var ownTargets = []struct {
	context, target string
}{
	{"fasting", "fasting"}, {"before_lunch", "before_meal"}, {"before_dinner", "before_meal"}, {"after_breakfast_2h", "after_meal_2h"},
	{"after_lunch_2h", "after_meal_2h"}, {"after_dinner_2h", "after_meal_2h"}, {"bedtime", "bedtime"}, {"night", "night"},
	{"random", "random"}, {"", "random"},
}

// inTarget tells whether a reading lies in the person's own target for its meal slot, limits included; unknown where none is set.
func inTarget() pred {
	keys := map[event.Symbol]string{}
	for _, t := range ownTargets {
		keys[event.Intern(t.context)] = t.target
	}
	return func(c *Ctx, i int) Truth {
		v, key := c.TL.Num[i], keys[c.TL.A[i]]
		if c.Target == nil || key == "" || v != v || c.TL.Flags[i]&notANumber != 0 {
			return Unknown
		}
		low, high, ok := c.Target(key)
		lowest, highest := low == low && low != 0, high == high && high != 0
		if !ok || !lowest && !highest {
			return Unknown
		}
		return Of((!lowest || v >= low) && (!highest || v <= high))
	}
}

func sum(v []float64) float64 {
	t := 0.0
	for _, x := range v {
		t += x
	}
	return t
}

func mean(v []float64) float64 { return sum(v) / float64(len(v)) }

// quantile sorts v in place.
func quantile(v []float64, p float64) float64 {
	slices.Sort(v)
	h := p * float64(len(v)-1)
	k := int(h)
	if k+1 >= len(v) {
		return v[len(v)-1]
	}
	if p == 0.5 && h != math.Trunc(h) { // halves are exact this way round
		return (v[k] + v[k+1]) / 2
	}
	return v[k] + (h-float64(k))*(v[k+1]-v[k])
}

// deviation is the sample standard deviation (n - 1). Source: docs/guide/sources.md.
func deviation(v []float64) float64 {
	m, t := mean(v), 0.0
	for _, x := range v {
		t += (x - m) * (x - m)
	}
	return math.Sqrt(t / float64(len(v)-1))
}

// variation is the coefficient of variation in percent; stable is 36 or less. Source: Battelino 2019,
// Diabetes Care 42:1593.
func variation(v []float64) float64 { return 100 * deviation(v) / mean(v) }

// slope is the least-squares change of the value per 24 hours; unknown when all values are of one moment.
func slope(v []float64, at []int64) float64 {
	var sx, sy, sxx, sxy float64
	n := float64(len(v))
	for i := range v {
		x := float64(at[i]-at[0]) / float64(microDay)
		sx, sy, sxx, sxy = sx+x, sy+v[i], sxx+x*x, sxy+x*v[i]
	}
	if d := n*sxx - sx*sx; d > 0 {
		return (n*sxy - sx*sy) / d
	}
	return unknownNum
}
