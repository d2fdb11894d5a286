package conductor_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"peiban/internal/conductor"
)

// A version that is in force, lived again over the time it was in force, would have said what it really said; nothing is written.
func TestADraftLivedAgain(t *testing.T) {
	b := newBench(t)
	from := b.now.UnixMicro()
	zhang, li := b.consent("zhang"), b.consent("li")
	b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now))
	b.submit(b.item("li", "glucose", `{"value":6.1,"unit":"mmol/L"}`, b.now))
	b.now = b.now.Add(2 * time.Hour)
	_, err := b.c.Tick(t.Context())
	ok(t, err)
	really := 0
	for _, m := range b.messages(zhang) {
		if m.State == "sent" && m.Journey == "low-glucose" {
			really++
		}
	}
	before := len(b.messages(zhang)) + len(b.messages(li))
	ask := conductor.Rehearsal{Programme: b.c.Programme("diabetes").Compiled, Journey: "low-glucose", From: from, To: b.now.UnixMicro() + 1, Capacity: 40}
	out, err := b.c.Rehearse(t.Context(), ask)
	ok(t, err)
	if out.People != 2 || out.Reached != 1 || really == 0 || out.Sent != really || out.Real != really || out.Tasks == 0 || out.All.Needed != 1 {
		t.Errorf("really sent %d; lived again: %+v", really, out.Forecast)
	}
	if set := out.Sets["reached"]; set == nil || set.GetCardinality() != 1 || !set.Contains(uint32(zhang)) {
		t.Errorf("reached %v", set)
	}
	if now := len(b.messages(zhang)) + len(b.messages(li)); now != before {
		t.Errorf("%d messages were written", now-before)
	}
	b.same(b.c)

	// What was not known yet does not count: the time before the reading came.
	ask.From, ask.To = from-time.Hour.Microseconds(), from
	if out, err = b.c.Rehearse(t.Context(), ask); err != nil || out.Reached != 0 || out.Sent != 0 {
		t.Errorf("%v, before anything was known: %+v", err, out.Forecast)
	}
	ask.From, ask.To, ask.Journey = from, b.now.UnixMicro(), "nobody"
	if _, err = b.c.Rehearse(t.Context(), ask); !errors.Is(err, conductor.ErrNothingToRehearse) {
		t.Errorf("a journey nobody wrote: %v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	ask.Journey = ""
	if _, err = b.c.Rehearse(stopped, ask); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}
