package storetest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/store"
	"peiban/internal/task"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// Run holds a database to the suite; url gives the address of a new, migrated one.
func Run(t *testing.T, url func(testing.TB) string) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, *fixture)
	}{
		{"an event comes back as it went in", roundTrip},
		{"a batch repeated gives no duplicates", repeated},
		{"a rollback leaves nothing", rollback},
		{"events out of order are refused", disorder},
		{"a commit is all or nothing", together},
		{"people are read by id, number and order", people},
		{"an identity stays with whom it came for", identities},
		{"states follow the commit sequence", states},
		{"transitions are paged, the newest first", transitions},
		{"a run keeps what it began with", runs},
		{"a message is inserted once and keeps its words", messages},
		{"due messages come oldest first", dueMessages},
		{"a task changed meanwhile is stale", tasks},
		{"tasks are listed by whom, what and when", taskLists},
		{"quarantine is released once", quarantine},
		{"the audit log is filtered and paged", audits},
		{"staff sign in, fail and are locked", members},
		{"a session is found by kind and token", sessions},
		{"a sign-in link works once", links},
		{"a source is found by its key", sources},
		{"an answer is kept for its request", answers},
		{"another workspace's ids are missing", isolation},
		{"unknown ids are missing", missing},
		{"a bad cursor is the client's mistake", badCursor},
		{"erasing leaves nothing readable", erasing},
		{"keys are rotated and texts stay", rotation},
		{"figures count what waits", figures},
		{"writers take turns", writers},
		{"a clock is moved", clock},
		{"what served its time is purged", purging},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := url(t)
			c.run(t, newFixture(t, u))
		})
	}
	t.Run("two handles on one database see each other", func(t *testing.T) { twoHandles(t, url(t)) })
	t.Run("keys start with workspace, bucket, person", func(t *testing.T) { schema(t, Open(t, url(t))) })
	t.Run("every table is in the backup or left out by name", func(t *testing.T) { backupIsComplete(t, Open(t, url(t))) })
}

var ctx = context.Background()

// fixture is a workspace with three people.
type fixture struct {
	*testing.T
	url    string
	s      *store.Store
	w      workspace.Number
	ring   *keys.Ring
	people []conductor.NewPerson
}

func newFixture(t *testing.T, url string) *fixture {
	t.Helper()
	f := &fixture{T: t, url: url, s: Open(t, url)}
	f.w = f.workspace("01WORKSPACE0000000000000001")
	var err error
	if f.ring, err = f.s.Ring(ctx, f.w); err != nil {
		t.Fatal(err)
	}
	f.people = f.add(f.w, 3)
	return f
}

