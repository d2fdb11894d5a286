package storetest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/insight/fulfil"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/store"
	"peiban/internal/task"
)

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
	all := make([]conductor.NewPerson, len(f.people))
	f.must(f.s.People(ctx, f.w, func(p conductor.NewPerson) error { all[p.Number-1] = p; return nil }))
	same(f, "all", all, f.people)

	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		c.Owners = []conductor.Owner{{Person: p.Number, Bucket: p.Bucket, Owner: "zhou", Zone: "Asia/Urumqi"}}
	})
	got, err = f.s.PersonByNumber(ctx, f.w, p.Number)
	f.must(err)
	same(f, "owner, zone, version", []any{got.Owner, got.Zone, got.Version}, []any{"zhou", "Asia/Urumqi", int64(2)})

	root := f.people[0]
	es := f.append(f.w, p.Number, 2)
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		c.Roots = []conductor.Rooted{{Person: p.Number, Bucket: p.Bucket, Root: root.Number}}
		c.NewMessages = []message.Message{f.message("M1", 1)}
		c.NewMessages[0].Person, c.NewMessages[0].To, c.NewMessages[0].State = p.Number, p.Number, message.Sent
		c.NewTasks = []task.Task{f.task("T1", task.Normal, 1)}
		c.NewTasks[0].Person = p.Number
		c.Runs = []conductor.RunRow{{Person: p.Number, ID: "R1", Journey: "j", Status: "running"}}
	})
	got, err = f.s.PersonByNumber(ctx, f.w, p.Number)
	f.must(err)
	same(f, "root, version", []any{got.Root, got.Version}, []any{root.Number, int64(3)})

	// What belongs to a record is found by the person it is linked to as well, and not by a stranger.
	for of, n := range map[person.Number]int{root.Number: 1, p.Number: 1, f.people[2].Number: 0} {
		messages, err := f.s.MessagesOf(ctx, f.w, of, store.Page{})
		f.must(err)
		received, err := f.s.MessagesTo(ctx, f.w, of, store.Page{})
		f.must(err)
		unread, err := f.s.Unread(ctx, f.w, of)
		f.must(err)
		tasks, err := f.s.TasksOf(ctx, f.w, of)
		f.must(err)
		runs, err := f.s.Runs(ctx, f.w, of)
		f.must(err)
		same(f, "rows of a linked person", []int{len(messages.Items), len(received.Items), unread, len(tasks), len(runs)}, []int{n, n, n, n, n})
		found, err := f.s.EventsBySeq(ctx, f.w, of, []event.Seq{es[0].Seq, es[1].Seq})
		if n == 0 {
			f.is(err, store.ErrNoEvent)
			continue
		}
		f.must(err)
		same(f, "events of a linked person", len(found), 2)
	}
	mine, err := f.s.Arrived(ctx, f.w, p.Number, []event.Seq{es[0].Seq, es[1].Seq, 9999})
	f.must(err)
	same(f, "came for the record", mine, map[event.Seq]bool{es[0].Seq: true, es[1].Seq: true})
	mine, err = f.s.Arrived(ctx, f.w, root.Number, []event.Seq{es[0].Seq})
	f.must(err)
	same(f, "came for the root", mine, map[event.Seq]bool{})
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
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		id.Person, id.Bucket = b.Number, b.Bucket
		c.Reassigned = []conductor.Identity{id}
	})
	got, err = f.s.Identity(ctx, f.w, "phone", "", id.Hash)
	f.must(err)
	same(f, "whose it is now", got, b.Number)
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
	// holds is what is left when later rows replace earlier ones, as whoever loads them sees it.
	holds := func(seq event.Seq) (out []conductor.StateRow) {
		by := map[person.Number]conductor.StateRow{}
		for _, r := range after(seq) {
			r.Logged = false
			by[r.Person] = r
		}
		for _, p := range f.people {
			if r, ok := by[p.Number]; ok {
				out = append(out, r)
			}
		}
		return out
	}
	first := func() event.Seq {
		n, err := f.s.FirstLogged(ctx, f.w)
		f.must(err)
		return n
	}
	same(f, "nothing logged", first(), 0)
	write(row(0, 10, 500), row(1, 10, math.MaxInt64))
	write(row(0, 11, 700))
	now := []conductor.StateRow{row(0, 11, 700), row(1, 10, math.MaxInt64)}
	same(f, "all", holds(0), now)
	same(f, "the last", holds(10), now[:1])
	for _, r := range after(0) {
		same(f, "logged", r.Logged, true)
	}

	// Settling while the log still holds the older row: what is read first gives way to what is read last.
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.Settled = now })
	same(f, "settled, not yet cut", holds(0), now)
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.SettledTo = 11 })
	same(f, "the log is empty", first(), 0)
	same(f, "settled", holds(0), now)
	same(f, "settled, for one who saw the first commit only", holds(10), now[:1])
	for _, r := range after(0) {
		same(f, "logged", r.Logged, false)
	}
	later := row(1, 12, 900)
	later.Changed = 12
	write(later)
	same(f, "after the cut", holds(11), []conductor.StateRow{later})
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.SettledTo = 11 })
	same(f, "a cut takes nothing later", first(), 12)
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
	other := f.people[1].Number
	newest := f.commit(f.w, func(tx *store.Tx, c *conductor.Changes) {
		last := conductor.Transition{Person: p, Seq: tx.Head() + 1, N: 1, Kind: "tag", Key: "diabetes/t9", Prev: seq, Version: "1"}
		want = append(want, last)
		last.Person, last.N, last.Prev = other, 0, 0
		c.Transitions = []conductor.Transition{last, want[5]}
	})
	want = want[:5]
	newestOnly, err := f.s.Transitions(ctx, f.w, p, newest, "", store.Page{})
	f.must(err)
	same(f, "back along the links", len(newestOnly.Items), 6)
	same(f, "the newest first", newestOnly.Items[0].Key, "diabetes/t9")
	apart, err := f.s.Transitions(ctx, f.w, other, newest, "", store.Page{})
	f.must(err)
	same(f, "another's of the same commit", len(apart.Items), 1)
	slices.Reverse(want)
	first, err := f.s.Transitions(ctx, f.w, p, seq, "", store.Page{Limit: 3})
	f.must(err)
	same(f, "first page", first.Items, want[:3])
	same(f, "total", first.Total, 5)
	second, err := f.s.Transitions(ctx, f.w, p, seq, "", store.Page{Cursor: first.Next, Limit: 3})
	f.must(err)
	same(f, "second page", second.Items, want[3:])
	same(f, "end", second.Next, "")
	stages, err := f.s.Transitions(ctx, f.w, p, seq, "stage", store.Page{})
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

