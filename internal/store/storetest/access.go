package storetest

import (
	"fmt"
	"sync"
	"testing"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/fhir"
	"peiban/internal/job"
	"peiban/internal/message"
	"peiban/internal/out"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/store"
	"peiban/internal/task"
	"peiban/internal/visit"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

func audits(_ *testing.T, f *fixture) {
	e := audit.Entry{At: 5, Actor: "staff:1", Action: "person.read", Person: 1, Detail: `{"n":1}`, Ref: "req"}
	other := audit.Entry{At: 6, Actor: "staff:2", Action: "task.complete", Person: 2}
	f.must(f.s.AppendAudit(ctx, f.w, e, other, e))
	f.must(f.s.AppendAudit(ctx, f.w))
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.Audit = []audit.Entry{other} })
	list := func(filter store.AuditFilter, page store.Page) store.List[store.Audited] {
		f.Helper()
		l, err := f.s.Audit(ctx, f.w, filter, page)
		f.must(err)
		return l
	}
	all := list(store.AuditFilter{}, store.Page{Limit: 3})
	same(f, "total", all.Total, 4)
	same(f, "newest", all.Items[0].Entry, other)
	rest := list(store.AuditFilter{}, store.Page{Cursor: all.Next})
	same(f, "oldest", rest.Items[0].Entry, e)
	same(f, "by person", list(store.AuditFilter{Person: 1}, store.Page{}).Total, 2)
	same(f, "by actor", list(store.AuditFilter{Actor: "staff:2"}, store.Page{}).Total, 2)
	same(f, "by action and time", list(store.AuditFilter{Action: "person.read", From: 5, To: 6}, store.Page{}).Total, 2)
	same(f, "too late", list(store.AuditFilter{From: 7}, store.Page{}).Total, 0)
	var within []int64
	for at := (store.Page{Limit: 1}); ; at.Uncounted = true {
		l := list(store.AuditFilter{From: 5, To: 7}, at)
		if at.Uncounted {
			same(f, "a total nobody asked for", l.Total, 0)
		}
		for _, a := range l.Items {
			within = append(within, a.At)
		}
		if at.Cursor = l.Next; at.Cursor == "" {
			break
		}
	}
	same(f, "a span, one a page, the newest first", within, []int64{6, 6, 5, 5})
}

func members(_ *testing.T, f *fixture) {
	m := staff.Member{ID: "S1", Login: "liu", Name: "刘护师", Role: staff.HealthManager, Hash: "argon", Language: "zh", Created: 5}
	f.must(f.s.CreateMember(ctx, f.w, m))
	twin := m
	twin.ID = "S2"
	f.is(f.s.CreateMember(ctx, f.w, twin), store.ErrLoginTaken)
	f.must(f.s.SignInFailed(ctx, f.w, m.ID, 0))
	f.must(f.s.SignInFailed(ctx, f.w, m.ID, 99))
	got, err := f.s.MemberByLogin(ctx, f.w, "liu")
	f.must(err)
	same(f, "failed", []any{got.Failed, got.LockedUntil}, []any{2, int64(99)})
	f.must(f.s.SignInSucceeded(ctx, f.w, m.ID, audit.Entry{Action: "session.create"}))
	m.Name, m.Disabled = "刘", true
	f.must(f.s.UpdateMember(ctx, f.w, m))
	got, err = f.s.Member(ctx, f.w, m.ID)
	f.must(err)
	same(f, "changed", got, m)
	ms, err := f.s.Members(ctx, f.w)
	f.must(err)
	same(f, "all", ms, []staff.Member{m})
	ws, err := f.s.LoginPlaces(ctx, "liu")
	f.must(err)
	same(f, "where", ws, []workspace.Number{f.w})
	f.is(f.s.UpdateMember(ctx, f.w, twin), store.ErrNoMember)
}

func sessions(_ *testing.T, f *fixture) {
	v := staff.Session{TokenHash: keys.TokenHash("a"), Kind: "staff", Subject: "S1", CSRF: "c", Created: 1, Expires: 10, Seen: 1}
	f.must(f.s.CreateSession(ctx, f.w, v))
	w, got, err := f.s.Session(ctx, "staff", keys.TokenHash("a"))
	f.must(err)
	same(f, "session", got, v)
	same(f, "workspace", w, f.w)
	_, _, err = f.s.Session(ctx, "person", keys.TokenHash("a"))
	f.is(err, store.ErrNoSession)
	f.must(f.s.TouchSession(ctx, v.TokenHash, 5, 20))
	_, got, err = f.s.Session(ctx, "staff", v.TokenHash)
	f.must(err)
	same(f, "touched", []int64{got.Seen, got.Expires}, []int64{5, 20})
	f.must(f.s.EndSession(ctx, f.w+1, v.TokenHash))
	if _, _, err := f.s.Session(ctx, "staff", v.TokenHash); err != nil {
		f.Fatal("another workspace ended the session")
	}
	f.must(f.s.EndSession(ctx, f.w, v.TokenHash))
	_, _, err = f.s.Session(ctx, "staff", v.TokenHash)
	f.is(err, store.ErrNoSession)
	f.must(f.s.CreateSession(ctx, f.w, v))
	f.must(f.s.EndSessionsOf(ctx, f.w, "staff", "S1"))
	_, _, err = f.s.Session(ctx, "staff", v.TokenHash)
	f.is(err, store.ErrNoSession)
}

