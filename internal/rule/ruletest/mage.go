package ruletest

import "math"

// mage is the mean amplitude of glycaemic excursions in mmol/L, word by word from its definition.
//
// The curve is read every 5 minutes and cut where more than 180 minutes of it are missing. In each piece of 160 minutes and more, with
// a standard deviation of at least 1 mg/dL, an average over 25 minutes is laid over one over 160; between two places where they cross
// is one peak or one nadir of the curve. Rises and falls between those that exceed one standard deviation count; their mean heights
// are averaged over all pieces, each as often as it has steps.
//
// Source: Service 1970, Diabetes 19:644; Fernandes 2022, J Diabetes Sci Technol 16:576.
func (r series) mage() float64 {
	if usual, _ := r.worn(); usual == 0 || usual > 45 {
		return nan
	}
	_, v := r.every(5)
	total, weight := 0.0, 0.0
	for _, piece := range pieces(v, 36) {
		sd := spread(there(piece))
		if len(piece) < 32 || !(sd*perMmol >= 1) {
			continue
		}
		peaks := turns(piece)
		valleys := make([]float64, len(peaks)) // the same seen upside down
		for i, x := range peaks {
			valleys[i] = -x
		}
		for _, heights := range [][]float64{rises(peaks, sd), rises(valleys, sd)} {
			if len(heights) > 0 {
				total += mean(heights) * float64(len(piece)-1)
				weight += float64(len(piece) - 1)
			}
		}
	}
	return total / weight // none: not a number
}

// pieces are what is left of v between stretches of more than most unknown values. None begins or ends with one.
func pieces(v []float64, most int) (out [][]float64) {
	var piece []float64
	missing := 0
	for _, x := range v {
		if x != x {
			missing++
			continue
		}
		if missing > most || len(piece) == 0 {
			out, piece = append(out, nil), nil
		} else {
			for range missing {
				piece = append(piece, nan)
			}
		}
		piece, missing = append(piece, x), 0
		out[len(out)-1] = piece
	}
	return out
}

// there are the values that are known.
func there(v []float64) (out []float64) {
	for _, x := range v {
		if x == x {
			out = append(out, x)
		}
	}
	return out
}

// side is where the short average of v is at i: 1 above the long one, -1 below, 0 on it, not a number when one of them is unknown.
// An average is of what ends at i; at the beginning it is the first that is whole.
func side(v []float64, i int) float64 {
	average := func(n int) float64 {
		end := max(i+1, n)
		return mean(there(v[end-n : end]))
	}
	d := average(5) - average(32)
	switch {
	case d > 1e-9:
		return 1
	case d < -1e-9:
		return -1
	case d == d:
		return 0
	}
	return nan
}

// turns are the peaks and nadirs of v: one for each time the averages cross until they cross again, or v ends. It is looked for from the
// one before it on, for the averages come late. Where the curve pauses nothing crosses; after it the side is compared with that at the
// last crossing.
func turns(v []float64) (out []float64) {
	begin, high, crossed := 0, side(v, 0) > 0, side(v, 0)
	turn := func(until int) {
		at := begin
		for k, x := range v[begin : until+1] {
			if high && x > v[at] || !high && x < v[at] || v[at] != v[at] {
				at = begin + k
			}
		}
		out, begin = append(out, v[at]), at
	}
	for i := 1; i < len(v); i++ {
		was, is := side(v, i-1), side(v, i)
		if v[i] != v[i] || v[i-1] != v[i-1] || was != was || is != is || is == 0 || was != -is && crossed != -is {
			continue
		}
		turn(i)
		high, crossed = is > 0, is
	}
	turn(len(v) - 1)
	return out
}

// rises are the heights of the climbs of at least sd: each from the lowest turn since the last climb to the highest before it goes down
// by more than sd, or ends.
func rises(turns []float64, sd float64) []float64 {
	for first, x := range turns {
		foot := x
		for _, y := range turns[:first] {
			foot = math.Min(foot, y)
		}
		if x-foot < sd {
			continue
		}
		top := x
		for k, y := range turns[first:] {
			if top = math.Max(top, y); top-y > sd {
				return append([]float64{top - foot}, rises(turns[first+k:], sd)...)
			}
		}
		return []float64{top - foot}
	}
	return nil
}
