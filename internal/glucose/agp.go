package glucose

import (
	"math"
	"slices"
	"time"
)

// Hours is how many bins a day has in a profile.
const Hours = 24

// Percentiles are those an ambulatory glucose profile draws, in percent.
var Percentiles = [5]float64{5, 25, 50, 75, 95}

// Hour is one hour of the day over many days.
type Hour struct {
	N int
	P [5]float64 // Percentiles, in the unit of the readings; NaN where the hour has no reading
}

// Profile lays readings of many days over one day: hour k holds those from k:00 to before k+1:00 on the clock of zone, so its
// middle is the half hour. Percentiles are by linear interpolation and smoothed with the hours beside them, 1-4-1, on over
// midnight; where one neighbour is empty 4-1, where both are as they are; an hour without a reading stays a gap.
//
// Source: Johnson 2019, Diabetes Technol Ther 21(S2), 10.1089/dia.2019.0034; smoothing as tidepool-org/viz draws it.
func Profile(at []int64, v []float64, zone *time.Location) [Hours]Hour {
	var bins [Hours][]float64
	for i, t := range at {
		h := time.UnixMicro(t).In(zone).Hour()
		bins[h] = append(bins[h], v[i])
	}
	var raw, out [Hours]Hour
	for h, b := range bins {
		raw[h] = Hour{N: len(b)}
		slices.Sort(b)
		for k, p := range Percentiles {
			raw[h].P[k] = Quantile(b, p/100)
		}
	}
	for h := range raw {
		out[h].N = raw[h].N
		before, after := raw[(h+Hours-1)%Hours], raw[(h+1)%Hours]
		for k := range Percentiles {
			out[h].P[k] = smooth(before.P[k], raw[h].P[k], after.P[k])
		}
	}
	return out
}

func smooth(before, own, after float64) float64 {
	sum, weight := 4*own, 4.0
	for _, x := range [2]float64{before, after} {
		if !math.IsNaN(x) {
			sum, weight = sum+x, weight+1
		}
	}
	return sum / weight
}

// Quantile is the share q of sorted values by linear interpolation between neighbours; NaN without values.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	place := q * float64(len(sorted)-1)
	i := int(place)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (sorted[i+1]-sorted[i])*(place-float64(i))
}