func links(_ *testing.T, f *fixture) {
	p := f.people[0]
	token := keys.TokenHash("link")
	f.must(f.s.CreateSigninLink(ctx, f.w, p.Number, token, 100))
	f.is(f.s.CreateSigninLink(ctx, f.w, 999, keys.TokenHash("x"), 100), person.ErrMissing)
	var mu sync.Mutex
	n := 0
	begin := func(w workspace.Number, who person.Number) (staff.Session, []audit.Entry, error) {
		mu.Lock()
		defer mu.Unlock()
		n++
		return staff.Session{TokenHash: keys.TokenHash(fmt.Sprint("c", n)), Kind: "person", Subject: string(p.ID), Expires: 50}, nil, nil
	}
	_, _, err := f.s.UseSigninLink(ctx, token, 100, begin) // the moment it expires is too late
	f.is(err, store.ErrLink)
	_, _, err = f.s.UseSigninLink(ctx, token, 99, func(workspace.Number, person.Number) (staff.Session, []audit.Entry, error) {
		return staff.Session{}, nil, person.ErrMissing
	})
	f.is(err, person.ErrMissing)
	var wg sync.WaitGroup
	won := make(chan person.Number, 8)
	for range 8 {
		wg.Go(func() {
			if _, who, err := f.s.UseSigninLink(ctx, token, 99, begin); err == nil {
				won <- who
			}
		})
	}
	wg.Wait()
	close(won)
	same(f, "winners", len(won), 1)
	same(f, "who", <-won, p.Number)
	if _, _, err := f.s.Session(ctx, "person", keys.TokenHash("c1")); err != nil {
		f.Fatal("the link made no session:", err)
	}
}

func sources(_ *testing.T, f *fixture) {
	v, err := f.s.EnsureSource(ctx, f.w, store.Source{Name: "app", KeyHash: keys.TokenHash("k"), Created: 4})
	f.must(err)
	again, err := f.s.EnsureSource(ctx, f.w, store.Source{Name: "app", KeyHash: keys.TokenHash("other")})
	f.must(err)
	same(f, "again", again, v)
	second, err := f.s.EnsureSource(ctx, f.w, store.Source{Name: "import"})
	f.must(err)
	same(f, "number", second.Number, int32(2))
	w, got, err := f.s.SourceByKey(ctx, keys.TokenHash("k"), 1)
	f.must(err)
	same(f, "by key", got, v)
	same(f, "workspace", w, f.w)
	all, err := f.s.Sources(ctx, f.w)
	f.must(err)
	same(f, "all", all, []store.Source{v, second})
}

func answers(_ *testing.T, f *fixture) {
	a := store.Answer{Request: []byte("digest"), Status: 201, Body: []byte(`{"ok":true}`), At: 7}
	_, ok, err := f.s.Answered(ctx, f.w, "staff:1", "k", a.Request)
	f.must(err)
	same(f, "new", ok, false)
	f.must(f.s.KeepAnswer(ctx, f.w, "staff:1", "k", a))
	late := a
	late.Status = 500
	f.must(f.s.KeepAnswer(ctx, f.w, "staff:1", "k", late))
	got, ok, err := f.s.Answered(ctx, f.w, "staff:1", "k", a.Request)
	f.must(err)
	same(f, "kept", got, a)
	same(f, "found", ok, true)
	_, _, err = f.s.Answered(ctx, f.w, "staff:1", "k", []byte("other"))
	f.is(err, store.ErrOtherRequest)
	_, ok, err = f.s.Answered(ctx, f.w, "staff:2", "k", a.Request)
	f.must(err)
	same(f, "another's key", ok, false)

	p := f.people[0]
	about := a
	about.Person = p.Number
	f.must(f.s.KeepAnswer(ctx, f.w, "staff:1", "about", about))
	got, _, err = f.s.Answered(ctx, f.w, "staff:1", "about", a.Request)
	f.must(err)
	same(f, "about a person", got, about)
	f.must(f.s.Erase(ctx, f.w, p.Number, 8))
	_, _, err = f.s.Answered(ctx, f.w, "staff:1", "about", a.Request)
	f.is(err, keys.ErrErased)
	f.must(f.s.KeepAnswer(ctx, f.w, "staff:1", "later", about))
	_, ok, err = f.s.Answered(ctx, f.w, "staff:1", "later", a.Request)
	f.must(err)
	same(f, "about the erased", ok, false)
	_, ok, err = f.s.Answered(ctx, f.w, "staff:1", "k", a.Request)
	f.must(err)
	same(f, "about nobody", ok, true)
}

