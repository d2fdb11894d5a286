package storetest

import (
	"fmt"
	"slices"
	"testing"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
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
	drafts, err := f.s.Drafts(ctx, f.w)
	f.must(err)
	brief := draft
	brief.Files = nil
	same(f, "the drafts", drafts, []conductor.Draft{brief})
	f.is(f.s.DropDraft(ctx, f.w, "a", 11), conductor.ErrDraftStale)
	f.must(f.s.DropDraft(ctx, f.w, "a", 12))
	f.is(second(f.s.Draft(ctx, f.w, "a")), conductor.ErrNoDraft)
}

func transitionsSince(_ *testing.T, f *fixture) {
	first := f.commit(f.w, func(tx *store.Tx, c *conductor.Changes) {
		for i, at := range []int64{5, 86_400_000_000} {
			c.Transitions = append(c.Transitions, conductor.Transition{Person: f.people[i].Number, Seq: tx.Head() + 1, N: i, Kind: "tag", Key: "a/x", Gained: i == 0, At: at, Version: "1", Cause: "glucose"})
		}
	})
	const day = 86_400_000_000
	changes := func(after, to event.Seq, from int64) (out []string) {
		f.must(f.s.TagChanges(ctx, f.w, after, to, from, func(key string, at int64, gained bool) {
			out = append(out, fmt.Sprint(key, at, gained))
		}))
		slices.Sort(out)
		return out
	}
	same(f, "what changed", changes(first-1, first, 5), []string{"a/x5 true", fmt.Sprint("a/x", day, false)})
	same(f, "since a moment", changes(first-1, first, 6), []string{fmt.Sprint("a/x", day, false)})
	same(f, "after the commit", changes(first, first+1, 0), []string(nil))
	same(f, "before the commit", changes(0, first-1, 0), []string(nil))
	movers := func(from, to int64) (out []string) {
		f.must(f.s.TagMovers(ctx, f.w, "a/x", from, to, func(n uint32, gained bool) { out = append(out, fmt.Sprint(n, gained)) }))
		slices.Sort(out)
		return out
	}
	same(f, "who moved", movers(0, day), []string{fmt.Sprint(f.people[0].Number, " true"), fmt.Sprint(f.people[1].Number, " false")})
	same(f, "who moved by then", movers(0, day-1), []string{fmt.Sprint(f.people[0].Number, " true")})
}

func statements(_ *testing.T, f *fixture) {
	x := conductor.Statement{Programme: "a", Item: "aloud", At: 5, By: "staff:liu", Note: "王医生", Hash: "h1"}
	f.must(f.s.State(ctx, f.w, x, audit.Entry{Actor: "staff:liu", Action: "programme.state"}))
	x.At, x.Hash = 9, "h2"
	f.must(f.s.State(ctx, f.w, x))
	got, err := f.s.Statements(ctx, f.w, "a")
	f.must(err)
	same(f, "the last one", got, []conductor.Statement{x})
	got, err = f.s.Statements(ctx, f.workspace("01WORKSPACE0000000000000008"), "a")
	f.must(err)
	same(f, "another workspace's", len(got), 0)
	f.must(f.s.Unstate(ctx, f.w, "a", "aloud"))
	f.must(f.s.Unstate(ctx, f.w, "a", "aloud"))
	got, err = f.s.Statements(ctx, f.w, "a")
	f.must(err)
	same(f, "taken back", len(got), 0)
}

func versionMovers(_ *testing.T, f *fixture) {
	seq := f.commit(f.w, func(tx *store.Tx, c *conductor.Changes) {
		at := tx.Head() + 1
		for i, cause := range []string{"definition", "glucose"} {
			c.Transitions = append(c.Transitions, conductor.Transition{Person: f.people[i].Number, Seq: at, N: i, Kind: "tag", Key: "a/x", Gained: true, At: 5, Version: "2", Cause: cause, CauseAt: at})
		}
	})
	var out []string
	f.must(f.s.VersionMovers(ctx, f.w, seq, func(n uint32, kind, key string, gained bool) { out = append(out, fmt.Sprint(n, kind, key, gained)) }))
	same(f, "who moved by a version", out, []string{fmt.Sprint(f.people[0].Number, "tag", "a/x", true)})
}
