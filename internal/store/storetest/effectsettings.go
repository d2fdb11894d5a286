package storetest

import (
	"testing"

	"peiban/internal/audit"
	"peiban/internal/insight/fulfil"
	"peiban/internal/store"
)

func effectSettings(_ *testing.T, f *fixture) {
	set, version, err := f.s.EffectSettings(ctx, f.w)
	f.must(err)
	same(f, "nothing said", version, int64(0))
	same(f, "as shipped", set.Fewest(), fulfil.UsualSmallest)
	f.must(f.s.SaveEffectSettings(ctx, f.w, fulfil.Showing{Smallest: 7}, 0, 5, "staff:x", audit.Entry{Actor: "staff:x", Action: "journey-effect.setting"}))
	f.is(f.s.SaveEffectSettings(ctx, f.w, fulfil.Showing{Smallest: 8}, 0, 5, "staff:x"), store.ErrRulesMoved)
	f.must(f.s.SaveEffectSettings(ctx, f.w, fulfil.Showing{Smallest: 20}, 1, 6, "staff:x"))
	set, version, err = f.s.EffectSettings(ctx, f.w)
	f.must(err)
	same(f, "version", version, int64(2))
	same(f, "the smallest group", set.Fewest(), 20)
}
