package glucose

import (
	"math"
	"testing"
	"time"
)

func TestQuantile(t *testing.T) {
	v := []float64{1, 2, 3, 4}
	for q, want := range map[float64]float64{0: 1, 0.5: 2.5, 0.25: 1.75, 1: 4} {
		if got := Quantile(v, q); got != want {
			t.Errorf("%v: %v, want %v", q, got, want)
		}
	}
	if !math.IsNaN(Quantile(nil, 0.5)) || Quantile([]float64{7}, 0.95) != 7 {
		t.Error("none, or one")
	}
}

// Hours 23, 0, 1 and 12 have readings: smoothing goes on over midnight, and takes fewer weights where a neighbour is empty.
func TestProfile(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	var at []int64
	var v []float64
	add := func(hour, minute int, x float64) {
		at, v = append(at, time.Date(2026, 3, 1, hour, minute, 0, 0, zone).UnixMicro()), append(v, x)
	}
	add(0, 0, 6)
	add(0, 59, 6)
	add(1, 0, 12)
	add(12, 30, 8)
	add(23, 59, 3)
	p := Profile(at, v, zone)
	for hour, want := range map[int]float64{0: (3 + 4*6 + 12) / 6.0, 1: (6 + 4*12) / 5.0, 23: (4*3 + 6) / 5.0, 12: 8} {
		if got := p[hour].P[2]; math.Abs(got-want) > 1e-12 {
			t.Errorf("hour %d: %v, want %v", hour, got, want)
		}
	}
	if p[0].N != 2 || p[5].N != 0 || !math.IsNaN(p[5].P[2]) || !math.IsNaN(p[2].P[2]) {
		t.Errorf("an empty hour beside a full one is a gap: %+v", p[2])
	}
}
