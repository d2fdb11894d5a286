package conductor_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/rule"
	"peiban/internal/timeline"
)

func TestAWakeThatAnotherProcessFoundIsNotTooLate(t *testing.T) {
	b := newBench(t)
	other := b.open()
	n := b.consent("zhang")
	late := 0
	rnd := rand.New(rand.NewPCG(5, 8))
	for range 80 {
		b.now = b.now.Add(7 * time.Hour)
		for _, c := range []*conductor.Conductor{b.c, other} {
			_, err := c.Tick(t.Context())
			ok(t, err)
		}
		// A late one, so that what is in the windows of weeks and months is not what the other knows.
		at := b.now.Add(-time.Duration(rnd.IntN(15*24)) * time.Hour)
		b.submit(b.item("zhang", "glucose", fmt.Sprintf(`{"value":%.1f,"unit":"mmol/L","context":"fasting"}`, 6+4*rnd.Float64()), at))
		_, err := other.Tick(t.Context())
		ok(t, err)
		// One of the two may look again too early, so they need not agree. Neither may sleep through a change.
		has := func(at int64) string {
			l, err := b.c.Look(n, at, 0)
			ok(t, err)
			keys := fmt.Sprint(l.Stage.Stage)
			for _, tag := range l.Tags {
				if tag.Truth == rule.True {
					keys += " " + tag.Tag.Key
				}
			}
			return keys
		}
		now := b.now.UnixMicro()
		// Nor may one wait for longer than what the other wrote down.
		written := int64(0)
		ok(t, b.store.StatesAfter(t.Context(), b.ws.Number, 0, func(r conductor.StateRow) error { written = r.Wake; return nil }))
		if written > now && other.Due(n) > written {
			t.Fatalf("the other waits until %d, and %d is written", other.Due(n), written)
		}
		for _, c := range []*conductor.Conductor{b.c, other} {
			due := min(c.Due(n), now+(4*24*time.Hour).Microseconds())
			for at := now + 1; at < due; at += time.Hour.Microseconds() {
				if has(at) != has(now) {
					late++
					break
				}
			}
		}
	}
	if late > 0 {
		t.Errorf("after %d of 80 commits somebody looks again too late", late)
	}
}

func TestTheAgendaDoesNotGrowWithEveryCommit(t *testing.T) {
	b := newBench(t)
	other := b.open()
	b.consent("zhang")
	b.consent("li")
	for i := range 60 {
		b.now = b.now.Add(time.Second)
		b.submit(b.item("zhang", "glucose", `{"value":6.1,"unit":"mmol/L"}`, b.now))
		if i%2 == 0 {
			_, err := other.Tick(t.Context())
			ok(t, err)
		}
	}
	if b.c.Entries() > 12 || other.Entries() > 12 {
		t.Errorf("two people have %d and %d entries", b.c.Entries(), other.Entries())
	}
}

func TestAFollowThatBrokeOffCountsNothingTwice(t *testing.T) {
	b := newBench(t)
	db := &broken{Store: b.store}
	other := b.openOn(db)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now))
	db.states = errors.New("connection reset")
	if _, err := other.Tick(t.Context()); err == nil {
		t.Fatal("following did not fail")
	}
	_, err := other.Tick(t.Context())
	ok(t, err)
	l, err := other.Look(n, 0, 0)
	ok(t, err)
	if count(l, event.Glucose) != 1 || !l.State.Progress("diabetes").Has("gl_hypo2_28d") {
		t.Errorf("%d readings, want 1", count(l, event.Glucose))
	}
}

func TestARehearsalsClockIsOneForAllProcesses(t *testing.T) {
	b := newBench(t)
	other := b.open()
	_, err := b.c.Move(t.Context(), 24*time.Hour)
	ok(t, err)
	b.consent("zhang")
	_, err = other.Tick(t.Context())
	ok(t, err)
	if !other.Now().Equal(b.c.Now()) {
		t.Errorf("one process has %s, the other %s", b.c.Now(), other.Now())
	}
}

func TestASnapshotOfALaterDayIsGivenUpForGood(t *testing.T) {
	later := newBench(t)
	later.consent("zhang")
	later.c.Close()
	b := newBench(t) // the same workspace, put back to an older day
	snapshot, err := os.ReadFile(later.file + ".timelines")
	ok(t, err)
	ok(t, os.WriteFile(b.file+".timelines", snapshot, 0o600))
	b.c = b.open()
	if _, err := os.Stat(b.file + ".timelines"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there (%v): after a crash it would be taken for this history's", err)
	}
}

func TestALostSnapshotIsMadeAgainAtTheStart(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":6.1,"unit":"mmol/L"}`, b.now.Add(-time.Hour)))
	b.submit(b.item("li", "chat", `{"from":"person"}`, b.now))
	b.submit(b.item("zhang", "glucose", `{"value":2.9,"unit":"mmol/L"}`, b.now.Add(-2*time.Hour)))
	b.c.Close()
	file := b.file + ".timelines"
	ok(t, os.Remove(file))
	want, again := b.look(b.c, n), b.look(b.open(), n)
	if again != want {
		t.Errorf("started again:\n%s\nwant\n%s", again, want)
	}
	if _, err := timeline.Open(file, string(b.ws.ID)); err != nil {
		t.Errorf("the start left no snapshot: %v", err)
	}
}

// look is a person's history and tags in words.
func (b *bench) look(c *conductor.Conductor, n person.Number) (s string) {
	l, err := c.Look(n, 0, 0)
	ok(b.t, err)
	for i := range l.View.At {
		e := l.View.Event(i)
		s += fmt.Sprintln(e.Seq, e.Type, e.Occurred, e.Received, e.Flags, e.Num, e.A, e.B, e.C, e.X)
	}
	for _, tag := range l.Tags {
		s += fmt.Sprint(tag.Tag.Key, tag.Truth, " ")
	}
	return s
}
