package conductor_test

import (
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/task"
)

// An alert is an event when it opens and when it ends, however it ends, so that rules see it for as long as it is
// open; a replay says the same.
func TestAnAlertIsSeenWhileItIsOpen(t *testing.T) {
	tests := []struct {
		name string
		act  conductor.Act
	}{
		{"handled", conductor.Act{Kind: "complete", Outcome: "handled"}},
		{"skipped with a reason", conductor.Act{Kind: "skip", Outcome: "already_handled"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			n := b.consent("zhang")
			b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L","context":"before_lunch"}`, b.now))
			alert := func() task.Task {
				for _, k := range b.tasks(n) {
					if k.Kind == "alert" {
						return k
					}
				}
				t.Fatal("no alert")
				return task.Task{}
			}
			open := func(want bool) {
				t.Helper()
				l, err := b.c.Look(n, 0, 0)
				ok(t, err)
				if got := l.State.Progress("diabetes").Has("sg_open_alert"); got != want {
					t.Errorf("the alert is seen open: %v, want %v", got, want)
				}
			}
			act := func(a conductor.Act) {
				t.Helper()
				b.now = b.now.Add(time.Minute)
				_, err := b.c.Act(t.Context(), "liu", alert(), a, audit.Entry{})
				ok(t, err)
			}
			l, err := b.c.Look(n, 0, 0)
			ok(t, err)
			last := l.View.Len() - 1
			for last >= 0 && l.View.Type[last] != event.TaskOpened {
				last--
			}
			if last < 0 || l.View.C[last].String() != "alert" || l.View.A[last].String() != "low-glucose" || l.View.Num[last] != event.Ref(string(alert().ID)) {
				t.Fatalf("the opening is not in the timeline of %d events", l.View.Len())
			}
			open(true)
			b.now = b.now.Add(40 * 24 * time.Hour)
			_, err = b.c.Tick(t.Context())
			ok(t, err)
			open(true)
			act(tt.act)
			open(false)
			act(conductor.Act{Kind: "reopen"})
			open(true)
			act(tt.act)
			open(false)
			_, diff, err := b.c.Replay(t.Context(), nil)
			ok(t, err)
			if len(diff) != 0 {
				t.Errorf("replay differs:\n%s\n%s", diff[0].Stored, diff[0].Again)
			}
		})
	}
}
