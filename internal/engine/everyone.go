package engine

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/rule"
	"peiban/internal/timeline"
)

// Everyone says how all people of a store are evaluated.
type Everyone struct {
	Now     int64                              // microseconds
	Workers int                                // 0: one for each core
	Zone    func(person.Number) *time.Location // where their days begin; nil: the programme's zone
	// Visit gets each person who has events, from one worker at a time but several of them at once. The answers hold
	// until it returns.
	Visit    func(worker int, a *Answers)
	Progress func(done, of int) // of the numbers of people; nil: nobody wants to know
	Part     *Part              // what is asked; nil: everything
	// In is where each stands, for what the timeline alone does not tell of their stage; nil: nothing is remembered.
	In func(person.Number) Standing
	// Failed hears of rules that could not be asked, from several goroutines; nil: nobody wants to know.
	Failed func(person.Number, Failed)
}

// Part is some of what a programme asks. What it rests on is asked too.
type Part struct {
	Tags  []int // by place in the programme's Tags
	Stage bool
}

// order lists the tags that answer a part, each after those it reads, and says whether the stage is asked for.
func (p *Programme) order(part *Part) (tags []int, stage bool) {
	want := make([]bool, len(p.Tags))
	for i := range want {
		want[i] = part == nil
	}
	stage = part == nil || part.Stage
	if part != nil {
		for _, i := range part.Tags {
			want[i] = true
		}
	}
	for i := len(want) - 1; i >= 0; i-- {
		if i == p.staged-1 && stage && part != nil {
			p.wantStages(want)
		}
		if want[i] {
			stage = stage || p.Tags[i].ReadsStage()
			for _, d := range p.Tags[i].Depends {
				want[d] = true
			}
		}
	}
	for i, w := range want {
		if w {
			tags = append(tags, i)
		}
	}
	return tags, stage
}

// wantStages marks the tags the rules of stages read.
func (p *Programme) wantStages(want []bool) {
	for i := range p.Stages {
		for _, r := range []*rule.Rule{p.Stages[i].When, p.Stages[i].Stay} {
			if r == nil {
				continue
			}
			for _, d := range r.Deps().Tags {
				want[d] = true
			}
		}
	}
}

// Answers are what the rules say of one person.
type Answers struct {
	Person person.Number
	Tags   []rule.Truth // by place in the programme's Tags
	Next   []int64      // when each could change by itself; Never
	Stage  int          // place in the programme's Stages; -1: none holds
	// StageNext is when the stage could change by itself; Never.
	StageNext int64
}

// EvaluateAll answers every tag and the stage of p for everyone in tls, from nothing, as Evaluate does for one. It
// reads no state and no database. It ends early, with the context's error, when ctx ends.
func (p *Programme) EvaluateAll(ctx context.Context, tls *timeline.Store, o Everyone) error {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	all := make([]*evaluator, o.Workers)
	for i := range all {
		all[i] = newEvaluator(p, o.Now, o.Part)
		all[i].failed = o.Failed
	}
	return tls.Each(ctx, timeline.Scan{Workers: o.Workers, Need: all[0].needs(), Progress: o.Progress, Visit: func(worker int, n person.Number, tl *timeline.Timeline) {
		loc := p.Zone
		if o.Zone != nil {
			loc = o.Zone(n)
		}
		e := all[worker]
		e.answers.Person, e.in = n, Standing{}
		if o.In != nil {
			e.in = o.In(n)
		}
		e.answer(timeline.View{Timeline: tl, Loc: loc})
		o.Visit(worker, &e.answers)
	}})
}

// evaluator answers for one person after the other, in room it keeps.
type evaluator struct {
	p       *Programme
	ctx     rule.Ctx
	target  programme.TargetProfile
	answers Answers
	order   []int // the tags that are asked
	stage   bool
	aims    bool // some rule asks for a target
	in      Standing
	said    []rule.Truth // what questions beside the rules were answered
	failed  func(person.Number, Failed)
}

