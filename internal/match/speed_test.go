package match

import (
	"context"
	"testing"
)

func BenchmarkRun(b *testing.B) {
	for _, s := range []settings{
		{chinese: true, people: 5400, copies: 3, wrong: .1, missing: .05, separated: true, columns: han + " id", seed: 5},
		{people: 5400, copies: 3, wrong: .1, missing: .05, columns: english + " id", seed: 6},
	} {
		table, truth := newMaker(s).table()
		b.Run(s.columns, func(b *testing.B) {
			for b.Loop() {
				r, err := Run(context.Background(), table, Options{})
				if err != nil {
					b.Fatal(err)
				}
				m := Measure(r.Pairs, truth)
				b.Logf("%d rows, %d candidates, precision %.4f, recall %.4f", len(truth), r.Candidates, m.Precision(), m.Recall())
			}
		})
	}
}
