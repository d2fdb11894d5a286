package storetest

import (
	"testing"

	"peiban/internal/intake"
	"peiban/internal/store"
	"peiban/internal/workspace/keys"
)

func changedSource(_ *testing.T, f *fixture) {
	v, err := f.s.CreateSource(ctx, f.w, store.Source{Name: "app", KeyHash: keys.TokenHash("old"), Created: 4, Rate: 5, Names: map[string]string{"血糖": "glucose"}})
	f.must(err)
	f.is(second(f.s.CreateSource(ctx, f.w, store.Source{Name: "app"})), store.ErrSourceName)
	f.is(second(f.s.ChangeSource(ctx, f.w, 99, func(*store.Source) error { return nil })), store.ErrNoSource)
	changed, err := f.s.ChangeSource(ctx, f.w, v.Number, func(s *store.Source) error {
		s.Previous, s.PreviousUntil, s.KeyHash, s.Rotated, s.Programme = s.KeyHash, 100, keys.TokenHash("new"), 50, "diabetes"
		return nil
	})
	f.must(err)
	for key, until := range map[string]int64{"new": 1 << 40, "old": 99} {
		_, got, err := f.s.SourceByKey(ctx, keys.TokenHash(key), until)
		f.must(err)
		same(f, key, got, changed)
	}
	_, _, err = f.s.SourceByKey(ctx, keys.TokenHash("old"), 100)
	f.is(err, store.ErrWriteKey)
	_, err = f.s.ChangeSource(ctx, f.w, v.Number, func(s *store.Source) error { s.Disabled = true; return nil })
	f.must(err)
	_, _, err = f.s.SourceByKey(ctx, keys.TokenHash("new"), 1)
	f.is(err, store.ErrWriteKey)
}

func minutes(_ *testing.T, f *fixture) {
	const m = 60e6
	f.must(f.s.AddMinutes(ctx, f.w, []store.Minute{{Source: 1, At: m, Requests: 1, Bytes: 10, Stored: 2}, {Source: 2, At: m, Refused: 1}}))
	f.must(f.s.AddMinutes(ctx, f.w, []store.Minute{{Source: 1, At: m, Stored: 3, Repeated: 1}, {Source: 1, At: 2 * m, Kept: 1, Ignored: 2, PutOff: 3}}))
	got, err := f.s.Minutes(ctx, f.w, 1, 0, 100*m, m)
	f.must(err)
	same(f, "by the minute", got, []store.Minute{{Source: 1, At: m, Requests: 1, Bytes: 10, Stored: 5, Repeated: 1}, {Source: 1, At: 2 * m, Kept: 1, Ignored: 2, PutOff: 3}})
	got, err = f.s.Minutes(ctx, f.w, 0, 0, 100*m, 60*m)
	f.must(err)
	same(f, "by the hour", got, []store.Minute{{Source: 1, At: 0, Requests: 1, Bytes: 10, Stored: 5, Repeated: 1, Kept: 1, Ignored: 2, PutOff: 3}, {Source: 2, At: 0, Refused: 1}})
}

func rejects(_ *testing.T, f *fixture) {
	r := func(i int, source int32, at int64) store.Reject {
		return store.Reject{ID: hash(i), Source: source, Type: "glucose", Reason: "unknown_unit", Field: "properties.unit", Raw: []byte(`{"event":"glucose"}`), Last: at}
	}
	full, err := f.s.AddRejects(ctx, f.w, []store.Reject{r(1, 1, 10), r(2, 1, 20), r(1, 1, 30), r(3, 1, 40), r(4, 2, 50)}, 2)
	f.must(err)
	same(f, "no room for", full, []int{3})
	list, err := f.s.Rejects(ctx, f.w, store.RejectFilter{State: "open"}, store.Page{Limit: 2})
	f.must(err)
	same(f, "total", list.Total, 3)
	same(f, "newest", list.Items[0].ID, hash(4))
	rest, err := f.s.Rejects(ctx, f.w, store.RejectFilter{State: "open"}, store.Page{Limit: 2, Cursor: list.Next})
	f.must(err)
	same(f, "oldest", [2]any{rest.Items[0].ID, rest.Items[0].Times}, [2]any{hash(1), int64(2)})
	for _, filter := range []store.RejectFilter{{Source: 2}, {Source: 2, Reason: "unknown_unit", Type: "glucose"}} {
		l, err := f.s.Rejects(ctx, f.w, filter, store.Page{})
		f.must(err)
		same(f, "filtered", l.Total, 1)
	}
	one, err := f.s.RejectByID(ctx, f.w, hash(1))
	f.must(err)
	same(f, "raw", string(one.Raw), `{"event":"glucose"}`)
	reasons, err := f.s.RejectReasons(ctx, f.w)
	f.must(err)
	same(f, "reasons", reasons, map[int32]map[string]int{1: {"unknown_unit": 2}, 2: {"unknown_unit": 1}})
	for want := range 2 {
		done, err := f.s.CloseReject(ctx, f.w, hash(1), intake.Replayed, "staff:1", "01E", 60)
		f.must(err)
		same(f, "closed once", done, want == 0)
	}
	next, err := Keys(f.T).Next()
	f.must(err)
	f.must(f.s.RotateKeys(ctx, next))
	again, err := f.s.RejectByID(ctx, f.w, hash(2))
	f.must(err)
	same(f, "after a change of keys", string(again.Raw), `{"event":"glucose"}`)
	f.is(second(f.s.RejectByID(ctx, f.w, hash(9))), store.ErrNoReject)
}
