package adherence

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// TestVector: window day 1 to 90, fills of 30 days on day 1, 25 and 70. Days 1-60 and 70-90 are covered.
func TestVector(t *testing.T) {
	fills := []Fill{{1, 30}, {25, 30}, {70, 30}}
	p := Over(1, 90)
	for _, tt := range []struct {
		name string
		f    func([]Fill, Period) (float64, bool)
		want float64
	}{
		{"PDC", PDC, 81.0 / 90},
		{"PDC without carrying loses the six days bought early", PDCNoCarry, 75.0 / 90},
		{"MPR", MPR, 1},
		{"MPR counts the last fill whole", MPRUncapped, 90.0 / 90},
		{"CMA1", CMA1, 60.0 / 69},
		{"CMA2", CMA2, 90.0 / 90},
		{"CMA3", CMA3, 60.0 / 69},
		{"CMA4", CMA4, 1},
		{"CMA5", CMA5, 60.0 / 69},
		{"CMA6", CMA6, 81.0 / 90},
		{"CMA7", CMA7, 81.0 / 90},
		{"CMA8, with nothing before", CMA8, 81.0 / 90},
		{"CMA9: 24 of 24, 36 of 45, 21 of 21", CMA9, (24 + 36 + 21) / 90.0},
	} {
		if got, ok := tt.f(fills, p); !ok || !near(got, tt.want) {
			t.Errorf("%s: %v %v, wants %v", tt.name, got, ok, tt.want)
		}
	}
	if g := Gaps(fills, p); !slices.Equal(g, []Gap{{61, 70}}) || g[0].Days() != 9 {
		t.Errorf("gaps %v", g)
	}
	if r, _ := Persists(fills, p, 30); r.Ended || r.Last != 90 || r.Days() != 90 {
		t.Errorf("a gap of 9 days ended persistence at 30: %+v", r)
	}
	if r, _ := Persists(fills, p, 9); r.Ended {
		t.Errorf("a gap of exactly the permissible days ended it: %+v", r)
	}
	if r, _ := Persists(fills, p, 8); !r.Ended || r.Last != 60 || r.Days() != 60 {
		t.Errorf("a gap of 9 days did not end it at 8: %+v", r)
	}
}

// TestWhatFillsBeforeTheStartLeave works through one case by hand: 40 days from day -10, 20 more on day 45, window day 0 to 59.
func TestWhatFillsBeforeTheStartLeave(t *testing.T) {
	fills := []Fill{{-10, 40}, {45, 20}}
	p := Period{From: -10, Start: 0, End: 60}
	for _, tt := range []struct {
		name string
		f    func([]Fill, Period) (float64, bool)
		p    Period
		want float64
	}{
		{"covered 0-29 and 45-59", CMA7, p, 45.0 / 60},
		{"PDC sees it too", PDC, p, 45.0 / 60},
		{"CMA6 begins at the fill within", CMA6, p, 15.0 / 15},
		{"CMA8 begins on day 30", CMA8, p, 15.0 / 30},
		{"CMA9: 40 of 55 days, then 15 of 15", CMA9, p, (45*40.0/55 + 15) / 60},
		{"CMA9 with follow-up to day 79: 20 of 35 days", CMA9, Period{-10, 0, 60, 80}, (45*40.0/55 + 15*20.0/35) / 60},
		{"fills before From are not seen", CMA7, Period{From: 0, Start: 0, End: 60}, 15.0 / 60},
		{"MPR counts fills within", MPR, p, 20.0 / 60},
	} {
		if got, ok := tt.f(fills, tt.p); !ok || !near(got, tt.want) {
			t.Errorf("%s: %v %v, wants %v", tt.name, got, ok, tt.want)
		}
	}
	if _, ok := CMA8([]Fill{{-10, 90}}, p); ok {
		t.Error("CMA8 of no days")
	}
	if v, ok := CMA7([]Fill{{-10, 5}}, p); !ok || v != 0 {
		t.Errorf("supply gone before the start: %v %v, wants 0", v, ok)
	}
}

