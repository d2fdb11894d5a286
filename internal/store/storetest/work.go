package storetest

import (
	"testing"

	"peiban/internal/audit"
	"peiban/internal/store"
	"peiban/internal/task"
)

func workSettings(_ *testing.T, f *fixture) {
	set, version, err := f.s.WorkSettings(ctx, f.w)
	f.must(err)
	same(f, "nothing said", version, int64(0))
	same(f, "the weights that are shipped", set.Of("dm"), task.DefaultWeights())
	set = task.Settings{Weights: &task.Weights{Due: 1}, Programmes: map[string]task.Weights{"dm": {Wait: 2}}, Minutes: 300, Staff: map[string]int{"A": 0}, Quiet: 3}
	f.must(f.s.SaveWorkSettings(ctx, f.w, set, 0, 5, "staff:x", audit.Entry{Actor: "staff:x", Action: "work.settings"}))
	f.is(f.s.SaveWorkSettings(ctx, f.w, set, 0, 5, "staff:x"), store.ErrRulesMoved)
	f.must(f.s.SaveWorkSettings(ctx, f.w, set, 1, 6, "staff:x"))
	got, version, err := f.s.WorkSettings(ctx, f.w)
	f.must(err)
	same(f, "version", version, int64(2))
	same(f, "settings", got, set)
}

func taskBatches(_ *testing.T, f *fixture) {
	b := task.Batch{ID: "b1", At: 7, Actor: "A", Kind: "postpone", Lines: []task.Line{{Task: "t1", Due: 9, Owner: "A", Version: 3}}}
	fresh, err := f.s.BeginBatch(ctx, f.w, &b, audit.Entry{Actor: "staff:A", Action: "tasks.bulk"})
	f.must(err)
	same(f, "the first time", fresh, true)
	other := b
	other.Kind = "skip"
	fresh, err = f.s.BeginBatch(ctx, f.w, &other)
	f.must(err)
	same(f, "the second time", fresh, false)
	got, err := f.s.Batch(ctx, f.w, "b1")
	f.must(err)
	same(f, "batch", got, b)
	f.must(f.s.EndBatch(ctx, f.w, "b1", 11))
	f.must(f.s.EndBatch(ctx, f.w, "b1", 12))
	got, err = f.s.Batch(ctx, f.w, "b1")
	f.must(err)
	same(f, "taken back once", got.Undone, int64(11))
	_, err = f.s.Batch(ctx, f.w, "b2")
	f.is(err, store.ErrNoBatch)
}
