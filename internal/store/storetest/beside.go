package storetest

import (
	"testing"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/page"
	"peiban/internal/programme"
	"peiban/internal/staff"
	"peiban/internal/store"
	"peiban/internal/task"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

func beside(_ *testing.T, f *fixture) {
	// A rehearsal is made beside real people only.
	r := workspace.Workspace{ID: "01WORKSPACE0000000000000003", Name: "Rehearsal", Salt: "salt", Created: 9, Beside: f.w, Story: `{"people":3}`, Untold: 1000}
	_, err := f.s.CreateBeside(ctx, r, audit.Entry{Action: "rehearsal.make"})
	f.is(err, store.ErrNotBeside)
	r.Beside = 99
	_, err = f.s.CreateBeside(ctx, r, audit.Entry{Action: "rehearsal.make"})
	f.is(err, store.ErrNoWorkspace)

	live, err := f.s.CreateWorkspace(ctx, workspace.Workspace{ID: "01WORKSPACE0000000000000002", Name: "Live", Kind: workspace.Live, Zone: "Asia/Urumqi", Salt: "salt", Created: 1})
	f.must(err)
	l := live.Number
	people := f.add(l, 2)
	f.append(l, people[0].Number, 3)
	files := programme.Files{"programme.yaml": "x"}
	first, second := conductor.Version{Programme: "p", Number: 1, Hash: "a", Files: files}, conductor.Version{Programme: "p", Number: 2, Hash: "b", Files: files}
	f.commit(l, func(tx *store.Tx, c *conductor.Changes) {
		second.Seq = tx.Head() + 1
		c.Versions = []conductor.Version{first, second}
	})
	f.must(f.s.SaveDraft(ctx, l, conductor.Draft{Programme: "p", Base: 2, Revision: 5, By: "staff:01ANN", Files: files}, 0))
	ann := staff.Member{ID: "01ANN", Login: "ann", Name: "Ann", Role: staff.Manager, Hash: "secret", Language: "zh"}
	f.must(f.s.CreateMember(ctx, l, ann))
	f.must(f.s.SaveWorkSettings(ctx, l, task.Settings{}, 0, 1, "staff:01ANN"))
	_, err = f.s.CreateSource(ctx, l, store.Source{Name: "till", KeyHash: keys.TokenHash("till"), Created: 4})
	f.must(err)

	r.Beside = l
	r, err = f.s.CreateBeside(ctx, r, audit.Entry{Action: "rehearsal.make"}, audit.Entry{Action: "workspace.create"})
	f.must(err)
	same(f, "kind", r.Kind, workspace.Rehearsal)
	same(f, "zone", r.Zone, "Asia/Urumqi")
	got, err := f.s.Workspace(ctx, r.Number)
	f.must(err)
	same(f, "rehearsal", got, r)

	// What it begins with: who works there, the version in force, the draft, the rules of work; no person, no event, no key of a sender.
	members, err := f.s.Members(ctx, r.Number)
	f.must(err)
	ann.Hash = "-"
	same(f, "members", members, []staff.Member{ann})
	vs, err := f.s.Versions(ctx, r.Number, -1)
	f.must(err)
	same(f, "versions", vs, []conductor.Version{{Programme: "p", Number: 2, Hash: "b", Carried: true}})
	d, err := f.s.Draft(ctx, r.Number, "p")
	f.must(err)
	same(f, "draft", d.Revision, int64(5))
	_, version, err := f.s.WorkSettings(ctx, r.Number)
	f.must(err)
	same(f, "settings", version, int64(1))
	all, err := f.s.Sources(ctx, r.Number)
	f.must(err)
	same(f, "sources", len(all), 0)
	head, err := f.s.Head(ctx, r.Number)
	f.must(err)
	same(f, "head", int(head), 0)
	_, err = f.s.PersonByNumber(ctx, r.Number, people[0].Number)
	if err == nil {
		f.Fatal("a person was taken along")
	}

	// Who signs in does so to the live workspace.
	places, err := f.s.LoginPlaces(ctx, "ann")
	f.must(err)
	same(f, "places", places, []workspace.Number{l})
	f.is(f.s.JoinBeside(ctx, l, r.Number, "01NOBODY"), store.ErrNoMember)
	f.must(f.s.UpdateMember(ctx, l, staff.Member{ID: "01ANN", Name: "Anna", Role: staff.Admin, Hash: "other", Language: "en"}))
	f.must(f.s.JoinBeside(ctx, l, r.Number, "01ANN"))
	m, err := f.s.Member(ctx, r.Number, "01ANN")
	f.must(err)
	same(f, "joined", m, staff.Member{ID: "01ANN", Login: "ann", Name: "Anna", Role: staff.Admin, Hash: "-", Language: "en"})

	// A session goes over once; signing out everywhere reaches it there.
	here := staff.Session{TokenHash: []byte("here"), Kind: staff.KindStaff, Subject: "01ANN", CSRF: "c", Created: 1, Expires: 100, Seen: 1}
	there := here
	there.TokenHash = []byte("there")
	f.must(f.s.CreateSession(ctx, l, here))
	f.must(f.s.MoveSession(ctx, l, here.TokenHash, r.Number, there, audit.Entry{Action: "session.left"}, audit.Entry{Action: "session.came"}))
	f.is(f.s.MoveSession(ctx, l, here.TokenHash, r.Number, there, audit.Entry{}, audit.Entry{}), store.ErrNoSession)
	w, _, err := f.s.Session(ctx, staff.KindStaff, there.TokenHash)
	f.must(err)
	same(f, "moved to", w, r.Number)
	f.must(f.s.EndSessionsOf(ctx, l, staff.KindStaff, "01ANN"))
	_, _, err = f.s.Session(ctx, staff.KindStaff, there.TokenHash)
	f.is(err, store.ErrNoSession)

	// A draft comes back as a draft, once.
	back := conductor.Draft{Programme: "p", Base: 2, Revision: 6, By: "staff:01ANN", Files: programme.Files{"programme.yaml": "y"}}
	f.is(f.s.TakeDraft(ctx, r.Number, l, back, 4, audit.Entry{}, audit.Entry{}), conductor.ErrDraftStale)
	f.must(f.s.TakeDraft(ctx, r.Number, l, back, 5, audit.Entry{Action: "draft.given"}, audit.Entry{Action: "draft.taken"}))
	d, err = f.s.Draft(ctx, l, "p")
	f.must(err)
	same(f, "brought", d.Files["programme.yaml"], "y")

	f.must(f.s.Told(ctx, r.Number, 0, 7))
	f.add(r.Number, 2)
	f.append(r.Number, 1, 4)

	// Removed, nothing of it is left but its proof, and the live workspace is as it was.
	f.is(f.s.RemoveBeside(ctx, l, 10, audit.Entry{}), store.ErrNotBeside)
	f.is(f.s.RemoveBeside(ctx, f.w, 10, audit.Entry{}), store.ErrNotBeside)
	f.must(f.s.RemoveBeside(ctx, r.Number, 10, audit.Entry{Action: "rehearsal.remove"}))
	f.is(f.s.RemoveBeside(ctx, r.Number, 10, audit.Entry{}), store.ErrNotBeside)
	f.is(f.s.Told(ctx, r.Number, 5, 8), store.ErrNoWorkspace)
	f.is(f.s.JoinBeside(ctx, l, r.Number, "01ANN"), store.ErrNotBeside)
	f.must(f.s.CreateSession(ctx, l, here))
	f.is(f.s.MoveSession(ctx, l, here.TokenHash, r.Number, there, audit.Entry{}, audit.Entry{}), store.ErrNotBeside)
	_, err = f.s.Workspace(ctx, r.Number)
	f.is(err, store.ErrNoWorkspace)
	_, err = f.s.Begin(ctx, r.Number)
	if err == nil {
		f.Fatal("a removed workspace takes a commit")
	}
	members, err = f.s.Members(ctx, r.Number)
	f.must(err)
	same(f, "members left", len(members), 0)
	same(f, "events left", len(f.log(r.Number, 0, 1000, false)), 0)
	same(f, "events of the live one", len(f.log(l, 0, 1000, false)), 3)
	same(f, "events of the other", len(f.log(f.w, 0, 1000, false)), 0)
	proof, err := f.s.Audit(ctx, l, audit.Filter{}, page.Part{Limit: 50})
	f.must(err)
	seen := map[string]bool{}
	for _, row := range proof.Items {
		seen[row.Action] = true
	}
	for _, action := range []string{"rehearsal.make", "session.left", "draft.taken", "rehearsal.remove"} {
		if !seen[action] {
			f.Errorf("the live workspace's log lacks %s", action)
		}
	}
	f.must(f.s.Sweep(ctx))
	f.must(f.s.Clear(ctx, r.Number))
	f.is(f.s.Clear(ctx, l), store.ErrNotBeside)
	next := f.workspace("01WORKSPACE0000000000000004")
	same(f, "a number is never another's", next, r.Number+1)
}
