package match

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestFEBRL holds the bars on data set 1 of FEBRL: made-up Australians of another generator than ours.
func TestFEBRL(t *testing.T) {
	dir := os.Getenv("PEIBAN_DATA")
	if dir == "" {
		t.Skip("PEIBAN_DATA is not set")
	}
	f, err := os.Open(filepath.Join(dir, "febrl", "dataset1.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.TrimLeadingSpace = true
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	of := regexp.MustCompile(`^rec-([0-9]+)`)
	truth := make([]string, len(all)-1)
	for i, row := range all[1:] {
		truth[i] = of.FindStringSubmatch(row[0])[1]
	}
	for _, tt := range []struct {
		name   string
		ignore []string
		f      float64
	}{
		{"with the identity number", []string{"rec_id"}, 0.99},
		{"without", []string{"rec_id", "soc_sec_id"}, 0.98},
	} {
		table := Table{Rows: all[1:]}
		for _, name := range all[0] {
			table.Columns = append(table.Columns, Column{Name: name, Skip: slices.Contains(tt.ignore, name)})
		}
		got, err := Run(context.Background(), table, Options{})
		if err != nil {
			t.Fatal(err)
		}
		m := Measure(got.Pairs, truth)
		t.Logf("%s: precision %.4f, recall %.4f, F %.4f, %d candidates, threshold %.4f, expected %.4f, refused %d", tt.name, m.Precision(), m.Recall(), m.F(), got.Candidates, got.Threshold, got.Expected, got.Refused)
		if m.Precision() < 0.995 || m.F() < tt.f {
			t.Errorf("%s: precision %.4f, F %.4f", tt.name, m.Precision(), m.F())
		}
		if testing.Verbose() {
			show(t, got, truth)
			showWrong(t, got, table, truth)
		}
	}
}

func show(t *testing.T, got *Result, truth []string) {
	t.Helper()
	for j, f := range got.Model.Fields() {
		said := ""
		if o := got.Model.follow[j].of; o >= 0 {
			said = " after " + got.Model.people.fields[o].Name
		}
		t.Logf("%-16s %-9s %.1f%s", f.Name, f.Kind.Key(), got.Model.Bits(j), said)
	}
	for _, n := range got.Notes {
		t.Log(n.Column, n.Text.En)
	}
	for _, u := range got.Columns {
		if u.Why != 0 {
			t.Log(u.Name, "why", u.Why)
		}
	}
}

func showWrong(t *testing.T, got *Result, table Table, truth []string) {
	t.Helper()
	n := 0
	tell := func(what string, a, b int) {
		p := got.Model.people.pattern(got.Model.people.at[a], got.Model.people.at[b])
		w := got.Model.weighPair(got.Model.people.at[a], p)
		t.Logf("%s odds %.1f weight %.1f together %.1f (start %.1f)\n   %q\n   %q", what, w.odds, w.weight, got.Model.Together(a, b), got.Model.Start(), table.Rows[a], table.Rows[b])
		for _, e := range got.Model.Explain(a, b) {
			t.Logf("      %s %s %s %.1f share %.5f", e.Field.Name, e.Level.Key(), e.How.Key(), e.Bits, e.Share)
		}
	}
	found := map[pair]bool{}
	for _, p := range got.Pairs {
		found[pairOf(int32(p.A), int32(p.B))] = true
		if truth[p.A] != truth[p.B] && n < 6 {
			n++
			tell("WRONG", p.A, p.B)
		}
	}
	n = 0
	for a := range truth {
		for b := a + 1; b < len(truth); b++ {
			if truth[a] == truth[b] && !found[pairOf(int32(a), int32(b))] && n < 6 {
				n++
				tell("LOST", a, b)
			}
		}
	}
}
