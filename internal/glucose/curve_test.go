package glucose

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"peiban/internal/measure"
)

// line is the naive way to read a curve: average what belongs to one moment, then look through all pairs of neighbours.
func line(s series) func(t int64) float64 {
	sum, n := map[int64]float64{}, map[int64]float64{}
	var moments []int64
	for i, x := range s.at {
		if n[x] == 0 {
			moments = append(moments, x)
		}
		sum[x] += s.v[i]
		n[x]++
	}
	mean := func(x int64) float64 { return sum[x] / n[x] }
	return func(t int64) float64 {
		for i, x := range moments {
			if x == t {
				return mean(x)
			}
			if i > 0 && moments[i-1] < t && t < x && x-moments[i-1] <= 45*minute {
				a := moments[i-1]
				return mean(a) + (mean(x)-mean(a))*float64(t-a)/float64(x-a)
			}
		}
		return math.NaN()
	}
}

// drawCurve makes a few days of readings with jitter, repeats and pauses.
func drawCurve(t *rapid.T) series {
	var s series
	at := time.Date(2024, 5, 1, rapid.IntRange(0, 23).Draw(t, "hour"), 3, 20, 0, time.UTC).UnixMicro()
	level := 8.0
	step := rapid.SampledFrom([]int64{1, 5, 7, 10, 13, 15}).Draw(t, "step")
	for range rapid.IntRange(2, 150).Draw(t, "n") {
		switch rapid.IntRange(0, 29).Draw(t, "what") {
		case 0: // a repeat
		case 1:
			at += int64(rapid.IntRange(40, 300).Draw(t, "pause")) * minute
		default:
			at += step*minute + int64(rapid.IntRange(0, 2).Draw(t, "late"))*1e6
		}
		level = max(2.5, min(22, level+rapid.Float64Range(-1.5, 1.5).Draw(t, "move")))
		s.at, s.v = append(s.at, at), append(s.v, level)
	}
	return s
}

func TestCurveAgainstLookingThroughAllPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawCurve(t)
		g, ok := Resample(s.at, s.v, 0, time.UTC)
		if !ok {
			return
		}
		if 24*60*minute%g.Step != 0 {
			t.Fatalf("a step of %d does not fit into a day", g.Step)
		}
		if end := g.From + int64(len(g.V)-1)*g.Step; g.From > s.at[0]+g.Step || end < s.at[len(s.at)-1]-g.Step {
			t.Fatal("the grid does not hold the readings")
		}
		read := line(s)
		curve := make([]float64, len(g.V))
		for i, got := range g.V {
			curve[i] = read(g.From + int64(i)*g.Step)
			if want := curve[i]; math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-9 {
				t.Fatalf("at step %d: %v, wants %v", i, got, want)
			}
		}
		hour := int(math.RoundToEven(60 / float64(g.Step/minute)))
		for _, hours := range [...]int{1, 3, 24} {
			conga, has := g.conga(hours)
			if want, wants := SD(apart(curve, hour*hours)); has != wants || has && !near(conga, want, 1e-9) {
				t.Fatalf("CONGA over %d hours: %v %v, wants %v %v", hours, conga, has, want, wants)
			}
		}
		modd, has := MODD(s.at, s.v, time.UTC)
		days := apart(curve, int(24*60*minute/g.Step))
		for i, d := range days {
			days[i] = math.Abs(d)
		}
		if want, wants := Mean(days); has != wants || has && !near(modd, want, 1e-9) {
			t.Fatalf("MODD: %v %v, wants %v %v", modd, has, want, wants)
		}
	})
}

// apart is the known differences between values lag steps apart.
func apart(v []float64, lag int) []float64 {
	var out []float64
	for i := lag; i < len(v); i++ {
		if d := v[i] - v[i-lag]; !math.IsNaN(d) {
			out = append(out, d)
		}
	}
	return out
}

func TestStepsThatDoNotFitIntoADay(t *testing.T) {
	for step, want := range map[int64]int64{1: 1, 5: 5, 7: 5, 8: 8, 11: 10, 13: 15, 14: 15, 17: 15, 19: 20, 22: 20, 24: 24, 30: 30, 44: 20, 45: 45} {
		if got := fitDay(step); got != want {
			t.Errorf("%d minutes become %d, wants %d", step, got, want)
		}
	}
}

func TestMODDWhenClocksChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, first := range map[string]time.Time{
		"forward": time.Date(2024, 3, 29, 0, 0, 0, 0, berlin), "back": time.Date(2024, 10, 25, 0, 0, 0, 0, berlin),
	} {
		var s series
		for at := first; at.Before(first.AddDate(0, 0, 4)); at = at.Add(5 * time.Minute) {
			s.at = append(s.at, at.UnixMicro())
			s.v = append(s.v, 5+float64(at.Hour())/4) // the same at the same clock time
		}
		got, ok := MODD(s.at, s.v, berlin)
		if !ok || got > 1e-9 {
			t.Errorf("%s: days that are alike by the clock differ by %v", name, got)
		}
		if got, _ := MODD(s.at, s.v, time.UTC); got == 0 {
			t.Errorf("%s: the clock did not change", name)
		}
	}
}

// saw is a curve that rises for up and falls for down steps of five minutes, again and again.
func saw(low, high float64, up, down, times int) series {
	return every(5*time.Minute, (up+down)*times+1, func(i int) float64 {
		if k := i % (up + down); k < up {
			return low + (high-low)*float64(k)/float64(up)
		} else {
			return high - (high-low)*float64(k-up)/float64(down)
		}
	})
}

func TestMAGE(t *testing.T) {
	for _, tt := range []struct {
		name string
		s    series
		want float64
	}{
		{"a swing from 5 to 11 and back every four hours", saw(5, 11, 24, 24, 12), 6},
		{"slow up, fast down", saw(4, 14, 60, 20, 8), 10},
	} {
		if got, ok := MAGE(tt.s.at, tt.s.v, measure.MmolL, time.UTC); !ok || !near(got, tt.want, 0.02*tt.want) {
			t.Errorf("%s: %v %v, wants about %v", tt.name, got, ok, tt.want)
		}
	}
	// Small waves of 0.5 on swings of 8 are no excursions of their own.
	s := saw(5, 13, 48, 48, 8)
	for i := range s.v {
		s.v[i] += 0.25 * math.Sin(float64(i)/2)
	}
	if got, ok := MAGE(s.at, s.v, measure.MmolL, time.UTC); !ok || !near(got, 8.25, 0.4) {
		t.Errorf("with small waves: %v %v, wants about 8", got, ok)
	}
	flat := every(5*time.Minute, 600, func(int) float64 { return 6.1 })
	if got, ok := MAGE(flat.at, flat.v, measure.MmolL, time.UTC); ok {
		t.Errorf("MAGE of a flat line: %v", got)
	}
	short := saw(5, 11, 10, 10, 1)
	if got, ok := MAGE(short.at, short.v, measure.MmolL, time.UTC); ok {
		t.Errorf("MAGE of 100 minutes: %v", got)
	}
}

func TestMAGEOfStretches(t *testing.T) {
	// Two stretches with a pause of a day between them: swings of 4 for a day, then of 10 for two days.
	a, b := saw(5, 9, 24, 24, 6), saw(4, 14, 24, 24, 12)
	s := series{append([]int64{}, a.at...), append([]float64{}, a.v...)}
	for i := range b.at {
		s.at, s.v = append(s.at, b.at[i]+2*24*60*minute), append(s.v, b.v[i])
	}
	if got, ok := MAGE(s.at, s.v, measure.MmolL, time.UTC); !ok || !near(got, 8, 0.2) {
		t.Errorf("%v %v, wants about (4 + 2 x 10) / 3", got, ok)
	}
}