func TestTooLittleIsSaid(t *testing.T) {
	p := Over(0, 9)
	all := map[string]func([]Fill, Period) (float64, bool){"PDC": PDC, "PDCNoCarry": PDCNoCarry, "MPR": MPR}
	for i, f := range CMAs {
		all[string(rune('1'+i))] = f
	}
	for name, f := range all {
		if v, ok := f(nil, p); ok {
			t.Errorf("%s of no fill: %v", name, v)
		}
		if v, ok := f([]Fill{{20, 5}}, p); ok {
			t.Errorf("%s of a fill after the end: %v", name, v)
		}
	}
	for name, f := range map[string]func([]Fill, Period) (float64, bool){"CMA1": CMA1, "CMA3": CMA3, "CMA5": CMA5} {
		if v, ok := f([]Fill{{2, 5}, {2, 5}}, p); ok {
			t.Errorf("%s of two fills on one day: %v", name, v)
		}
	}
	if _, ok := Persists(nil, p, 30); ok {
		t.Error("persistence of nothing")
	}
	if _, ok := GapAtEnd(nil, p); ok {
		t.Error("a gap at the end of nothing")
	}
}

func TestTogether(t *testing.T) {
	p := Over(0, 9)
	drugs := [][]Fill{{{0, 4}, {2, 2}}, {{5, 3}}} // days 0-5 and 5-7
	for need, want := range map[int]float64{1: 0.8, 2: 0.1} {
		if got, ok := Together(drugs, p, need); !ok || !near(got, want) {
			t.Errorf("%d of two: %v %v, wants %v", need, got, ok, want)
		}
	}
	if _, ok := Together([][]Fill{nil, {{30, 1}}}, p, 1); ok {
		t.Error("share of nothing")
	}
}

func TestDayOf(t *testing.T) {
	shanghai := time.FixedZone("", 8*60*60)
	if got := DayOf(time.Date(1970, 1, 2, 7, 0, 0, 0, shanghai)); got != 1 || got.String() != "1970-01-02" {
		t.Errorf("the day is that of the zone: %v", got)
	}
	if got := DayOf(time.Date(1969, 12, 31, 12, 0, 0, 0, time.UTC)); got != -1 {
		t.Errorf("the day before the first: %d", got)
	}
}

// naive marks days one by one, by the rule as it is written: a fill begins on its day, or the day after supply in hand runs out.
type naive struct {
	has   map[Day]bool // with carrying
	plain map[Day]bool // without
	left  Day          // the first day after all supply
}

func mark(fills []Fill) naive {
	n := naive{has: map[Day]bool{}, plain: map[Day]bool{}, left: math.MinInt32}
	for _, f := range fills {
		at := max(f.Day, n.left)
		for i := range Day(f.Days) {
			n.has[at+i], n.plain[f.Day+i] = true, true
		}
		n.left = at + Day(f.Days)
	}
	return n
}

func share01(days map[Day]bool, from, until Day) float64 {
	n := 0
	for d := from; d < until; d++ {
		if days[d] {
			n++
		}
	}
	return float64(n) / float64(until-from)
}

func drawFills(t *rapid.T) ([]Fill, Period) {
	var fills []Fill
	for range rapid.IntRange(1, 12).Draw(t, "fills") {
		fills = append(fills, Fill{Day(rapid.IntRange(-60, 130).Draw(t, "day")), int32(rapid.IntRange(1, 60).Draw(t, "days"))})
	}
	Sort(fills)
	start := Day(rapid.IntRange(-20, 30).Draw(t, "start"))
	p := Period{From: start - Day(rapid.IntRange(0, 50).Draw(t, "look back")), Start: start, End: start + Day(rapid.IntRange(1, 90).Draw(t, "length"))}
	p.Until = p.End + Day(rapid.IntRange(0, 40).Draw(t, "after"))
	return fills, p
}

func pick(fills []Fill, from, until Day) []Fill {
	var out []Fill
	for _, f := range fills {
		if f.Day >= from && f.Day < until {
			out = append(out, f)
		}
	}
	return out
}

func TestAgainstMarkingDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fills, p := drawFills(t)
		seen, in := pick(fills, p.From, p.End), pick(fills, p.Start, p.End)
		all, own := mark(seen), mark(in)
		same := func(name string, f func([]Fill, Period) (float64, bool), ok bool, want func() float64) {
			got, has := f(fills, p)
			if has != ok || ok && !near(got, want()) {
				t.Fatalf("%s: %v %v, wants %v", name, got, has, ok)
			}
		}
		same("PDC", PDC, len(seen) > 0, func() float64 { return share01(all.has, p.Start, p.End) })
		same("PDC without", PDCNoCarry, len(seen) > 0, func() float64 { return share01(all.plain, p.Start, p.End) })
		same("CMA5", CMA5, len(in) > 1 && in[0].Day < in[len(in)-1].Day, func() float64 { return share01(own.has, in[0].Day, in[len(in)-1].Day) })
		same("CMA6", CMA6, len(in) > 0, func() float64 { return share01(own.has, in[0].Day, p.End) })
		lag := max(p.Start, mark(pick(fills, p.From, p.Start)).left)
		same("CMA8", CMA8, len(seen) > 0 && lag < p.End, func() float64 { return share01(all.has, lag, p.End) })
		same("CMA9", CMA9, len(seen) > 0, func() float64 { return naiveCMA9(fills, p) })
		without := 0
		for _, g := range Gaps(fills, p) {
			without += g.Days()
		}
		end, _ := GapAtEnd(fills, p)
		if days, ok := DaysOfTherapy(fills, p); ok {
			before := max(0, min(int(seen[0].Day), int(p.End))-int(p.Start))
			if days+without+end+before != p.Length() {
				t.Fatalf("%d covered, %d in gaps, %d at the end, %d before the first, of %d", days, without, end, before, p.Length())
			}
		}
	})
}

// naiveCMA9 goes day by day: which fill's interval it is in, and what that interval's share is.
func naiveCMA9(fills []Fill, p Period) float64 {
	seen := pick(fills, p.From, p.Until)
	sum := 0.0
	for d := p.Start; d < p.End; d++ {
		hand := 0.0
		for i, f := range seen {
			next := p.Until
			if i+1 < len(seen) {
				next = seen[i+1].Day
			}
			days := float64(next - f.Day)
			hand += float64(f.Days)
			if f.Day <= d && d < next {
				sum += min(1, hand/days)
			}
			hand = max(0, hand-days)
		}
	}
	return sum / float64(p.Length())
}

func TestSharesStayBetweenNoneAndAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fills, p := drawFills(t)
		capped := map[string]func([]Fill, Period) (float64, bool){
			"PDC": PDC, "PDCNoCarry": PDCNoCarry, "MPR": MPR, "CMA3": CMA3, "CMA4": CMA4, "CMA5": CMA5, "CMA6": CMA6, "CMA7": CMA7, "CMA8": CMA8, "CMA9": CMA9,
		}
		for name, f := range capped {
			if v, ok := f(fills, p); ok && (v < 0 || v > 1+1e-12) {
				t.Fatalf("%s is %v", name, v)
			}
		}
		with, _ := PDC(fills, p)
		without, _ := PDCNoCarry(fills, p)
		one, ok := Together([][]Fill{fills}, p, 1)
		if pdc, has := PDC(fills, p); has != ok || has && !near(pdc, one) {
			t.Fatalf("one medicine together is not PDC: %v %v", one, pdc)
		}
		if p.From == p.Start && with < without-1e-12 {
			t.Fatalf("carrying forward lost days: %v %v", with, without)
		}
	})
}

func TestOrderOfFillsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fills, p := drawFills(t)
		seen := map[Day]bool{}
		fills = slices.DeleteFunc(fills, func(f Fill) bool { had := seen[f.Day]; seen[f.Day] = true; return had })
		other := rapid.Permutation(fills).Draw(t, "order")
		Sort(other)
		if !slices.Equal(fills, other) {
			t.Fatal("sorted otherwise")
		}
		a, ok := PDC(fills, p)
		moved := make([]Fill, len(fills))
		for i, f := range fills {
			moved[i] = Fill{f.Day + 1000, f.Days}
		}
		b, has := PDC(moved, Period{p.From + 1000, p.Start + 1000, p.End + 1000, p.Until + 1000})
		if ok != has || !near(a, b) {
			t.Fatalf("another calendar, another figure: %v %v", a, b)
		}
	})
}

func TestUnion(t *testing.T) {
	got := Union([][]Fill{{{1, 30}, {20, 30}}, {{55, 10}, {100, 5}}, {{61, 10}}})
	want := []Fill{{1, 70}, {100, 5}} // 1 to 60 carried, then 55 to 64 and 61 to 70 as they are
	if !slices.Equal(got, want) {
		t.Errorf("union %v, want %v", got, want)
	}
	if p, _ := PDC(got, Over(1, 104)); p != 75.0/104 {
		t.Errorf("PDC %v, want 75/104", p)
	}
}