func (f *fixture) workspace(id workspace.ID) workspace.Number {
	f.Helper()
	w, err := f.s.CreateWorkspace(ctx, workspace.Workspace{ID: id, Name: "Clinic", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai", Salt: "salt", Created: 1})
	f.must(err)
	return w.Number
}

// add creates n people in a workspace.
func (f *fixture) add(w workspace.Number, n int) []conductor.NewPerson {
	f.Helper()
	ring, err := f.s.Ring(ctx, w)
	f.must(err)
	var out []conductor.NewPerson
	f.commit(w, func(tx *store.Tx, c *conductor.Changes) {
		for i := range n {
			number := tx.NextPerson() + person.Number(i)
			id := person.ID(fmt.Sprintf("01PERSON%02d%016d", w, number))
			key := ring.NewPersonKey(number)
			sealer, err := ring.Person(number, key)
			f.must(err)
			p := conductor.NewPerson{Person: person.Person{
				Number: number, ID: id, Bucket: id.Bucket(), Holdout: person.Holdout("salt", id),
				Owner: "liu", CreatedAt: 100, Version: 1,
			}, Key: key, Profile: sealer.Seal("profile", []byte(`{"name":"王秀兰"}`))}
			out = append(out, p)
		}
		c.People = out
	})
	return out
}

// commit writes what fill puts into a commit; each commit moves the head by one.
func (f *fixture) commit(w workspace.Number, fill func(*store.Tx, *conductor.Changes)) event.Seq {
	f.Helper()
	t, err := f.s.Begin(ctx, w)
	f.must(err)
	defer func() { _ = t.Rollback() }()
	var c conductor.Changes
	tx := t.(*store.Tx)
	head := tx.Head() + 1
	fill(tx, &c)
	f.must(tx.Write(ctx, head, &c))
	f.must(tx.Commit())
	return head
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) is(err, want error) {
	f.Helper()
	if !errors.Is(err, want) {
		f.Fatalf("got %v, want %v", err, want)
	}
}

func same[T any](f *fixture, what string, got, want T) {
	f.Helper()
	if !reflect.DeepEqual(got, want) {
		f.Fatalf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func hash(n int) (h [16]byte) {
	h[0], h[1], h[2], h[15] = byte(n), byte(n>>8), byte(n>>16), 1
	return h
}

// reading is a glucose event with every field set.
func reading(p person.Number, seq event.Seq) event.Event {
	return event.Event{
		Seq: seq, Person: p, Type: event.Glucose, Schema: 1, Flags: event.Imported | event.Disputed,
		Occurred: int64(seq) * 1000, Original: 2, Sent: 3, Received: 4, Offset: -480, Source: 7, Hash: hash(int(seq)),
		Actor: "self", Provenance: "manual", Supersedes: 1, Retracts: 2, Num: 5.6,
		A: event.Intern("fasting"), C: event.Intern("左手"), X: []float64{1.5, -2, math.Inf(1)}, Body: []byte{0, 1, 255},
	}
}

// append commits readings of one person and returns them.
func (f *fixture) append(w workspace.Number, p person.Number, n int) []event.Event {
	f.Helper()
	t, err := f.s.Begin(ctx, w)
	f.must(err)
	defer func() { _ = t.Rollback() }()
	var es []event.Event
	for i := range n {
		es = append(es, reading(p, t.Head()+1+event.Seq(i)))
	}
	f.must(t.AppendEvents(ctx, es))
	f.must(t.Write(ctx, es[n-1].Seq, nil))
	f.must(t.Commit())
	return es
}

func (f *fixture) log(w workspace.Number, after, upTo event.Seq, bodies bool) []event.Event {
	f.Helper()
	var out []event.Event
	f.must(f.s.EventsAfter(ctx, w, after, upTo, bodies, func(e *event.Event) error {
		out = append(out, *e)
		return nil
	}))
	return out
}

func roundTrip(_ *testing.T, f *fixture) {
	p := f.people[0].Number
	first, err := f.s.Head(ctx, f.w)
	f.must(err)
	es := f.append(f.w, p, 3)
	same(f, "the log", f.log(f.w, first, math.MaxInt64, true), es)
	same(f, "a part of the log", f.log(f.w, es[0].Seq, es[1].Seq, true), es[1:2])
	bare := slices.Clone(es)
	for i := range bare {
		bare[i].Body = nil
	}
	same(f, "without bodies", f.log(f.w, first, es[2].Seq, false), bare)
	of, err := f.s.EventsOf(ctx, f.w, p, es[1].Occurred, es[2].Occurred, true)
	f.must(err)
	same(f, "of a person in a range", of, es[1:2])
	by, err := f.s.EventsBySeq(ctx, f.w, p, []event.Seq{es[2].Seq, es[0].Seq})
	f.must(err)
	same(f, "by sequence", by, []event.Event{es[2], es[0]})
	head, err := f.s.Head(ctx, f.w)
	f.must(err)
	same(f, "head", head, es[2].Seq)

	// An event with nothing but its type: no number is NaN, which is not equal to itself.
	f.commit(f.w, func(tx *store.Tx, _ *conductor.Changes) {
		f.must(tx.AppendEvents(ctx, []event.Event{{Seq: tx.Head() + 1, Person: p, Type: event.Meal, Num: math.NaN()}}))
	})
	bareEvent := f.log(f.w, es[2].Seq, math.MaxInt64, true)[0]
	if !math.IsNaN(bareEvent.Num) || bareEvent.A != 0 || bareEvent.X != nil || bareEvent.Body != nil {
		f.Fatalf("an empty event came back as %+v", bareEvent)
	}
	stop := errors.New("enough")
	f.is(f.s.EventsAfter(ctx, f.w, 0, math.MaxInt64, false, func(*event.Event) error { return stop }), stop)
}

func repeated(_ *testing.T, f *fixture) {
	var hashes [][16]byte
	for i := range 500 {
		hashes = append(hashes, hash(i))
	}
	claim := func(hs ...[16]byte) []bool {
		f.Helper()
		t, err := f.s.Begin(ctx, f.w)
		f.must(err)
		fresh, err := t.Claim(ctx, hs, 5)
		f.must(err)
		f.must(t.Commit())
		return fresh
	}
	if got := claim(append(hashes, hashes[3], hash(900))...); slices.Contains(got[:500], false) || got[500] || !got[501] {
		f.Fatal("the first time", got[498:])
	}
	if got := claim(append(hashes, hash(901))...); slices.Contains(got[:500], true) || !got[500] {
		f.Fatal("the second time", got[498:])
	}
	if got := claim(); len(got) != 0 {
		f.Fatal("nothing was claimed and answered", got)
	}
	other := f.workspace("01WORKSPACE0000000000000002")
	t, err := f.s.Begin(ctx, other)
	f.must(err)
	fresh, err := t.Claim(ctx, hashes[:2], 5)
	f.must(err)
	f.must(t.Rollback())
	same(f, "in another workspace", fresh, []bool{true, true})
}

func rollback(_ *testing.T, f *fixture) {
	before := f.log(f.w, 0, math.MaxInt64, false)
	t, err := f.s.Begin(ctx, f.w)
	f.must(err)
	tx := t.(*store.Tx)
	_, err = tx.Claim(ctx, [][16]byte{hash(1)}, 5)
	f.must(err)
	n := tx.NextPerson()
	id := person.ID("01ROLLBACK00000000000000001")
	f.must(tx.AppendEvents(ctx, []event.Event{reading(n, tx.Head()+1)}))
	f.must(tx.Write(ctx, tx.Head()+1, &conductor.Changes{People: []conductor.NewPerson{{
		Person: person.Person{Number: n, ID: id, Bucket: id.Bucket()}, Key: f.ring.NewPersonKey(n),
	}}}))
	f.must(tx.Rollback())
	f.must(tx.Rollback())
	if err := tx.Commit(); err == nil {
		f.Fatal("committed after a rollback")
	}
	same(f, "the log", f.log(f.w, 0, math.MaxInt64, false), before)
	_, err = f.s.Person(ctx, f.w, id)
	f.is(err, person.ErrMissing)
	_, err = f.s.PersonByNumber(ctx, f.w, n)
	f.is(err, person.ErrMissing)
	// The number is free again, for someone who lives elsewhere.
	again := f.add(f.w, 1)[0]
	same(f, "number", again.Number, n)
	got, err := f.s.PersonByNumber(ctx, f.w, n)
	f.must(err)
	same(f, "person", got, again)
	t, err = f.s.Begin(ctx, f.w)
	f.must(err)
	fresh, err := t.Claim(ctx, [][16]byte{hash(1)}, 5)
	f.must(err)
	f.must(t.Rollback())
	same(f, "claim", fresh, []bool{true})
}

func disorder(_ *testing.T, f *fixture) {
	t, err := f.s.Begin(ctx, f.w)
	f.must(err)
	defer func() { _ = t.Rollback() }()
	p := f.people[0].Number
	if t.AppendEvents(ctx, []event.Event{reading(p, t.Head())}) == nil {
		f.Fatal("an event at the old head was taken")
	}
	next := t.Head() + 1
	if t.AppendEvents(ctx, []event.Event{reading(p, next), reading(p, next)}) == nil {
		f.Fatal("two events of one sequence were taken")
	}
	f.must(t.AppendEvents(ctx, []event.Event{reading(p, next)}))
	if t.Commit() == nil {
		f.Fatal("events were dropped without a word")
	}
}

func together(_ *testing.T, f *fixture) {
	before := f.log(f.w, 0, math.MaxInt64, false)
	t, err := f.s.Begin(ctx, f.w)
	f.must(err)
	seq := t.Head() + 1
	f.must(t.AppendEvents(ctx, []event.Event{reading(f.people[0].Number, seq)}))
	// The task is nobody's: everything fails with it.
	err = t.Write(ctx, seq, &conductor.Changes{Tasks: []task.Task{{ID: "T", Person: f.people[0].Number, Version: 2}}})
	f.is(err, task.ErrMissing)
	f.must(t.Rollback())
	same(f, "the log", f.log(f.w, 0, math.MaxInt64, false), before)

	// A context that ends in the middle does not take the only writer with it.
	cut, cancel := context.WithCancel(ctx)
	t, err = f.s.Begin(cut, f.w)
	f.must(err)
	cancel()
	f.must(t.Rollback())
	if _, err := f.s.Begin(cut, f.w); err == nil {
		f.Fatal("began after the context ended")
	}
	f.append(f.w, f.people[0].Number, 1)
}

func people(_ *testing.T, f *fixture) {
	p := f.people[1]
	got, err := f.s.Person(ctx, f.w, p.ID)
	f.must(err)
	same(f, "by id", got, p)
	sealer, err := f.ring.Person(got.Number, got.Key)
	f.must(err)
	profile, err := sealer.Open("profile", got.Profile)
	f.must(err)
	same(f, "profile", string(profile), `{"name":"王秀兰"}`)

	var after []conductor.NewPerson
	f.must(f.s.PeopleAfter(ctx, f.w, 1, func(p conductor.NewPerson) error { after = append(after, p); return nil }))
	same(f, "after the first", after, f.people[1:])

	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		c.Owners = []conductor.Owner{{Person: p.Number, Bucket: p.Bucket, Owner: "zhou", Zone: "Asia/Urumqi"}}
	})
	got, err = f.s.PersonByNumber(ctx, f.w, p.Number)
	f.must(err)
	same(f, "owner, zone, version", []any{got.Owner, got.Zone, got.Version}, []any{"zhou", "Asia/Urumqi", int64(2)})

	v, err := f.s.SetProfile(ctx, f.w, p.Number, 2, []byte("sealed"), audit.Entry{At: 1, Actor: "staff:1", Action: "person.write", Person: p.Number})
	f.must(err)
	same(f, "version", v, int64(3))
	_, err = f.s.SetProfile(ctx, f.w, p.Number, 2, []byte("late"))
	f.is(err, store.ErrStalePerson)
	if _, err = f.s.SetRoot(ctx, f.w, p.Number, 3, f.people[0].Number); err != nil {
		f.Fatal(err)
	}
	got, err = f.s.PersonByNumber(ctx, f.w, p.Number)
	f.must(err)
	same(f, "profile and root", []any{string(got.Profile), got.Root}, []any{"sealed", f.people[0].Number})
}

func identities(_ *testing.T, f *fixture) {
	a, b := f.people[0], f.people[1]
	id := conductor.Identity{Type: "phone", Scope: "", Hash: f.ring.Hash("phone", "13800000000"), Person: a.Number, Bucket: a.Bucket}
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.Identities = []conductor.Identity{id} })
	f.commit(f.w, func(tx *store.Tx, c *conductor.Changes) {
		ids := []conductor.Identity{{Type: id.Type, Hash: id.Hash}, {Type: "phone", Scope: "x", Hash: id.Hash}}
		f.must(tx.Find(ctx, ids))
		same(f, "found", []person.Number{ids[0].Person, ids[1].Person}, []person.Number{a.Number, 0})
		id := id
		id.Person, id.Bucket = b.Number, b.Bucket
		c.Identities = []conductor.Identity{id}
	})
	got, err := f.s.Identity(ctx, f.w, "phone", "", id.Hash)
	f.must(err)
	same(f, "whose", got, a.Number)
	var all []conductor.Identity
	f.must(f.s.Identities(ctx, f.w, func(i conductor.Identity) error { all = append(all, i); return nil }))
	same(f, "all", all, []conductor.Identity{id})
}

