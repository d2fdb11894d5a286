package conductor_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
)

// from is a reading as a source sent it.
func (b *bench) from(source int32, who, id string, mmol float64, at time.Time) conductor.Item {
	it := b.item(who, "glucose", fmt.Sprintf(`{"value":%.1f,"unit":"mmol/L"}`, mmol), at)
	it.Event.Source, it.MessageID = source, id
	return it
}

// counted is how many readings count, and how many of them are disputed.
func (b *bench) counted(c *conductor.Conductor, n person.Number) (count, disputed int) {
	_, v, _, _ := c.Glance(n)
	for i, t := range v.Type {
		if t == event.Glucose && v.Flags[i]&event.Hidden == 0 {
			count++
			if v.Flags[i]&event.Disputed != 0 {
				disputed++
			}
		}
	}
	return count, disputed
}

func TestASourceIsWithdrawn(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	at := func(i int) time.Time { return b.now.Add(-time.Duration(i) * time.Hour) }
	const both, only = 300, 120
	var items []conductor.Item
	for i := range both {
		items = append(items, b.from(1, "zhang", fmt.Sprint("a", i), 7, at(i)), b.from(2, "zhang", fmt.Sprint("b", i), 7, at(i)))
	}
	for i := range only {
		items = append(items, b.from(1, "zhang", fmt.Sprint("c", i), 7, at(both+i)))
	}
	b.submit(items...)
	if got, _ := b.counted(b.c, n); got != both+only {
		t.Fatalf("%d count of %d told", got, len(items))
	}
	ctx, stop := context.WithCancel(t.Context())
	w, err := b.c.Withdraw(ctx, 1, audit.Entry{Actor: "command", Action: "source.withdraw"}, func(done, of int) error {
		if of != both+only {
			t.Errorf("%d to withdraw", of)
		}
		stop() // broken off after the first batch
		return nil
	})
	if !errors.Is(err, context.Canceled) || w.Retracted == 0 || w.Retracted >= both+only {
		t.Fatalf("broken off: %+v, %v", w, err)
	}
	first := w.Retracted
	w, err = b.c.Withdraw(t.Context(), 1, audit.Entry{Actor: "command", Action: "source.withdraw"}, nil)
	ok(t, err)
	// What was on its way when it broke off is in, and was not told.
	if w.Retracted < both+only-first-200 || w.Retracted > both+only-first || w.Refused != 0 || w.People != 1 {
		t.Errorf("the second run: %+v after %d", w, first)
	}
	if w, err = b.c.Withdraw(t.Context(), 1, audit.Entry{Actor: "command", Action: "source.withdraw"}, nil); err != nil || w != (conductor.Withdrawn{}) {
		t.Errorf("a third run: %+v, %v", w, err)
	}
	// What the other source told stands, also for who reads the log anew.
	for name, c := range map[string]*conductor.Conductor{"here": b.c, "rebuilt": b.open()} {
		if got, disputed := b.counted(c, n); got != both || disputed != 0 {
			t.Errorf("%s: %d count, %d of them disputed", name, got, disputed)
		}
	}
	if _, err := b.c.Withdraw(t.Context(), 0, audit.Entry{}, nil); !errors.Is(err, conductor.ErrOwn) {
		t.Errorf("peiban itself: %v", err)
	}
}

func TestTwoSourcesInAnyBatches(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.submit(b.from(2, "zhang", "1", 7, b.now), b.from(1, "zhang", "1", 7, b.now), b.from(1, "zhang", "2", 7.4, b.now))
	b.submit(b.from(2, "zhang", "2", 7.4, b.now))
	if got, disputed := b.counted(b.c, n); got != 2 || disputed != 2 {
		t.Errorf("%d count, %d disputed", got, disputed)
	}
}

// facts are the readings that count, in order.
func (b *bench) readings(c *conductor.Conductor, n person.Number) (out []string) {
	_, v, _, _ := c.Glance(n)
	for i, t := range v.Type {
		if v.Flags[i]&event.Hidden == 0 && t != event.Correction {
			out = append(out, fmt.Sprintf("%d %d %v %v %v %v %d", v.At[i], t, v.Num[i], v.A[i], v.B[i], v.C[i], v.Flags[i]&event.Disputed))
		}
	}
	slices.Sort(out)
	return out
}

func TestASourceIsTakenBackIn(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	var items []conductor.Item
	for i := range 450 {
		items = append(items, b.from(1, "zhang", fmt.Sprint("a", i), 5+float64(i%60)/10, b.now.Add(-time.Duration(i)*time.Hour)))
	}
	items = append(items, b.from(2, "zhang", "b", 5, b.now), b.from(2, "zhang", "c", 9.9, b.now.Add(-time.Minute)))
	b.submit(items...)
	before := b.readings(b.c, n)
	proof := audit.Entry{Actor: "command", Action: "source.reinstate"}
	if r, err := b.c.Reinstate(t.Context(), 1, proof, nil); err != nil || r != (conductor.Reinstated{}) {
		t.Errorf("nothing was withdrawn: %+v, %v", r, err)
	}
	for round := range 2 {
		_, err := b.c.Withdraw(t.Context(), 1, audit.Entry{Actor: "command", Action: "source.withdraw"}, nil)
		ok(t, err)
		if got := b.readings(b.c, n); len(got) != len(before)-449 {
			t.Fatalf("round %d, withdrawn: %d of %d count", round, len(got), len(before))
		}
		if r, err := b.c.Reinstatement(t.Context(), 1); err != nil || r.Events != 450 || r.People != 1 {
			t.Errorf("round %d: %+v, %v", round, r, err)
		}
		ctx, stop := context.WithCancel(t.Context())
		if _, err := b.c.Reinstate(ctx, 1, proof, func(int, int) error { stop(); return nil }); !errors.Is(err, context.Canceled) {
			t.Fatalf("broken off: %v", err)
		}
		r, err := b.c.Reinstate(t.Context(), 1, proof, nil)
		if err != nil || r.Refused+r.Waiting != 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		if r, err = b.c.Reinstate(t.Context(), 1, proof, nil); err != nil || r != (conductor.Reinstated{}) {
			t.Errorf("again: %+v, %v", r, err)
		}
		for name, c := range map[string]*conductor.Conductor{"here": b.c, "rebuilt": b.open()} {
			if got := b.readings(c, n); !slices.Equal(got, before) {
				t.Errorf("round %d, %s: %d readings, before %d", round, name, len(got), len(before))
			}
		}
	}
	if _, err := b.c.Reinstate(t.Context(), 0, proof, nil); !errors.Is(err, conductor.ErrOwn) {
		t.Errorf("peiban itself: %v", err)
	}
}
