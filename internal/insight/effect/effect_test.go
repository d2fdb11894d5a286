package effect

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// tables are the published ones; see their SOURCE.md.
func tables(t *testing.T) (wilson, newcombe [][]float64) {
	t.Helper()
	dir := os.Getenv("PEIBAN_DATA")
	if dir == "" {
		t.Skip("PEIBAN_DATA is not set")
	}
	b, err := os.ReadFile(filepath.Join(dir, "published_tables", "tables.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Wilson   struct{ Rows [][]float64 }
		Newcombe struct{ Rows [][]float64 } `json:"newcombe_diff"`
	}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all.Wilson.Rows, all.Newcombe.Rows
}

func same(a, b float64) bool { return math.Abs(a-b) <= 0.00005+1e-12 }

func TestIntervalsAgreeWithThePublishedTables(t *testing.T) {
	wilson, newcombe := tables(t)
	for _, r := range wilson {
		low, high := Wilson(Rate{int(r[0]), int(r[1])})
		if !same(low, r[2]) || !same(high, r[3]) {
			t.Errorf("Wilson of %v: %.4f to %.4f", r, low, high)
		}
	}
	for _, r := range newcombe {
		got := Newcombe(Rate{int(r[0]), int(r[1])}, Rate{int(r[2]), int(r[3])})
		if !same(got.Diff, r[4]) || !same(got.Low, r[5]) || !same(got.High, r[6]) {
			t.Errorf("Newcombe of %v: %.4f, %.4f to %.4f", r, got.Diff, got.Low, got.High)
		}
	}
	if len(wilson) != 4 || len(newcombe) != 8 {
		t.Errorf("%d and %d rows", len(wilson), len(newcombe))
	}
}

// The four rows of Newcombe's first paper and one of his second stand here too, so that the formulae are held where the tables are not.
func TestIntervalsOfTheirPapers(t *testing.T) {
	for _, x := range []struct {
		r         Rate
		low, high float64
	}{{Rate{81, 263}, 0.2553, 0.3662}, {Rate{15, 148}, 0.0624, 0.1605}, {Rate{0, 20}, 0, 0.1611}, {Rate{1, 29}, 0.0061, 0.1718}} {
		if low, high := Wilson(x.r); !same(low, x.low) || !same(high, x.high) {
			t.Errorf("%v: %.4f to %.4f", x.r, low, high)
		}
	}
	if got := Newcombe(Rate{56, 70}, Rate{48, 80}); !same(got.Low, 0.0524) || !same(got.High, 0.3339) {
		t.Errorf("%+v", got)
	}
}

// Student's sleep data (Biometrika 1908;6:1), as the manual of R gives it under t.test: t = -1.8608, df = 17.776, -3.3654832 to 0.2054832.
func TestWelchAgreesWithR(t *testing.T) {
	var a, b Sample
	for _, x := range []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0} {
		a.Add(x)
	}
	for _, x := range []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4} {
		b.Add(x)
	}
	got := Welch(a, b)
	if math.Abs(got.Diff+1.58) > 1e-9 || math.Abs(got.Low+3.3654832) > 5e-8 || math.Abs(got.High-0.2054832) > 5e-8 {
		t.Errorf("%+v", got)
	}
	if !got.Zero() || (Interval{1, 0.1, 2}).Zero() || !(Interval{math.NaN(), math.NaN(), math.NaN()}).Zero() {
		t.Error("what holds zero")
	}
}

// Two-sided 95 % points of Student's t, of any table.
func TestQuantilesOfT(t *testing.T) {
	for df, want := range map[float64]float64{1: 12.706205, 2: 4.302653, 5: 2.570582, 10: 2.228139, 30: 2.042272, 120: 1.979930, 1e7: 1.959964} {
		if got := quantileT(0.975, df); math.Abs(got-want) > 5e-6 {
			t.Errorf("%v degrees: %.6f, want %.6f", df, got, want)
		}
	}
}