// newEvaluator begins with a part of p, and with questions that are asked beside it.
func newEvaluator(p *Programme, now int64, part *Part, beside ...Question) *evaluator {
	e := &evaluator{p: p}
	e.order, e.stage = p.order(part)
	e.answers.Tags, e.answers.Next = make([]rule.Truth, len(p.Tags)), make([]int64, len(p.Tags))
	for i := range e.answers.Next {
		e.answers.Next[i] = Never
	}
	e.answers.Stage, e.answers.StageNext = -1, Never
	aims := func(r *rule.Rule) { e.aims = e.aims || r.Deps().Target }
	e.eachRule(aims)
	for _, q := range beside {
		for _, r := range q.rules() {
			aims(r)
		}
	}
	e.ctx.Now, e.ctx.Trigger = now, -1
	e.ctx.Tag = func(id int) rule.Truth { return e.answers.Tags[id] }
	e.ctx.Target = func(key string) (low, high float64, ok bool) { return e.target.Limits(key) }
	e.ctx.Own = func(key string) bool { return e.target.IsOwn(key) }
	return e
}

// eachRule visits the rules that are asked.
func (e *evaluator) eachRule(visit func(r *rule.Rule)) {
	rules := func(rs ...*rule.Rule) {
		for _, r := range rs {
			if r != nil {
				visit(r)
			}
		}
	}
	for _, i := range e.order {
		rules(e.p.Tags[i].Needs, e.p.Tags[i].When)
	}
	for i := range e.p.Stages {
		if e.stage {
			rules(e.p.Stages[i].When, e.p.Stages[i].Stay)
		}
	}
}

// needs are the columns of a timeline that are looked at.
func (e *evaluator) needs() timeline.Columns {
	need := timeline.Flags
	if e.aims {
		need |= timeline.Received | timeline.CodeA | timeline.Number | timeline.Extras // see TargetOf
	}
	for _, i := range e.order {
		if e.p.Tags[i].ByHand {
			need |= timeline.Received | timeline.CodeA | timeline.CodeB | timeline.Extras // see HandOf
		}
	}
	e.eachRule(func(r *rule.Rule) { need |= r.Needs() })
	return need
}

func (e *evaluator) ask(i int) {
	a := ask(&e.p.Tags[i], &e.ctx)
	e.answers.Tags[i], e.answers.Next[i] = a.truth, a.next
}

// rules asks the rules of the programme.
func (e *evaluator) rules(tl timeline.View) {
	a, c := &e.answers, &e.ctx
	c.Look(tl, c.Now)
	if e.aims {
		e.target = targetFrom(e.p.Compiled, tl, c.Newest(event.TargetSet), c.Now)
		c.Profile = e.target.Key
	}
	k := 0
	for ; k < len(e.order) && e.order[k] < e.p.staged; k++ {
		e.ask(e.order[k])
	}
	if e.stage {
		c.Stage = e.in.Stage
		a.Stage, a.StageNext = e.p.stageOf(c, nil)
		ruled := ""
		if a.Stage >= 0 {
			ruled = e.p.Stages[a.Stage].Key
		}
		c.Stage = e.in.After(ruled)
	}
	for ; k < len(e.order); k++ {
		e.ask(e.order[k])
	}
}

// stageOf is the place of the first stage that holds, -1 for none, and when that could change by itself. Into firms, where there is
// room, it writes what the answers of each stage bear that it asked.
func (p *Programme) stageOf(c *rule.Ctx, firms []firm) (stage int, next int64) {
	next = Never
	for i := range p.Stages {
		s := &p.Stages[i]
		r := s.When.Eval(c)
		next = min(next, r.Next)
		f := firm{bears: few(r.Bears), when: r.Touchy}
		if r.Truth != rule.True && s.Stay != nil && c.Stage == s.Key { // who is in it leaves later than others enter
			r = s.Stay.Eval(c)
			next = min(next, r.Next)
			f.bears, f.needs = min(f.bears, few(r.Bears)), r.Touchy
		}
		if firms != nil {
			firms[i] = f
		}
		if r.Truth == rule.True {
			for j := i + 1; j < len(firms); j++ {
				firms[j] = firm{bears: endless} // not asked: it does not matter what they say
			}
			return i, next
		}
	}
	return -1, next
}

// Supposed is the state of a person in p of whom nothing is known but these answers, for comparisons.
func (p *Programme) Supposed(a *Answers) *State {
	pr := Progress{Key: p.Key}
	for i, t := range a.Tags {
		if t == rule.True {
			pr.Tags = append(pr.Tags, Active{Key: p.Tags[i].Key})
		}
	}
	slices.SortFunc(pr.Tags, func(x, y Active) int { return strings.Compare(x.Key, y.Key) })
	if a.Stage >= 0 {
		pr.Stage = p.Stages[a.Stage].Key
	}
	return &State{V: 1, Programmes: []Progress{pr}}
}
