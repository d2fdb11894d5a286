package storetest

import (
	"math"
	"testing"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/job"
	"peiban/internal/owner"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/store"
	"peiban/internal/task"
)

func ownerBook(_ *testing.T, f *fixture) {
	for _, id := range []string{"A", "B"} {
		f.must(f.s.CreateMember(ctx, f.w, staff.Member{ID: id, Login: "own" + id, Name: id, Role: staff.HealthManager, Hash: "-", Created: 1}))
	}
	b, err := f.s.Owners(ctx, f.w)
	f.must(err)
	same(f, "no rules", b.Version, int64(0))
	rules := owner.Rules{On: true, Capacity: 150, List: []owner.Rule{{Name: "上海", Regions: []string{"上海"}, Staff: []string{"A"}}}}
	f.must(f.s.SaveOwnerRules(ctx, f.w, rules, 0, 5, "staff:x", audit.Entry{Actor: "staff:x", Action: "owner.rules"}))
	f.is(f.s.SaveOwnerRules(ctx, f.w, rules, 0, 5, "staff:x"), store.ErrRulesMoved)
	f.must(f.s.SaveOwnerRules(ctx, f.w, rules, 1, 6, "staff:x"))
	f.must(f.s.SaveOwnerMember(ctx, f.w, owner.Member{ID: "A", Capacity: 7, Languages: []string{"zh", "en"}, Closed: true}))
	f.is(f.s.SaveOwnerMember(ctx, f.w, owner.Member{ID: "A"}), store.ErrRulesMoved)
	a := owner.Absence{ID: "01A", Staff: "A", From: 10, To: math.MaxInt64, Cover: "B", Note: "照顾家人", Created: 3, By: "staff:x"}
	f.must(f.s.SaveAbsence(ctx, f.w, &a))
	stale := a
	stale.Version = 0
	f.is(f.s.SaveAbsence(ctx, f.w, &stale), store.ErrRulesMoved)
	a.Ended = 90
	f.must(f.s.SaveAbsence(ctx, f.w, &a))
	b, err = f.s.Owners(ctx, f.w)
	f.must(err)
	same(f, "version of the rules", b.Version, int64(2))
	same(f, "rules", b.Rules, rules)
	m := b.Member("A")
	same(f, "capacity", m.Capacity, 7)
	same(f, "languages", m.Languages, []string{"zh", "en"})
	same(f, "takes nobody new", m.Closed, true)
	same(f, "absences", b.Absences, []owner.Absence{a})
}

