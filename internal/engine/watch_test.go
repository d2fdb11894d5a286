package engine

import (
	"fmt"
	"strings"
	"testing"

	"peiban/internal/event"
)

const watchedTask = `enter: {on: meal, key: event}
steps:
  - id: ask
    task: {who: owner, due: 2h, script: call, result: [reached], remind: 1h, escalate: {after: 3h, to: manager}}
  - wait: {for: task, at_most: 9d}
  - message: hello
`

// nagged is what is told of a task that is watched, hour by hour, and to whom it went.
type nagged struct {
	*life
	lines []string
}

func (n *nagged) until(from, now int64) {
	for n.wake <= now {
		at := max(n.wake, n.last)
		out := Step([]*Programme{n.p}, testWho, n.view(), n.s, &n.m, Input{}, at)
		n.wake, n.last = out.Wake, at
		for _, e := range out.Events {
			if e.Type == event.TaskReminded {
				n.lines = append(n.lines, fmt.Sprintf("%dm reminded", (at-from)/minute))
			}
		}
		for _, e := range out.Escalated {
			n.lines = append(n.lines, fmt.Sprintf("%dm to %s", (at-from)/minute, e.To))
		}
	}
}

func TestATaskIsRemindedOfAndEscalated(t *testing.T) {
	const hour = 60 * minute
	for _, tt := range []struct {
		name string
		live func(n *nagged, now int64)
		want string
	}{
		{"until it is escalated, and on", func(n *nagged, now int64) { n.until(now, now+6*hour) },
			"60m reminded; 120m reminded; 180m reminded; 240m reminded; 300m reminded; 300m to manager; 360m reminded"},
		{"no more once it is done", func(n *nagged, now int64) {
			n.until(now, now+90*minute)
			n.done(event.TaskDone, now+90*minute)
			n.until(now, now+20*hour)
		}, "60m reminded"},
		{"nor once it is skipped", func(n *nagged, now int64) {
			n.done(event.TaskSkipped, now+30*minute)
			n.until(now, now+20*hour)
		}, ""},
		{"again when it is opened again", func(n *nagged, now int64) {
			n.done(event.TaskDone, now+30*minute)
			n.until(now, now+35*minute)
			n.done(event.TaskOpened, now+35*minute)
			n.until(now, now+3*hour)
		}, "95m reminded; 155m reminded"},
		{"postponed it is left alone until then, and late from then", func(n *nagged, now int64) {
			n.postpone(now+10*minute, now+5*hour)
			n.until(now, now+8*hour)
		}, "300m reminded; 360m reminded; 420m reminded; 480m reminded; 480m to manager"},
		{"what was missed is one reminder", func(n *nagged, now int64) {
			n.wake = now + 4*hour + 30*minute // nobody looked
			n.until(now, now+5*hour-minute)
		}, "270m reminded"},
		{"not for ever", func(n *nagged, now int64) {
			n.until(now, now+200*hour)
			n.lines = n.lines[len(n.lines)-1:]
		}, "1200m reminded"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := nodes(t, map[string]string{"j": watchedTask})
			l, now := enrolled(p)
			l.add(event.Event{Type: event.Meal, Occurred: now}, now)
			n := &nagged{life: l}
			tt.live(n, now)
			if got := strings.Join(n.lines, "; "); got != tt.want {
				t.Errorf("%s\nwant %s", got, tt.want)
			}
		})
	}
}

func (n *nagged) done(what event.Type, now int64) {
	id := n.s.Watched[0].Task
	n.add(event.Event{Type: what, Num: event.Ref(id), C: event.Intern("reached"), Occurred: now}, now)
}

func (n *nagged) postpone(now, until int64) {
	id := n.s.Watched[0].Task
	n.add(event.Event{Type: event.TaskPostponed, Num: event.Ref(id), Occurred: now, X: []float64{float64(until), 0}}, now)
}

func TestRemindersAreWrittenRight(t *testing.T) {
	for task, want := range map[string]string{
		"{who: owner, due: 2h, script: call, result: [reached], remind: 10m}":                         "30 minutes",
		"{who: owner, due: 2h, script: call, result: [reached], escalate: {after: 1h}}":               "to",
		"{who: owner, due: 2h, script: call, result: [reached], escalate: {after: 1h, to: somebody}}": "somebody",
	} {
		_, problems := nodeFiles(map[string]string{"j": "enter: {on: meal}\nsteps: [{task: " + task + "}]\n"}).Open()
		said := ""
		for _, p := range problems {
			said += p.In("en")
		}
		if !strings.Contains(said, want) {
			t.Errorf("%s: %q", task, said)
		}
	}
}
