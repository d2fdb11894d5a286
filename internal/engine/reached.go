package engine

import (
	"slices"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/rule"
	"peiban/internal/timeline"
)

// Reach finds when people reached the goal of a journey, from their timelines alone. Runs remember it only while they last and only of
// whoever the journey took along; a comparison needs one measure for those it was kept from as well. It is for one goroutine.
type Reach struct {
	goal  *rule.Rule
	e     *evaluator
	types map[event.Type]bool // of the events that may change the answer
}

// NewReach makes ready for the goal of d; nil when d has none.
func (p *Programme) NewReach(d *journey.Definition) *Reach {
	if d.Goal == nil || d.Goal.When.Rule == nil {
		return nil
	}
	q := Question{When: d.Goal.When.Rule}
	x := &Reach{goal: q.When, types: map[event.Type]bool{}, e: newEvaluator(p, 0, reads([]Question{q}), q)}
	rules := []*rule.Rule{q.When}
	x.e.eachRule(func(r *rule.Rule) { rules = append(rules, r) })
	for _, t := range p.reads(rules...) {
		x.types[t] = true
	}
	for _, i := range x.e.order {
		if p.Tags[i].ByHand {
			x.types[event.SegmentSet] = true
		}
	}
	return x
}

// First is the first moment in (from, to] at which the goal holds for somebody who came at from, as is known today; 0: at none. Of
// whoever it held for at from already, before is true: the journey can change nothing about them.
func (x *Reach) First(tl timeline.View, from, to int64) (at int64, before bool) {
	k, _ := slices.BinarySearch(tl.At, from+1)
	holds, next := x.at(tl, from, from)
	if holds {
		return 0, true
	}
	for {
		for k < len(tl.At) && !x.types[tl.Type[k]] {
			k++
		}
		if k < len(tl.At) {
			next = min(next, tl.At[k])
		}
		if next > to {
			return 0, false
		}
		now := next
		for k < len(tl.At) && tl.At[k] <= now { // those of one moment are looked at together
			k++
		}
		if holds, next = x.at(tl, from, now); holds {
			return now, false
		}
	}
}

// at asks at one moment, and says when the answer could change by itself.
func (x *Reach) at(tl timeline.View, from, now int64) (holds bool, next int64) {
	c := &x.e.ctx
	c.Now, c.Entry, c.Trigger = now, from, -1
	x.e.rules(tl)
	r := x.goal.Eval(c)
	next = r.Next
	for _, i := range x.e.order {
		next = min(next, x.e.answers.Next[i])
	}
	if x.e.stage {
		next = min(next, x.e.answers.StageNext)
	}
	return r.Truth == rule.True, max(next, now+1)
}
