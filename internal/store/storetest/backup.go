package storetest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"math"
	"slices"
	"testing"

	"peiban/internal/audit"
	"peiban/internal/calendar"
	"peiban/internal/conductor"
	"peiban/internal/conversation"
	"peiban/internal/corp"
	"peiban/internal/course"
	"peiban/internal/entrance"
	"peiban/internal/fhir"
	"peiban/internal/insight/fulfil"
	"peiban/internal/intake"
	"peiban/internal/job"
	"peiban/internal/knowledge"
	"peiban/internal/message"
	"peiban/internal/out"
	"peiban/internal/outlet"
	"peiban/internal/owner"
	"peiban/internal/person"
	"peiban/internal/product"
	"peiban/internal/programme"
	"peiban/internal/review"
	"peiban/internal/staff"
	"peiban/internal/store"
	"peiban/internal/task"
	"peiban/internal/wording"
)

func backupIsComplete(t *testing.T, s *store.Store) {
	ks, err := s.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	in := store.BackedUp()
	for _, k := range ks {
		if !slices.Contains(in, k.Table) && !slices.Contains(store.NotBackedUp, k.Table) {
			t.Errorf("table %s is neither in the backup nor left out by name", k.Table)
		}
	}
}

// Everything fills a database with a row of each kind, for tests of backups.
func everything(f *fixture) {
	p := f.people[0]
	f.append(f.w, p.Number, 5)
	f.commit(f.w, func(tx *store.Tx, c *conductor.Changes) {
		_, err := tx.Claim(ctx, ids(hash(1)), 5)
		f.must(err)
		c.NewMessages = []message.Message{f.message("M1", 1)}
		c.NewTasks = []task.Task{f.task("T1", task.Safety, 1)}
		c.Identities = []conductor.Identity{{Type: "phone", Hash: hash(3), Person: p.Number, Bucket: p.Bucket}}
		c.Runs = []conductor.RunRow{{Person: p.Number, ID: "R1", Journey: "j", Status: "running"}}
		c.States = []conductor.StateRow{{Person: p.Number, Bucket: p.Bucket, State: []byte("{}"), Wake: math.MaxInt64, Seq: 1}}
		c.Settled = c.States
		c.Transitions = []conductor.Transition{{Person: p.Number, Seq: 1, Kind: "tag", Key: "k", Gained: true}}
		c.Quarantine = []conductor.Quarantined{{Reason: "schema"}}
		c.Audit = []audit.Entry{{Action: "x"}}
	})
	f.must(f.s.CreateMember(ctx, f.w, staff.Member{ID: "S1", Login: "liu"}))
	_, err := f.s.EnsureSource(ctx, f.w, store.Source{Name: "app"})
	f.must(err)
	j := job.Job{Kind: "table", State: job.Draft}
	f.must(f.s.CreateJob(ctx, f.w, &j))
	f.must(f.s.AddJobPart(ctx, f.w, j.Number, job.FilePart, 0, []byte("x")))
	f.must(f.s.Release(ctx, f.w, [][16]byte{hash(8)}))
	f.must(f.s.CreateUploader(ctx, f.w, hash(9), intake.Uploader{ID: "U", Person: f.people[0].Number}))
	f.must(f.s.CreateAPIKey(ctx, f.w, out.Key{ID: "K1", Name: "x", Hash: []byte("h"), Scopes: []out.Scope{out.ReadEvents}}))
	f.must(f.s.CreateHook(ctx, f.w, &out.Hook{ID: "H1", State: out.Paused, Told: out.Told{Name: "x", URL: "https://example.com"}}))
	f.must(f.s.AddAttempts(ctx, f.w, "H1", []out.Attempt{{Type: "test", Outcome: out.Taken}}))
	f.must(f.s.SaveCourse(ctx, f.w, "dm", course.Doc{}, 0, 1, "staff:S1"))
	f.must(f.s.PublishCourse(ctx, f.w, "dm", 1, 2, "staff:S1"))
	f.must(f.s.BeginAttempt(ctx, f.w, course.Attempt{ID: "A", Staff: "S1", Course: "dm", Version: 1}, 0))
	f.must(f.s.SaveOwnerRules(ctx, f.w, owner.Rules{On: true}, 0, 1, "staff:S1"))
	f.must(f.s.SaveOwnerMember(ctx, f.w, owner.Member{ID: "S1", Capacity: 3}))
	f.must(f.s.SaveAbsence(ctx, f.w, &owner.Absence{ID: "A1", Staff: "S1", To: 9, Note: "x"}))
	f.must(second(f.s.SaveCorp(ctx, f.w, corp.Corp{ID: "C1", Name: "x", CorpID: "ww1234567890"}, 1, "staff:S1")))
	f.must(f.s.KeepCallbacks(ctx, []corp.Callback{{Workspace: f.w, Corp: "C1", Hash: [16]byte{1}, Received: 1, Kind: "k", Body: []byte("x")}}))
	f.must(second(f.s.SaveOutlet(ctx, f.w, outlet.Outlet{ID: "O1", Kind: "webhook", Name: "x"}, 1, "staff:S1")))
	f.must(f.s.SaveOutletOrder(ctx, f.w, outlet.Order{Names: []string{"sms"}}, 1, "staff:S1"))
	f.must(f.s.SaveStopWords(ctx, f.w, wording.OwnStops{All: []string{"x"}}, 0, 1, "staff:S1"))
	f.must(second(f.s.SaveKnowledge(ctx, f.w, []knowledge.Entry{{ID: "a", Kind: knowledge.Quick, Title: "x", Text: "y"}}, 1, "staff:S1")))
	f.must(f.s.SaveKfCursor(ctx, f.w, "c", "kf1", "x", 1))
	f.must(f.s.SaveTalkSettings(ctx, f.w, conversation.DefaultSettings(), 0, 1, "staff:S1"))
	f.must(f.s.SaveCaps(ctx, f.w, message.Capped{Caps: message.UsualCaps(), At: 1, By: "staff:S1"}))
	f.must(f.s.SaveEffectSettings(ctx, f.w, fulfil.Showing{Smallest: 7}, 0, 1, "staff:S1"))
	f.must(f.s.SaveWorkSettings(ctx, f.w, task.Settings{Minutes: 300}, 0, 1, "staff:S1"))
	f.must(second(f.s.BeginBatch(ctx, f.w, &task.Batch{ID: "B1", Actor: "S1", Kind: "skip"})))
	x := job.Job{Kind: job.Export, State: job.Waiting, Told: job.Told{Export: &job.ExportOrder{ID: "X"}}}
	f.must(f.s.CreateExport(ctx, f.w, &x))
	x, err = f.s.NextJob(ctx, f.w, 100, job.Exports)
	f.must(err)
	f.must(f.s.SaveExport(ctx, f.w, &x, []job.ExportPart{{Person: p.Number, Kind: "Patient", Lines: 1, Data: []byte("x")}}))
	f.must(f.s.SaveCampaign(ctx, f.w, &calendar.Campaign{ID: "C1", From: "2026-03-08", To: "2026-03-08", Plan: calendar.Plan{Name: "x"}}, 1))
	h := job.Job{Kind: job.Handover, State: job.Waiting, Told: job.Told{Hand: &owner.Order{}}}
	f.must(f.s.CreateHandover(ctx, f.w, &h, []person.Number{f.people[0].Number}))
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		c.Queued = []conductor.Queued{{Person: f.people[0].Number, Bucket: f.people[0].Bucket, At: 1, Why: owner.Full}}
	})
	sent := &out.Delivery{ID: "D1", State: out.Paused, Maker: "S1", Told: out.Sending{Name: "x", List: "people", Format: "csv"}}
	f.must(f.s.CreateDelivery(ctx, f.w, sent))
	f.must(f.s.AddRun(ctx, f.w, sent, &out.Run{Delivery: "D1", Due: 7, ID: "r", Asked: "staff:S1", File: "x.csv"}))
	f.must(f.s.StopRuns(ctx, f.w, "D1"))
	f.must(second(f.s.AddProposals(ctx, f.w, []review.Found{{Pair: review.PairOf(f.people[0].Number, f.people[1].Number), Origin: review.Matched, Weight: 3.5}})))
	f.must(f.s.StartMatchRun(ctx, f.w, &review.Run{Actor: "staff:S1", Night: "2026-03-08"}))
	f.must(f.s.SaveIdentityPolicy(ctx, f.w, review.Policy{Text: "x"}, 0))
	f.must(f.s.AddMinutes(ctx, f.w, []store.Minute{{Source: 1, Stored: 1}}))
	f.must(second(f.s.AddRejects(ctx, f.w, []store.Reject{{ID: hash(7), Source: 1, Raw: []byte("x")}}, 1)))
	f.must(f.s.KeepAnswer(ctx, f.w, "a", "k", store.Answer{Request: []byte("r"), Status: 200, Body: []byte("x")}))
	f.commit(f.w, func(tx *store.Tx, c *conductor.Changes) {
		c.Versions = []conductor.Version{{Programme: "a", Number: 2, Seq: tx.Head() + 1, Files: programme.Files{"tags.yaml": "x"}}}
	})
	f.must(f.s.SaveDraft(ctx, f.w, conductor.Draft{Programme: "a", Base: 2, Revision: 7, Files: programme.Files{"tags.yaml": "y"}}, 0))
	f.must(f.s.State(ctx, f.w, conductor.Statement{Programme: "a", Item: "aloud", At: 9}))
	f.must(f.s.KeepResources(ctx, f.w, []fhir.Kept{{Person: p.Number, Hash: hash(4), Version: 1, Type: "Patient", Body: []byte("{}")}}, nil))
	f.must(f.s.SaveProducts(ctx, f.w, []product.Product{{ID: "a", NameZh: "甲", Kind: "other"}}, 9, "staff:1"))
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		c.Lines = []conductor.SoldLine{{Seq: 3, Person: p.Number, Line: product.Line{Title: "x"}}}
	})
	f.must(second(f.s.SaveEntrance(ctx, f.w, entrance.Entrance{ID: "a", State: "s", Kind: "event", Name: "x"}, 9, "staff:1")))
	f.must(second(f.s.SaveCosts(ctx, f.w, []entrance.Cost{{ID: "c", Entrance: "a", From: 1, To: 2, Fen: 3, What: "x"}}, 9, "staff:1")))
	f.must(second(f.s.Arrive(ctx, f.w, "a", []byte("v"), 9, 1, false, "")))
	f.must(second(f.s.Invite(ctx, f.w, p.Number, "i", 9)))
	f.must(f.s.Erase(ctx, f.w, f.people[2].Number, 9))
}

