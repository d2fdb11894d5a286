package glucose

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"peiban/internal/measure"
)

func near(a, b, by float64) bool { return math.Abs(a-b) <= by }

var vector = []float64{3.5, 5.0, 6.2, 8.0, 12.0, 15.5} // mmol/L

func TestVector(t *testing.T) {
	u := measure.MmolL
	for _, tt := range []struct {
		name string
		got  Figure
		want float64
		by   float64
	}{
		{"mean", figure(Mean(vector)), 8.3667, 5e-5},
		{"SD divides by n - 1", figure(SD(vector)), 4.5592, 5e-5},
		{"CV", figure(CV(vector)), 54.49, 5e-3},
		{"GMI", figure(GMI(vector, u)), 6.916, 1e-3},
		{"eA1c", figure(EA1C(vector, u)), 6.879, 5e-4},
		{"LBGI", figure(LBGI(vector, u)), 2.206, 5e-4},
		{"HBGI", figure(HBGI(vector, u)), 7.708, 5e-4},
		{"J-index, 0.324 (mean + SD)^2 in mmol/L", figure(JIndex(vector, u)), 0.324 * 12.9259 * 12.9259, 0.1},
		{"GRI of one low and two highs, one of them very high", figure(GRI(vector, u)), (2.4 + 1.6 + 0.8) * 100 / 6, 1e-9},
	} {
		if !tt.got.OK || !near(tt.got.V, tt.want, tt.by) {
			t.Errorf("%s: %v, wants %v", tt.name, tt.got, tt.want)
		}
	}
}

func TestADRRByLocalDays(t *testing.T) {
	shanghai := time.FixedZone("", 8*60*60)
	at := func(day, hour int) int64 { return time.Date(2024, 5, day, hour, 0, 0, 0, shanghai).UnixMicro() }
	times := []int64{at(1, 1), at(1, 12), at(1, 23), at(2, 7), at(2, 12), at(2, 23)} // 1 o'clock is the day before in UTC
	v := []float64{3.5, 6.2, 12.0, 5.0, 8.0, 15.5}
	if got, ok := ADRR(times, v, measure.MmolL, shanghai, 3); !ok || !near(got, 28.673, 5e-4) {
		t.Errorf("two days: %v %v, wants 28.673", got, ok)
	}
	if got, ok := ADRR(times, v, measure.MmolL, shanghai, 4); ok {
		t.Errorf("no day has four readings: %v", got)
	}
	first, _ := ADRR(times[:3], v[:3], measure.MmolL, shanghai, 3)
	if got, ok := ADRR(times[:5], v[:5], measure.MmolL, shanghai, 3); !ok || got != first {
		t.Errorf("a day of two readings counts: %v, wants %v", got, first)
	}
}

