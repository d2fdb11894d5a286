package storetest

import (
	"testing"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/programme"
	"peiban/internal/store"
)

func versions(_ *testing.T, f *fixture) {
	first := conductor.Version{Programme: "a", Number: 1, Hash: "h1", Carried: true, Files: programme.Files{"tags.yaml": "x: 空腹\n"}}
	later := conductor.Version{Programme: "a", Number: 2, At: 9, By: "staff:liu", Note: "更严", Hash: "h2", People: 3, Changed: 1, Files: programme.Files{"tags.yaml": "y\n"}}
	draft := conductor.Draft{Programme: "a", Base: 1, Revision: 10, At: 10, By: "staff:liu", Files: programme.Files{"tags.yaml": "y\n"}}
	f.must(f.s.SaveDraft(ctx, f.w, draft, 0, audit.Entry{Actor: "staff:liu", Action: "draft.change"}))
	f.is(f.s.SaveDraft(ctx, f.w, draft, 0), conductor.ErrDraftStale)
	draft.Revision = 11
	f.must(f.s.SaveDraft(ctx, f.w, draft, 10))
	got, err := f.s.Draft(ctx, f.w, "a")
	f.must(err)
	same(f, "the draft", got, draft)

	seq := f.commit(f.w, func(tx *store.Tx, c *conductor.Changes) {
		later.Seq, later.Draft = tx.Head()+1, 11
		c.Versions = []conductor.Version{first, later}
	})
	f.is(second(f.s.Draft(ctx, f.w, "a")), conductor.ErrNoDraft) // published
	files, err := f.s.VersionFiles(ctx, f.w, "a", 1)
	f.must(err)
	same(f, "the files", files, first.Files)
	f.is(second(f.s.VersionFiles(ctx, f.w, "a", 3)), conductor.ErrNoVersion)
	f.must(f.s.Carried(ctx, f.w, "a", 2))
	first.Files, later.Files, later.Draft, later.Carried = nil, nil, 0, true
	list, err := f.s.Versions(ctx, f.w, -1)
	f.must(err)
	same(f, "all versions", list, []conductor.Version{first, later})
	list, err = f.s.Versions(ctx, f.w, int64(seq)-1)
	f.must(err)
	same(f, "those after a commit", list, []conductor.Version{later})
	other := f.workspace("01WORKSPACE0000000000000009")
	list, err = f.s.Versions(ctx, other, -1)
	f.must(err)
	same(f, "another workspace's", len(list), 0)

	draft.Revision = 12
	f.must(f.s.SaveDraft(ctx, f.w, draft, 0))
	f.is(f.s.DropDraft(ctx, f.w, "a", 11), conductor.ErrDraftStale)
	f.must(f.s.DropDraft(ctx, f.w, "a", 12))
	f.is(second(f.s.Draft(ctx, f.w, "a")), conductor.ErrNoDraft)
}

func transitionsSince(_ *testing.T, f *fixture) {
	first := f.commit(f.w, func(tx *store.Tx, c *conductor.Changes) {
		for i, at := range []int64{5, 10} {
			c.Transitions = append(c.Transitions, conductor.Transition{Person: f.people[i].Number, Seq: tx.Head() + 1, N: i, Kind: "tag", Key: "a/x", Gained: true, At: at, Version: "1", Cause: "glucose"})
		}
	})
	var seen []int64
	f.must(f.s.TransitionsSince(ctx, f.w, first, 6, func(t conductor.Transition) error {
		seen = append(seen, t.At)
		return nil
	}))
	same(f, "transitions since a moment", seen, []int64{10})
	f.must(f.s.TransitionsSince(ctx, f.w, first+1, 0, func(conductor.Transition) error { f.Error("before the commit"); return nil }))
}