func journeyWork(_ *testing.T, f *fixture) {
	p := f.people[0].Number
	run := conductor.RunRow{Person: p, ID: "R", Journey: "recall", Version: 1, Status: "running", Step: "2", Started: 5}
	other := conductor.RunRow{Person: f.people[1].Number, ID: "R2", Journey: "else", Version: 1, Status: "running", Started: 9}
	of := func(id task.ID, due int64, run, step string) task.Task {
		t := f.task(id, task.Normal, due)
		t.Run, t.Why, t.Owner = run, []byte(`{"programme":"d","journey":"recall","version":1,"step":"`+step+`"}`), ""
		return t
	}
	done := of("T1", 40, "R", "3")
	done.State, done.By, done.Outcome, done.Closed = task.Done, "liu", "reached", 35
	sent := f.message("M1", 12)
	sent.State, sent.SentAt, sent.ReadAt, sent.Class, sent.Kind = message.Sent, 13, 14, journey.Safety, "card"
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		c.Runs = []conductor.RunRow{run, other}
		c.NewTasks = []task.Task{done, of("T2", 50, "R", "4"), of("T3", 60, "", ""), of("T4", 100, "R", "5")}
		c.NewMessages = []message.Message{sent}
	})
	read := func(from, to int64, journeys ...string) (out []fulfil.Work) {
		f.must(f.s.JourneyWork(ctx, f.w, journeys, from, to, func(w *fulfil.Work) { out = append(out, *w) }))
		slices.SortFunc(out, func(a, b fulfil.Work) int { return cmp.Compare(a.Due, b.Due) })
		return out
	}
	want := []fulfil.Work{
		{Person: uint32(p), Journey: "recall", Run: "R", Entered: 5, Step: "1", Kind: "card", State: "sent", Safety: true, Asked: 12, Due: 12, Done: 13, Heard: true},
		{Person: uint32(p), Journey: "recall", Run: "R", Entered: 5, Step: "3", Kind: done.Kind, State: "done", Reason: "reached", Staff: "liu", Asked: done.Opened, Due: 40, Done: 35},
		{Person: uint32(p), Journey: "recall", Run: "R", Entered: 5, Step: "4", Kind: done.Kind, State: "open", Staff: f.people[0].Owner, Asked: done.Opened, Due: 50},
	}
	same(f, "work", read(12, 100, "recall", "else"), want)
	same(f, "due in time", read(13, 50, "recall"), want[1:2])
	same(f, "of another journey", read(0, 1000, "else"), []fulfil.Work(nil))
	same(f, "of none", read(0, 1000), []fulfil.Work(nil))
	stepFacts(f)
	var ids []string
	f.must(f.s.JourneyRuns(ctx, f.w, []string{"recall", "else"}, 5, 9, func(r conductor.RunRow) { ids = append(ids, r.ID) }))
	same(f, "runs entered", ids, []string{"R"})
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