func states(_ *testing.T, f *fixture) {
	row := func(i int, seq event.Seq, wake int64) conductor.StateRow {
		p := f.people[i]
		return conductor.StateRow{Person: p.Number, Bucket: p.Bucket, State: []byte(fmt.Sprintf(`{"n":%d}`, seq)), Wake: wake, Seq: seq}
	}
	write := func(rows ...conductor.StateRow) {
		f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.States = rows })
	}
	after := func(seq event.Seq) (out []conductor.StateRow) {
		f.must(f.s.StatesAfter(ctx, f.w, seq, func(s conductor.StateRow) error { out = append(out, s); return nil }))
		return out
	}
	write(row(0, 10, 500), row(1, 10, math.MaxInt64))
	write(row(0, 11, 700))
	same(f, "all", after(0), []conductor.StateRow{row(1, 10, math.MaxInt64), row(0, 11, 700)})
	same(f, "the last", after(10), []conductor.StateRow{row(0, 11, 700)})
	one, err := f.s.State(ctx, f.w, f.people[0].Number)
	f.must(err)
	same(f, "one", one, row(0, 11, 700))
	none, err := f.s.State(ctx, f.w, f.people[2].Number)
	f.must(err)
	same(f, "none", none.State, nil)
}

func transitions(_ *testing.T, f *fixture) {
	p := f.people[0].Number
	var want []conductor.Transition
	seq := f.commit(f.w, func(tx *store.Tx, c *conductor.Changes) {
		for n := range 5 {
			want = append(want, conductor.Transition{
				Person: p, Seq: tx.Head() + 1, N: n, Kind: "tag", Key: fmt.Sprintf("diabetes/t%d", n),
				Gained: n%2 == 0, At: int64(n), Version: "1", Cause: "glucose", CauseAt: 3,
			})
		}
		want[4].Kind = "stage"
		c.Transitions = want
	})
	_ = seq
	slices.Reverse(want)
	first, err := f.s.Transitions(ctx, f.w, p, "", store.Page{Limit: 3})
	f.must(err)
	same(f, "first page", first.Items, want[:3])
	same(f, "total", first.Total, 5)
	second, err := f.s.Transitions(ctx, f.w, p, "", store.Page{Cursor: first.Next, Limit: 3})
	f.must(err)
	same(f, "second page", second.Items, want[3:])
	same(f, "end", second.Next, "")
	stages, err := f.s.Transitions(ctx, f.w, p, "stage", store.Page{})
	f.must(err)
	same(f, "stages", stages.Items, want[:1])
}

