package conductor_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/task"
)

// pair is the alert of a person's low and the calls of it, the last opened first.
func (b *bench) pair(n person.Number) (alert task.Task, calls []task.Task) {
	b.t.Helper()
	ts := b.tasks(n)
	for i := range ts {
		if ts[i].Kind == task.KindAlert {
			return ts[i], ts[i].Calls(ts)
		}
	}
	b.t.Fatal("no alert")
	return
}

func (b *bench) act(t task.Task, a conductor.Act) task.Task {
	b.t.Helper()
	out, err := b.c.Act(b.t.Context(), "liu", t, a, audit.Entry{Actor: "staff:liu", Action: "task." + a.Kind})
	ok(b.t, err)
	return out
}

func said(t task.Task) string { return strings.TrimSpace(string(t.State) + " " + t.Outcome) }

// An alert and its calls end together, whichever is finished, each as what became of it.
func TestAnAlertAndItsCallEndTogether(t *testing.T) {
	tests := []struct {
		name        string
		onAlert     bool
		act         conductor.Act
		alert, call string
	}{
		{"the call answered", false, conductor.Act{Kind: "complete", Outcome: "reached"}, "done handled", "done reached"},
		{"the call in hospital", false, conductor.Act{Kind: "complete", Outcome: "went_to_hospital"}, "done handled", "done went_to_hospital"},
		{"nobody answered: the danger is not over", false, conductor.Act{Kind: "complete", Outcome: "no_answer"}, "open", "done no_answer"},
		{"a call left out says nothing of the alert", false, conductor.Act{Kind: "skip", Outcome: "not_reachable"}, "open", "skipped not_reachable"},
		{"the alert, with the call's outcome", true, conductor.Act{Kind: "complete", Outcome: "reached"}, "done reached", "done reached"},
		{"the alert, with an outcome the call has not", true, conductor.Act{Kind: "complete", Outcome: "handled"}, "done handled", "done handled"},
		{"nobody answered, told of the alert", true, conductor.Act{Kind: "complete", Outcome: "no_answer", Note: "响铃"}, "open", "done no_answer"},
		{"the alert left out", true, conductor.Act{Kind: "skip", Outcome: "in_hospital"}, "skipped in_hospital", "skipped in_hospital"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			n := b.consent("zhang")
			b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L","context":"before_lunch"}`, b.now))
			alert, calls := b.pair(n)
			if len(calls) != 1 || calls[0].Script != "call-after-low" {
				t.Fatalf("calls %+v", calls)
			}
			on := calls[0]
			if tt.onAlert {
				on = alert
			}
			b.now = b.now.Add(2 * time.Minute)
			out := b.act(on, tt.act)
			alert, calls = b.pair(n)
			if said(alert) != tt.alert || said(calls[0]) != tt.call {
				t.Errorf("alert %q, call %q; want %q, %q", said(alert), said(calls[0]), tt.alert, tt.call)
			}
			if want := map[bool]task.Task{true: alert, false: calls[0]}[tt.onAlert]; said(out) != said(want) || out.Version != want.Version {
				t.Errorf("answered %q version %d, stored %q version %d", said(out), out.Version, said(want), want.Version)
			}
			if tt.act.Note != "" && (calls[0].Note != tt.act.Note || alert.Note != "") {
				t.Errorf("the note is on %q, %q", alert.Note, calls[0].Note)
			}
			l, err := b.c.Look(n, 0, 0)
			ok(t, err)
			closed := map[float64]bool{}
			for i := range l.View.Len() {
				switch l.View.Type[i] {
				case event.AlertClosed, event.TaskDone, event.TaskSkipped:
					closed[l.View.Num[i]] = true
				}
			}
			for _, k := range []task.Task{alert, calls[0]} {
				if told := closed[event.Ref(string(k.ID))]; told == (k.State == task.Open) {
					t.Errorf("the end of %s %s is in the timeline: %v", k.State, k.Kind, told)
				}
			}
			_, diff, err := b.c.Replay(t.Context(), nil)
			ok(t, err)
			if len(diff) != 0 {
				t.Errorf("replay differs:\n%s\n%s", diff[0].Stored, diff[0].Again)
			}
		})
	}
}

