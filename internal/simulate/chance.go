package simulate

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"
)

// chance is a source of random numbers for one purpose: the same seed, person, purpose and day always give the
// same numbers, whatever was drawn before. So a day can be planned without having lived the days before it.
func chance(seed uint64, person int, purpose string, n int) *rand.Rand {
	h := fnv.New64a()
	h.Write(strconv.AppendUint(nil, seed, 10))
	h.Write([]byte{'/'})
	h.Write(strconv.AppendInt(nil, int64(person), 10))
	h.Write([]byte{'/'})
	h.Write([]byte(purpose))
	h.Write([]byte{'/'})
	h.Write(strconv.AppendInt(nil, int64(n), 10))
	s := h.Sum64()
	return rand.New(rand.NewPCG(s, s*0x9e3779b97f4a7c15+1))
}

func happens(r *rand.Rand, p float64) bool { return r.Float64() < p }

// around draws from a normal distribution cut at two and a half standard deviations.
func around(r *rand.Rand, mean, sd float64) float64 {
	for {
		if z := r.NormFloat64(); math.Abs(z) <= 2.5 {
			return mean + z*sd
		}
	}
}

func between(r *rand.Rand, low, high float64) float64 { return low + r.Float64()*(high-low) }

// whole draws an integer from low to high, both included.
func whole(r *rand.Rand, low, high int) int { return low + r.IntN(high-low+1) }

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// wave is a slow noise around 0 with standard deviation near 1: random values every period days, joined smoothly.
func wave(seed uint64, person int, purpose string, day, period float64) float64 {
	k := math.Floor(day / period)
	t := day/period - k
	t = t * t * (3 - 2*t)
	a := around(chance(seed, person, purpose, int(k)), 0, 1)
	b := around(chance(seed, person, purpose, int(k)+1), 0, 1)
	return a*(1-t) + b*t
}

func clamp(v, low, high float64) float64 { return math.Max(low, math.Min(high, v)) }

func tenth(v float64) float64 { return math.Round(v*10) / 10 }
