package conductor_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/person"
	"peiban/internal/task"
)

// TestOpenWorkIsWhatTheDatabaseHas opens, takes, puts off, closes, reopens and hands over work, erases somebody and lets another process
// write, in any order; the open work that is kept is that of the database after each of it.
func TestOpenWorkIsWhatTheDatabaseHas(t *testing.T) {
	b := newBench(t)
	ctx, proof := t.Context(), audit.Entry{Actor: "staff:liu", Action: "task.done"}
	other := b.open()
	var who []person.Number
	for i := range 12 {
		who = append(who, b.consent(fmt.Sprint("p", i)))
	}
	rnd := rand.New(rand.NewPCG(3, 5))
	most := 0
	look := func(after string) []task.Task {
		want, err := b.store.AllTasks(ctx, b.ws.Number, task.Filter{States: []task.State{task.Open}, Bare: true})
		ok(t, err)
		for _, c := range []*conductor.Conductor{b.c, other} {
			got, err := c.OpenTasks(ctx)
			ok(t, err)
			if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
				t.Fatalf("after %s\nkept     %+v\ndatabase %+v", after, got, want)
			}
		}
		most = max(most, len(want))
		return want
	}
	erased, done := map[int]bool{}, map[string]int{}
	for i := range 150 {
		b.now = b.now.Add(time.Duration(rnd.IntN(40)) * time.Minute)
		open := look("the start")
		p := rnd.IntN(len(who))
		c := []*conductor.Conductor{b.c, other}[rnd.IntN(2)]
		what := ""
		switch k := rnd.IntN(10); {
		case k < 4 && !erased[p]:
			what = "a low"
			_, err := c.Submit(ctx, conductor.Live, audit.Entry{}, []conductor.Item{b.item(fmt.Sprint("p", p), "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now)})
			ok(t, err)
		case k < 7 && len(open) > 0:
			x := open[rnd.IntN(len(open))]
			a := []conductor.Act{
				{Kind: "claim"}, {Kind: "complete", Outcome: "reached"}, {Kind: "skip", Outcome: "not_needed"}, {Kind: "postpone", Until: b.now.Add(time.Hour).UnixMicro()}, {Kind: "hand", To: "chen"},
			}[rnd.IntN(5)]
			what = a.Kind
			if _, err := c.Act(ctx, "liu", x, a, proof); err == nil { // a safety task cannot wait: that is refused
				done[what]++
			}
		case k == 7 && !erased[p]:
			what = "another owner"
			ok(t, c.Assign(ctx, who[p], []string{"liu", "chen"}[rnd.IntN(2)], proof))
		case k == 8:
			what = "time"
			_, err := c.Tick(ctx)
			ok(t, err)
		case k == 9 && i > 100 && len(erased) < 3 && !erased[p]:
			what, erased[p] = "somebody erased", true
			ok(t, c.Erase(ctx, who[p], audit.Entry{Actor: "staff:adm", Action: "person.erase"}))
		}
		look(what)
	}
	if most < 3 || len(erased) == 0 || done["claim"] == 0 || done["complete"] == 0 || done["skip"] == 0 {
		t.Errorf("at most %d tasks were open, %d people erased, %v: too little was tried", most, len(erased), done)
	}
	one, err := b.c.OpenTasks(ctx)
	ok(t, err)
	slices.Reverse(one) // the list is the caller's
	look("the caller's own order")
}