func runs(_ *testing.T, f *fixture) {
	r := conductor.RunRow{Person: f.people[0].Number, ID: "R1", Journey: "diabetes/new", Version: 1, Status: "running", Step: "2", Started: 5, Until: 9}
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.Runs = []conductor.RunRow{r} })
	n, err := f.s.Running(ctx, f.w)
	f.must(err)
	same(f, "running", n, map[string]int{"diabetes/new": 1})
	end := r
	end.Journey, end.Version, end.Started = "other", 9, 99
	end.Status, end.Reason, end.Step, end.Ended, end.Until = "left", "lost", "3", 20, 0
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.Runs = []conductor.RunRow{end} })
	end.Journey, end.Version, end.Started = r.Journey, r.Version, r.Started
	got, err := f.s.Runs(ctx, f.w, r.Person)
	f.must(err)
	same(f, "runs", got, []conductor.RunRow{end})
}

func (f *fixture) message(id message.ID, due int64) message.Message {
	p := f.people[0].Number
	return message.Message{
		ID: id, Person: p, To: p, Class: journey.Programme, Priority: 3, Content: "welcome", Version: "1", Kind: "message", Channel: "inapp",
		State: message.Queued, Due: due, Next: due, Expires: due + 100, Journey: "diabetes/new", Run: "R", Step: "1",
		Title: "您好", Body: "今天测血糖了吗？", Why: []byte(`{"rule":"x"}`), Seq: 3,
	}
}

func messages(_ *testing.T, f *fixture) {
	m := f.message("M1", 10)
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.NewMessages = []message.Message{m} })
	changed := m
	changed.State, changed.Content, changed.Body = message.Dead, "other", "other"
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.NewMessages = []message.Message{changed} })
	got, err := f.s.MessageByID(ctx, f.w, "M1")
	f.must(err)
	same(f, "inserted twice", got, m)

	sent := m
	sent.State, sent.SentAt, sent.Tries, sent.Title, sent.Body, sent.Content = message.Sent, 12, 1, "", "", "other"
	f.commit(f.w, func(tx *store.Tx, c *conductor.Changes) {
		seen, err := tx.Message(ctx, m.Person, m.ID)
		f.must(err)
		same(f, "inside", seen, m)
		c.Messages = []message.Message{sent}
	})
	sent.Title, sent.Body, sent.Content = m.Title, m.Body, m.Content
	got, err = f.s.Message(ctx, f.w, m.Person, m.ID)
	f.must(err)
	same(f, "sent", got, sent)

	n, err := f.s.Unread(ctx, f.w, m.Person)
	f.must(err)
	same(f, "unread", n, 1)
	t, err := f.s.Begin(ctx, f.w)
	f.must(err)
	defer func() { _ = t.Rollback() }()
	f.is(t.Write(ctx, t.Head(), &conductor.Changes{Messages: []message.Message{f.message("M2", 1)}}), store.ErrNoMessage)
}

