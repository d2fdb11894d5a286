package conductor_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/insight/fulfil"
	"peiban/internal/insight/steps"
	"peiban/internal/person"
	"peiban/internal/task"
)

// figuresOf are all figures of a fold, with who they count.
func figuresOf(f *steps.Fold) map[steps.Of]string {
	out := map[steps.Of]string{}
	for _, step := range append(f.Steps(), "") {
		for _, part := range steps.Parts {
			for _, reason := range append(f.Reasons(step), "") {
				of := steps.Of{Step: step, Part: part, Reason: reason}
				if set := f.People(of, nil); !set.IsEmpty() {
					out[of] = set.String()
				}
			}
		}
	}
	return out
}

// TestKeptStepsAreTheCountedOnes lets lows enter people into journeys, works, merges, takes merges back, erases, moves the clock and lets another
// process write, in any order; the figures of what is kept are those counted from the runs, messages and tasks of the database after each of it.
func TestKeptStepsAreTheCountedOnes(t *testing.T) {
	b := newBench(t)
	ctx, proof := t.Context(), audit.Entry{Actor: "staff:liu", Action: "task.done"}
	other := b.open()
	var who []person.Number
	for i := range 10 {
		who = append(who, b.consent(fmt.Sprint("p", i)))
	}
	rnd := rand.New(rand.NewPCG(7, 11))
	journeys := []string{"low-glucose", "lows-recur"}
	most, looked, reread := map[string]int{}, map[string]int{}, 0
	type memo struct {
		version uint64
		figures map[steps.Of]string
	}
	memos := map[string]memo{}
	check := func(after string) {
		t.Helper()
		for i, c := range []*conductor.Conductor{b.c, other} {
			for _, j := range journeys {
				d := c.Programme("diabetes").Compiled.Journey(j)
				from, to := int64(0), int64(math.MaxInt64)
				if rnd.IntN(3) == 0 {
					from, to = b.now.Add(-6*time.Hour).Truncate(time.Second).UnixMicro(), b.now.Add(-time.Hour).Truncate(time.Second).UnixMicro()
				}
				root := func(n uint32) uint32 {
					if card, ok := c.Directory().ByNumber(person.Number(n)); ok && !card.Erased {
						return uint32(card.Number)
					}
					return 0
				}
				counted := func(from, to int64) map[steps.Of]string {
					f := steps.New(d)
					ok(t, b.store.JourneyRuns(ctx, b.ws.Number, []string{j}, from, to, func(r conductor.RunRow) {
						if n := root(uint32(r.Person)); n != 0 {
							f.Run(n, r.Status, r.Reason, r.Step)
						}
					}))
					ok(t, b.store.JourneyWork(ctx, b.ws.Number, []string{j}, 0, math.MaxInt64, func(w *fulfil.Work) {
						if w.Person = root(w.Person); w.Person != 0 && w.Entered >= from && w.Entered < to {
							f.Work(w)
						}
					}))
					return figuresOf(f)
				}
				key := fmt.Sprint(i, j)
				m := memos[key]
				ok(t, c.StepFacts(ctx, j, m.version, func(l *steps.Ledger, version uint64) {
					f := steps.New(d)
					l.Fill(f, from, to, root)
					if got, want := figuresOf(f), counted(from, to); fmt.Sprint(got) != fmt.Sprint(want) {
						t.Fatalf("%s of process %d after %s\nkept    %v\ncounted %v", j, i, after, got, want)
					}
					whole := steps.New(d)
					l.Fill(whole, 0, math.MaxInt64, root)
					m = memo{version, figuresOf(whole)}
					looked[key]++
				}))
				if want := counted(0, math.MaxInt64); fmt.Sprint(m.figures) != fmt.Sprint(want) {
					t.Fatalf("%s of process %d after %s: its version has not changed\nknown   %v\ncounted %v", j, i, after, m.figures, want)
				}
				memos[key] = m
				most[j] = max(most[j], len(m.figures))
				reread++
			}
		}
	}
	erased, merged, parted := map[int]bool{}, 0, 0
	var links [][2]int
	linked := map[int]bool{}
	check("the start")
	for i := range 90 {
		b.now = b.now.Add(time.Duration(rnd.IntN(50)) * time.Minute)
		p, what := rnd.IntN(len(who)), ""
		c := []*conductor.Conductor{b.c, other}[rnd.IntN(2)]
		open, err := c.OpenTasks(ctx)
		ok(t, err)
		switch k := rnd.IntN(10); {
		case k < 4 && !erased[p]:
			what = "a low"
			_, err := c.Submit(ctx, conductor.Live, audit.Entry{}, []conductor.Item{b.item(fmt.Sprint("p", p), "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now)})
			ok(t, err)
		case k < 6 && len(open) > 0:
			x := open[rnd.IntN(len(open))]
			a := []conductor.Act{{Kind: "complete", Outcome: "reached"}, {Kind: "skip", Outcome: "not_needed"}, {Kind: "claim"}}[rnd.IntN(3)]
			what = a.Kind
			if x.State == task.Open {
				_, _ = c.Act(ctx, "liu", x, a, proof) // what may not be done is refused
			}
		case k == 6:
			what = "time"
			_, err := c.Tick(ctx)
			ok(t, err)
		case k == 7 && !erased[p] && !linked[p]:
			q := (p + 1) % len(who)
			if erased[q] || linked[q] {
				continue
			}
			what = "a merge"
			root, err := c.Merge(ctx, who[p], who[q], "", audit.Entry{Actor: "staff:adm", Action: "person.merge"})
			ok(t, err)
			member := p
			if root == who[p] {
				member = q
			}
			links, linked[p], linked[q] = append(links, [2]int{member, p + q - member}), true, true
			merged++
		case k == 8 && len(links) > 0:
			what = "a merge taken back"
			l := links[len(links)-1]
			links = links[:len(links)-1]
			ok(t, c.Unmerge(ctx, who[l[0]], audit.Entry{Actor: "staff:adm", Action: "person.unmerge"}))
			linked[l[0]], linked[l[1]] = false, false
			parted++
		case k == 9 && i > 60 && len(erased) < 2 && !erased[p] && !linked[p]:
			what, erased[p] = "somebody erased", true
			ok(t, c.Erase(ctx, who[p], audit.Entry{Actor: "staff:adm", Action: "person.erase"}))
		}
		check(what)
	}
	if most["low-glucose"] < 8 || most["lows-recur"] == 0 || merged < 2 || parted == 0 || len(erased) == 0 {
		t.Errorf("%v figures, %d merges, %d taken back, %d erased: too little was tried", most, merged, parted, len(erased))
	}
	for key, n := range looked {
		if n >= reread/4 {
			t.Errorf("%s was counted anew %d times of %d: nothing is kept", key, n, reread/4)
		}
	}
	if err := b.c.StepFacts(canceled(t), "late-low", 0, func(*steps.Ledger, uint64) {}); err == nil {
		t.Error("a reading that broke off is taken for one")
	}
}

func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
