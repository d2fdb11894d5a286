package conductor_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/channel"
	"peiban/internal/conductor"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/store"
)

// A version is published while thousands wait in a node that it no longer has: with a successor nobody is lost and nobody hears anything
// twice, without one everybody leaves and hears nothing.
func TestPublishedWhileThousandsWaitInANodeThatGoes(t *testing.T) {
	for _, tt := range []struct {
		name, steps string
		sent        bool
	}{
		{"with a successor", "instead: {pause: rest}\nsteps:\n  - {id: rest, wait: 6d}\n  - message: walked\n", true},
		{"without", "steps:\n  - {id: rest, wait: 6d}\n  - message: walked\n", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := 10_000
			if testing.Short() {
				n = 120
			}
			b := newBench(t)
			talking(t, b)
			const head = "name: {zh: 旅程, en: A journey}\ninside: follow\nenter: {on: exercise, key: event}\n"
			files := maps.Clone(b.progs[0].Files)
			files["journeys/walked.yaml"] = head + "steps:\n  - {id: pause, wait: 5d}\n  - message: walked\n"
			p, problems := files.Open()
			ok(t, problems.Err())
			b.progs = []*programme.Compiled{p}
			b.c = b.open()
			for i := 0; i < n; i += 500 {
				var items []conductor.Item
				for k := i; k < min(i+500, n); k++ {
					who := fmt.Sprint("p", k)
					items = append(items, b.item(who, "consent", `{"purpose":"basic_service","granted":true,"textVersion":"1"}`, b.now),
						b.item(who, "consent", `{"purpose":"health_data","granted":true,"textVersion":"1"}`, b.now), b.item(who, "exercise", `{"minutes":20}`, b.now))
				}
				_, err := b.c.Submit(t.Context(), conductor.Bulk, audit.Entry{Actor: "source:test"}, items)
				ok(t, err)
			}
			waiting := func(of *conductor.Conductor) map[string]int {
				at := map[string]int{}
				for k := range n {
					l, err := of.Look(person.Number(k+1), 0, 0)
					ok(t, err)
					for _, r := range l.State.Runs {
						at[r.Step]++
					}
				}
				return at
			}
			if at := waiting(b.c); at["pause"] != n {
				t.Fatalf("%v wait", at)
			}
			b.now = b.now.Add(24 * time.Hour)
			b.tick()
			next := maps.Clone(files)
			next["journeys/walked.yaml"] = strings.Replace(head, "inside", "version: 2\ninside", 1) + tt.steps
			_, err := b.c.Publish(t.Context(), conductor.Publication{Programme: "trial", Base: 1, Files: next, By: "staff:liu", Note: "try"}, wentUp)
			ok(t, err)
			b.c.Close()
			b.c = b.open() // and a restart right after
			b.now = b.now.Add(4*24*time.Hour + time.Minute)
			b.tick() // when the old wait would have ended
			sent := func() (n int) {
				l, err := b.store.MessagesIn(t.Context(), b.ws.Number, message.Sent, store.Page{Limit: 1})
				ok(t, err)
				return l.Total
			}
			if got := sent(); got != 0 {
				t.Fatalf("%d heard it at the time of the old version", got)
			}
			if at := waiting(b.c); tt.sent && at["rest"] != n || !tt.sent && len(at) != 0 {
				t.Fatalf("%v wait, of %d", at, n)
			}
			b.now = b.now.Add(24*time.Hour + time.Minute)
			b.tick()
			want := 0
			if tt.sent {
				want = n
			}
			if got := sent(); got != want {
				t.Errorf("%d were told, want %d", got, want)
			}
			if at := waiting(b.c); len(at) != 0 {
				t.Errorf("%v still wait", at)
			}
			if testing.Short() || n <= 1000 {
				b.same(b.c)
			}
		})
	}
}

// A channel is away for a day: what still means something goes out, once, when it is back; what does not is said to be too late.
func TestAChannelThatIsDownForADay(t *testing.T) {
	b := newBench(t)
	talking(t, b)
	m := &moody{keys: map[string]int{}}
	for range 1000 {
		m.answers = append(m.answers, errors.New("connection refused"))
	}
	b.senders, b.channel = map[string]channel.Sender{"webhook": m}, "webhook"
	b.c = b.open()
	n := b.consent("zhang")
	b.submit(b.item("zhang", "exercise", `{"minutes":20}`, b.now))
	b.c.Deliver(t.Context())
	for range 24 * 4 {
		b.now = b.now.Add(15 * time.Minute)
		b.tick()
		b.c.Deliver(t.Context())
	}
	if calls := m.calls; calls > 60 {
		t.Errorf("it was asked %d times in a day", calls)
	}
	if got := of(b, n, "walked"); got.State == message.Dead || got.State == message.Suppressed || len(m.keys) != 0 {
		t.Fatalf("after a day: %s, %s", got.State, got.Reason)
	}
	m.answers = nil
	for range 8 {
		b.now = b.now.Add(30 * time.Minute)
		b.tick()
		b.c.Deliver(t.Context())
	}
	if got := of(b, n, "walked"); got.State != message.Sent || len(m.keys) != 1 {
		t.Errorf("when it is back: %s, %s, %v", got.State, got.Reason, m.keys)
	}
}

// Journeys whose conditions hide that they enter each other end all the same, and the server lives.
func TestALoopThatWouldGoOnForEverEnds(t *testing.T) {
	b := newBench(t)
	talking(t, b)
	files := maps.Clone(b.progs[0].Files)
	files["journeys/walked.yaml"] = "name: {zh: 旅程, en: A journey}\nenter: {on: exercise, key: event}\nsteps:\n  - points: {amount: 1, rule: again}\n"
	files["journeys/one.yaml"] = "name: {zh: 旅程, en: A journey}\nenter: {on: points, if: event.amount > 0, key: event}\nsteps:\n  - points: {amount: 1, rule: again}\n"
	p, problems := files.Open()
	ok(t, problems.Err())
	b.progs = []*programme.Compiled{p}
	b.c = b.open()
	n := b.consent("zhang")
	b.submit(b.item("zhang", "exercise", `{"minutes":20}`, b.now))
	b.tick()
	l, err := b.c.Look(n, 0, 0)
	ok(t, err)
	if got := l.View.Len(); got > 300 {
		t.Errorf("%d events", got)
	}
	b.same(b.c)
}