func TestNobodyIsNoDifference(t *testing.T) {
	for _, i := range []Interval{Newcombe(Rate{}, Rate{1, 2}), AlwaysRates(Rate{1, 2}, Rate{}, Alpha), Welch(Sample{N: 1}, Sample{N: 9}), AlwaysMeans(Sample{}, Sample{}, Alpha)} {
		if !math.IsNaN(i.Diff) || !i.Zero() {
			t.Errorf("%+v", i)
		}
	}
	l := Looks(nil, []int64{1}, Alpha)[0]
	if l.Verdict() != TooFew || l.Missing() != (Missing{FewestInArm, FewestInArm, true}) {
		t.Errorf("%+v", l)
	}
}

// The multiplier against the closed form worked by hand: rho^2 n = -2 ln a + ln(-2 ln a) + 1 at n = Best.
func TestReach(t *testing.T) {
	l := -2 * math.Log(0.05)
	x := l + math.Log(l) + 1
	if got, want := Reach(Best, 0.05), math.Sqrt(2*(x+1)/x*math.Log(math.Sqrt(x+1)/0.05)); math.Abs(got-want) > 1e-12 || math.Abs(got-3.035) > 0.001 {
		t.Errorf("%.4f, want %.4f", got, want)
	}
	for _, n := range []int{1, 60, 500, 1000, 2000, 1_000_000} {
		if Reach(n, 0.05) <= z || Reach(n, 0.01) <= Reach(n, 0.05) {
			t.Errorf("%d people: %.3f and %.3f", n, Reach(n, 0.05), Reach(n, 0.01))
		}
	}
	// With n people it could at best be as wide, in standard errors, as it is at Best.
	for _, n := range []int{Best / 2, Best * 2} {
		if wider := Reach(n, 0.05) / Reach(Best, 0.05); wider > 1.03 || wider < 1 {
			t.Errorf("at %d people it is %.3f times as wide as it could be", n, wider)
		}
	}
}

// trial draws a year of one journey: so many come each day, a share is held out, and each reaches the goal or not.
func trial(r *rand.Rand, days, perDay int, share, base, effect float64) []Outcome {
	var out []Outcome
	for day := range days {
		for range perDay {
			o := Outcome{At: int64(day), Treated: r.Float64() >= share}
			p := base
			if o.Treated {
				p += effect
			}
			o.Reached = r.Float64() < p
			o.Figure = math.Floor(-math.Log(1-r.Float64()) * 6) // days with a record: many low, few high
			if o.Treated && effect != 0 {
				o.Figure += 1.5
			}
			out = append(out, o)
		}
	}
	return out
}

func everyDay(days int) []int64 {
	out := make([]int64, days)
	for i := range out {
		out[i] = int64(i)
	}
	return out
}

