package conductor_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/suspicion"
	"peiban/internal/task"
)

// equal has somebody tell of n equal values, one a day, the last an hour ago.
func (b *bench) equal(who string, n int, value string) []conductor.Outcome {
	b.t.Helper()
	var items []conductor.Item
	for i := range n {
		when := b.now.Add(-time.Hour).AddDate(0, 0, i-n+1)
		items = append(items, b.item(who, "glucose", `{"value":`+value+`,"unit":"mmol/L","context":"fasting"}`, when))
	}
	return b.submit(items...)
}

func (b *bench) doubts(c *conductor.Conductor) int {
	b.t.Helper()
	n, err := c.LookForDoubts(b.t.Context())
	ok(b.t, err)
	return n
}

func (b *bench) has(n person.Number, tag string) bool {
	b.t.Helper()
	l, err := b.c.Look(n, 0, 0)
	ok(b.t, err)
	return l.State.Progress("diabetes").Has(tag)
}

func TestADoubtIsToldOnce(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.equal("zhang", 5, "6.5")
	if b.has(n, "sg_data_suspect") {
		t.Fatal("in doubt before anybody looked")
	}
	if got := b.doubts(b.c); got != 1 {
		t.Fatalf("%d new, want 1", got)
	}
	if !b.has(n, "sg_data_suspect") {
		t.Error("the tag is missing")
	}
	if got := b.doubts(b.c); got != 0 {
		t.Errorf("looked again: %d new", got)
	}
	d := b.c.DoubtsOf(n)
	if len(d) != 1 || d[0].Reason != suspicion.Repeated || d[0].Count != 5 || len(d[0].Evidence) != 5 {
		t.Fatalf("%+v", d)
	}
	again := b.open() // killed and started again: it looks at everybody and finds the same
	if got := b.doubts(again); got != 0 {
		t.Errorf("another process found %d new", got)
	}
	all, err := again.Doubts(t.Context())
	ok(t, err)
	if len(all) != 1 || all[0].Person != n {
		t.Errorf("listed: %+v", all)
	}
}

// A process that is killed between a reading and the look at it leaves nothing behind but the reading: the next finds it.
func TestADoubtIsFoundAfterAKill(t *testing.T) {
	b := newBench(t)
	b.doubts(b.c) // everybody, while there is nothing
	n := b.consent("zhang")
	b.equal("zhang", 5, "6.5")
	b.c = b.open()
	if got := b.doubts(b.c); got != 1 || !b.has(n, "sg_data_suspect") {
		t.Errorf("%d new", got)
	}
}

func TestTwoWorkersTellOneDoubt(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.equal("zhang", 7, "6.5")
	other := b.open()
	var wg sync.WaitGroup
	var found [2]int
	for i, c := range []*conductor.Conductor{b.c, other} {
		wg.Go(func() { found[i], _ = c.LookForDoubts(t.Context()) })
	}
	wg.Wait()
	if found[0]+found[1] != 1 {
		t.Errorf("found %v", found)
	}
	b.c = b.open()
	if d := b.c.DoubtsOf(n); len(d) != 1 {
		t.Errorf("%d doubts", len(d))
	}
}

func TestACopyAndASharedMeterAreFoundBetweenPeople(t *testing.T) {
	b := newBench(t)
	b.doubts(b.c)
	zhang, li := b.consent("zhang"), b.consent("li")
	begun := b.now
	series := func(who, device string) {
		for i := range 8 {
			when := begun.Add(-time.Hour).Add(-time.Duration(i) * 10 * time.Hour)
			b.submit(b.item(who, "glucose", fmt.Sprintf(`{"value":%.1f,"unit":"mmol/L","device":%q}`, 6+float64(i)/10, device), when))
		}
	}
	series("zhang", "SN1")
	b.now = b.now.Add(time.Minute)
	if got := b.doubts(b.c); got != 0 {
		t.Fatalf("one alone: %d", got)
	}
	series("li", "SN1")
	if got := b.doubts(b.c); got != 3 {
		t.Errorf("%d found, want the meter on both and the copy: %+v %+v", got, b.c.DoubtsOf(zhang), b.c.DoubtsOf(li))
	}
	reasons := func(n person.Number) (out []string) {
		for _, d := range b.c.DoubtsOf(n) {
			out = append(out, d.Reason)
		}
		return out
	}
	if got := fmt.Sprint(reasons(zhang)); got != "[shared_device]" {
		t.Errorf("zhang, who was first: %s", got)
	}
	if got := reasons(li); len(got) != 2 {
		t.Errorf("li, who came later: %v", got)
	}
}