func TestLimitsOfLevels(t *testing.T) {
	for _, tt := range []struct {
		name string
		u    measure.Unit
		v    float64
		want Levels
	}{
		{"below 3.0", measure.MmolL, 2.99, Levels{VeryLow: 100}},
		{"3.0 is low, not very low", measure.MmolL, 3.0, Levels{Low: 100}},
		{"3.9 is in range", measure.MmolL, 3.9, Levels{In: 100}},
		{"70 mg/dL is in range, though 3.886 mmol/L", measure.MgdL, 70, Levels{In: 100}},
		{"69 mg/dL", measure.MgdL, 69, Levels{Low: 100}},
		{"53 mg/dL", measure.MgdL, 53, Levels{VeryLow: 100}},
		{"54 mg/dL, though 2.997 mmol/L", measure.MgdL, 54, Levels{Low: 100}},
		{"10.0 is in range", measure.MmolL, 10.0, Levels{In: 100}},
		{"180 mg/dL", measure.MgdL, 180, Levels{In: 100}},
		{"181 mg/dL", measure.MgdL, 181, Levels{High: 100}},
		{"13.9 is high", measure.MmolL, 13.9, Levels{High: 100}},
		{"250 mg/dL", measure.MgdL, 250, Levels{High: 100}},
		{"251 mg/dL", measure.MgdL, 251, Levels{VeryHigh: 100}},
	} {
		if got, ok := ConsensusLevels([]float64{tt.v}, tt.u); !ok || got != tt.want {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
	if s, _ := InRange([]float64{4.4, 7.0, 7.1, 4.3}, Range{4.4, 7.0}); s != (Shares{25, 50, 25}) {
		t.Errorf("an own range includes its limits: %+v", s)
	}
}

func TestPlausible(t *testing.T) {
	for _, tt := range []struct {
		v    float64
		u    measure.Unit
		want bool
	}{
		{1.1, measure.MmolL, true},
		{1.0, measure.MmolL, false},
		{33.3, measure.MmolL, true},
		{33.4, measure.MmolL, false},
		{20, measure.MgdL, true},
		{19, measure.MgdL, false},
		{600, measure.MgdL, true},
		{601, measure.MgdL, false},
		{math.NaN(), measure.MmolL, false},
	} {
		if got := Plausible(tt.v, tt.u); got != tt.want {
			t.Errorf("%v %s: %v", tt.v, tt.u, got)
		}
	}
}

func TestTooLittleIsSaid(t *testing.T) {
	one, at := []float64{6}, []int64{0}
	for name, f := range map[string]Figure{
		"mean of nothing": figure(Mean(nil)), "SD of one": figure(SD(one)), "CV of one": figure(CV(one)), "GMI of nothing": figure(GMI(nil, measure.MmolL)),
		"eA1c of nothing": figure(EA1C(nil, measure.MmolL)), "J-index of one": figure(JIndex(one, measure.MmolL)), "LBGI of nothing": figure(LBGI(nil, measure.MmolL)),
		"LBGI of what is no glucose": figure(LBGI([]float64{0}, measure.MmolL)), "HBGI of nothing": figure(HBGI(nil, measure.MmolL)),
		"ADRR of nothing": figure(ADRR(nil, nil, measure.MmolL, time.UTC, 1)), "GRI of nothing": figure(GRI(nil, measure.MmolL)),
		"CONGA of one": figure(CONGA(at, one, 24, time.UTC)), "MODD of one": figure(MODD(at, one, time.UTC)), "MAGE of one": figure(MAGE(at, one, measure.MmolL, time.UTC)),
	} {
		if f.OK {
			t.Errorf("%s: %v", name, f.V)
		}
	}
	if _, ok := Worn(at); ok {
		t.Error("wear of one reading")
	}
	hours := every(time.Hour, 48, func(int) float64 { return 6 })
	if _, ok := Resample(hours.at, hours.v, 0, time.UTC); ok {
		t.Error("a curve through hourly readings")
	}
	if _, ok := MAGE(hours.at, hours.v, measure.MmolL, time.UTC); ok {
		t.Error("MAGE of hourly readings")
	}
	if _, ok := FindEpisodes(hours.at, hours.v, Hypo.Rule(measure.MmolL), time.UTC); ok {
		t.Error("episodes of hourly readings")
	}
	far := []int64{0, 10 * minute, 40 * 366 * 24 * 60 * minute, 40*366*24*60*minute + 10*minute}
	if _, ok := Resample(far, []float64{5, 5, 5, 5}, 0, time.UTC); ok {
		t.Error("a curve over forty years")
	}
}

type series struct {
	at []int64
	v  []float64
}

// every makes n readings, step apart, from a midnight on.
func every(step time.Duration, n int, f func(i int) float64) series {
	s := series{}
	from := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		s.at = append(s.at, from.Add(time.Duration(i)*step).UnixMicro())
		s.v = append(s.v, f(i))
	}
	return s
}

func TestWear(t *testing.T) {
	full := every(5*time.Minute, 14*288, func(int) float64 { return 6 })
	w, ok := Worn(full.at)
	if !ok || w.Interval != 5 || w.Percent != 100 || w.Days() != 14 || !w.Sufficient() {
		t.Errorf("fourteen full days: %+v", w)
	}
	if w, _ := Worn(full.at[1:]); w.Sufficient() {
		t.Errorf("five minutes less than fourteen days: %+v", w)
	}
	if w, _ := Worn(append(append([]int64{}, full.at[:1000]...), full.at[2300:]...)); w.Sufficient() || !near(w.Percent, 100*2732.0/4032, 1e-9) {
		t.Errorf("68 %% of fourteen days: %+v", w)
	}
	four := []int64{0, 10 * minute, 15 * minute, 20 * minute} // 5 is missing
	if w, _ := Worn(four); w.Expected != 5 || w.Percent != 80 {
		t.Errorf("one of five missing: %+v", w)
	}
	if m, _ := Interval([]int64{0, 0, 0, 15 * minute, 15 * minute, 30 * minute}); m != 15 {
		t.Errorf("readings of the same moment shorten the interval: %d", m)
	}
	if m, _ := Interval([]int64{0, 10}); m != 1 {
		t.Errorf("interval of %d minutes", m)
	}
}

func TestFiguresDoNotDependOnTheUnit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 900).Draw(t, "n")
		seed := rapid.SliceOfN(rapid.Float64Range(2, 25), 30, 30).Draw(t, "v")
		mmol := every(5*time.Minute, n, func(i int) float64 { return awayFromLimits(seed[i%30] + 3*math.Sin(float64(i)/20)) })
		mg := series{mmol.at, make([]float64, n)}
		for i, v := range mmol.v {
			mg.v[i] = v * measure.MgPerMmol
		}
		a := Summarise(mmol.at, mmol.v, Options{Unit: measure.MmolL, Hours: 1})
		b := Summarise(mg.at, mg.v, Options{Unit: measure.MgdL, Hours: 1})
		same := func(name string, x, y Figure, scale float64) {
			if x.OK != y.OK || x.OK && !near(x.V*scale, y.V, 1e-7*max(1, math.Abs(y.V))) {
				t.Fatalf("%s: %v and %v", name, x, y)
			}
		}
		const k = measure.MgPerMmol
		same("mean", a.Mean, b.Mean, k)
		same("sd", a.SD, b.SD, k)
		same("cv", a.CV, b.CV, 1)
		same("gmi", a.GMI, b.GMI, 1)
		same("ea1c", a.EA1C, b.EA1C, 1)
		same("tir", a.TIR, b.TIR, 1)
		same("very low", a.VeryLow, b.VeryLow, 1)
		same("very high", a.VeryHigh, b.VeryHigh, 1)
		same("lbgi", a.LBGI, b.LBGI, 1)
		same("hbgi", a.HBGI, b.HBGI, 1)
		same("adrr", a.ADRR, b.ADRR, 1)
		same("j", a.JIndex, b.JIndex, 1)
		same("gri", a.GRI, b.GRI, 1)
		same("mage", a.MAGE, b.MAGE, k)
		same("modd", a.MODD, b.MODD, k)
		same("conga", a.CONGA, b.CONGA, k)
		same("active", a.Active, b.Active, 1)
	})
}

