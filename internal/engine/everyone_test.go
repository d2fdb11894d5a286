package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// crowd is a store of people with anything from no event to some hundred, partly in a base and partly not.
func crowd(t *testing.T, people int) (*timeline.Store, int64) {
	t.Helper()
	s := timeline.NewStore()
	r := rand.New(rand.NewPCG(9, 10))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	q := event.Seq(0)
	add := func(from, to int64, people int) {
		for range people * 40 {
			q++
			e := &event.Event{Seq: q, Type: event.Glucose, Num: float64(30+r.IntN(170)) / 10, A: event.Intern(event.Contexts[r.IntN(len(event.Contexts))])}
			switch r.IntN(12) {
			case 0:
				e.Type, e.Num, e.A = event.CheckIn, 1, event.Intern("meal")
			case 1:
				e.Type, e.Num, e.A = event.ContactAdded, 1, 0
			case 2:
				e.Type, e.Num, e.A = event.PlanSet, 14, 0
			case 3:
				e.Type, e.Num, e.A = event.TargetSet, 7.5, event.Intern("older")
				e.X = []float64{float64(r.IntN(2)), 5, 8.3} // signed or not, from and to before breakfast
			}
			e.Occurred = from + r.Int64N(to-from)
			e.Received = e.Occurred
			n := person.Number(r.IntN(people)) &^ 1 // every other has nothing
			s.Put(n, s.Of(n).With(e))
		}
		s.SetHead(q, people*40)
	}
	month := (30 * 24 * time.Hour).Microseconds()
	add(start, start+2*month, people)
	if err := s.Save(filepath.Join(t.TempDir(), "t.snapshot"), "ws"); err != nil {
		t.Fatal(err)
	}
	add(start+month, start+3*month, people/2) // the others are read from the snapshot, and no more columns of it than needed
	return s, start + 3*month - 1
}

func TestEveryoneIsAnsweredAsOneIs(t *testing.T) {
	const people = 300
	p := diabetes(t)
	s, now := crowd(t, people)
	zones := []*time.Location{time.UTC, time.FixedZone("east", 9*3600)}
	zone := func(n person.Number) *time.Location { return zones[n/2%2] }
	type answer struct {
		stage     string
		stageNext int64
		tags      []TagAnswer
	}
	got := [2]map[person.Number]answer{{}, {}}
	err := p.EvaluateAll(t.Context(), s, Everyone{Now: now, Workers: 2, Zone: zone, Visit: func(w int, a *Answers) {
		x := answer{stageNext: a.StageNext}
		if a.Stage >= 0 {
			x.stage = p.Stages[a.Stage].Key
		}
		for i := range a.Tags {
			x.tags = append(x.tags, TagAnswer{&p.Tags[i], a.Tags[i], a.Next[i]})
		}
		got[w][a.Person] = x
	}})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got[0]) + len(got[1]); n != people/2 {
		t.Errorf("%d people answered, want %d", n, people/2)
	}
	truths := map[any]bool{}
	for n := person.Number(0); n < people; n += 2 {
		x, ok := got[0][n]
		if !ok {
			x = got[1][n]
		}
		tags, stage := p.Evaluate(timeline.View{Timeline: s.Of(n), Loc: zone(n)}, now)
		key := ""
		if stage.Stage != nil {
			key = stage.Stage.Key
		}
		if key != x.stage || stage.Next != x.stageNext {
			t.Errorf("person %d: stage %q until %d, want %q until %d", n, x.stage, x.stageNext, key, stage.Next)
		}
		for i := range tags {
			truths[tags[i].Truth] = true
			if tags[i] != x.tags[i] {
				t.Errorf("person %d: %s is %v, want %v", n, tags[i].Tag.Key, x.tags[i], tags[i])
			}
		}
	}
	for i := range p.Tags { // alone, so that only the columns are read that it needs
		part := &Part{Tags: []int{i}}
		err := p.EvaluateAll(t.Context(), s, Everyone{Now: now, Workers: 1, Zone: zone, Part: part, Visit: func(_ int, a *Answers) {
			x := got[0][a.Person]
			if x.tags == nil {
				x = got[1][a.Person]
			}
			if a.Tags[i] != x.tags[i].Truth || a.Next[i] != x.tags[i].Next {
				t.Errorf("person %d: %s alone is %v until %d, want %v", a.Person, p.Tags[i].Key, a.Tags[i], a.Next[i], x.tags[i])
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(truths) != 3 {
		t.Errorf("only %v was answered: the people are too much alike to test anything", truths)
	}
}

func TestAnsweringEveryoneEndsWhenAsked(t *testing.T) {
	p := diabetes(t)
	s, now := crowd(t, 300)
	ctx, cancel := context.WithCancel(t.Context())
	visited := 0
	err := p.EvaluateAll(ctx, s, Everyone{Now: now, Workers: 1, Visit: func(int, *Answers) { visited++ }, Progress: func(done, of int) {
		if done > 0 && of >= 300 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || visited == 0 || visited > 100 {
		t.Errorf("%d people answered, %v", visited, err)
	}
}

// A mistake of ours outside a rule ends the work with an error, and nothing else: whoever asked is still there to say so.
func TestAPanicOutsideARuleEndsTheWorkWithAnError(t *testing.T) {
	p := diabetes(t)
	s, now := crowd(t, 20)
	err := p.EvaluateAll(t.Context(), s, Everyone{Now: now, Workers: 2, Zone: func(person.Number) *time.Location { panic("someone") }, Visit: func(int, *Answers) {}})
	var caught *fault.Panic
	if !errors.As(err, &caught) || !strings.Contains(caught.Stack, "TestAPanicOutsideARule") {
		t.Errorf("%v", err)
	}
}