func TestAClearedDoubtStaysCleared(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.equal("zhang", 5, "6.5")
	b.doubts(b.c)
	d := b.c.DoubtsOf(n)[0]
	b.now = b.now.Add(time.Minute)
	proof := audit.Entry{Actor: "staff:s", Action: "doubt.clear", Person: n}
	for range 2 { // twice is once
		ok(t, b.c.ClearDoubt(t.Context(), n, d.Seq, "confirmed", "", proof))
	}
	if b.has(n, "sg_data_suspect") {
		t.Error("the tag is still there")
	}
	if got := b.doubts(b.c); got != 0 {
		t.Errorf("told again for the same readings: %d", got)
	}
	if got := b.doubts(b.open()); got != 0 {
		t.Errorf("told again after a start: %d", got)
	}
	all := b.c.DoubtsOf(n)
	if len(all) != 1 || all[0].Cleared == 0 {
		t.Errorf("%+v", all)
	}
	_, diff, err := b.c.Replay(t.Context(), nil)
	ok(t, err)
	if len(diff) != 0 {
		t.Errorf("a replay gives another state: %s", diff[0].Again)
	}
	if err := b.c.ClearDoubt(t.Context(), n, d.Seq+100, "confirmed", "", proof); err != conductor.ErrNoDoubt { //nolint:errorlint // as it is
		t.Errorf("a doubt that never was: %v", err)
	}
}

// No alarm is suppressed: a reading in doubt opens what it would have opened.
func TestADoubtfulReadingRaisesEveryAlarm(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.equal("zhang", 5, "6.5")
	b.doubts(b.c)
	if !b.has(n, "sg_data_suspect") {
		t.Fatal("not in doubt")
	}
	b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L","context":"before_lunch"}`, b.now))
	alert, card := 0, 0
	for _, k := range b.tasks(n) {
		if k.Kind == task.KindAlert {
			alert++
		}
	}
	for _, m := range b.messages(n) {
		if m.Content == "low-now" {
			card++
		}
	}
	if alert != 1 || card != 1 {
		t.Errorf("%d alerts and %d safety cards, want one each", alert, card)
	}
}

func (b *bench) points(n person.Number) (sum float64) {
	b.t.Helper()
	l, err := b.c.Look(n, 0, 0)
	ok(b.t, err)
	for i, typ := range l.View.Type {
		if typ == event.Points && l.View.Flags[i]&event.Hidden == 0 {
			sum += l.View.Num[i]
		}
	}
	return sum
}

// award gives points for a reading.
func (b *bench) award(who string, amount int, e event.Event) {
	b.t.Helper()
	props, _ := json.Marshal(map[string]any{"amount": amount, "rule": "reading", "ref": event.Ref(e.ID())})
	b.submit(b.item(who, "points", string(props), time.UnixMicro(e.Occurred)))
}

func TestPointsForDoubtfulReadingsDoNotCount(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	out := b.equal("zhang", 5, "6.5")
	for _, o := range out[:4] {
		b.award("zhang", 3, o.Event)
	}
	good := b.submit(b.item("zhang", "glucose", `{"value":7.1,"unit":"mmol/L"}`, b.now))[0].Event
	b.award("zhang", 10, good)
	if got := b.points(n); got != 22 {
		t.Fatalf("%v points before anybody looked", got)
	}
	b.doubts(b.c)
	if got := b.points(n); got != 10 {
		t.Errorf("%v points in doubt, want the 10 of the good reading", got)
	}
	b.award("zhang", 3, out[4].Event) // awarded when it is in doubt already
	if got := b.points(n); got != 10 {
		t.Errorf("%v points after one more", got)
	}
	b.doubts(b.c)
	b.doubts(b.open())
	if got := b.points(n); got != 10 {
		t.Errorf("%v points after another look", got)
	}
	b.now = b.now.Add(time.Minute)
	ok(t, b.c.ClearDoubt(t.Context(), n, b.c.DoubtsOf(n)[0].Seq, "confirmed", "", audit.Entry{Actor: "staff:s", Action: "doubt.clear", Person: n}))
	if got := b.points(n); got != 25 {
		t.Errorf("%v points after it was cleared, want all 25", got)
	}
}