func dueMessages(_ *testing.T, f *fixture) {
	var ms []message.Message
	for i := range 5 {
		ms = append(ms, f.message(message.ID(fmt.Sprintf("M%d", i)), int64(50-10*i)))
	}
	ms[1].State, ms[2].State, ms[3].To = message.Held, message.Sent, f.people[1].Number
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.NewMessages = ms })
	due, err := f.s.DueMessages(ctx, f.w, 40, 10)
	f.must(err)
	same(f, "due", due, []message.Message{ms[4], ms[3], ms[1]})
	due, err = f.s.DueMessages(ctx, f.w, 100, 1)
	f.must(err)
	same(f, "limited", due, ms[4:])
	at, ok, err := f.s.NextMessage(ctx, f.w)
	f.must(err)
	same(f, "next", []any{at, ok}, []any{int64(10), true})

	of, err := f.s.MessagesOf(ctx, f.w, f.people[0].Number, store.Page{Limit: 2})
	f.must(err)
	same(f, "of", of.Items, ms[:2])
	of, err = f.s.MessagesOf(ctx, f.w, f.people[0].Number, store.Page{Limit: 5, Cursor: of.Next})
	f.must(err)
	same(f, "of, second page", of.Items, ms[2:])
	to, err := f.s.MessagesTo(ctx, f.w, f.people[1].Number, store.Page{})
	f.must(err)
	same(f, "queued for family is not received", len(to.Items), 0)
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		ms[3].State = message.Sent
		c.Messages = ms[3:4]
	})
	to, err = f.s.MessagesTo(ctx, f.w, f.people[1].Number, store.Page{})
	f.must(err)
	same(f, "to family", to.Items, ms[3:4])
	held, err := f.s.MessagesIn(ctx, f.w, message.Held, store.Page{})
	f.must(err)
	same(f, "in a state", held.Items, ms[1:2])
}

func (f *fixture) task(id task.ID, p task.Priority, due int64) task.Task {
	return task.Task{
		ID: id, Person: f.people[0].Number, Kind: "task", Priority: p, Level: 2, Script: "call", Title: fault.Text{Zh: "打电话", En: "Call"},
		Results: []string{"reached", "no_answer"}, State: task.Open, Owner: "zhou", Role: "on_duty", Opened: 5, Due: due,
		Note: "n", Run: "R", Why: []byte(`{"rule":"x"}`), Version: 1,
	}
}

func tasks(_ *testing.T, f *fixture) {
	v := f.task("T1", task.Safety, 10)
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.NewTasks = []task.Task{v} })
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		again := v
		again.State = task.Void
		c.NewTasks = []task.Task{again}
	})
	got, err := f.s.TaskByID(ctx, f.w, "T1")
	f.must(err)
	same(f, "inserted twice", got, v)

	done := v
	done.State, done.Closed, done.By, done.Outcome, done.Version = task.Done, 20, "zhou", "reached", 2
	done.Run, done.Script, done.Title = "other", "other", fault.Text{}
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.Tasks = []task.Task{done} })
	done.Run, done.Script, done.Title = v.Run, v.Script, v.Title
	got, err = f.s.Task(ctx, f.w, v.Person, v.ID)
	f.must(err)
	same(f, "done", got, done)

	t, err := f.s.Begin(ctx, f.w)
	f.must(err)
	f.is(t.Write(ctx, t.Head(), &conductor.Changes{Tasks: []task.Task{done}}), task.ErrStale)
	f.must(t.Rollback())

	// A task of nobody in particular is the owner's, also after the person changes hands.
	free := f.task("T2", task.Normal, 10)
	free.Owner = ""
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.NewTasks = []task.Task{free} })
	got, err = f.s.TaskByID(ctx, f.w, "T2")
	f.must(err)
	same(f, "the person's owner", got.Owner, "liu")
	got.Claimed, got.Version = "liu", 2
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.Tasks = []task.Task{got} })
	p := f.people[0]
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		c.Owners = []conductor.Owner{{Person: p.Number, Bucket: p.Bucket, Owner: "chen"}}
	})
	got, err = f.s.TaskByID(ctx, f.w, "T2")
	f.must(err)
	same(f, "the new owner", got.Owner, "chen")
}