// awayFromLimits moves v off the bands where the limits of the two units differ.
func awayFromLimits(v float64) float64 {
	v = max(1.2, min(33, v))
	for _, limit := range [...]float64{3.0, 3.9, 10.0, 13.9} {
		if math.Abs(v-limit) < 0.05 {
			return limit + 0.1
		}
	}
	return v
}

func TestOrderOfReadingsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 120).Draw(t, "n")
		var s series
		for range n {
			s.at = append(s.at, int64(rapid.IntRange(0, 200).Draw(t, "at"))*5*minute)
			s.v = append(s.v, rapid.Float64Range(2, 20).Draw(t, "v"))
		}
		order := rapid.Permutation(sequence(n)).Draw(t, "order")
		var other series
		for _, i := range order {
			other.at, other.v = append(other.at, s.at[i]), append(other.v, s.v[i])
		}
		Sort(s.at, s.v)
		Sort(other.at, other.v)
		o := Options{Unit: measure.MmolL, Hours: 1, PerDay: 1}
		if a, b := Summarise(s.at, s.v, o), Summarise(other.at, other.v, o); a != b {
			t.Fatalf("%+v\n%+v", a, b)
		}
	})
}

func sequence(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func TestDistinct(t *testing.T) {
	at, v := []int64{5, 1, 5, 5}, []float64{7, 6, 8, 7}
	Sort(at, v)
	at, v = Distinct(at, v)
	if len(at) != 3 || v[0] != 6 || v[1] != 7 || v[2] != 8 {
		t.Errorf("%v %v: one repeat goes, two values of one moment stay", at, v)
	}
}

// Clocks that skip midnight, skip a day or show midnight twice: a day begins at its first moment and ends at the first of the next,
// and ADRR comes to an end.
func TestDaysOfOddClocks(t *testing.T) {
	for _, r := range []struct{ zone, at, from, until string }{
		{"Asia/Beirut", "2026-03-28T23:30:00+02:00", "2026-03-28T00:00:00+02:00", "2026-03-29T01:00:00+03:00"},
		{"Asia/Beirut", "2026-03-29T05:00:00+03:00", "2026-03-29T01:00:00+03:00", "2026-03-30T00:00:00+03:00"},
		{"America/Havana", "2026-11-01T12:00:00-05:00", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"},
		{"Pacific/Apia", "2011-12-29T12:00:00-10:00", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"},
		{"Asia/Shanghai", "2026-03-08T12:00:00+08:00", "2026-03-08T00:00:00+08:00", "2026-03-09T00:00:00+08:00"},
	} {
		loc, err := time.LoadLocation(r.zone)
		if err != nil {
			t.Fatal(err)
		}
		moment := func(s string) int64 {
			m, err := time.Parse(time.RFC3339, s)
			if err != nil {
				t.Fatal(err)
			}
			return m.UnixMicro()
		}
		at := moment(r.at)
		if from, until := dayAround(at, loc); from != moment(r.from) || until != moment(r.until) {
			t.Errorf("%s %s: the day is from %s until %s", r.zone, r.at, time.UnixMicro(from).In(loc), time.UnixMicro(until).In(loc))
		}
		if v, ok := ADRR([]int64{at}, []float64{7}, measure.MmolL, loc, 1); !ok || v <= 0 {
			t.Errorf("%s: ADRR %v %v", r.zone, v, ok)
		}
	}
}
