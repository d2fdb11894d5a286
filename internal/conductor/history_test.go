package conductor_test

import (
	"fmt"
	"testing"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/rule"
	"peiban/internal/store"
)

// A month of history comes in one commit, older than a reading that is here, with an echo, a correction and somebody else's events
// among it: one step looks at what came together, so that nobody gains a tag for a low that a later row takes out of the window, and a
// replay takes the same steps.
func TestHistoryThatComesTogetherIsOneStep(t *testing.T) {
	b := newBench(t)
	n, other := b.consent("zhang"), b.consent("li")
	b.submit(b.item("zhang", "glucose", `{"value":7.1,"unit":"mmol/L"}`, b.now.Add(-time.Minute)))
	b.now = b.now.Add(time.Hour)
	var items []conductor.Item
	history := func(who, key, props string, at time.Time) *conductor.Item {
		it := b.item(who, key, props, at)
		it.Event.Flags |= event.Imported
		it.Event.Source = 7
		items = append(items, it)
		return &items[len(items)-1]
	}
	first := b.now.AddDate(0, 0, -28)
	for i := range 28 {
		at := first.AddDate(0, 0, i)
		history("zhang", "glucose", fmt.Sprintf(`{"value":%.1f,"unit":"mmol/L","context":"fasting"}`, 5+float64(i%9)), at)
		history("li", "glucose", `{"value":6.2,"unit":"mmol/L","context":"fasting"}`, at)
		if i == 9 {
			history("zhang", "glucose", `{"value":5.0,"unit":"mmol/L","context":"fasting"}`, at).Event.Source = 8 // the same one
		}
		if i == 14 {
			history("zhang", "weight", `{"value":71,"unit":"kg"}`, at)
		}
		if i == 20 {
			history("zhang", "consent", `{"purpose":"marketing_push","granted":true,"textVersion":"1"}`, at)
		}
	}
	for i, o := range b.submit(items...) {
		if o.Status != conductor.Stored {
			t.Fatalf("item %d: status %v, %v", i, o.Status, o.Fault)
		}
	}
	for _, who := range []struct{ n, steps int }{{int(n), 2}, {int(other), 1}} {
		steps := 0
		err := b.store.Facts(t.Context(), b.ws.Number, 0, 1<<40, func(e *event.Event) error {
			if int(e.Person) == who.n && e.Source == 7 && e.Type != event.Consent && e.Flags&event.Together == 0 {
				steps++
			}
			return nil
		})
		ok(t, err)
		if steps != who.steps { // a consent is a step of its own, and what comes after it another
			t.Errorf("person %d: %d groups of history, want %d", who.n, steps, who.steps)
		}
	}
	h, err := b.c.Look(n, 0, 0)
	ok(t, err)
	l, err := b.store.Transitions(t.Context(), b.ws.Number, n, h.Changed, "", store.Page{Limit: 500})
	ok(t, err)
	seen := map[string]int{}
	for _, tr := range l.Items {
		if tr.At == b.now.UnixMicro() {
			seen[tr.Key]++
		}
	}
	for key, times := range seen {
		if times > 2 { // once for each of the two groups at most
			t.Errorf("%s came and went %d times in one commit", key, times)
		}
	}
	again := b.item("zhang", "weight", `{"value":72,"unit":"kg"}`, first.AddDate(0, 0, 14))
	again.Event.Flags |= event.Imported | event.Together // copied from an event that came with others
	again.Event.Supersedes = h.View.Seq[h.View.Len()/2]
	if o := b.submit(again); o[0].Event.Flags&event.Together != 0 {
		t.Error("what came by itself says that it came with others")
	}
	people, diff, err := b.c.Replay(t.Context(), nil)
	ok(t, err)
	if people != 2 || len(diff) > 0 {
		t.Errorf("%d people, different after a replay: %v", people, diff)
	}
	h, err = b.c.Look(n, 0, 0)
	ok(t, err)
	for _, tag := range h.Tags {
		if has := h.State.Progress("diabetes").Has(tag.Tag.Key); has != (tag.Truth == rule.True) {
			t.Errorf("%s: kept %v, asked anew %v", tag.Tag.Key, has, tag.Truth)
		}
	}
}
