package conductor_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/person"
)

// TestOneCommitOfManyIsManyCommits takes the same readings in, some of them dangerous and several of one person, all in one commit
// and each in one of its own: everybody's tags, stage, runs, tasks and messages are the same, and so is the order of what happened.
func TestOneCommitOfManyIsManyCommits(t *testing.T) {
	const people = 60
	tell := func(atOnce int) (told []string) {
		b := newBench(t)
		b.ids = rand.NewChaCha8([32]byte{1}) // the same people, so that chance gives them the same
		b.c = b.open()
		who := make([]person.Number, people)
		for i := range who {
			who[i] = b.consent(fmt.Sprint("p", i))
		}
		rnd := rand.New(rand.NewPCG(7, 11))
		var items []conductor.Item
		for i := range 400 {
			p := fmt.Sprint("p", rnd.IntN(people))
			at := b.now.Add(-time.Duration(400-i) * time.Minute)
			switch k := rnd.IntN(20); {
			case k < 2: // low: a card, an alert, a task, and a run that waits
				items = append(items, b.item(p, "glucose", fmt.Sprintf(`{"value":2.%d,"unit":"mmol/L","context":"before_lunch"}`, rnd.IntN(9)), at))
			case k == 2:
				items = append(items, b.item(p, "consent", fmt.Sprintf(`{"purpose":"marketing_push","granted":%t,"textVersion":"1"}`, rnd.IntN(2) == 0), at))
			case k < 5:
				items = append(items, b.item(p, "blood_pressure", fmt.Sprintf(`{"systolic":%d,"diastolic":80}`, 110+rnd.IntN(90)), at))
			default:
				items = append(items, b.item(p, "glucose", fmt.Sprintf(`{"value":%d.%d,"unit":"mmol/L","context":"fasting"}`, 5+rnd.IntN(12), rnd.IntN(10)), at))
			}
		}
		for some := range slices.Chunk(items, atOnce) {
			for _, o := range b.submit(some...) {
				if o.Status != conductor.Stored {
					t.Fatalf("%+v", o)
				}
			}
		}
		for i, n := range who {
			l, err := b.c.Look(n, 0, 0)
			ok(t, err)
			line := fmt.Sprintf("p%d:", i)
			for k := range l.View.Timeline.Len() {
				e := l.View.Timeline.Event(k)
				line += fmt.Sprintf(" %s %v %s %s", e.Type, e.Num, e.A, e.C)
			}
			for _, p := range l.State.Programmes {
				line += " | " + p.Key + " " + p.Stage
				for _, a := range p.Tags {
					line += " " + a.Key
				}
			}
			for _, r := range l.State.Runs {
				line += fmt.Sprintf(" | run %s %s %d", r.Journey, r.Step, r.Round)
			}
			for _, m := range b.messages(n) {
				line += fmt.Sprintf(" | %s %s %s", m.Content, m.State, m.Reason)
			}
			for _, k := range b.tasks(n) {
				line += fmt.Sprintf(" | %s %s %d", k.Script, k.State, k.Level)
			}
			told = append(told, line)
		}
		return told
	}
	alone, together := tell(1), tell(400)
	for i := range alone {
		if alone[i] != together[i] {
			t.Errorf("one by one\n%s\nin one commit\n%s", alone[i], together[i])
		}
	}
}
