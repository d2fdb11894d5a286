package glucose

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"peiban/internal/measure"
)

// naiveMAGE follows the description step by step, on the table of differences between all turning points, for one curve that
// begins and ends with known values. It is slow and shares nothing with MAGE but the curve.
func naiveMAGE(v []float64) (up, down []float64) {
	average := func(i, n int) float64 {
		if i < n-1 {
			i = n - 1
		}
		var k []float64
		for j := i; j > i-n; j-- {
			if v[j] == v[j] {
				k = append(k, v[j])
			}
		}
		m, ok := Mean(k)
		if !ok {
			return math.NaN()
		}
		return m
	}
	var all []float64
	sign := make([]float64, len(v)) // of short above long: +1, -1, 0, or not a number
	for i := range v {
		if v[i] == v[i] {
			all = append(all, v[i])
		}
		d := average(i, 5) - average(i, 32)
		switch {
		case d != d:
			sign[i] = d
		case d > 1e-9:
			sign[i] = 1
		case d < -1e-9:
			sign[i] = -1
		}
	}
	sd, _ := SD(all)
	if sd < 1/measure.MgPerMmol { // a curve as good as flat
		return nil, nil
	}
	points, types, last := []int{0}, []bool{sign[0] > 0}, 0
	for i := 1; i < len(v); i++ {
		usable := v[i] == v[i] && v[i-1] == v[i-1] && sign[i] == sign[i] && sign[i-1] == sign[i-1]
		if usable && sign[i] != 0 && (sign[i-1] == -sign[i] || sign[last] == -sign[i]) {
			points, types, last = append(points, i), append(types, sign[i] > 0), i
		}
	}
	points = append(points, len(v)-1)
	var turns []float64
	from := 0
	for i := range types {
		at := -1
		for j := from; j <= points[i+1]; j++ {
			if v[j] == v[j] && (at < 0 || types[i] && v[j] > v[at] || !types[i] && v[j] < v[at]) {
				at = j
			}
		}
		turns, from = append(turns, v[at]), at
	}
	return naiveSwings(turns, sd, 1), naiveSwings(turns, sd, -1)
}

func naiveSwings(turns []float64, sd, way float64) (heights []float64) {
	rise := func(i, j int) float64 { return way * (turns[j] - turns[i]) }
	start, j := 0, 0
	for j < len(turns) {
		foot := start
		for i := start; i <= j; i++ {
			if rise(i, j) > rise(foot, j) {
				foot = i
			}
		}
		if rise(foot, j) < sd {
			j++
			continue
		}
		for k := j; k < len(turns); k++ {
			if rise(j, k) > 0 {
				j = k
			}
			if rise(j, k) < -sd || k == len(turns)-1 {
				heights = append(heights, rise(foot, j))
				start = k
				if way < 0 {
					start = j
				}
				j = k
				break
			}
		}
		if j == len(turns)-1 {
			break
		}
	}
	return heights
}

// drawWaves makes two or three days of swings of all sizes with noise, and with pauses short enough to stay inside one stretch.
func drawWaves(t *rapid.T) series {
	size := rapid.SliceOfN(rapid.Float64Range(0, 3), 4, 4).Draw(t, "size")
	noise := rapid.SliceOfN(rapid.Float64Range(-0.6, 0.6), 97, 97).Draw(t, "noise")
	shift := rapid.Float64Range(0, 7).Draw(t, "shift")
	s := every(5*time.Minute, rapid.IntRange(60, 700).Draw(t, "n"), func(i int) float64 {
		x := float64(i)
		return 9 + size[0]*math.Sin(x/46+shift) + size[1]*math.Sin(x/19) + size[2]*math.Sin(x/9+shift) + size[3]*math.Sin(x/150) + noise[i%97]
	})
	for range rapid.IntRange(0, 3).Draw(t, "pauses") {
		i := rapid.IntRange(1, len(s.at)-1).Draw(t, "at")
		until := min(len(s.at)-1, i+rapid.IntRange(1, 30).Draw(t, "long"))
		s.at, s.v = append(s.at[:i:i], s.at[until:]...), append(s.v[:i:i], s.v[until:]...)
	}
	return s
}

func TestMAGEAgainstTheTableOfDifferences(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawWaves(t)
		if usual, ok := Interval(s.at); !ok || usual > 45 {
			return // the pauses have left too little to be a sensor's series
		}
		g, ok := Resample(s.at, s.v, 5, time.UTC)
		if !ok {
			t.Fatal("no curve")
		}
		parts := stretches(g.V, 36)
		if len(parts) != 1 || len(parts[0]) < 32 {
			return
		}
		up, down := naiveMAGE(parts[0])
		a, hasA := Mean(up)
		b, hasB := Mean(down)
		want := a + b
		if hasA && hasB {
			want /= 2
		}
		got, ok := MAGE(s.at, s.v, measure.MmolL, time.UTC)
		if ok != (hasA || hasB) || ok && !near(got, want, 1e-9) {
			t.Fatalf("%v %v, wants %v of %v and %v", got, ok, want, up, down)
		}
		if ok {
			found++
		}
	})
	if found < 50 {
		t.Errorf("only %d curves had an excursion", found)
	}
}

func TestStretches(t *testing.T) {
	nan := math.NaN()
	for _, tt := range []struct {
		name string
		v    []float64
		want []int
	}{
		{"nothing known", []float64{nan, nan}, nil},
		{"unknown ends are cut off", []float64{nan, 1, 2, nan}, []int{2}},
		{"two unknown values stay inside", []float64{1, nan, nan, 2}, []int{4}},
		{"three cut", []float64{1, 2, nan, nan, nan, 3}, []int{2, 1}},
	} {
		got := stretches(tt.v, 2)
		if len(got) != len(tt.want) {
			t.Errorf("%s: %v", tt.name, got)
			continue
		}
		for i := range got {
			if len(got[i]) != tt.want[i] {
				t.Errorf("%s: %v", tt.name, got)
			}
		}
	}
}

// TestMAGESplitsAtThreeHours: a pause of three hours stays inside a stretch, a longer one has the two sides use their own deviation.
func TestMAGESplitsAtThreeHours(t *testing.T) {
	a, b := saw(8, 9, 24, 24, 6), saw(4, 14, 24, 24, 6)
	joined := func(pause int64) float64 {
		s := series{append([]int64{}, a.at...), append([]float64{}, a.v...)}
		for i := range b.at {
			s.at, s.v = append(s.at, a.at[len(a.at)-1]+pause*minute+int64(i)*5*minute), append(s.v, b.v[i])
		}
		got, _ := MAGE(s.at, s.v, measure.MmolL, time.UTC)
		return got
	}
	if within, beyond := joined(185), joined(190); !near(beyond, 5.5, 0.1) || within < 8 {
		t.Errorf("with 36 unknown steps %v, with 37 %v, which wants (1 + 10) / 2", within, beyond)
	}
}

func TestIntervalRoundsHalfToEven(t *testing.T) {
	for seconds, want := range map[int64]int64{150: 2, 149: 2, 151: 3, 210: 4, 299: 5, 330: 6, 270: 4} {
		if got, _ := Interval([]int64{0, seconds * 1e6}); got != want {
			t.Errorf("%d seconds are %d minutes, wants %d", seconds, got, want)
		}
	}
}
