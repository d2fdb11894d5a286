package storetest

import (
	"testing"

	"peiban/internal/audit"
	"peiban/internal/message"
	"peiban/internal/store"
)

func caps(_ *testing.T, f *fixture) {
	none, err := f.s.Caps(ctx, f.w, 10)
	f.must(err)
	same(f, "nothing said", len(none), 0)
	first, second := message.UsualCaps(), message.UsualCaps()
	first.PerDay, second.AskedPerDay = 2, 9
	save := func(c message.Caps, on, at int64, by string) error {
		return f.s.SaveCaps(ctx, f.w, message.Capped{Caps: c, Version: on, At: at, By: by}, audit.Entry{Actor: by, Action: "caps.change"})
	}
	f.must(save(first, 0, 5, "staff:x"))
	f.is(save(second, 0, 6, "staff:y"), store.ErrRulesMoved)
	f.is(save(second, 2, 6, "staff:y"), store.ErrRulesMoved)
	f.must(save(second, 1, 7, "staff:y"))
	got, err := f.s.Caps(ctx, f.w, 10)
	f.must(err)
	same(f, "the newest first", got, []message.Capped{{Caps: second, Version: 2, At: 7, By: "staff:y"}, {Caps: first, Version: 1, At: 5, By: "staff:x"}})
	got, err = f.s.Caps(ctx, f.w, 1)
	f.must(err)
	same(f, "what holds", len(got), 1)
	of, err := f.s.Caps(ctx, f.w+1, 10)
	f.must(err)
	same(f, "another workspace's", len(of), 0)
}