func erasing(_ *testing.T, f *fixture) {
	p := f.people[0]
	id := conductor.Identity{Type: "phone", Hash: f.ring.Hash("phone", "1"), Person: p.Number, Bucket: p.Bucket}
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		c.NewMessages = []message.Message{f.message("M1", 1)}
		c.NewTasks = []task.Task{f.task("T1", task.Safety, 1)}
		c.Identities = []conductor.Identity{id}
		c.Quarantine = []conductor.Quarantined{{Person: p.Number, Bucket: p.Bucket, Reason: "consent", Payload: []byte{1}}}
	})
	f.must(f.s.CreateSession(ctx, f.w, staff.Session{TokenHash: keys.TokenHash("p"), Kind: "person", Subject: string(p.ID)}))
	es := f.append(f.w, p.Number, 1)
	f.must(f.s.Erase(ctx, f.w, p.Number, 77, audit.Entry{Action: "person.erase", Person: p.Number}))
	f.must(f.s.Erase(ctx, f.w, p.Number, 78))

	got, err := f.s.Person(ctx, f.w, p.ID)
	f.must(err)
	same(f, "key, profile, owner", []any{len(got.Key), len(got.Profile), got.Owner}, []any{0, 0, ""})
	_, err = f.ring.Person(p.Number, got.Key)
	f.is(err, keys.ErrErased)
	m, err := f.s.MessageByID(ctx, f.w, "M1")
	f.must(err)
	same(f, "message", m.Title+m.Body, "")
	v, err := f.s.TaskByID(ctx, f.w, "T1")
	f.must(err)
	same(f, "task", v.Note+v.Title.Zh, "")
	who, err := f.s.Identity(ctx, f.w, "phone", "", id.Hash)
	f.must(err)
	same(f, "identity", who, 0)
	_, _, err = f.s.Session(ctx, "person", keys.TokenHash("p"))
	f.is(err, store.ErrNoSession)
	q, err := f.s.QuarantineOf(ctx, f.w, p.Number, "consent")
	f.must(err)
	same(f, "quarantine", len(q), 0)
	same(f, "the numbers stay", f.log(f.w, es[0].Seq-1, es[0].Seq, true), es)
	list, err := f.s.Erasures(ctx)
	f.must(err)
	same(f, "list", list, []store.Erasure{{Workspace: f.w, Person: p.Number, ID: p.ID, At: 77}})

	// What the engine still writes about them carries no words.
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.NewMessages = []message.Message{f.message("M2", 1)} })
	m, err = f.s.MessageByID(ctx, f.w, "M2")
	f.must(err)
	same(f, "later message", m.Title+m.Body, "")
}

func rotation(_ *testing.T, f *fixture) {
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.NewMessages = []message.Message{f.message("M1", 1)} })
	f.must(f.s.Erase(ctx, f.w, f.people[2].Number, 1))
	j := job.Job{Kind: "table", State: job.Draft, Told: job.Told{Name: "张.csv"}}
	f.must(f.s.CreateJob(ctx, f.w, &j))
	f.must(f.s.AddJobPart(ctx, f.w, j.Number, job.FilePart, 0, []byte("a,b")))
	nobodys := fhir.Kept{Hash: hash(3), Version: 1, Type: "Organization", Digest: hash(14), At: 7, Body: []byte(`{"o":1}`)}
	f.must(f.s.KeepResources(ctx, f.w, []fhir.Kept{nobodys}, nil))
	hook := out.Hook{ID: "H1", State: out.Paused, Told: out.Told{Name: "x", URL: "https://example.com"}}
	f.must(f.s.CreateHook(ctx, f.w, &hook))
	sent := out.Delivery{ID: "D1", State: out.Paused, Told: out.Sending{Where: out.Where{Kind: out.Bucket, SecretKey: "s3cret"}}}
	f.must(f.s.CreateDelivery(ctx, f.w, &sent))
	next, err := Keys(f.T).Next()
	f.must(err)
	f.must(f.s.RotateKeys(ctx, next))
	pushed, err := f.s.Hook(ctx, f.w, "H1")
	f.must(err)
	same(f, "what a webhook was told", pushed.Told, hook.Told)
	delivery, err := f.s.Delivery(ctx, f.w, "D1")
	f.must(err)
	same(f, "what a delivery was told", delivery.Told, sent.Told)
	told, err := f.s.Job(ctx, f.w, j.Number)
	f.must(err)
	same(f, "what a job was told", told.Told, j.Told)
	part, err := f.s.JobPart(ctx, f.w, j.Number, job.FilePart, 0)
	f.must(err)
	same(f, "a job's file", string(part), "a,b")
	kept, err := f.s.ResourcesOf(ctx, f.w, 0, "")
	f.must(err)
	same(f, "a resource about nobody", kept, []fhir.Kept{nobodys})
	m, err := f.s.MessageByID(ctx, f.w, "M1")
	f.must(err)
	same(f, "message", m, f.message("M1", 1))
	only, err := next.Only()
	f.must(err)
	s, err := store.Open(ctx, f.url, store.Options{Keys: only})
	f.must(err)
	defer s.Close()
	m, err = s.MessageByID(ctx, f.w, "M1")
	f.must(err)
	same(f, "message, opened again", m, f.message("M1", 1))
	old, err := store.Open(ctx, f.url, store.Options{Keys: Keys(f.T)})
	f.must(err)
	defer old.Close()
	_, err = old.MessageByID(ctx, f.w, "M1")
	f.is(err, keys.ErrSealed)
	ring, err := s.Ring(ctx, f.w)
	f.must(err)
	same(f, "hash", ring.Hash("phone", "1"), f.ring.Hash("phone", "1"))
}

