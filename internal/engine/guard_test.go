package engine

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/rule"
	"peiban/internal/timeline"
)

// broken is the diabetes programme in which a tag that nothing rests on has a rule that panics whenever it is asked, for those who have
// the data it needs. Such a rule cannot be written: it is one that was never compiled.
func broken(t *testing.T) (p *Programme, tag int) {
	t.Helper()
	p = diabetes(t)
	tag = slices.IndexFunc(p.Tags, func(x programme.Tag) bool {
		return x.Needs != nil && slices.Contains(x.Needs.Deps().Events, event.Glucose) && !x.ByHand && x.Of == "" && len(p.Uses(x.Key)) == 0 && len(p.tagUsers[p.TagIndex(x.Key)]) == 0
	})
	if tag < 0 {
		t.Fatal("no tag to break")
	}
	p.Tags[tag].When = new(rule.Rule)
	return p, tag
}

// A rule that panics is unknown and said to have failed; everything else comes about as if it were sound.
func TestAFailingRuleHarmsOnlyItself(t *testing.T) {
	loc, _ := time.LoadLocation("Asia/Shanghai")
	p, tag := broken(t)
	var failed []Failed
	lives := [2]*life{newLife(diabetes(t), loc), newLife(p, loc)}
	for _, l := range lives {
		now := time.Date(2026, 3, 8, 7, 27, 0, 0, loc).UnixMicro()
		for _, e := range []event.Event{
			{Type: event.Consent, Num: 1, A: event.Intern("basic_service")}, {Type: event.Assigned, A: event.Intern("liu")},
			{Type: event.ProgrammeJoined, Num: 1, A: event.Intern("diabetes")}, {Type: event.ContactAdded, Num: 1},
		} {
			e.Occurred = now
			l.add(e, now)
		}
		for k := range 90 {
			now += 8 * 60 * minute
			for l.wake <= now {
				out := Step([]*Programme{l.p}, testWho, l.view(), l.s.Clone(), &Memo{}, Input{}, l.wake)
				failed = append(failed, out.Failed...)
				l.step(Input{}, max(l.wake, l.last))
			}
			l.add(event.Event{Type: event.Glucose, Num: float64(3 + k*7%13), A: event.Intern([]string{"fasting", "bedtime", "random"}[k%3]), Occurred: now}, now)
		}
	}
	if lives[1].s.Progress("diabetes").Has(p.Tags[tag].Key) {
		t.Error("the rule that fails gave a tag")
	}
	without := func(l *life) (out []string) {
		for _, line := range l.log {
			if !strings.Contains(line, " "+p.Tags[tag].Key+" ") {
				out = append(out, line)
			}
		}
		return out
	}
	if a, b := without(lives[0]), without(lives[1]); len(a) < 50 || !slices.Equal(a, b) {
		t.Errorf("%d effects, beside a rule that fails %d", len(a), len(b))
	}
	if len(failed) == 0 {
		t.Fatal("nobody heard of the failure")
	}
	f := failed[0]
	if f.Kind != "tag" || f.Key != p.Tags[tag].Key || f.Programme != "diabetes" || f.Version != p.Version || !strings.Contains(f.Reason, "nil pointer") {
		t.Errorf("%+v", f)
	}
	if !strings.Contains(f.Stack, "rule.(*Rule).eval") || strings.Contains(f.Stack, "0x") {
		t.Errorf("the stack:\n%s", f.Stack)
	}
}

// A stage whose rule fails is passed over, and a condition of a journey that fails does not hold.
func TestFailingStagesAndConditionsDoNotHold(t *testing.T) {
	p := diabetes(t)
	p.Stages[0].When = new(rule.Rule)
	for i := range p.Journeys {
		if len(p.Journeys[i].Leave) > 0 {
			p.Journeys[i].Leave[0].Rule = new(rule.Rule)
		}
	}
	loc := time.UTC
	l := newLife(p, loc)
	now := time.Date(2026, 3, 8, 11, 27, 0, 0, loc).UnixMicro()
	for _, e := range []event.Event{
		{Type: event.Consent, Num: 1, A: event.Intern("basic_service")}, {Type: event.Assigned, A: event.Intern("liu")},
		{Type: event.ProgrammeJoined, Num: 1, A: event.Intern("diabetes")}, reading(2.5, now),
	} {
		e.Occurred = now
		l.add(e, now)
	}
	out := Step([]*Programme{p}, testWho, l.view(), l.s, &Memo{}, Input{}, now)
	kinds := map[string]bool{}
	for _, f := range out.Failed {
		kinds[f.Kind] = true
	}
	if !kinds["stage"] || !kinds["journey"] {
		t.Errorf("%v failed, runs %s", kinds, l.runs())
	}
	if pr := l.s.Progress("diabetes"); pr.Stage == p.Stages[0].Key || l.runs() == "" {
		t.Errorf("stage %q, runs %q", pr.Stage, l.runs())
	}
	if a, _ := p.Evaluate(l.view(), now); len(a) != len(p.Tags) {
		t.Error("nothing is answered for a person page")
	}
}

// Everybody is asked though a rule fails for some, and each for whom it fails is told once.
func TestEveryoneIsAnsweredBesideARuleThatFails(t *testing.T) {
	const people = 200
	sound := diabetes(t)
	p, tag := broken(t)
	s, now := crowd(t, people)
	type answers map[person.Number][]rule.Truth
	ask := func(p *Programme, failed func(person.Number, Failed)) answers {
		var mu sync.Mutex
		out := answers{}
		err := p.EvaluateAll(t.Context(), s, Everyone{Now: now, Workers: 2, Failed: failed, Visit: func(_ int, a *Answers) {
			mu.Lock()
			defer mu.Unlock()
			out[a.Person] = slices.Clone(a.Tags)
		}})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	var mu sync.Mutex
	failed := map[person.Number]int{}
	want, got := ask(sound, nil), ask(p, func(n person.Number, f Failed) {
		mu.Lock()
		defer mu.Unlock()
		failed[n]++
	})
	had := 0
	for n, w := range want {
		g := got[n]
		if w[tag] != rule.Unknown {
			had++
			if failed[n] != 1 {
				t.Errorf("person %d is told %d times", n, failed[n])
			}
		}
		w[tag] = rule.Unknown
		if !slices.Equal(w, g) {
			t.Errorf("person %d is answered otherwise", n)
		}
	}
	if had == 0 || len(failed) != had {
		t.Errorf("it failed for %d, of %d who have the data", len(failed), had)
	}
	q := Question{When: p.Tags[tag].When}
	asked := 0
	err := sound.AskAll(t.Context(), s, []Question{q, {When: sound.Tags[0].When}}, Everyone{Now: now, Workers: 1}, func(_ int, n person.Number, a []rule.Truth) {
		if asked++; len(a) != 2 || a[0] != rule.Unknown || a[1] != want[n][0] && sound.Tags[0].Needs == nil {
			t.Errorf("person %d: %v", n, a)
		}
	})
	if err != nil || asked == 0 {
		t.Error(asked, err)
	}
	if tried := sound.Try(timeline.View{Timeline: s.Of(2)}, now, Standing{}, q, nil); tried.Truth != rule.Unknown {
		t.Errorf("tried: %+v", tried)
	}
}
