package storetest

import (
	"testing"

	"peiban/internal/audit"
	"peiban/internal/store"
	"peiban/internal/wording"
)

func stopWords(_ *testing.T, f *fixture) {
	own, version, err := f.s.StopWords(ctx, f.w)
	f.must(err)
	same(f, "nothing said", version, int64(0))
	same(f, "no words", len(own.All)+len(own.Marketing), 0)
	own = wording.OwnStops{All: []string{"别烦我"}, Marketing: []string{"不看了"}}
	f.must(f.s.SaveStopWords(ctx, f.w, own, 0, 5, "staff:x", audit.Entry{Actor: "staff:x", Action: "stops.change"}))
	f.is(f.s.SaveStopWords(ctx, f.w, own, 0, 5, "staff:x"), store.ErrRulesMoved)
	own.All = nil
	f.must(f.s.SaveStopWords(ctx, f.w, own, 1, 6, "staff:x"))
	got, version, err := f.s.StopWords(ctx, f.w)
	f.must(err)
	same(f, "version", version, int64(2))
	same(f, "words", got, own)
}
