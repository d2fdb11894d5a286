package conductor_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/store"
	"peiban/internal/workspace"
)

// states is everybody's state as a conductor opened now has it.
func (b *bench) states() map[person.Number]string {
	b.t.Helper()
	out := map[person.Number]string{}
	c := b.open()
	for n := person.Number(1); int(n) <= c.Directory().Len(); n++ {
		_, _, s, found := c.Glance(n)
		if !found {
			b.t.Fatalf("nobody has number %d", n)
		}
		bytes, err := s.Encode()
		ok(b.t, err)
		out[n] = fmt.Sprintf("%s wake %d", bytes, c.Due(n))
	}
	return out
}

func (b *bench) logged() event.Seq {
	b.t.Helper()
	n, err := b.store.FirstLogged(b.t.Context(), b.ws.Number)
	ok(b.t, err)
	return n
}

func TestSettlingChangesNothingAndEmptiesTheLog(t *testing.T) {
	b := newBench(t)
	for i := range 30 {
		b.consent(fmt.Sprint("p", i))
	}
	start := b.now
	b.now = b.now.Add(4 * time.Hour) // and stays: two processes look at it
	read := func(c *conductor.Conductor, from, to int) {
		for i := from; i < to; i++ {
			at := start.Add(time.Duration(i) * time.Minute)
			it := b.item(fmt.Sprint("p", i%30), "glucose", fmt.Sprintf(`{"value":%d.5,"unit":"mmol/L"}`, 2+i%15), at)
			_, err := c.Submit(t.Context(), conductor.Live, audit.Entry{Actor: "source:test", Action: "intake.batch"}, []conductor.Item{it})
			ok(t, err)
		}
	}
	read(b.c, 0, 60)
	before := b.states()
	if b.logged() == 0 {
		t.Fatal("no state was logged")
	}
	ok(t, b.c.Settle(t.Context()))
	if n := b.logged(); n != 0 {
		t.Errorf("the log still begins at %d", n)
	}
	for n, s := range b.states() {
		if s != before[n] {
			t.Fatalf("person %d was\n%s\nand is\n%s", n, before[n], s)
		}
	}

	// While one process takes readings in, another settles: what it has not seen yet stays in the log.
	other := b.open()
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 20 {
			if err := other.Settle(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	read(b.c, 60, 160)
	wg.Wait()
	for n, s := range b.states() {
		_, _, state, _ := b.c.Glance(n)
		bytes, err := state.Encode()
		ok(t, err)
		if want := fmt.Sprintf("%s wake %d", bytes, b.c.Due(n)); s != want {
			t.Fatalf("person %d is\n%s\nin memory and\n%s\nafter a restart", n, want, s)
		}
	}
	_, diff, err := b.open().Replay(t.Context(), nil)
	ok(t, err)
	if len(diff) > 0 {
		t.Errorf("%d people differ from their replay", len(diff))
	}
}

// halting breaks off the commit after a number of them.
type halting struct {
	*store.Store
	left int
}

func (h *halting) Begin(ctx context.Context, w workspace.Number) (conductor.Tx, error) {
	if h.left--; h.left < 0 {
		return nil, errors.New("disk full")
	}
	return h.Store.Begin(ctx, w)
}

func TestSettlingBrokenOffAnywhereLosesNothing(t *testing.T) {
	b := newBench(t)
	for i := range 5 {
		b.consent(fmt.Sprint("p", i))
	}
	for stop := range 4 {
		b.submit(b.item("p1", "glucose", fmt.Sprintf(`{"value":%d.5,"unit":"mmol/L"}`, 2+7*(stop%2)), b.now.Add(time.Duration(stop)*time.Minute)))
		before := b.states()
		h := &halting{Store: b.store, left: stop}
		err := b.openOn(h).Settle(t.Context())
		if failed := h.left < 0; failed != (err != nil) {
			t.Errorf("stopped after %d: %v", stop, err)
		}
		for n, s := range b.states() {
			if s != before[n] {
				t.Fatalf("stopped after %d: person %d was\n%s\nand is\n%s", stop, n, before[n], s)
			}
		}
		b.c = b.open()
	}
}

func TestTransitionsAreLinkedThroughSettlingAndRestarts(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	seen := 0
	for i := range 8 {
		b.now = b.now.Add(36 * time.Hour)
		b.submit(b.item("zhang", "glucose", fmt.Sprintf(`{"value":%d,"unit":"mmol/L","context":"fasting"}`, []int{6, 3, 12, 8}[i%4]), b.now))
		if i%2 == 1 {
			ok(t, b.c.Settle(t.Context()))
		}
		if i%3 == 2 {
			b.c = b.open()
		}
		l, err := b.c.Look(n, 0, 0)
		ok(t, err)
		list, err := b.store.Transitions(t.Context(), b.ws.Number, n, l.Changed, "", store.Page{Limit: 1000})
		ok(t, err)
		if len(list.Items) < seen || list.Total != len(list.Items) {
			t.Fatalf("%d transitions of %d, %d before", len(list.Items), list.Total, seen)
		}
		seen = len(list.Items)
		has := map[string]bool{}
		for k := len(list.Items) - 1; k >= 0; k-- {
			has[list.Items[k].Key] = list.Items[k].Gained
		}
		for _, tag := range l.State.Progress("diabetes").Tags {
			if !has["diabetes/"+tag.Key] {
				t.Fatalf("the history does not know of %s", tag.Key)
			}
		}
	}
	if seen < 5 {
		t.Errorf("only %d transitions", seen)
	}
}