func figures(_ *testing.T, f *fixture) {
	dead := f.message("M2", 5)
	dead.State = message.Dead
	p := f.people[0]
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		c.NewMessages = []message.Message{f.message("M1", 5), dead}
		c.NewTasks = []task.Task{f.task("T1", task.Low, 1)}
		c.Quarantine = []conductor.Quarantined{{Reason: "schema"}}
		c.States = []conductor.StateRow{{Person: p.Number, Bucket: p.Bucket, State: []byte("{}"), Wake: 40, Seq: 1}}
	})
	got, err := f.s.Figures(ctx, f.w, 39)
	f.must(err)
	same(f, "figures", got, store.Figures{
		People: 3, Events: 2, Outbox: map[message.State]int{message.Queued: 1, message.Dead: 1},
		OpenTasks: 1, Quarantined: 1, SendDue: 5,
	})
	got, err = f.s.Figures(ctx, f.w, 40)
	f.must(err)
	_, err = f.s.Figures(ctx, 99, 1)
	f.is(err, store.ErrNoWorkspace)
	f.must(f.s.Ping(ctx))
}

// visitLinks: a link is found by its token only, ended by its person's id only, and gone with the person.
func visitLinks(_ *testing.T, f *fixture) {
	p, q := f.people[0], f.people[1]
	token := keys.TokenHash("visit")
	l := visit.Link{ID: "L1", Person: p.Number, Actor: "staff:S1", Created: 5, Expires: 100}
	f.must(f.s.CreateVisitLink(ctx, f.w, token, l))
	f.is(f.s.CreateVisitLink(ctx, f.w, keys.TokenHash("y"), visit.Link{ID: "L2", Person: 999}), person.ErrMissing)
	w, got, err := f.s.VisitLink(ctx, token)
	f.must(err)
	same(f, "link", got, l)
	same(f, "workspace", w, f.w)
	_, _, err = f.s.VisitLink(ctx, keys.TokenHash("visi"))
	f.is(err, store.ErrVisitLink)
	f.is(f.s.RevokeVisitLink(ctx, f.w, q.Number, "L1", 7), store.ErrNoVisitLink)
	f.is(f.s.RevokeVisitLink(ctx, f.w+1, p.Number, "L1", 7), store.ErrNoVisitLink)
	f.must(f.s.AnswerVisitLink(ctx, f.w, p.Number, "L1", 6))
	f.must(f.s.AnswerVisitLink(ctx, f.w, p.Number, "L1", 8))
	f.must(f.s.RevokeVisitLink(ctx, f.w, p.Number, "L1", 7))
	f.must(f.s.RevokeVisitLink(ctx, f.w, p.Number, "L1", 9))
	newer := visit.Link{ID: "L3", Person: p.Number, Created: 50, Expires: 60}
	f.must(f.s.CreateVisitLink(ctx, f.w, keys.TokenHash("z"), newer))
	list, err := f.s.VisitLinks(ctx, f.w, p.Number)
	f.must(err)
	l.Answered, l.Revoked = 6, 7
	same(f, "links", list, []visit.Link{newer, l})
	list, err = f.s.VisitLinks(ctx, f.w, q.Number)
	f.must(err)
	same(f, "another's", len(list), 0)
}
