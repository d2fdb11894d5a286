package storetest

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/insight/fulfil"
	"peiban/internal/insight/steps"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/store"
	"peiban/internal/task"
)

// stepFacts holds what is read in one text for each bucket equal to what is read row by row, of everybody and of one.
func stepFacts(f *fixture) {
	const key = "steps_%of"
	why := func(step string) []byte {
		b, err := json.Marshal(engine.Cause{Programme: "diabetes", Journey: key, Version: 3, Step: step})
		f.must(err)
		return b
	}
	p, q := f.people[0].Number, f.people[1].Number
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		for i, n := range []person.Number{p, q, p} {
			c.Runs = append(c.Runs, conductor.RunRow{Person: n, ID: fmt.Sprint("SR", i), Journey: key, Version: 1, Status: []string{"running", "done", "left"}[i], Reason: []string{"", "end", "exit"}[i], Step: "2", Started: int64(1_000_000 * (1 + i))})
			for k, state := range []message.State{message.Sent, message.Suppressed, message.Queued} {
				m := f.message(message.ID(fmt.Sprint("SM", i, k)), 12)
				m.Person, m.To, m.Journey, m.Run, m.State, m.Step, m.Reason = n, n, key, fmt.Sprint("SR", i), state, "3.then.1", "cap"
				c.NewMessages = append(c.NewMessages, m)
			}
			for k, step := range []string{"4", `a "quoted" one`, "中文", "", "5,\"step\":\"x"} {
				c.NewTasks = append(c.NewTasks, task.Task{
					ID: task.ID(fmt.Sprint("ST", i, k)), Person: n, Kind: "task", Priority: task.Normal, Script: "x", State: task.Open, Opened: 5, Due: 50, Run: fmt.Sprint("SR", i), Why: why(step), Version: 1,
				})
			}
		}
		c.NewTasks = append(c.NewTasks, task.Task{ID: "ST9", Person: p, Kind: "task", Priority: task.Normal, Script: "x", State: task.Open, Opened: 5, Due: 50, Run: "another's", Why: why("4"), Version: 1})
	})
	line := func(n uint32, entered int64, w steps.What) string {
		return fmt.Sprintf("%d %d %+v", n, steps.Seconds(entered), w)
	}
	var want []string
	f.must(f.s.JourneyRuns(ctx, f.w, []string{key}, 0, math.MaxInt64, func(r conductor.RunRow) {
		want = append(want, line(uint32(r.Person), r.Started, steps.What{Run: true, Step: r.Step, State: r.Status, Reason: r.Reason}))
	}))
	f.must(f.s.JourneyWork(ctx, f.w, []string{key}, 0, math.MaxInt64, func(w *fulfil.Work) {
		what := steps.What{Step: w.Step, Kind: w.Kind, State: w.State}
		if w.Outbound() {
			what.Reason = w.Reason
		}
		want = append(want, line(w.Person, w.Entered, what))
	}))
	if len(want) != 3+9+15 {
		f.T.Fatalf("%d facts row by row", len(want))
	}
	read := func(people []person.Number) (out []string) {
		f.must(f.s.StepFacts(ctx, f.w, key, people, func(facts []steps.Fact, said []steps.What) {
			for _, x := range facts {
				out = append(out, fmt.Sprintf("%d %d %+v", x.Person, x.Entered, said[x.What]))
			}
		}))
		slices.Sort(out)
		return out
	}
	slices.Sort(want)
	same(f, "facts of everybody", read(nil), want)
	same(f, "facts of two", read([]person.Number{p, q}), want)
	same(f, "facts of one", read([]person.Number{q}), slices.DeleteFunc(slices.Clone(want), func(s string) bool { return s[:len(fmt.Sprint(q))+1] != fmt.Sprint(q, " ") }))
	same(f, "facts of nobody", read([]person.Number{}), []string(nil))
	f.must(f.s.StepFactsOfAll(ctx, f.w, key, func(facts []steps.Fact, said []steps.What) {
		for _, x := range facts {
			i := slices.Index(want, fmt.Sprintf("%d %d %+v", x.Person, x.Entered, said[x.What]))
			if i < 0 {
				f.T.Errorf("read in parts: %+v", said[x.What])
				continue
			}
			want = slices.Delete(want, i, i+1)
		}
	}))
	same(f, "left out in parts", len(want), 0)
}
