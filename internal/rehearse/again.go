package rehearse

import (
	"cmp"
	"slices"
	"time"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/programme"
	"peiban/internal/timeline"
)

// Again has people live a stretch of their real time again, as if other programmes had come into force when it began. Only what was
// known at each moment is used: an event counts from when it was received, whenever it happened.
//
// What the rehearsed journeys did in truth is left out; everything else stays, so what other journeys and staff sent takes its place in
// the caps. A reply that came to the very same message counts. Nobody else replies, and tasks are done just in time, with their first
// result: nobody lived through it to say otherwise. Texts count as approved.
type Again struct {
	Setting
	From, To int64 // microseconds
	JoinAll  bool  // everybody is put into the programme as it begins: nobody is in it yet

	journeys, scripts, contents map[string]bool
}

// NewAgain rehearses one version of a programme: all its journeys, or the one of a key with those it calls.
func NewAgain(c *programme.Compiled, only string, set Setting, from, to int64) *Again {
	a := &Again{Setting: set, From: from, To: to, journeys: map[string]bool{}, scripts: map[string]bool{}, contents: map[string]bool{}}
	if only != "" {
		one := *c
		one.Journeys = nil
		keep := calledBy(c, only)
		for _, d := range c.Journeys {
			if keep[d.Key] {
				one.Journeys = append(one.Journeys, d)
			}
		}
		c = &one
	}
	a.Programmes, a.AtOnce = []*engine.Programme{engine.Prepare(c)}, true
	for _, d := range c.Journeys {
		a.journeys[d.Key] = true
		journey.Walk(d.Steps, func(s *journey.Step) {
			if x := s.Does(); x != nil {
				a.scripts[x.Script] = true
			}
			if m := s.Says(); m != nil {
				a.contents[m.Content] = true
				for _, v := range m.Variants {
					a.contents[v.Content] = true
				}
			}
		})
	}
	return a
}

// calledBy is a journey and those it calls, and theirs.
func calledBy(c *programme.Compiled, key string) map[string]bool {
	keep := map[string]bool{}
	var add func(string)
	add = func(key string) {
		d := c.Journey(key)
		if d == nil || keep[key] {
			return
		}
		keep[key] = true
		journey.Walk(d.Steps, func(s *journey.Step) {
			if s.Call != nil {
				add(s.Call.Journey)
			}
		})
	}
	add(key)
	return keep
}

// Live takes one person through their time and counts it. tl is not changed.
func (a *Again) Live(who engine.Who, loc *time.Location, tl *timeline.Timeline, family Family, t *Tally) {
	if !a.JoinAll && !joins(tl, a.Programmes[0].Key) {
		return
	}
	w := NewWalk(&a.Setting, who, loc, family, t)
	order := make([]int, tl.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int {
		return cmp.Or(cmp.Compare(tl.Recv[x], tl.Recv[y]), cmp.Compare(tl.Seq[x], tl.Seq[y]))
	})
	fixes := map[event.Seq]event.Seq{}
	for _, f := range tl.Fixes {
		fixes[f.By] = f.Of
	}
	entries := map[string]engine.Entry{}
	begun := false
	for _, i := range order {
		if tl.Recv[i] >= a.To {
			break
		}
		e := eventAt(tl, i, fixes)
		if tl.Recv[i] < a.From {
			a.entered(entries, &e)
			w.Know(&e)
			continue
		}
		if !begun {
			begun = true
			a.begin(w, entries)
		}
		if a.JoinAll && w.State.Progress(a.Programmes[0].Key) == nil {
			w.Until(e.Received)
			w.Tell(event.Event{Type: event.ProgrammeJoined, Num: 1, A: event.Intern(a.Programmes[0].Key), Flags: event.Imported})
		}
		if a.counts(w, &e, t) {
			w.Take(&e)
		}
	}
	if !begun {
		a.begin(w, entries)
	}
	w.Until(a.To - 1)
	t.End(w)
}

// joins tells whether somebody was ever put into a programme.
func joins(tl *timeline.Timeline, key string) bool {
	is := event.Intern(key)
	for i, t := range tl.Type {
		if t == event.ProgrammeJoined && tl.A[i] == is {
			return true
		}
	}
	return false
}

func (a *Again) begin(w *Walk, entries map[string]engine.Entry) {
	var all []engine.Entry
	for _, k := range sortedKeys(entries) {
		all = append(all, entries[k])
	}
	s := engine.Founded(w.TL, all)
	if a.JoinAll && w.TL.Len() > 0 && s.Progress(a.Programmes[0].Key) == nil {
		s.Place(a.Programmes[0].Key, a.From, true)
	}
	w.Begin(s, a.From)
}

// entered remembers that somebody had been in a journey before, as far as what it did tells.
func (a *Again) entered(entries map[string]engine.Entry, e *event.Event) {
	switch e.Type {
	case event.MessageSent, event.MessageSuppressed, event.TaskOpened, event.JourneyExposed:
		if key := e.A.String(); a.journeys[key] {
			x := entries[key]
			x.Journey, x.Last, x.Count = key, max(x.Last, e.Received), 1
			entries[key] = x
		}
	}
}

// counts tells whether an event stays; what the rehearsed journeys did in truth is only counted.
func (a *Again) counts(w *Walk, e *event.Event, t *Tally) bool {
	switch e.Type {
	case event.MessageSent:
		if a.journeys[e.A.String()] {
			t.Really(e.Received, false)
			return false
		}
	case event.MessageSuppressed, event.JourneyExposed, event.JourneyCall, event.TaskOpened:
		return !a.journeys[e.A.String()]
	case event.TaskDone, event.TaskSkipped, event.TaskPostponed:
		if a.scripts[e.B.String()] {
			if e.Type == event.TaskDone {
				t.Really(e.Received, true)
			}
			return false
		}
	case event.MessageRead:
		return !a.journeys[e.A.String()] || w.said[e.Num]
	case event.Answer:
		return !a.contents[e.A.String()] || w.said[e.Num]
	}
	return true
}

// eventAt is row i of a timeline as the event it was, as far as rules and journeys look at it.
func eventAt(tl *timeline.Timeline, i int, fixes map[event.Seq]event.Seq) event.Event {
	e := event.Event{
		Seq: tl.Seq[i], Type: tl.Type[i], Flags: tl.Flags[i] &^ (event.Hidden | event.Echo | event.Disputed), Occurred: tl.At[i], Received: tl.Recv[i],
		Source: int32(tl.Source[i]), Num: tl.Num[i], A: tl.A[i], B: tl.B[i], C: tl.C[i], Schema: 1,
	}
	end := len(tl.Extra)
	if i+1 < len(tl.Ext) {
		end = int(tl.Ext[i+1])
	}
	if from := int(tl.Ext[i]); from < end {
		e.X = slices.Clone(tl.Extra[from:end])
	}
	if of := fixes[e.Seq]; of != 0 {
		if e.Type == event.Correction {
			e.Retracts = of
		} else {
			e.Supersedes = of
		}
	}
	return e
}

// Known is a person as they were known at a moment: whoever reads what is written to a family. Nothing is told to it.
func (s *Setting) Known(who engine.Who, loc *time.Location, tl *timeline.Timeline, now int64) *Walk {
	w := NewWalk(s, who, loc, nil, nil)
	w.mute = true
	fixes := map[event.Seq]event.Seq{}
	for _, f := range tl.Fixes {
		fixes[f.By] = f.Of
	}
	for i := range tl.Type {
		if tl.Recv[i] <= now {
			e := eventAt(tl, i, fixes)
			w.Know(&e)
		}
	}
	w.State = engine.Founded(w.TL, nil)
	return w
}