// RunBackup moves a full database from one kind to another and back again.
func RunBackup(t *testing.T, from, to func(testing.TB) string) {
	f := newFixture(t, from(t))
	everything(f)
	var first, second bytes.Buffer
	f.must(f.s.Backup(ctx, &first, nil))
	f.must(func() error { // erased after the backup was taken
		return f.s.Erase(ctx, f.w, f.people[1].Number, 11)
	}())
	list, err := f.s.Erasures(ctx)
	f.must(err)

	s := Open(t, to(t))
	rows := map[string]int64{}
	f.must(s.Restore(ctx, bytes.NewReader(first.Bytes()), nil, func(table string, n int64) { rows[table] = n }))
	for _, table := range store.BackedUp() {
		if rows[table] == 0 {
			t.Errorf("no row of %s was restored", table)
		}
	}
	f.must(s.Backup(ctx, &second, nil))
	same(f, "a backup of the restored", unzipped(f, second.Bytes()), unzipped(f, first.Bytes()))
	g := &fixture{T: t, s: s, w: f.w, people: f.people}
	m, err := s.MessageByID(ctx, f.w, "M1")
	f.must(err)
	same(f, "message", m, f.message("M1", 1))
	g.append(g.w, g.people[0].Number, 1) // it goes on where it stopped
	f.must(s.AppendAudit(ctx, f.w, audit.Entry{Action: "after"}))
	f.is(s.Restore(ctx, bytes.NewReader(first.Bytes()), nil, nil), store.ErrNotEmpty)

	late := Open(t, to(t))
	f.must(late.Restore(ctx, bytes.NewReader(first.Bytes()), list, nil))
	p, err := late.Person(ctx, f.w, f.people[1].ID)
	f.must(err)
	same(f, "erased again", len(p.Key), 0)

	empty := Open(t, to(t))
	b := first.Bytes()
	for name, bad := range map[string][]byte{"empty": nil, "no backup": []byte("hello, this is no backup at all"), "cut off": b[:len(b)/2], "cut at the end": b[:len(b)-1]} {
		if err := empty.Restore(ctx, bytes.NewReader(bad), nil, nil); !errors.Is(err, store.ErrBackup) {
			t.Errorf("%s: %v", name, err)
		}
	}
	newer := bytes.Replace(b, []byte("backup 1"), []byte("backup 2"), 1)
	f.is(empty.Restore(ctx, bytes.NewReader(newer), nil, nil), store.ErrNewerBackup)
	ws, err := empty.Workspaces(ctx)
	f.must(err)
	same(f, "nothing of a bad backup stays", len(ws), 0)
}

func unzipped(f *fixture, b []byte) []byte {
	f.Helper()
	_, rest, ok := bytes.Cut(b, []byte("\n"))
	if !ok {
		f.Fatal("no first line")
	}
	z, err := gzip.NewReader(bytes.NewReader(rest))
	f.must(err)
	plain, err := io.ReadAll(z)
	f.must(err)
	return plain
}