// Undo brings back both, from either side; what had ended before stays ended.
func TestUndoBringsBackTheAlertAndItsCall(t *testing.T) {
	for _, onAlert := range []bool{false, true} {
		t.Run(fmt.Sprint(onAlert), func(t *testing.T) {
			b := newBench(t)
			n := b.consent("zhang")
			b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L","context":"before_lunch"}`, b.now))
			_, calls := b.pair(n)
			b.now = b.now.Add(time.Minute)
			b.act(calls[0], conductor.Act{Kind: "complete", Outcome: "reached"})
			alert, calls := b.pair(n)
			on := calls[0]
			if onAlert {
				on = alert
			}
			b.now = b.now.Add(time.Minute)
			b.act(on, conductor.Act{Kind: "reopen"})
			if alert, calls = b.pair(n); alert.State != task.Open || calls[0].State != task.Open {
				t.Fatalf("alert %s, call %s", alert.State, calls[0].State)
			}
			b.act(calls[0], conductor.Act{Kind: "complete", Outcome: "no_answer"})
			b.now = b.now.Add(time.Minute)
			alert, _ = b.pair(n)
			b.act(alert, conductor.Act{Kind: "complete", Outcome: "reached"})
			alert, _ = b.pair(n)
			b.act(alert, conductor.Act{Kind: "reopen"})
			if alert, calls = b.pair(n); alert.State != task.Open || said(calls[0]) != "done no_answer" {
				t.Errorf("alert %s, the earlier call %q", alert.State, said(calls[0]))
			}
		})
	}
}

// Ten minutes without an answer bring a second call. Whoever answers ends the other one, and a journey that waited for
// a call does not go on as if nobody had made it.
func TestASecondCallEndsWithTheFirst(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L","context":"before_lunch"}`, b.now))
	b.now = b.now.Add(11 * time.Minute)
	_, err := b.c.Tick(t.Context())
	ok(t, err)
	alert, calls := b.pair(n)
	if len(calls) != 2 || calls[0].Script != "escalate-low" {
		t.Fatalf("%d calls, the last %q", len(calls), calls[0].Script)
	}
	b.act(calls[1], conductor.Act{Kind: "claim"})
	for _, k := range b.tasks(n) {
		if k.Claimed != "liu" {
			t.Errorf("%s %s is claimed by %q", k.Kind, k.Script, k.Claimed)
		}
	}
	_, calls = b.pair(n)
	b.act(calls[1], conductor.Act{Kind: "complete", Outcome: "reached"})
	alert, calls = b.pair(n)
	got := map[string]string{"alert": said(alert)}
	for _, k := range calls {
		got[k.Script] = said(k)
	}
	want := map[string]string{"alert": "done handled", "call-after-low": "done reached", "escalate-low": "skipped already_handled"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// The alert handled before the ten minutes are over: nobody calls the doctor.
func TestAHandledAlertBringsNoSecondCall(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L","context":"before_lunch"}`, b.now))
	alert, _ := b.pair(n)
	b.now = b.now.Add(time.Minute)
	b.act(alert, conductor.Act{Kind: "complete", Outcome: "handled"})
	b.now = b.now.Add(time.Hour)
	_, err := b.c.Tick(t.Context())
	ok(t, err)
	if _, calls := b.pair(n); len(calls) != 1 {
		t.Errorf("%d calls", len(calls))
	}
}

// A change by somebody else meanwhile, on either half, is refused and changes neither.
func TestAnAlertChangedMeanwhileIsNotEnded(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L","context":"before_lunch"}`, b.now))
	_, calls := b.pair(n)
	b.act(calls[0], conductor.Act{Kind: "claim"})
	if _, err := b.c.Act(t.Context(), "chen", calls[0], conductor.Act{Kind: "complete", Outcome: "reached"}, audit.Entry{}); err == nil {
		t.Fatal("an old version was taken")
	}
	if alert, calls := b.pair(n); alert.State != task.Open || calls[0].State != task.Open {
		t.Errorf("alert %s, call %s", alert.State, calls[0].State)
	}
}

// A postponement says in the timeline when the task had been due, so that the past can be told.
func TestAPostponementKeepsWhenItWasDue(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	ok(t, b.c.Contact(t.Context(), n, "k", "", audit.Entry{}))
	k := b.tasks(n)[0]
	until := b.now.Add(5 * time.Hour).UnixMicro()
	b.act(k, conductor.Act{Kind: "postpone", Until: until})
	l, err := b.c.Look(n, 0, 0)
	ok(t, err)
	i := l.View.Len() - 1
	if l.View.Type[i] != event.TaskPostponed || l.View.XAt(i, 0) != float64(until) || l.View.XAt(i, 1) != float64(k.Due) {
		t.Errorf("%s until %v, due before %v, want %d, %d", l.View.Type[i], l.View.XAt(i, 0), l.View.XAt(i, 1), until, k.Due)
	}
}