func taskLists(_ *testing.T, f *fixture) {
	ts := []task.Task{
		f.task("T0", task.Safety, 50), f.task("T1", task.Normal, 10), f.task("T2", task.Normal, 5),
		f.task("T3", task.Promise, 99), f.task("T4", task.Low, 1),
	}
	ts[1].Owner, ts[3].Kind, ts[4].State, ts[4].Closed = "", "alert", task.Done, 7
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.NewTasks = ts })
	ids := func(filter store.TaskFilter, page store.Page) (out []task.ID, l store.List[task.Task]) {
		f.Helper()
		l, err := f.s.Tasks(ctx, f.w, filter, page)
		f.must(err)
		for _, v := range l.Items {
			out = append(out, v.ID)
		}
		return out, l
	}
	open := []task.State{task.Open}
	got, l := ids(store.TaskFilter{States: open}, store.Page{Limit: 2})
	same(f, "first page", got, []task.ID{"T0", "T3"})
	same(f, "total", l.Total, 4)
	got, _ = ids(store.TaskFilter{States: open}, store.Page{Limit: 2, Cursor: l.Next})
	same(f, "second page", got, []task.ID{"T2", "T1"})
	got, _ = ids(store.TaskFilter{States: open, Owners: []string{"liu"}}, store.Page{})
	same(f, "the person's owner", got, []task.ID{"T1"})
	got, _ = ids(store.TaskFilter{Owners: []string{}}, store.Page{})
	same(f, "nobody's", len(got), 0)
	got, _ = ids(store.TaskFilter{Kinds: []string{"alert"}}, store.Page{})
	same(f, "alerts", got, []task.ID{"T3"})
	got, _ = ids(store.TaskFilter{States: open, DueFrom: 6, DueBefore: 51, Priorities: []task.Priority{task.Safety, task.Normal}}, store.Page{})
	same(f, "due in between", got, []task.ID{"T0", "T1"})
	n, err := f.s.CountTasks(ctx, f.w, store.TaskFilter{States: open})
	f.must(err)
	same(f, "counts", n, map[task.Priority]int{task.Safety: 1, task.Promise: 1, task.Normal: 2})
	by, err := f.s.OpenTasksByPerson(ctx, f.w)
	f.must(err)
	same(f, "by person", by, map[person.Number]store.OpenTasks{f.people[0].Number: {Open: 4, Safety: 1}})
	closed, err := f.s.ClosedTasks(ctx, f.w, store.TaskFilter{}, store.Page{})
	f.must(err)
	same(f, "closed", closed.Items, ts[4:])
	of, err := f.s.TasksOf(ctx, f.w, f.people[0].Number)
	f.must(err)
	same(f, "of a person", []any{len(of), of[4].ID}, []any{5, task.ID("T4")})
}

func quarantine(_ *testing.T, f *fixture) {
	p := f.people[0]
	q := conductor.Quarantined{Person: p.Number, Bucket: p.Bucket, Source: 2, Hash: hash(4), Reason: "consent", Detail: "health_data", Payload: []byte{1, 2}, At: 9}
	u := conductor.Quarantined{Source: 2, Hash: hash(5), Reason: "schema", Detail: "unit", At: 10}
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.Quarantine = []conductor.Quarantined{q, u} })
	q.ID, u.ID = 1, 2
	all, err := f.s.Quarantine(ctx, f.w, "", store.Page{})
	f.must(err)
	same(f, "all", all.Items, []conductor.Quarantined{u, q})
	schema, err := f.s.Quarantine(ctx, f.w, "schema", store.Page{})
	f.must(err)
	same(f, "of nobody", schema.Items, []conductor.Quarantined{u})
	of, err := f.s.QuarantineOf(ctx, f.w, p.Number, "consent")
	f.must(err)
	same(f, "of a person", of, []conductor.Quarantined{q})
	f.commit(f.w, func(tx *store.Tx, c *conductor.Changes) {
		inside, err := tx.QuarantineOf(ctx, p.Number, "consent")
		f.must(err)
		same(f, "inside", inside, of)
		c.Released = []int64{q.ID}
	})
	of, err = f.s.QuarantineOf(ctx, f.w, p.Number, "consent")
	f.must(err)
	same(f, "released", len(of), 0)
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { q.ID = 0; c.Quarantine = []conductor.Quarantined{q} })
	of, err = f.s.QuarantineOf(ctx, f.w, p.Number, "consent")
	f.must(err)
	same(f, "an id is not used again", of[0].ID, int64(3))
}

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
	w, got, err := f.s.SourceByKey(ctx, keys.TokenHash("k"))
	f.must(err)
	same(f, "by key", got, v)
	same(f, "workspace", w, f.w)
	all, err := f.s.Sources(ctx, f.w)
	f.must(err)
	same(f, "all", all, []store.Source{v, second})
	v.Disabled = true
	f.must(f.s.UpdateSource(ctx, f.w, v))
	_, _, err = f.s.SourceByKey(ctx, keys.TokenHash("k"))
	f.is(err, store.ErrWriteKey)
	f.is(f.s.UpdateSource(ctx, f.w, store.Source{Number: 9}), store.ErrNoSource)
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
}

// isolation asks one workspace for what another one has.
func isolation(_ *testing.T, f *fixture) {
	f.append(f.w, f.people[0].Number, 2)
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		c.NewMessages = []message.Message{f.message("M1", 1)}
		c.NewTasks = []task.Task{f.task("T1", task.Safety, 1)}
	})
	other := f.workspace("01WORKSPACE0000000000000002")
	strangers := f.add(other, 1)
	_, err := f.s.Person(ctx, other, f.people[0].ID)
	f.is(err, person.ErrMissing)
	_, err = f.s.PersonByNumber(ctx, other, f.people[1].Number)
	f.is(err, person.ErrMissing)
	_, err = f.s.MessageByID(ctx, other, "M1")
	f.is(err, store.ErrNoMessage)
	_, err = f.s.TaskByID(ctx, other, "T1")
	f.is(err, task.ErrMissing)
	// The stranger has the same number as the first person here.
	same(f, "number", strangers[0].Number, f.people[0].Number)
	es, err := f.s.EventsOf(ctx, other, strangers[0].Number, 0, math.MaxInt64, true)
	f.must(err)
	same(f, "events", len(es), 0)
	_, err = f.s.EventsBySeq(ctx, other, strangers[0].Number, []event.Seq{2})
	f.is(err, store.ErrNoEvent)
	_, err = f.s.EventsBySeq(ctx, f.w, f.people[1].Number, []event.Seq{2})
	f.is(err, store.ErrNoEvent)
	_, err = f.s.Task(ctx, f.w, f.people[1].Number, "T1")
	f.is(err, task.ErrMissing)
	same(f, "log", len(f.log(other, 0, math.MaxInt64, true)), 0)
	_, err = f.ring.Person(f.people[0].Number, strangers[0].Key)
	f.is(err, keys.ErrSealed)
}

