package glucose

import (
	"math"
	"time"

	"peiban/internal/measure"
)

// What the moving-average method of MAGE is made of, in steps of five minutes.
const (
	mageStep  = 5   // minutes
	mageShort = 5   // steps of the short average
	mageLong  = 32  // steps of the long average; a shorter stretch has no MAGE
	mageGap   = 180 // minutes without a curve that cut the series into stretches
)

// MAGE is the mean amplitude of glycaemic excursions in the unit of v: the mean height of the swings between a peak and a nadir
// that exceed one standard deviation.
//
// Peaks and nadirs are looked for between the points where a moving average over 25 minutes crosses one over 160; their heights are
// those of the curve itself, resampled to five minutes. Stretches divided by more than three hours without a curve are treated apart,
// each with its own standard deviation; rises and falls of all stretches are averaged, weighted by the length of their stretch. A
// stretch shorter than 160 minutes, or with a standard deviation below 1 mg/dL, has none.
//
// at is in order. Not ok when no stretch has an excursion, or when the series cannot be resampled: readings of a meter a few times a
// day have no MAGE.
//
// Source: Service 1970, Diabetes 19:644; method of Fernandes 2022, J Diabetes Sci Technol 16:576, with the settings of iglu 4.
func MAGE(at []int64, v []float64, u measure.Unit, zone *time.Location) (float64, bool) {
	if usual, ok := Interval(at); !ok || usual > int64(MaxGap/time.Minute) {
		return 0, false
	}
	g, ok := Resample(at, v, mageStep, zone)
	if !ok {
		return 0, false
	}
	still := 1.0 // mg/dL
	if u == measure.MmolL {
		still /= measure.MgPerMmol
	}
	var sum, weight float64
	for _, s := range stretches(g.V, mageGap/mageStep) {
		for _, height := range excursions(s, still) {
			sum += height * float64(len(s)-1)
			weight += float64(len(s) - 1)
		}
	}
	return sum / weight, weight > 0
}

// stretches cuts v where more than gap values in a row are unknown; each piece begins and ends with a known one.
func stretches(v []float64, gap int) [][]float64 {
	var out [][]float64
	from, known := -1, -1 // the beginning of the piece, and its last known value so far
	for i, x := range v {
		if math.IsNaN(x) {
			continue
		}
		if from >= 0 && i-known-1 > gap {
			out = append(out, v[from:known+1])
			from = i
		}
		if from < 0 {
			from = i
		}
		known = i
	}
	if from >= 0 {
		out = append(out, v[from:known+1])
	}
	return out
}

// excursions gives the mean height of the rises of one stretch, and that of its falls, where there are any.
func excursions(v []float64, still float64) []float64 {
	if len(v) < mageLong {
		return nil
	}
	sd, ok := SD(known(v))
	if !ok || sd < still {
		return nil
	}
	turns := turningPoints(v)
	var out []float64
	for _, up := range [...]bool{true, false} {
		if height, ok := swings(turns, sd, up); ok {
			out = append(out, height)
		}
	}
	return out
}

func known(v []float64) []float64 {
	out := make([]float64, 0, len(v))
	for _, x := range v {
		if !math.IsNaN(x) {
			out = append(out, x)
		}
	}
	return out
}

// crossing is where the short average passes the long one; after it the curve is looked at for a peak or a nadir.
type crossing struct {
	at   int
	peak bool
}

// crossings finds them, with the two ends of the stretch as the first and the last. Across a pause inside the stretch the sign is
// compared with that at the crossing before.
func crossings(v []float64) []crossing {
	lead := make([]float64, len(v)) // by how much the short average is above the long one
	for i := range v {
		lead[i] = trailing(v, max(i, mageShort-1), mageShort) - trailing(v, max(i, mageLong-1), mageLong)
		if math.Abs(lead[i]) < 1e-9 { // a flat curve must not cross by rounding
			lead[i] = 0
		}
	}
	out := []crossing{{0, lead[0] > 0}}
	for i := 1; i < len(v); i++ {
		if math.IsNaN(v[i]) || math.IsNaN(v[i-1]) || math.IsNaN(lead[i]) || math.IsNaN(lead[i-1]) {
			continue
		}
		before := lead[i-1]
		if lead[i]*before >= 0 {
			before = lead[out[len(out)-1].at]
		}
		if lead[i]*before < 0 {
			out = append(out, crossing{i, lead[i] > before})
		}
	}
	last := len(v) - 1
	return append(out, crossing{last, lead[last] > 0})
}

// trailing is the mean of the known among the n values that end at i.
func trailing(v []float64, i, n int) float64 {
	sum, count := 0.0, 0
	for _, x := range v[i-n+1 : i+1] {
		if !math.IsNaN(x) {
			sum += x
			count++
		}
	}
	return sum / float64(count)
}

// turningPoints gives the height of one peak or nadir for each pair of neighbouring crossings. It is looked for from the turning
// point before it, not from the crossing: averages lag behind the curve.
func turningPoints(v []float64) []float64 {
	cross := crossings(v)
	out := make([]float64, 0, len(cross)-1)
	from := 0
	for i := 1; i < len(cross); i++ {
		best := -1
		for k := from; k <= cross[i].at; k++ {
			if better := best < 0 || cross[i-1].peak && v[k] > v[best] || !cross[i-1].peak && v[k] < v[best]; better && !math.IsNaN(v[k]) {
				best = k
			}
		}
		out = append(out, v[best])
		from = best
	}
	return out
}

// swings averages the rises (or the falls) among the turning points that exceed sd and are followed by a move of more than sd back, or
// by the end. Smaller moves inside a swing belong to it.
func swings(turns []float64, sd float64, up bool) (float64, bool) {
	h := func(i int) float64 {
		if up {
			return turns[i]
		}
		return -turns[i]
	}
	last := len(turns) - 1
	var sum float64
	n := 0
	for from, top := 0, 0; top <= last; {
		foot := from
		for i := from + 1; i <= top; i++ {
			if h(i) < h(foot) {
				foot = i
			}
		}
		if h(top)-h(foot) < sd {
			top++
			continue
		}
		back := top
		for ; back < last; back++ {
			if h(back) > h(top) {
				top = back
			}
			if h(top)-h(back) > sd {
				break
			}
		}
		if h(back) > h(top) { // the end may be the top itself
			top = back
		}
		sum += h(top) - h(foot)
		n++
		from = back // nothing between the turn and the move back reaches beyond either of them
		if back == last {
			break
		}
		top = back
	}
	return sum / float64(n), n > 0
}
