package adherence

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

func day(t *testing.T, layout, s string) Day {
	t.Helper()
	at, err := time.Parse(layout, s)
	if err != nil {
		t.Fatal(err)
	}
	return DayOf(at)
}

func read(t *testing.T, name, layout string) map[string][]Fill {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]Fill{}
	for _, r := range rows[1:] {
		n, err := strconv.Atoi(r[2])
		if err != nil {
			t.Fatal(err)
		}
		out[r[0]] = append(out[r[0]], Fill{day(t, layout, r[1]), int32(n)})
	}
	for _, fills := range out {
		Sort(fills)
	}
	return out
}

func TestMadeUpRefills(t *testing.T) {
	people := read(t, filepath.Join("testdata", "refills.csv"), time.DateOnly)
	p := Over(day(t, time.DateOnly, "2024-01-01"), day(t, time.DateOnly, "2024-03-31")) // 91 days: a leap year
	p.From = day(t, time.DateOnly, "2023-12-01")
	for id, want := range map[string]struct{ pdc, cma6, cma8 float64 }{
		"steady": {88.0 / 91, 88.0 / 91, 88.0 / 91}, // 1 January to 29 February, 4 to 31 March
		"late":   {40.0 / 91, 40.0 / 82, 40.0 / 91}, // 28 days, and 12 of the second 28
		"before": {48.0 / 91, 20.0 / 46, 20.0 / 63}, // 28 days left over, then 20
	} {
		pdc, _ := PDC(people[id], p)
		cma6, _ := CMA6(people[id], p)
		cma8, _ := CMA8(people[id], p)
		if !near(pdc, want.pdc) || !near(cma6, want.cma6) || !near(cma8, want.cma8) {
			t.Errorf("%s: %v %v %v, wants %v", id, pdc, cma6, cma8, want)
		}
	}
}

// TestMedAdherence compares with the figures of the R package medAdherence for its example: three people over 365 days. The package leaves
// the last day of the period out of what is covered and keeps it in the denominator.
func TestMedAdherence(t *testing.T) {
	dir := os.Getenv("PEIBAN_DATA")
	if dir == "" {
		t.Skip("PEIBAN_DATA is not set")
	}
	dir = filepath.Join(dir, "medadherence")
	people := read(t, filepath.Join(dir, "rx_example.csv"), "1/2/2006")
	p := Over(day(t, time.DateOnly, "2007-01-01"), day(t, time.DateOnly, "2007-12-31"))
	short := p
	short.End-- // what the package calls covered
	covered := func(f func([]Fill, Period) (float64, bool), id string, p Period) int {
		v, ok := f(people[id], p)
		if !ok {
			t.Fatalf("person %s has no figure", id)
		}
		return int(v*float64(p.Length()) + 0.5)
	}
	for id, want := range map[string]struct{ plain, carried, plainAll, carriedAll int }{
		"1": {60, 60, 60, 60}, "2": {230, 261, 231, 262}, "3": {84, 90, 84, 90},
	} {
		got := [...]int{covered(PDCNoCarry, id, short), covered(PDC, id, short), covered(PDCNoCarry, id, p), covered(PDC, id, p)}
		if got != [...]int{want.plain, want.carried, want.plainAll, want.carriedAll} {
			t.Errorf("person %s: %v days, wants %v", id, got, want)
		}
	}
	for id, want := range published(t, filepath.Join(dir, "ref_rxGaps.csv")) {
		if got := GapsNoCarry(people[id], p); !slices.Equal(got, want) {
			t.Errorf("person %s: gaps %v, wants %v", id, got, want)
		}
	}
}

func published(t *testing.T, name string) map[string][]int {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]int{}
	for _, r := range rows[1:] {
		if n, err := strconv.Atoi(r[6]); err == nil { // NA at the first fill
			out[r[0]] = append(out[r[0]], n)
		}
	}
	if len(out) != 3 {
		t.Fatalf("%d people in %s", len(out), name)
	}
	return out
}