func missing(_ *testing.T, f *fixture) {
	none := person.Number(999)
	_, err := f.s.Begin(ctx, 99)
	f.is(err, store.ErrNoWorkspace)
	_, err = f.s.Head(ctx, 99)
	f.is(err, store.ErrNoWorkspace)
	_, err = f.s.WorkspaceByID(ctx, "no")
	f.is(err, store.ErrNoWorkspace)
	_, err = f.s.Person(ctx, f.w, "no")
	f.is(err, person.ErrMissing)
	for name, err := range map[string]error{
		"runs":        second(f.s.Runs(ctx, f.w, none)),
		"transitions": second(f.s.Transitions(ctx, f.w, none, "", store.Page{})),
		"messages":    second(f.s.MessagesOf(ctx, f.w, none, store.Page{})),
		"tasks":       second(f.s.TasksOf(ctx, f.w, none)),
		"state":       second(f.s.State(ctx, f.w, none)),
		"events":      second(f.s.EventsOf(ctx, f.w, none, 0, 1, false)),
		"quarantine":  second(f.s.QuarantineOf(ctx, f.w, none, "consent")),
		"profile":     second(f.s.SetProfile(ctx, f.w, none, 1, nil)),
		"erase":       f.s.Erase(ctx, f.w, none, 1),
		"number 0":    second(f.s.PersonByNumber(ctx, f.w, 0)),
	} {
		if !errors.Is(err, person.ErrMissing) {
			f.Errorf("%s of an unknown person: %v", name, err)
		}
	}
	_, err = f.s.Member(ctx, f.w, "no")
	f.is(err, store.ErrNoMember)
	_, _, err = f.s.SourceByKey(ctx, nil)
	f.is(err, store.ErrWriteKey)
}

func second[T any](_ T, err error) error { return err }

func badCursor(_ *testing.T, f *fixture) {
	for _, c := range []string{"?", "e30", "WyJhIiwiYiJd", "bnVsbA"} {
		_, err := f.s.Tasks(ctx, f.w, store.TaskFilter{}, store.Page{Cursor: c})
		f.is(err, store.ErrCursor)
	}
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
	_, err = f.s.SetProfile(ctx, f.w, p.Number, got.Version, []byte("x"))
	f.is(err, store.ErrStalePerson)
}

func rotation(_ *testing.T, f *fixture) {
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.NewMessages = []message.Message{f.message("M1", 1)} })
	f.must(f.s.Erase(ctx, f.w, f.people[2].Number, 1))
	next, err := Keys(f.T).Next()
	f.must(err)
	f.must(f.s.RotateKeys(ctx, next))
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
	same(f, "wake", got.WakeDue, int64(40))
	_, err = f.s.Figures(ctx, 99, 1)
	f.is(err, store.ErrNoWorkspace)
	f.must(f.s.Ping(ctx))
}

