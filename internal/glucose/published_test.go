package glucose

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"peiban/internal/measure"
)

func data(t *testing.T, parts ...string) string {
	t.Helper()
	dir := os.Getenv("PEIBAN_DATA")
	if dir == "" {
		t.Skip("PEIBAN_DATA is not set")
	}
	return filepath.Join(append([]string{dir}, parts...)...)
}

// TestSampleOfIglu compares with what the documentation of the R package iglu prints for its five people.
func TestSampleOfIglu(t *testing.T) {
	f, err := os.Open(data(t, "iglu_sample", "example_data_5_subject.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	people := map[string]series{}
	for _, r := range rows[1:] {
		at, err := time.Parse(time.DateTime, r[1])
		v, err2 := strconv.ParseFloat(r[2], 64)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		s := people[r[0]]
		people[r[0]] = series{append(s.at, at.UnixMicro()), append(s.v, v)}
	}
	o := Options{Unit: measure.MgdL}
	for i, want := range []float64{72.4, 118, 116, 70.9, 142} {
		s := people[fmt.Sprintf("Subject %d", i+1)]
		if got, ok := MAGE(s.at, s.v, o.Unit, time.UTC); !ok || !near(got, want, 0.005*want) {
			t.Errorf("MAGE of subject %d: %v %v, wants %v", i+1, got, ok, want)
		}
	}
	s := people["Subject 1"]
	got := Summarise(s.at, s.v, o)
	above := func(limit float64) Figure {
		shares, ok := InRange(s.v, Range{0, limit})
		return Figure{shares.Above, ok}
	}
	narrow, ok := InRange(s.v, Range{63, 140})
	for _, tt := range []struct {
		name string
		got  Figure
		want float64
		by   float64
	}{
		{"mean", got.Mean, 124, 0.5},
		{"in 70 to 180", got.TIR, 91.7, 0.05},
		{"in 63 to 140", Figure{narrow.In, ok}, 73.9, 0.05},
		{"above 140", above(140), 26.1, 0.05},
		{"above 200", above(200), 3.40, 0.005},
		{"above 250", got.VeryHigh, 0.377, 0.0005},
		{"J-index", got.JIndex, 24.6, 0.05},
		{"CONGA over 24 hours", got.CONGA, 37.0, 0.05},
	} {
		if !tt.got.OK || !near(tt.got.V, tt.want, tt.by) {
			t.Errorf("%s: %v, wants %v", tt.name, tt.got, tt.want)
		}
	}
	if got.Sufficient {
		t.Error("12.7 days are not fourteen")
	}
}

// TestPublishedTables compares with the tables of the papers, to the digits they print.
func TestPublishedTables(t *testing.T) {
	b, err := os.ReadFile(data(t, "published_tables", "tables.json"))
	if err != nil {
		t.Fatal(err)
	}
	var tables struct {
		ADAG struct{ Rows [][3]float64 } `json:"adag_eag"`
		GMI  struct{ Rows [][2]float64 } `json:"gmi"`
	}
	if err := json.Unmarshal(b, &tables); err != nil || len(tables.ADAG.Rows) != 8 || len(tables.GMI.Rows) != 10 {
		t.Fatalf("%v, %d and %d rows", err, len(tables.ADAG.Rows), len(tables.GMI.Rows))
	}
	for _, r := range tables.ADAG.Rows {
		mg, _ := EA1C([]float64{r[1]}, measure.MgdL)
		mmol, _ := EA1C([]float64{r[2]}, measure.MmolL)
		if !near(mg, r[0], 0.5/28.7+1e-9) || !near(mmol, r[0], 0.05*18.0156/28.7+0.01) { // half of the last printed digit
			t.Errorf("HbA1c %v: %v and %v", r[0], mg, mmol)
		}
	}
	for _, r := range tables.GMI.Rows {
		if got, _ := GMI([]float64{r[0]}, measure.MgdL); !near(got, r[1], 0.05+1e-9) {
			t.Errorf("GMI of %v: %v, wants %v", r[0], got, r[1])
		}
	}
}