func TestEpisodes(t *testing.T) {
	const low = 3.5
	type reads = []float64
	for _, tt := range []struct {
		name string
		v    reads
		kind Kind
		want int
	}{
		{"fifteen minutes below", reads{6, low, low, low, 6, 6, 6}, Hypo, 1},
		{"ten minutes below", reads{6, low, low, 6, 6, 6, 6}, Hypo, 0},
		{"ten minutes back do not end it", reads{6, low, low, low, 6, 6, low, low, low, 6, 6, 6}, Hypo, 1},
		{"fifteen minutes back end it", reads{6, low, low, low, 6, 6, 6, low, low, low, 6, 6, 6}, Hypo, 2},
		{"3.9 is not below", reads{6, 3.9, 3.9, 3.9, 3.9, 6, 6, 6}, Hypo, 0},
		{"level 2 is an episode of both", reads{6, 2.9, 2.9, 2.9, 6, 6, 6}, Hypo2, 1},
		{"level 2 is one of level 1 too", reads{6, 2.9, 2.9, 2.9, 6, 6, 6}, Hypo, 1},
		{"3.5 is none of level 2", reads{6, low, low, low, 6, 6, 6}, Hypo2, 0},
		{"still below at the end", reads{6, 6, 6, low, low, low}, Hypo, 1},
		{"above 10", reads{6, 10.1, 10.1, 10.1, 6, 6, 6}, Hyper, 1},
		{"10.0 is not above", reads{6, 10, 10, 10, 6, 6, 6}, Hyper, 0},
		{"above 13.9", reads{6, 14, 14, 14, 6, 6, 6}, Hyper2, 1},
	} {
		s := every(5*time.Minute, len(tt.v)+1, func(i int) float64 { return tt.v[max(0, i-1)] }) // the grid begins with the second
		got, ok := FindEpisodes(s.at, s.v, tt.kind.Rule(measure.MmolL), time.UTC)
		if !ok || len(got) != tt.want {
			t.Errorf("%s: %d, wants %d", tt.name, len(got), tt.want)
		}
	}
}

func TestExtendedHypo(t *testing.T) {
	for minutes, want := range map[int]int{120: 0, 125: 1} {
		s := every(5*time.Minute, 60, func(i int) float64 {
			if i > 5 && i <= 5+minutes/5 {
				return 3.2
			}
			return 6
		})
		if got, _ := FindEpisodes(s.at, s.v, ExtendedHypo.Rule(measure.MmolL), time.UTC); len(got) != want {
			t.Errorf("%d minutes below: %d, wants %d", minutes, len(got), want)
		}
	}
}

func TestEpisodeSaysWhenAndHowFar(t *testing.T) {
	s := every(5*time.Minute, 12, func(i int) float64 { return [...]float64{6, 6, 3.6, 3.2, 3.4, 6, 6, 6, 6, 6, 6, 6}[i] })
	got, _ := FindEpisodes(s.at, s.v, Hypo.Rule(measure.MmolL), time.UTC)
	if len(got) != 1 || got[0].From != s.at[2] || got[0].Until != s.at[5] || got[0].Worst != 3.2 || !near(got[0].Mean, 3.4, 1e-9) {
		t.Errorf("%+v", got)
	}
	high := every(5*time.Minute, 12, func(i int) float64 { return [...]float64{6, 6, 11, 12, 11, 6, 6, 6, 6, 6, 6, 6}[i] })
	if got, _ := FindEpisodes(high.at, high.v, Hyper.Rule(measure.MmolL), time.UTC); len(got) != 1 || got[0].Worst != 12 {
		t.Errorf("%+v", got)
	}
}

func TestAPauseEndsAnEpisode(t *testing.T) {
	s := every(5*time.Minute, 20, func(i int) float64 { return 3.2 })
	for i := 10; i < 20; i++ {
		s.at[i] += 60 * minute
	}
	if got, _ := FindEpisodes(s.at, s.v, Hypo.Rule(measure.MmolL), time.UTC); len(got) != 2 {
		t.Errorf("%d episodes, wants one on each side of the pause", len(got))
	}
}

// TestEpisodesAgainstGoingStepByStep compares with a machine that looks at one step after the other and counts minutes.
func TestEpisodesAgainstGoingStepByStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawCurve(t)
		g, ok := Resample(s.at, s.v, 0, time.UTC)
		if !ok {
			return
		}
		for _, k := range []Kind{Hypo, Hypo2, ExtendedHypo, Hyper, Hyper2} {
			r := k.Rule(measure.MmolL)
			if got, want := len(g.Episodes(r)), naiveEpisodes(g, r); got != want {
				t.Fatalf("kind %d: %d, wants %d", k, got, want)
			}
		}
	})
}

func naiveEpisodes(g Grid, r Rule) int {
	n, inside, beyond, back := 0, false, time.Duration(0), time.Duration(0)
	step := time.Duration(g.Step) * time.Microsecond
	for _, v := range g.V {
		switch {
		case math.IsNaN(v):
			inside, beyond, back = false, 0, 0
		case v < r.Limit && !r.Above, v > r.Limit && r.Above:
			beyond, back = beyond+step, 0
			if long := beyond >= r.Lasts && !r.Longer || beyond > r.Lasts; long && !inside {
				inside = true
				n++
			}
		default:
			beyond, back = 0, back+step
			if back >= r.Ends {
				inside = false
			}
		}
	}
	return n
}
