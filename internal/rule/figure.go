package rule

import (
	"math"
	"slices"

	"peiban/internal/measure"
)

// figure is a number made of the values of a selection.
type figure struct {
	need int // fewer values make it unknown
	of   func(v []float64, at []int64) float64
}

var figures = map[string]figure{
	"mean":   {1, func(v []float64, _ []int64) float64 { return mean(v) }},
	"sum":    {1, func(v []float64, _ []int64) float64 { return sum(v) }},
	"min":    {1, func(v []float64, _ []int64) float64 { return slices.Min(v) }},
	"max":    {1, func(v []float64, _ []int64) float64 { return slices.Max(v) }},
	"median": {1, func(v []float64, _ []int64) float64 { return median(v) }},
	"sd":     {2, func(v []float64, _ []int64) float64 { return deviation(v) }},
	"cv":     {2, func(v []float64, _ []int64) float64 { return variation(v) }},
	"slope":  {2, slope},
	"lbgi":   {1, func(v []float64, _ []int64) float64 { return risk(v, -1) }},
	"hbgi":   {1, func(v []float64, _ []int64) float64 { return risk(v, 1) }},
}

// figure computes f over the values of s. A value that is not a number (HI, LO, none given) is left out.
func (s *selection) figure(f figure) numFn {
	return func(c *Ctx, _ bound) (float64, int64) {
		var w walk
		w.start(c, s)
		c.values, c.times = c.values[:0], c.times[:0]
		oldest := -1
		for i := w.next(); i >= 0; i = w.next() {
			oldest = i
			v := w.tl.Num[i]
			if v != v || w.tl.Flags[i]&notANumber != 0 {
				continue
			}
			c.note(i)
			c.values, c.times = append(c.values, v), append(c.times, w.tl.At[i])
		}
		next := min(w.outside(), w.leaves(oldest))
		if !w.known() {
			return unknownNum, w.outside()
		}
		if len(c.values) < f.need {
			return unknownNum, next
		}
		v := f.of(c.values, c.times)
		if math.IsInf(v, 0) {
			v = unknownNum
		}
		return v, next
	}
}

// share is the part of the events that meet test, among those for which it has an answer.
func (s *selection) share(test pred, hoists []hoist) numFn {
	return func(c *Ctx, _ bound) (float64, int64) {
		var w walk
		w.start(c, s)
		for _, h := range hoists {
			w.base = min(w.base, h(c))
		}
		yes, all, oldest := 0, 0, -1
		for i := w.next(); i >= 0; i = w.next() {
			oldest = i
			c.note(i)
			switch test(c, i) {
			case True:
				yes++
				all++
			case False:
				all++
			}
		}
		if !w.known() {
			return unknownNum, w.outside()
		}
		next := min(w.outside(), w.leaves(oldest))
		if all == 0 {
			return unknownNum, next
		}
		return float64(yes) / float64(all), next
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

// median sorts v in place.
func median(v []float64) float64 {
	slices.Sort(v)
	n := len(v)
	if n%2 == 1 {
		return v[n/2]
	}
	return (v[n/2-1] + v[n/2]) / 2
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

// risk is the low (side -1) or high (side 1) blood glucose index of values in mmol/L. The formula is the one in
// mg/dL; the published one in mmol/L gives slightly other numbers.
//
// Source: Kovatchev, LBGI appendix: f(g) = 1.509 ((ln g)^1.084 - 5.381), risk 10 f^2 on its side of zero.
func risk(v []float64, side float64) float64 {
	t := 0.0
	for _, x := range v {
		if (x-noRisk)*side <= 0 {
			continue
		}
		f := 1.509 * (math.Exp(1.084*math.Log(math.Log(x*measure.MgPerMmol))) - 5.381)
		t += 10 * f * f
	}
	return t / float64(len(v))
}

// noRisk is the value, in mmol/L, at which f is zero: 112.5 mg/dL.
var noRisk = math.Exp(math.Pow(5.381, 1/1.084)) / measure.MgPerMmol