// writers commit side by side; the log must have no gap and no two events of one sequence.
func writers(_ *testing.T, f *fixture) {
	before, err := f.s.Head(ctx, f.w)
	f.must(err)
	const each, n = 5, 6
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			for range each {
				t, err := f.s.Begin(ctx, f.w)
				if err != nil {
					f.Error(err)
					return
				}
				seq := t.Head() + 1
				err = errors.Join(t.AppendEvents(ctx, []event.Event{reading(f.people[i%3].Number, seq)}), t.Write(ctx, seq, nil), t.Commit())
				if err != nil {
					f.Error(err)
					_ = t.Rollback()
					return
				}
				if err := f.s.AppendAudit(ctx, f.w, audit.Entry{Action: "x"}); err != nil {
					f.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for i, e := range f.log(f.w, before, math.MaxInt64, false) {
		if e.Seq != before+1+event.Seq(i) {
			f.Fatalf("event %d has sequence %d", i, e.Seq)
		}
	}
	head, err := f.s.Head(ctx, f.w)
	f.must(err)
	same(f, "head", head, before+each*n)
}

func clock(_ *testing.T, f *fixture) {
	f.must(f.s.SetOffset(ctx, f.w, 36*time.Hour, audit.Entry{Action: "clock.move"}))
	w, err := f.s.WorkspaceByID(ctx, "01WORKSPACE0000000000000001")
	f.must(err)
	same(f, "workspace", w, workspace.Workspace{
		Number: f.w, ID: "01WORKSPACE0000000000000001", Name: "Clinic", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai", Salt: "salt",
		Offset: 36 * time.Hour, Created: 1,
	})
	all, err := f.s.Workspaces(ctx)
	f.must(err)
	same(f, "all", all, []workspace.Workspace{w})
	f.is(f.s.SetOffset(ctx, 99, 0), store.ErrNoWorkspace)
}

func purging(_ *testing.T, f *fixture) {
	t, err := f.s.Begin(ctx, f.w)
	f.must(err)
	_, err = t.Claim(ctx, [][16]byte{hash(1)}, 5)
	f.must(err)
	_, err = t.Claim(ctx, [][16]byte{hash(2)}, 6)
	f.must(err)
	f.must(t.Commit())
	f.must(f.s.Purge(ctx, 6, 6, 6))
	t, err = f.s.Begin(ctx, f.w)
	f.must(err)
	fresh, err := t.Claim(ctx, [][16]byte{hash(1), hash(2)}, 7)
	f.must(err)
	f.must(t.Rollback())
	same(f, "claims", fresh, []bool{true, false})
}

// twoHandles is an import beside a server: two stores, each with its own connections and its own memory.
func twoHandles(t *testing.T, url string) {
	f := newFixture(t, url)
	g := &fixture{T: t, url: url, s: Open(t, url), w: f.w, people: f.people}
	var wg sync.WaitGroup
	const rounds = 10
	for _, h := range []*fixture{f, g} {
		wg.Go(func() {
			for range rounds {
				tx, err := h.s.Begin(ctx, h.w)
				if err != nil {
					t.Error(err)
					return
				}
				seq := tx.Head() + 1
				if err := errors.Join(tx.AppendEvents(ctx, []event.Event{reading(h.people[0].Number, seq)}), tx.Write(ctx, seq, nil), tx.Commit()); err != nil {
					t.Error(err)
					_ = tx.Rollback()
				}
			}
		})
	}
	wg.Wait()
	same(f, "events", len(g.log(f.w, 0, math.MaxInt64, false)), 2*rounds)
	late := f.add(f.w, 1)[0] // the other handle has not seen this person
	got, err := g.s.PersonByNumber(ctx, f.w, late.Number)
	f.must(err)
	same(f, "person", got, late)
	next := g.add(f.w, 1)[0]
	same(f, "next number", next.Number, late.Number+1)
}

// lookups are the tables whose keys cannot contain the person, and why.
var lookups = map[string]string{
	"workspace":    "is the tenant itself",
	"person_place": "finds the bucket",
	"identity":     "finds the person",
	"message_id":   "finds a repeat before the person is known",
	"audit":        "is the log of the workspace, by time",
	"staff":        "is not about a person",
	"session":      "is found by its token",
	"signin_link":  "is found by its token",
	"source":       "is not about a person",
	"idempotency":  "is found by its key",
	"erasure":      "outlives the person",
}

// schema holds the rule of buckets: what belongs to a person has unique keys that start with workspace, bucket,
// person, so that the schema can be spread over several machines.
func schema(t *testing.T, s *store.Store) {
	ks, err := s.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	start := []string{"workspace", "bucket", "person"}
	found := map[string]bool{}
	for _, k := range ks {
		if _, ok := found[k.Table]; !ok {
			found[k.Table] = false
		}
		if lookups[k.Table] != "" {
			found[k.Table] = true
			continue
		}
		if k.Unique && len(k.Columns) >= 3 && slices.Equal(k.Columns[:3], start) {
			found[k.Table] = true
		} else if k.Unique {
			t.Errorf("%s: the unique key %v does not start with %v", k.Table, k.Columns, start)
		} else if len(k.Columns) > 0 && k.Columns[0] != "workspace" {
			t.Errorf("%s: the index %v does not start with the workspace", k.Table, k.Columns)
		}
	}
	for table, ok := range found {
		if !ok && (table != "event" || !s.LogByCommit()) {
			t.Errorf("%s has no key that starts with %v and is no look-up table", table, start)
		}
	}
	for table := range lookups {
		if !found[table] {
			t.Errorf("the look-up table %s is not there", table)
		}
	}
	if len(found) < 19 {
		t.Errorf("only %d tables were found", len(found))
	}
}

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
		_, err := tx.Claim(ctx, [][16]byte{hash(1)}, 5)
		f.must(err)
		c.NewMessages = []message.Message{f.message("M1", 1)}
		c.NewTasks = []task.Task{f.task("T1", task.Safety, 1)}
		c.Identities = []conductor.Identity{{Type: "phone", Hash: hash(3), Person: p.Number, Bucket: p.Bucket}}
		c.Runs = []conductor.RunRow{{Person: p.Number, ID: "R1", Journey: "j", Status: "running"}}
		c.States = []conductor.StateRow{{Person: p.Number, Bucket: p.Bucket, State: []byte("{}"), Wake: math.MaxInt64, Seq: 1}}
		c.Transitions = []conductor.Transition{{Person: p.Number, Seq: 1, Kind: "tag", Key: "k", Gained: true}}
		c.Quarantine = []conductor.Quarantined{{Reason: "schema"}}
		c.Audit = []audit.Entry{{Action: "x"}}
	})
	f.must(f.s.CreateMember(ctx, f.w, staff.Member{ID: "S1", Login: "liu"}))
	_, err := f.s.EnsureSource(ctx, f.w, store.Source{Name: "app"})
	f.must(err)
	f.must(f.s.KeepAnswer(ctx, f.w, "a", "k", store.Answer{Request: []byte("r"), Status: 200, Body: []byte("x")}))
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
