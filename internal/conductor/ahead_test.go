package conductor_test

import (
	"testing"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/person"
	"peiban/internal/rule"
)

// due moves the clock to just after a moment.
func (b *bench) due(at int64) { b.now = time.UnixMicro(at + 1).In(shanghai) }

// idleWake lives on until time woke somebody for nothing, and also changed something before. What they have is at any
// moment what the rules say.
func (b *bench) idleWake() person.Number {
	b.t.Helper()
	n := b.consent("zhang")
	for range 20 {
		b.now = b.now.Add(17 * time.Hour)
		b.submit(b.item("zhang", "glucose", `{"value":6.1,"unit":"mmol/L","context":"fasting"}`, b.now))
	}
	changed := 0
	for range 200 {
		b.due(b.c.Due(n))
		silent, others := b.c.LookAhead()()
		if changed += others; silent == 1 && changed > 3 {
			b.agrees(n)
			return n
		}
		_, err := b.c.Tick(b.t.Context())
		ok(b.t, err)
		b.agrees(n)
	}
	b.t.Fatalf("%d wakes changed something, and then none changed nothing", changed)
	return 0
}

// agrees compares the tags n has with what the rules say now.
func (b *bench) agrees(n person.Number) {
	b.t.Helper()
	l, err := b.c.Look(n, 0, 0)
	ok(b.t, err)
	for _, tag := range l.Tags {
		if has := l.State.Progress("diabetes").Has(tag.Tag.Key); has != (tag.Truth == rule.True) {
			b.t.Fatalf("at %s they have %s: %t, and the rules say %v", b.now, tag.Tag.Key, has, tag.Truth)
		}
	}
}

func TestAWakeThatChangesNothingWritesNothing(t *testing.T) {
	b := newBench(t)
	n := b.idleWake()
	head, due := b.c.Head(), b.c.Due(n)
	if now := b.now.UnixMicro(); due <= now || due > now+(200*24*time.Hour).Microseconds() {
		t.Fatalf("due at %d, now %d", due, now)
	}
	written := int64(0)
	ok(t, b.store.StatesAfter(t.Context(), b.ws.Number, 0, func(r conductor.StateRow) error { written = r.Wake; return nil }))
	if written > due {
		t.Errorf("%d is written, and they are due at %d", written, due)
	}
	if got, err := b.store.Head(t.Context(), b.ws.Number); err != nil || got != head {
		t.Errorf("head %d, %v, want %d", got, err, head)
	}
	// Started again they are where they were.
	again := b.open()
	_, err := again.Tick(t.Context())
	ok(t, err)
	if got, want := b.look(again, n), b.look(b.c, n); got != want {
		t.Errorf("started again:\n%s\nwant\n%s", got, want)
	}
	if s := b.c.Stepped(); s.Idle == 0 || s.Idle > s.Wakes {
		t.Errorf("%d of %d wakes changed nothing", s.Idle, s.Wakes)
	}
}

func TestWhatHappensWhileSomebodyIsLookedAtHolds(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":6.1,"unit":"mmol/L","context":"fasting"}`, b.now))
	b.due(b.c.Due(n))
	then := b.c.LookAhead()
	b.submit(b.item("zhang", "glucose", `{"value":2.7,"unit":"mmol/L"}`, b.now.Add(-time.Minute)))
	want := b.look(b.c, n)
	due := b.c.Due(n)
	if silent, others := then(); others != 0 {
		t.Errorf("%d silent and %d others: they were stepped by the reading", silent, others)
	}
	if got := b.look(b.c, n); got != want || b.c.Due(n) != due {
		t.Errorf("due at %d and\n%s\nwant %d and\n%s", b.c.Due(n), got, due, want)
	}
	if _, _, s, _ := b.c.Glance(n); !s.Progress("diabetes").Has("gl_hypo2_28d") {
		t.Error("the low reading's tag was lost")
	}
	_, diff, err := b.c.Replay(t.Context(), nil)
	ok(t, err)
	if len(diff) > 0 {
		t.Errorf("replayed: %s\nwant %s", diff[0].Again, diff[0].Stored)
	}
}
