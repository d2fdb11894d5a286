package conductor_test

import (
	"fmt"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/task"
)

// TestALateTaskGoesToAnotherRole: reminders and the escalation are told once each, whoever looks and how often; what is done stays done.
func TestALateTaskGoesToAnotherRole(t *testing.T) {
	b := newBench(t)
	late, done := b.consent("zhang"), b.consent("li")
	b.publish(b.c, func(f programme.Files) {
		f["journeys/talks.yaml"] = "name: {zh: 谈一次, en: Talk}\nenter: {manual: true}\nsteps:\n  - task: {who: owner, due: 2h, script: recall-call, result: [reached, no_answer], remind: 1h, escalate: {after: 1h, to: manager}}\n  - wait: {for: task, at_most: 9d}\n  - points: {amount: 1, rule: talked}\n"
	})
	_, err := b.c.StartJourney(t.Context(), conductor.Live, []person.Number{late, done}, conductor.Start{Programme: "diabetes", Journey: "talks", Key: "a"}, audit.Entry{Actor: "staff:zhou", Action: "journey.start"})
	ok(t, err)
	open := func(n person.Number) task.Task {
		t.Helper()
		ts, err := b.store.TasksOf(t.Context(), b.ws.Number, n)
		ok(t, err)
		if len(ts) != 1 {
			t.Fatalf("%d tasks", len(ts))
		}
		return ts[0]
	}
	_, err = b.c.Act(t.Context(), "liu", open(done), conductor.Act{Kind: "complete", Outcome: "reached"}, audit.Entry{Actor: "staff:liu", Action: "task.complete"})
	ok(t, err)
	second := b.open() // another process on the same database
	for range 5 {
		b.now = b.now.Add(45 * time.Minute)
		for _, c := range []*conductor.Conductor{b.c, second} {
			_, err := c.Tick(t.Context())
			ok(t, err)
		}
	}
	if x := open(late); x.Role != "manager" || x.Owner != "" || x.State != task.Open {
		t.Errorf("%+v", x)
	}
	if x := open(done); x.Role == "manager" || x.State != task.Done {
		t.Errorf("%+v", x)
	}
	for n, want := range map[person.Number]string{late: "3 1", done: "0 0"} {
		l, err := second.Look(n, 0, 0)
		ok(t, err)
		if got := fmt.Sprintf("%d %d", count(l, event.TaskReminded), count(l, event.TaskEscalated)); got != want {
			t.Errorf("reminded and escalated %s times, want %s", got, want)
		}
	}
	b.same(second)
	b.same(b.open())
}