func handovers(_ *testing.T, f *fixture) {
	for _, id := range []string{"A", "B"} {
		f.must(f.s.CreateMember(ctx, f.w, staff.Member{ID: id, Login: "hand" + id, Name: id, Role: staff.Admin, Hash: "-", Created: 1}))
	}
	one, two := f.people[0], f.people[1]
	people := []person.Number{one.Number, two.Number}
	open := func(p conductor.NewPerson, id, doer, role string) task.Task {
		return task.Task{ID: task.ID(id), Person: p.Number, Kind: "task", State: task.Open, Owner: doer, Role: role, Claimed: doer, Version: 1}
	}
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		*c = conductor.Changes{
			Owners:   []conductor.Owner{{Person: one.Number, Bucket: one.Bucket, Owner: "A"}, {Person: two.Number, Bucket: two.Bucket, Owner: "A"}},
			NewTasks: []task.Task{open(one, "t1", "A", "owner"), open(one, "t2", "C", "pharmacist"), open(two, "t3", "", "owner")},
		}
	})
	f.is(f.s.CloseMember(ctx, f.w, "A"), store.ErrUnhanded)
	j := job.Job{Kind: job.Handover, State: job.Waiting, Actor: "staff:x", Told: job.Told{Hand: &owner.Order{From: "A", To: []string{"B"}, Why: owner.Left}}}
	f.must(f.s.CreateHandover(ctx, f.w, &j, people))
	_, err := f.s.NextJob(ctx, f.w, 1<<60, job.Files)
	f.is(err, job.ErrNone)
	next, err := f.s.NextJob(ctx, f.w, 1<<60, job.Hands)
	f.must(err)
	same(f, "what it was told", next.Told, j.Told)
	waiting, err := f.s.HandoverWaiting(ctx, f.w, j.Number, 10)
	f.must(err)
	same(f, "who waits", waiting, people)
	var written *conductor.Changes
	c := &conductor.Changes{
		Owners:   []conductor.Owner{{Person: one.Number, Bucket: one.Bucket, Owner: "B"}, {Person: two.Number, Bucket: two.Bucket, Owner: "B"}},
		Rehanded: []conductor.Rehanded{{Person: one.Number, Bucket: one.Bucket, From: "A", To: "B"}, {Person: two.Number, Bucket: two.Bucket, From: "A", To: "B", Stay: true}},
		HandLines: []conductor.HandLine{
			{Job: int64(j.Number), Line: owner.Line{Person: one.Number, Bucket: one.Bucket, To: "B", State: owner.Done, At: 9}},
			{Job: int64(j.Number), Line: owner.Line{Person: two.Number, Bucket: two.Bucket, State: owner.Refused, Why: owner.Full, At: 9}},
		},
	}
	f.commit(f.w, func(_ *store.Tx, x *conductor.Changes) { *x = *c; written = x })
	c = written
	same(f, "tasks that went along", c.Rehanded[0].Tasks, 1)
	same(f, "tasks that stayed", c.Rehanded[1].Tasks, 1)
	for id, want := range map[string]string{"t1": "B", "t2": "C", "t3": "A"} {
		t, err := f.s.TaskByID(ctx, f.w, task.ID(id))
		f.must(err)
		same(f, "whose "+id+" is", t.Owner, want)
		same(f, "who took "+id, t.Claimed, map[string]string{"t1": "", "t2": "C", "t3": ""}[id])
	}
	left, err := f.s.AllTasks(ctx, f.w, task.Filter{States: []task.State{task.Open}, Left: "A", Bare: true})
	f.must(err)
	same(f, "left with A", len(left), 1)
	tally, err := f.s.HandoverTally(ctx, f.w, j.Number)
	f.must(err)
	same(f, "tally", tally, owner.Tally{Done: 1, Refused: 1})
	lines, err := f.s.HandoverLines(ctx, f.w, j.Number, "refused", store.Page{Limit: 10})
	f.must(err)
	same(f, "refused lines", lines.Total, 1)
	same(f, "why", lines.Items[0].Why, owner.Full)
	f.must(f.s.RetryHandover(ctx, f.w, j.Number))
	waiting, err = f.s.HandoverWaiting(ctx, f.w, j.Number, 10)
	f.must(err)
	same(f, "who waits again", waiting, []person.Number{two.Number})
	f.must(f.s.CloseMember(ctx, f.w, "A"))
	f.is(f.s.CloseMember(ctx, f.w, "B"), store.ErrUnhanded)
	f.must(f.s.OpenMember(ctx, f.w, "A"))
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		*c = conductor.Changes{Queued: []conductor.Queued{{Person: one.Number, Bucket: one.Bucket, At: 50, Rule: "上海", Why: owner.Full}}}
	})
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		*c = conductor.Changes{Queued: []conductor.Queued{{Person: one.Number, Bucket: one.Bucket, At: 60, Why: owner.NoRule}, {Person: two.Number, Bucket: two.Bucket, At: 61, Why: owner.NoRule}}}
	})
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		*c = conductor.Changes{Queued: []conductor.Queued{{Person: two.Number, Bucket: two.Bucket, At: 70, Out: true}}}
	})
	queue, err := f.s.Unassigned(ctx, f.w)
	f.must(err)
	same(f, "queue", queue, []conductor.Queued{{Person: one.Number, Bucket: one.Bucket, At: 50, Why: owner.NoRule}})
}
