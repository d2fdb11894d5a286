package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/store"
	"peiban/internal/task"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

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
	var facts []event.Event
	f.must(f.s.Facts(ctx, f.w, first, math.MaxInt64, func(e *event.Event) error { facts = append(facts, *e); return nil }))
	for i, e := range f.log(f.w, first, math.MaxInt64, false) {
		e.Schema, e.Original, e.Sent, e.Offset, e.Hash, e.Actor, e.Provenance = 0, 0, 0, 0, [16]byte{}, "", ""
		if math.IsNaN(e.Num) && math.IsNaN(facts[i].Num) {
			e.Num, facts[i].Num = 0, 0
		}
		same(f, "facts", facts[i], e)
	}
	stop := errors.New("enough")
	f.is(f.s.Facts(ctx, f.w, 0, math.MaxInt64, func(*event.Event) error { return stop }), stop)
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
		claims, err := t.Claim(ctx, ids(hs...), 5)
		f.must(err)
		f.must(t.Commit())
		return fresh(claims)
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
	claims, err := t.Claim(ctx, ids(hashes[:2]...), 5)
	f.must(err)
	f.must(t.Rollback())
	same(f, "in another workspace", fresh(claims), []bool{true, true})
}

// ids are message ids whose content is not stated.
func ids(hs ...[16]byte) []conductor.MessageID {
	out := make([]conductor.MessageID, len(hs))
	for i := range hs {
		out[i].Hash = hs[i]
	}
	return out
}

func fresh(claims []conductor.Claim) []bool {
	out := make([]bool, len(claims))
	for i, c := range claims {
		out[i] = c == conductor.Fresh
	}
	return out
}

// clashes sends ids again with the same content, with another and without one.
func clashes(_ *testing.T, f *fixture) {
	claim := func(ids ...conductor.MessageID) []conductor.Claim {
		f.Helper()
		t, err := f.s.Begin(ctx, f.w)
		f.must(err)
		got, err := t.Claim(ctx, ids, 5)
		f.must(err)
		f.must(t.Commit())
		return got
	}
	id := func(i int, body int64) conductor.MessageID { return conductor.MessageID{Hash: hash(i), Body: body} }
	const known, fresh, clash = conductor.Known, conductor.Fresh, conductor.Clash
	same(f, "in one call", claim(id(1, 10), id(1, 10), id(1, 11), id(2, 0), id(2, 5)), []conductor.Claim{fresh, known, clash, fresh, known})
	same(f, "in another", claim(id(1, 10), id(1, 12), id(1, 0), id(2, 7), id(3, 1)), []conductor.Claim{known, clash, known, known, fresh})
}

// manyIDs claims more ids than one run of them holds, with commits undone, a second process and another workspace in
// between, and finds every one of them again, and only those.
func manyIDs(t *testing.T, f *fixture) {
	size := 20_000
	if testing.Short() { // the race detector's run: what is read and written together is the same
		size = 2_000
	}
	id := func(i int) [16]byte {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], uint64(i))
		sum := sha256.Sum256(b[:])
		return [16]byte(sum[:16])
	}
	claim := func(s *store.Store, from, n int, keep bool) (fresh int) {
		t.Helper()
		hs := make([][16]byte, n)
		for i := range hs {
			hs[i] = id(from + i)
		}
		tx, err := s.Begin(ctx, f.w)
		f.must(err)
		got, err := tx.Claim(ctx, ids(hs...), 5)
		f.must(err)
		if keep {
			f.must(tx.Commit())
		} else {
			f.must(tx.Rollback())
		}
		for _, c := range got {
			if c == conductor.Fresh {
				fresh++
			}
		}
		return fresh
	}
	second, err := store.Open(ctx, f.url, store.Options{Keys: Keys(t)})
	f.must(err)
	defer func() { f.must(second.Close()) }()
	const batches = 12
	for b := range batches {
		s := f.s
		if b%3 == 2 {
			s = second
		}
		same(f, "undone", claim(s, b*size, size, false), size)
		same(f, "new", claim(s, b*size, size, true), size)
		same(f, "some of them once more", claim(s, b*size+size/2, size/2+10, false), 10)
	}
	third, err := store.Open(ctx, f.url, store.Options{Keys: Keys(t)})
	f.must(err)
	defer func() { f.must(third.Close()) }()
	for name, s := range map[string]*store.Store{"first": f.s, "second": second, "started later": third} {
		for b := range batches {
			same(f, name+": repeats", claim(s, b*size, 100, true), 0)
		}
		same(f, name+": new", claim(s, batches*size, 1000, false), 1000)
	}
}

func rollback(_ *testing.T, f *fixture) {
	before := f.log(f.w, 0, math.MaxInt64, false)
	t, err := f.s.Begin(ctx, f.w)
	f.must(err)
	tx := t.(*store.Tx)
	_, err = tx.Claim(ctx, ids(hash(1)), 5)
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
	claims, err := t.Claim(ctx, ids(hash(1)), 5)
	f.must(err)
	f.must(t.Rollback())
	same(f, "claim", fresh(claims), []bool{true})
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
	_, err = f.s.Workspace(ctx, 99)
	f.is(err, store.ErrNoWorkspace)
	_, err = f.s.Person(ctx, f.w, "no")
	f.is(err, person.ErrMissing)
	for name, err := range map[string]error{
		"runs":        second(f.s.Runs(ctx, f.w, none)),
		"transitions": second(f.s.Transitions(ctx, f.w, none, 1, "", store.Page{})),
		"messages":    second(f.s.MessagesOf(ctx, f.w, none, store.Page{})),
		"tasks":       second(f.s.TasksOf(ctx, f.w, none)),
		"events":      second(f.s.EventsBySeq(ctx, f.w, none, nil)),
		"quarantine":  second(f.s.QuarantineOf(ctx, f.w, none, "consent")),
		"arrived":     second(f.s.Arrived(ctx, f.w, none, nil)),
		"erase":       f.s.Erase(ctx, f.w, none, 1),
		"number 0":    second(f.s.PersonByNumber(ctx, f.w, 0)),
	} {
		if !errors.Is(err, person.ErrMissing) {
			f.Errorf("%s of an unknown person: %v", name, err)
		}
	}
	_, err = f.s.Member(ctx, f.w, "no")
	f.is(err, store.ErrNoMember)
	_, _, err = f.s.SourceByKey(ctx, nil, 1)
	f.is(err, store.ErrWriteKey)
}

func badCursor(_ *testing.T, f *fixture) {
	for _, c := range []string{"?", "e30", "WyJhIiwiYiJd", "bnVsbA"} {
		_, err := f.s.Tasks(ctx, f.w, store.TaskFilter{}, store.Page{Cursor: c})
		f.is(err, store.ErrCursor)
	}
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
	w, err := f.s.Workspace(ctx, f.w)
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
	_, err = t.Claim(ctx, ids(hash(1)), 5)
	f.must(err)
	_, err = t.Claim(ctx, ids(hash(2)), 6)
	f.must(err)
	f.must(t.Commit())
	f.must(f.s.Purge(ctx, 6, 6, 6, 0))
	t, err = f.s.Begin(ctx, f.w)
	f.must(err)
	claims, err := t.Claim(ctx, ids(hash(1), hash(2)), 7)
	f.must(err)
	f.must(t.Rollback())
	same(f, "claims", fresh(claims), []bool{true, false})
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
