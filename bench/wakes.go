package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"peiban/internal/engine"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/timeline"
	"peiban/programmes"
)

// wakes measures how often time wakes somebody for nothing, over the last month of people who live half a year, and which
// tags asked for it.
func wakes(o options) ([]row, error) {
	people := 300
	if o.sized {
		people = o.people
	}
	compiled, problems := programme.Open(programmes.FS, "diabetes")
	if compiled == nil {
		return nil, fmt.Errorf("the programme does not compile: %v", problems)
	}
	p := engine.Prepare(compiled)
	h := historian{people: people, events: eventsEach, end: benchDay.UnixMicro()}
	from := benchDay.AddDate(0, 0, -30).UnixMicro()
	w := waker{p: p, from: from, why: map[string]int{}}
	for n := range person.Number(people) {
		w.live(h.of(n), n, h.end)
	}
	if w.days == 0 || w.all == 0 {
		return nil, fmt.Errorf("nobody lived: nothing was measured")
	}
	keys := slices.SortedFunc(maps.Keys(w.why), func(a, b string) int { return cmp.Or(w.why[b]-w.why[a], strings.Compare(a, b)) })
	var worst []string
	for _, k := range keys[:min(len(keys), 8)] {
		worst = append(worst, fmt.Sprintf("%s %.2f", k, float64(w.why[k])/w.days))
	}
	each := float64(w.idle) / w.days
	return []row{{
		What: "wakes that change nothing", Size: fmt.Sprintf("%d people, 30 days, %d tags", people, len(p.Tags)), Ours: each, Unit: "a person and day",
		Bar: "<= 2", Met: each <= 2,
		Detail: fmt.Sprintf("%.2f in all; asked for by %s", float64(w.all)/w.days, strings.Join(worst, ", ")),
	}}, nil
}

// waker lives lives and counts wakes.
type waker struct {
	p         *engine.Programme
	from      int64
	all, idle int
	days      float64
	why       map[string]int // idle wakes by the tag whose moment it was; several may share one
}

// live takes one person through their events and everything that falls due between them.
func (w *waker) live(t *timeline.Timeline, n person.Number, end int64) {
	order := make([]int, t.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(t.Recv[a], t.Recv[b]) })
	tl := &timeline.Timeline{}
	s := &engine.State{V: 1}
	var memo engine.Memo
	who := engine.Who{Workspace: "bench", ID: "01JBENCH000000000000000000", Number: n}
	wake, last := engine.Never, int64(0)
	view := func() timeline.View { return timeline.View{Timeline: tl, Loc: benchDay.Location()} }
	until := func(now int64) {
		for wake <= now {
			at := max(wake, last)
			out := engine.Step([]*engine.Programme{w.p}, who, view(), s, &memo, engine.Input{}, at)
			if at >= w.from {
				w.all++
				if !out.Changed && len(out.Transitions)+len(out.Messages)+len(out.Tasks)+len(out.Moved)+len(out.Ended)+len(out.Begun) == 0 {
					w.idle++
					w.blame(view(), s, at)
				}
			}
			wake, last = out.Wake, at
		}
		last = max(last, now)
	}
	for _, i := range order {
		e := t.Event(i)
		until(e.Received)
		tl = tl.With(&e)
		out := engine.Step([]*engine.Programme{w.p}, who, view(), s, &memo, engine.Input{Event: &e}, e.Received)
		wake, last = out.Wake, max(last, e.Received)
	}
	until(end)
	w.days += float64(end-w.from) / float64(24*time.Hour/time.Microsecond)
}

// blame counts whose moment it was that changed nothing: those of the tags as they were found just before it.
func (w *waker) blame(tl timeline.View, s *engine.State, at int64) {
	tags, st := w.p.EvaluateIn(tl, at-1, s.Progress(w.p.Key).Standing())
	found := false
	for i := range tags {
		if tags[i].Next == at {
			w.why[tags[i].Tag.Key]++
			found = true
		}
	}
	if st.Next == at {
		w.why["stage"]++
		found = true
	}
	if !found {
		w.why["an older look"]++
	}
}