// A thousand journeys that change nothing, each looked at on ninety days, cry effect in at most one of twenty, whatever the goal's rate, the
// size of the holdout and how many come. Looking every day at the interval for one look cries in several times as many.
func TestAThousandJourneysThatChangeNothing(t *testing.T) {
	const runs, days = 1000, 90
	worlds := []struct {
		perDay      int
		share, base float64
	}{{20, 0.1, 0.3}, {5, 0.2, 0.3}, {10, 0.1, 0.05}, {20, 0.5, 0.5}, {10, 0.1, 0.95}, {100, 0.05, 0.02}, {40, 0.1, 0.98}, {3, 0.5, 0.7}, {60, 0.05, 0.5}}
	if testing.Short() {
		worlds = worlds[:3]
	}
	for _, x := range worlds {
		name := fmt.Sprintf("%d a day, %.0f %% held out, goal %.0f %%", x.perDay, 100*x.share, 100*x.base)
		r := rand.New(rand.NewPCG(7, uint64(x.perDay)<<32|uint64(1000*x.share)<<16|uint64(1000*x.base)))
		cried, single, means, looked := 0, 0, 0, 0
		for range runs {
			var rate, once, mean, any bool
			for _, l := range Looks(trial(r, days, x.perDay, x.share, x.base, 0), everyDay(days), Alpha) {
				v := l.Verdict()
				rate = rate || v == More || v == Fewer
				m := l.MeansVerdict()
				mean = mean || m == More || m == Fewer
				once = once || v != TooFew && !l.Rates().Zero()
				any = any || v != TooFew
			}
			cried, single, means, looked = cried+one(rate), single+one(once), means+one(mean), looked+one(any)
		}
		t.Logf("%s: cried effect in %d of %d (means %d); by the interval for one look %d; enough people in %d", name, cried, runs, means, single, looked)
		if cried > runs/20 || means > runs/20 {
			t.Errorf("%s: cried effect in %d of rates and %d of means", name, cried, means)
		}
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A real effect is found, more often the longer it runs.
func TestARealEffectIsFound(t *testing.T) {
	const runs, days = 500, 90
	for _, x := range []struct {
		perDay              int
		share, base, effect float64
		least               float64 // of the runs
	}{{20, 0.2, 0.30, 0.15, 0.95}, {20, 0.1, 0.30, 0.15, 0.7}, {20, 0.2, 0.30, 0.05, 0}, {10, 0.5, 0.4, -0.15, 0.9}} {
		r := rand.New(rand.NewPCG(11, uint64(1000*x.share)<<16|uint64(1000*(1+x.effect))))
		found, wrong, means, sum := 0, 0, 0, 0
		for range runs {
			first := -1
			var last Look
			for day, l := range Looks(trial(r, days, x.perDay, x.share, x.base, x.effect), everyDay(days), Alpha) {
				if v := l.Verdict(); first < 0 && (v == More || v == Fewer) {
					first = day
					if (v == More) != (x.effect > 0) {
						wrong++
					}
				}
				last = l
			}
			if first >= 0 {
				found, sum = found+1, sum+first
			}
			if last.MeansVerdict() == More {
				means++
			}
		}
		t.Logf("%d a day, %.0f %% held out, %.0f %% against %.0f %%: found in %.0f %% of %d within %d days, after %.0f days on average; wrong way %d; the mean in %.0f %%; planned %d people of %d",
			x.perDay, 100*x.share, 100*(x.base+x.effect), 100*x.base, 100*float64(found)/runs, runs, days, float64(sum)/math.Max(1, float64(found)), wrong, 100*float64(means)/runs, Needed(x.base, x.effect, x.share), x.perDay*days)
		if float64(found) < x.least*runs || wrong > 0 {
			t.Errorf("found in %d of %d, wrong way in %d", found, runs, wrong)
		}
	}
}

// What Needed plans is found in about four of five at that many people.
func TestNeededIsEnough(t *testing.T) {
	for _, x := range []struct{ base, diff, share float64 }{{0.3, 0.15, 0.2}, {0.5, -0.1, 0.5}, {0.3, 0.1, 0.1}} {
		n := Needed(x.base, x.diff, x.share)
		r := rand.New(rand.NewPCG(3, uint64(n)))
		found := 0
		const runs = 1000
		for range runs {
			l := Looks(trial(r, 1, n, x.share, x.base, x.diff), []int64{0}, Alpha)[0]
			found += one(l.Verdict() == More || l.Verdict() == Fewer)
		}
		t.Logf("%+v: %d people, found in %d of %d", x, n, found, runs)
		if found < runs*75/100 || found > runs*87/100 {
			t.Errorf("%+v: %d people, found in %d of %d", x, n, found, runs)
		}
	}
	if Needed(0.3, 0, 0.1) != 0 || Needed(0.3, 0.1, 0) != 0 {
		t.Error("nothing to find has no size")
	}
	if got := Needed(0.1, 0.8, 0.1); got < 10*FewestInArm {
		t.Errorf("never below the fewest of an arm: %d", got)
	}
}

func TestAPersonCountsFromWhenTheWindowIsOver(t *testing.T) {
	o := []Outcome{{At: 5, Treated: true, Reached: true, Figure: 3}, {At: 2, Figure: math.NaN()}, {At: 5, Reached: true, Figure: 1}}
	looks := Looks(o, []int64{1, 2, 4, 5}, Alpha)
	for i, want := range [][2]Rate{{{}, {}}, {{}, {0, 1}}, {{}, {0, 1}}, {{1, 1}, {1, 2}}} {
		if looks[i].Treated != want[0] || looks[i].Held != want[1] {
			t.Errorf("at %d: %v", looks[i].At, looks[i])
		}
	}
	if l := looks[3]; l.HeldMean.N != 1 || l.HeldMean.Mean != 1 || l.TreatedMean.Mean != 3 {
		t.Errorf("%+v", l)
	}
	if looks[3].Missing() != (Missing{FewestInArm - 1, FewestInArm - 2, true}) {
		t.Errorf("%+v", looks[3].Missing())
	}
}