func messagePages(_ *testing.T, f *fixture) {
	var ms []message.Message
	for i := range 5 {
		ms = append(ms, f.message(message.ID(fmt.Sprintf("M%d", i)), int64(50-10*i)))
	}
	ms[1].State, ms[2].State, ms[3].To = message.Held, message.Sent, f.people[1].Number
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.NewMessages = ms })
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

// escalated: the new role of a task, what watches it and what is told of it are one commit; whoever comes second changes nothing.
func escalated(_ *testing.T, f *fixture) {
	v := f.task("T1", task.Normal, 10)
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) { c.NewTasks = []task.Task{v} })
	p := f.people[0]
	state, err := (&engine.State{V: 1, Watched: []engine.Watched{{Task: "T1", Script: "call", Every: 60, Next: 90, Count: 2, After: 5, To: "manager"}}}).Encode()
	f.must(err)
	up := v
	up.Role, up.Owner, up.Version = "manager", "", 2
	goes := func() error {
		t, err := f.s.Begin(ctx, f.w)
		f.must(err)
		defer func() { _ = t.Rollback() }()
		seq := t.Head() + 1
		told := event.Event{
			Seq: seq, Person: p.Number, Type: event.TaskEscalated, Schema: 1, Num: event.Ref("T1"), B: event.Intern("call"), C: event.Intern("manager"),
			Occurred: 15, Received: 15, Actor: "engine", Provenance: "journey",
		}
		f.must(t.AppendEvents(ctx, []event.Event{told}))
		err = t.Write(ctx, seq, &conductor.Changes{
			Tasks: []task.Task{up}, States: []conductor.StateRow{{Person: p.Number, Bucket: p.Bucket, State: state, Wake: 90, Seq: seq}},
		})
		if err != nil {
			return err
		}
		return t.Commit()
	}
	f.must(goes())
	f.is(goes(), task.ErrStale)
	got, err := f.s.TaskByID(ctx, f.w, "T1")
	f.must(err)
	same(f, "role", got.Role, "manager")
	same(f, "whose it is", got.Owner, "liu") // nobody named: the person's owner reads it, too
	n := 0
	f.must(f.s.Facts(ctx, f.w, 0, 1<<40, func(e *event.Event) error {
		if e.Type == event.TaskEscalated {
			n++
			same(f, "told", []any{e.Num, e.B, e.C}, []any{event.Ref("T1"), event.Intern("call"), event.Intern("manager")})
		}
		return nil
	}))
	same(f, "told once", n, 1)
	f.must(f.s.StatesAfter(ctx, f.w, 0, func(r conductor.StateRow) error {
		if r.Person == p.Number {
			same(f, "what watches it", r.State, state)
			same(f, "the next reminder", r.Wake, int64(90))
		}
		return nil
	}))
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
	got, l = ids(store.TaskFilter{IDs: []task.ID{"T4", "T0", "T9"}}, store.Page{})
	same(f, "by id", got, []task.ID{"T0", "T4"})
	full := l.Items[0]
	_, l = ids(store.TaskFilter{IDs: []task.ID{"T0"}, Bare: true}, store.Page{})
	bare := full
	bare.Title, bare.Note, bare.Results, bare.Why = l.Items[0].Title, "", nil, nil
	same(f, "bare", l.Items[0], bare)
	if full.Title == bare.Title {
		f.Error("a bare task has its title")
	}
	every, err := f.s.AllTasks(ctx, f.w, store.TaskFilter{States: open})
	f.must(err)
	got, _ = ids(store.TaskFilter{States: open}, store.Page{})
	var all []task.ID
	for _, t := range every {
		all = append(all, t.ID)
	}
	same(f, "all at once", all, got)
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
