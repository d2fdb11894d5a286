package fulfil

import (
	"reflect"
	"testing"
)

func TestHowWorkCounts(t *testing.T) {
	const now, hour = 1_000 * int64(3600_000_000), int64(3600_000_000)
	for _, x := range []struct {
		name string
		w    Work
		want Mark
	}{
		{"open before its time", Work{Kind: "task", State: "open", Due: now + 1}, Mark{}},
		{"open at its time", Work{Kind: "task", State: "open", Due: now}, Mark{Due: true}},
		{"done before its time", Work{Kind: "task", State: "done", Due: now + 1, Done: now - hour, Reason: "reached"}, Mark{true, true, true, true}},
		{"done at its last moment", Work{Kind: "task", State: "done", Due: now - 5, Done: now - 5, Reason: "agreed"}, Mark{true, true, true, true}},
		{"done a moment late", Work{Kind: "task", State: "done", Due: now - 5, Done: now - 4, Reason: "agreed"}, Mark{true, true, true, false}},
		{"called, nobody answered", Work{Kind: "task", State: "done", Due: now - 5, Done: now - 6, Reason: "no_answer"}, Mark{true, true, false, true}},
		{"skipped with a reason", Work{Kind: "task", State: "skipped", Due: now - 5, Done: now - 6, Reason: "not_reachable"}, Mark{Due: true}},
		{"somebody else's call answered it", Work{Kind: "task", State: "skipped", Due: now - 5, Done: now - 6, Reason: "already_handled"}, Mark{}},
		{"its reason is gone", Work{Kind: "task", State: "void", Due: now - 5, Done: now - 6}, Mark{}},
		{"an alert", Work{Kind: "alert", State: "done", Due: now - 5, Done: now - 6, Reason: "handled"}, Mark{true, true, true, true}},
		{"sent in the morning after quiet hours", Work{Kind: "message", State: "sent", Due: now - 20*hour, Done: now - 10*hour}, Mark{true, true, false, true}},
		{"sent a day late, and read", Work{Kind: "message", State: "sent", Due: now - 40*hour, Done: now - 15*hour, Heard: true}, Mark{true, true, true, false}},
		{"a safety card ten minutes on", Work{Kind: "card", State: "sent", Safety: true, Due: now - hour, Done: now - 50*hour/60, Heard: true}, Mark{true, true, true, true}},
		{"a safety card later", Work{Kind: "card", State: "sent", Safety: true, Due: now - hour, Done: now - 49*hour/60}, Mark{true, true, false, false}},
		{"held until morning", Work{Kind: "message", State: "held", Due: now - 5}, Mark{}},
		{"no consent", Work{Kind: "message", State: "suppressed", Due: now - 5, Reason: "no_consent"}, Mark{Due: true}},
		{"the journey had ended", Work{Kind: "message", State: "suppressed", Due: now - 5, Reason: "left_journey"}, Mark{}},
		{"its reason was gone", Work{Kind: "message", State: "suppressed", Due: now - 5, Reason: "not_relevant"}, Mark{}},
		{"given up", Work{Kind: "message", State: "dead", Due: now - 5}, Mark{Due: true}},
	} {
		if got := Judge(&x.w, now); got != x.want {
			t.Errorf("%s: %+v", x.name, got)
		}
	}
}

// Every number is the number of those behind it.
func TestANumberIsWhoIsBehindIt(t *testing.T) {
	marks := []Mark{{}, {Due: true}, {true, true, false, false}, {true, true, false, true}, {true, true, true, false}, {true, true, true, true}}
	results := []Result{{}, {Known: true}, {true, true}}
	var r Rates
	count := map[Part]int{}
	for _, m := range marks {
		for _, res := range results {
			r.Add(m, res)
			for _, p := range []Part{Due, Executed, Undone, Completed, OnTime, Late, ResultDue, Reached, NotReached, "other"} {
				if p.In(m, res) {
					count[p]++
				}
			}
		}
	}
	if r != (Rates{count[Due], count[Executed], count[Completed], count[OnTime], count[ResultDue], count[Reached]}) {
		t.Errorf("%+v, %v", r, count)
	}
	if count[Due] != count[Executed]+count[Undone] || count[Executed] != count[OnTime]+count[Late] || count[ResultDue] != count[Reached]+count[NotReached] || count["other"] != 0 {
		t.Errorf("%v", count)
	}
	if r != (Rates{15, 12, 6, 6, 10, 5}) {
		t.Errorf("%+v", r)
	}
}

func TestSmallGroupsAreNotShown(t *testing.T) {
	fold := func(sizes map[string]int) *Folder {
		f := &Folder{}
		for k, n := range sizes {
			for i := range n {
				for range 2 { // twice the same person
					f.Add(k, &Work{Person: uint32(i)}, Mark{Due: true, Executed: true}, Result{})
				}
			}
		}
		return f
	}
	hidden := func(gs []Group) (keys []string) {
		for _, g := range gs {
			if g.Hidden {
				keys = append(keys, g.Key)
				if g.Rates != (Rates{}) || g.People != 0 {
					t.Errorf("%s tells what it hides", g.Key)
				}
			}
		}
		return keys
	}
	for _, x := range []struct {
		sizes     map[string]int
		partition bool
		want      []string
	}{
		{map[string]int{"a": 10, "b": 12}, true, nil},
		{map[string]int{"a": 9, "b": 12, "c": 30}, false, []string{"a"}},
		{map[string]int{"a": 9, "b": 12, "c": 30}, true, []string{"a", "b"}},
		{map[string]int{"a": 9, "b": 3, "c": 30}, true, []string{"a", "b"}},
		{map[string]int{"a": 9}, true, []string{"a"}},
	} {
		gs := fold(x.sizes).Groups(10, x.partition)
		if got := hidden(gs); !reflect.DeepEqual(got, x.want) {
			t.Errorf("%v: %v hidden", x.sizes, got)
		}
		for _, g := range gs {
			if !g.Hidden && (g.People != x.sizes[g.Key] || g.Rates.Due != 2*g.People) {
				t.Errorf("%+v", g)
			}
		}
	}
	if (&Folder{}).Groups(10, true) == nil {
		t.Error("none is an empty list")
	}
}

func TestAGoalIsOfTheWorkBeforeIt(t *testing.T) {
	for _, x := range []struct {
		name                       string
		asked, reached, until, now int64
		want                       Result
	}{
		{"reached after it", 10, 20, 100, 100, Result{true, true}},
		{"reached, but others have time to", 10, 20, 100, 99, Result{}},
		{"reached at once", 10, 10, 100, 130, Result{true, true}},
		{"reached before it was asked for", 10, 9, 100, 130, Result{}},
		{"not yet", 10, 0, 100, 99, Result{}},
		{"missed", 10, 0, 100, 100, Result{Known: true}},
	} {
		if got := After(&Work{Asked: x.asked}, x.reached, x.until, x.now); got != x.want {
			t.Errorf("%s: %+v", x.name, got)
		}
	}
}
