package conductor_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/store"
)

// withPlans adds a journey that is entered by hand, once a person, and one that is entered on a segment.
func withPlans(b *bench) {
	b.t.Helper()
	b.publish(b.c, func(f programme.Files) {
		f["segments.yaml"] = watched
		delete(f, "tests/layers.yaml")
		f["journeys/talks.yaml"] = "name: {zh: 谈一次, en: Talk}\nenter: {manual: true, key: once}\nsteps:\n  - task: {who: owner, due: 2d, script: recall-call, result: [reached, no_answer]}\n  - wait: 30d\n  - points: {amount: 1, rule: talked}\n"
		f["journeys/closer.yaml"] = "name: {zh: 多看看, en: Closer}\nenter: {tag: watch, key: episode, again: 10d}\nsteps: [{wait: 5d}, {points: {amount: 1, rule: watched}}]\n"
	})
}

func startedAs(lines []conductor.Started) string {
	var out []string
	for _, l := range lines {
		s := string(l.Refused)
		if l.Refused == "" {
			s = "in"
		}
		if l.Again {
			s += " again"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func TestPeopleArePutIntoAJourney(t *testing.T) {
	b := newBench(t)
	zhang, li, wang := b.consent("zhang"), b.consent("li"), b.consent("wang")
	b.submit(b.item("li", "glucose", `{"value":13.0,"unit":"mmol/L"}`, b.now))
	withPlans(b)
	proof := audit.Entry{Actor: "staff:zhou", Action: "journey.start"}
	start := func(key, order string, try bool, people ...person.Number) string {
		t.Helper()
		lines, err := b.c.StartJourney(t.Context(), conductor.Bulk, people, conductor.Start{Programme: "diabetes", Journey: key, Key: order, Reason: "她自己要", Try: try}, proof)
		ok(t, err)
		return startedAs(lines)
	}
	runs := func(n person.Number, key string) (k int) {
		l, err := b.c.Look(n, 0, 0)
		ok(t, err)
		for _, r := range l.State.Runs {
			if r.Journey == key {
				k++
			}
		}
		return k
	}
	head := b.c.Head()
	if got := start("talks", "", true, zhang, li); got != "in, in" || b.c.Head() != head || runs(zhang, "talks") != 0 {
		t.Fatalf("a dry run: %s, head %d after %d", got, b.c.Head(), head)
	}
	if got := start("talks", "a", false, zhang, zhang, 999); got != "in, gone" || runs(zhang, "talks") != 1 {
		t.Errorf("%s", got)
	}
	if got := start("talks", "a", false, zhang, li); got != "in again, in" || runs(zhang, "talks") != 1 {
		t.Errorf("the same order once more: %s", got)
	}
	if got := start("talks", "b", false, zhang, wang); got != "inside, in" {
		t.Errorf("another order: %s", got)
	}
	// li fits the segment since it is there: only who publishes can have put them in
	if got := start("closer", "c", true, zhang, li); got != "does_not_fit, in" || runs(li, "closer") != 0 {
		t.Errorf("who fits: %s, %d runs", got, runs(li, "closer"))
	}
	fits, err := b.c.Fitting("diabetes", "closer")
	ok(t, err)
	if fits.GetCardinality() != 1 || !fits.Contains(uint32(li)) {
		t.Errorf("%d fit", fits.GetCardinality())
	}
	if got := start("closer", "c", false, li); got != "in" || runs(li, "closer") != 1 {
		t.Errorf("%s", got)
	}
	b.now = b.now.Add(6 * 24 * time.Hour)
	if got := start("closer", "d", true, li); got != "pause" {
		t.Errorf("in its pause: %s", got)
	}
	if got := start("closer", "c", false, li); got != "in again" || runs(li, "closer") != 0 {
		t.Errorf("the same order after the run ended: %s", got)
	}
	for _, tt := range []struct {
		key  string
		want error
	}{{"none", conductor.ErrNoJourney}, {"low-glucose", conductor.ErrNotByHandEntered}} {
		if _, err := b.c.StartJourney(t.Context(), conductor.Bulk, []person.Number{li}, conductor.Start{Programme: "diabetes", Journey: tt.key}, proof); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", tt.key, err)
		}
	}
	may, err := b.c.MayStart(wang)
	ok(t, err)
	if m := may["diabetes"]; m["talks"] != engine.Inside || m["closer"] != engine.NotFitting || m["low-glucose"] != engine.NotByHand {
		t.Errorf("%v", m)
	}
	l, err := b.c.Look(zhang, 0, 0)
	ok(t, err)
	if count(l, event.JourneyStart) != 1 {
		t.Errorf("%d starts are remembered, want 1", count(l, event.JourneyStart))
	}
	rows, err := b.store.Audit(t.Context(), b.ws.Number, audit.Filter{Action: "journey.start"}, store.Page{Limit: 20})
	ok(t, err)
	if len(rows.Items) != 4 {
		t.Errorf("%d audit rows, want one for each who came in", len(rows.Items))
	}
	b.same(b.c)
	b.same(b.open())
}
