package engine

import (
	"context"
	"math"
	"runtime"
	"slices"

	"peiban/internal/person"
	"peiban/internal/rule"
	"peiban/internal/timeline"
)

// Question is a rule that is asked without being part of a programme. Its rules are compiled in the programme's Env.
type Question struct {
	When, Needs *rule.Rule // Needs nil: no minimum; not true: the answer is unknown
}

// ask answers q in a context whose tags are known.
func (q Question) ask(c *rule.Ctx) (rule.Truth, int64) {
	next := Never
	if q.Needs != nil {
		r := q.Needs.Eval(c)
		next = r.Next
		if r.Truth != rule.True {
			return rule.Unknown, next
		}
	}
	r := q.When.Eval(c)
	return r.Truth, min(next, r.Next)
}

// rules are those of q that are there.
func (q Question) rules() []*rule.Rule {
	return slices.DeleteFunc([]*rule.Rule{q.When, q.Needs}, func(r *rule.Rule) bool { return r == nil })
}

// needs are the columns of a timeline that q looks at.
func (q Question) needs() (need timeline.Columns) {
	for _, r := range q.rules() {
		need |= r.Needs()
	}
	return need
}

// reads are the tags that questions rest on.
func reads(qs []Question) *Part {
	part := &Part{}
	for _, q := range qs {
		for _, r := range q.rules() {
			part.Tags = append(part.Tags, r.Deps().Tags...)
			part.Stage = part.Stage || r.Deps().Stage
		}
	}
	return part
}

// AskAll asks questions of everyone in tls. visit gets the answers in the order of the questions, as Everyone.Visit does.
func (p *Programme) AskAll(ctx context.Context, tls *timeline.Store, qs []Question, o Everyone, visit func(worker int, n person.Number, answers []rule.Truth)) error {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	all := make([]*evaluator, o.Workers)
	for i := range all {
		all[i] = newEvaluator(p, o.Now, reads(qs), qs...)
		all[i].failed = o.Failed
	}
	need := all[0].needs()
	for _, q := range qs {
		need |= q.needs()
	}
	return tls.Each(ctx, timeline.Scan{Workers: o.Workers, Need: need, Progress: o.Progress, Visit: func(worker int, n person.Number, tl *timeline.Timeline) {
		loc := p.Zone
		if o.Zone != nil {
			loc = o.Zone(n)
		}
		e := all[worker]
		e.answers.Person = n
		if e.in = (Standing{}); o.In != nil {
			e.in = o.In(n)
		}
		e.answer(timeline.View{Timeline: tl, Loc: loc}, qs...)
		visit(worker, n, e.said)
	}})
}

// Tried is the answer to a question about one person.
type Tried struct {
	Truth rule.Truth
	Next  int64
	Why   Why     // with Evidence and Total
	Value float64 // NaN: there is none
}

// Try asks a question of one person, who stands somewhere, with the events behind the answer. value may be nil.
func (p *Programme) Try(tl timeline.View, now int64, in Standing, q Question, value *rule.Rule) Tried {
	qs := []Question{q, {When: value}}
	e := newEvaluator(p, now, reads(qs), qs...)
	e.in = in
	e.answer(tl)
	c := &e.ctx
	c.Failures = unheard{}
	t := Tried{}
	t.Truth, t.Next = q.ask(c)
	c.Explain = true
	if q.Needs != nil && t.Truth == rule.Unknown {
		if q.Needs.Eval(c).Truth == rule.True {
			q.When.Eval(c)
		}
	} else {
		q.When.Eval(c)
	}
	t.Why.collect(c)
	c.Explain = false
	t.Value = math.NaN()
	if value != nil {
		r := value.Eval(c)
		t.Value, t.Next = r.Num, min(t.Next, r.Next)
	}
	return t
}
