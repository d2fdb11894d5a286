package engine

import (
	"slices"

	"peiban/internal/journey"
	"peiban/internal/rule"
	"peiban/internal/timeline"
)

// A rule that panics, by a mistake of ours or a value nobody thought of, must harm nobody but itself. Rules are asked unguarded, a
// programme at a time; only where one failed is everything asked again with each guarded by itself. What was found before that is
// found again: to settle the same answer twice changes nothing.

// Failed is a rule of a programme that could not be asked for a person; its answer is unknown. Nothing in it tells of them.
type Failed struct {
	Programme string
	Version   int
	Kind      string // tag, stage, journey, question
	Key       string // of the tag, the stage or the journey; a question has none
	Rule      string // as written
	rule.Failure
}

// programme brings tags and stage of one programme up to now, whatever its rules do.
func (x *stepper) programme(pi int, p *Programme, pr *Progress) {
	if x.unguarded(pi, p, pr) {
		return
	}
	full := x.full
	x.full, x.ctx.Failures = true, x
	x.bring(pi, p, pr)
	x.full, x.ctx.Failures = full, nil
}

// unguarded reports false when a rule failed; what it left half-done is to be done again.
func (x *stepper) unguarded(pi int, p *Programme, pr *Progress) (done bool) {
	defer func() {
		if recover() != nil { // said when it is asked again
			x.ctx.Afresh()
		}
	}()
	x.bring(pi, p, pr)
	return true
}

// RuleFailed implements rule.Failures.
func (x *stepper) RuleFailed(r *rule.Rule, f rule.Failure) {
	x.out.Failed = append(x.out.Failed, x.bound.failed(r, f))
}

// failed says whose rule r is. It is looked for only when one failed.
func (p *Programme) failed(r *rule.Rule, f rule.Failure) Failed {
	out := Failed{Programme: p.Key, Version: p.Version, Kind: "question", Rule: r.Source(), Failure: f}
	for i := range p.Tags {
		if t := &p.Tags[i]; r == t.When || r == t.Needs || r == t.Value {
			out.Kind, out.Key = "tag", t.Key
			return out
		}
	}
	for i := range p.Stages {
		if s := &p.Stages[i]; r == s.When || r == s.Stay {
			out.Kind, out.Key = "stage", s.Key
			return out
		}
	}
	for _, j := range p.journeys {
		if asks(j.Def, r) {
			out.Kind, out.Key = "journey", j.Def.Key
			return out
		}
	}
	return out
}

// asks reports whether r is a condition of d.
func asks(d *journey.Definition, r *rule.Rule) bool {
	if d.Enter.If.Rule == r || d.Goal != nil && d.Goal.When.Rule == r {
		return true
	}
	for i := range d.Leave {
		if d.Leave[i].Rule == r {
			return true
		}
	}
	found := false
	journey.Walk(d.Steps, func(s *journey.Step) {
		found = found || slices.ContainsFunc(s.Conds(), func(c *journey.Cond) bool { return c.Rule == r })
	})
	return found
}

// unheard is for questions whose failures nobody lists: the same rules are asked in steps, which do.
type unheard struct{}

func (unheard) RuleFailed(*rule.Rule, rule.Failure) {}

// answer finds what the rules say of one person, and then what qs do, whatever they do.
func (e *evaluator) answer(tl timeline.View, qs ...Question) {
	if e.unguarded(tl, qs) {
		return
	}
	e.ctx.Failures = e
	e.find(tl, qs)
	e.ctx.Failures = nil
}

func (e *evaluator) unguarded(tl timeline.View, qs []Question) (done bool) {
	defer func() {
		if recover() != nil { // said when it is asked again
			e.ctx.Afresh()
		}
	}()
	e.find(tl, qs)
	return true
}

func (e *evaluator) find(tl timeline.View, qs []Question) {
	e.rules(tl)
	e.said = e.said[:0]
	for _, q := range qs {
		v, _ := q.ask(&e.ctx)
		e.said = append(e.said, v)
	}
}

// RuleFailed implements rule.Failures.
func (e *evaluator) RuleFailed(r *rule.Rule, f rule.Failure) {
	if e.failed != nil {
		e.failed(e.answers.Person, e.p.failed(r, f))
	}
}
