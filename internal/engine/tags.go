package engine

import (
	"math"
	"slices"

	"peiban/internal/event"
	"peiban/internal/programme"
	"peiban/internal/rule"
)

// bring brings tags and stage of one programme up to now. Done twice, it does nothing more.
func (x *stepper) bring(pi int, p *Programme, pr *Progress) {
	x.memo.room(pi, p)
	firms := x.memo.firm[pi]
	x.bind(p)
	x.dirty = append(x.dirty[:0], make([]bool, len(p.Tags))...)
	dirty := x.dirty
	restage := false
	many := len(x.in.With) >= lookedAt
	arrive := func(e Arrival) {
		touched := p.byType[e.Type]
		if touched == nil {
			return
		}
		at := -1 // where the event is; its own answer to whether a rule looks at it spares most of them
		if !many {
			at = x.tl.Find(e.Seq)
		}
		for _, i := range touched.tags {
			t := &p.Tags[i]
			switch {
			case x.full || dirty[i]: // it is asked
			case at < 0 || x.byHand(t, at):
				dirty[i] = true
			case firms[i].endless(t.Needs, t.When, x.tl.Type[at]): // it need not even be looked whether the rule sees it
			case x.sees(at, t.Needs, t.When):
				dirty[i] = !firms[i].bear(t.Needs, t.When, &x.ctx, at)
			}
		}
		restage = restage || !x.full && touched.stage && (at < 0 || x.movesStage(pi, p, at))
	}
	if x.in.Event != nil {
		var last event.Type
		for _, e := range x.in.With {
			if many && e.Type == last {
				continue
			}
			arrive(e)
			last = e.Type
		}
		arrive(Arrival{x.in.Event.Seq, x.in.Event.Type})
	}
	if x.in.Definition {
		x.retire(p, pr)
	}
	moved := x.full
	moved = x.tags(pi, p, pr, 0, p.staged, dirty) || moved
	if moved || x.memo.stage[pi] <= x.now || restage {
		x.stage(pi, p, pr)
		x.afterStage(p, pr, dirty)
	}
	x.tags(pi, p, pr, p.staged, len(p.Tags), dirty)
}

// lookedAt is how many events that came together are looked at one by one, to spare rules that see none of them. Of more, every rule is
// asked that reads their type.
const lookedAt = 4

// tags asks the tags from one place up to another, in order of dependence, and reports whether any answer is another.
func (x *stepper) tags(pi int, p *Programme, pr *Progress, from, to int, dirty []bool) (moved bool) {
	truth, next, firms := x.memo.truth[pi], x.memo.next[pi], x.memo.firm[pi]
	for i := from; i < to; i++ {
		if !x.full && !dirty[i] && next[i] > x.now {
			continue
		}
		was := truth[i]
		if x.full {
			was = rule.Unknown
		}
		a := ask(&p.Tags[i], &x.ctx)
		truth[i], next[i], firms[i] = a.truth, a.next, a.firm
		if was != truth[i] {
			for _, j := range p.tagUsers[i] {
				dirty[j] = true
			}
			moved = true
		}
		x.settle(p, pr, &p.Tags[i], truth[i])
	}
	return moved
}

// afterStage lets rules see the stage the person is in, and has the tags that ask for it asked.
func (x *stepper) afterStage(p *Programme, pr *Progress, dirty []bool) {
	if x.ctx.Stage = pr.Stage; dirty == nil {
		return
	}
	for _, i := range p.stageUsers {
		dirty[i] = true
	}
}

// restage asks what rests on the stage of p again, after a journey has moved the person. What was bound stays bound.
func (x *stepper) restage(p *Programme, pr *Progress) {
	pi := slices.Index(x.ps, p)
	if len(p.stageUsers) == 0 || pi < 0 {
		return
	}
	bound, tag, stage := x.bound, x.ctx.Tag, x.ctx.Stage
	target, own, profile := x.ctx.Target, x.ctx.Own, x.ctx.Profile
	x.bind(p)
	dirty := make([]bool, len(p.Tags))
	x.afterStage(p, pr, dirty)
	x.tags(pi, p, pr, p.staged, len(p.Tags), dirty)
	x.bound, x.ctx.Tag, x.ctx.Stage = bound, tag, stage
	x.ctx.Target, x.ctx.Own, x.ctx.Profile = target, own, profile
}

// retire takes away what the version in force no longer has.
func (x *stepper) retire(p *Programme, pr *Progress) {
	for i := len(pr.Tags) - 1; i >= 0; i-- {
		if key := pr.Tags[i].Key; p.TagIndex(key) < 0 {
			pr.Tags = slices.Delete(pr.Tags, i, i+1)
			x.changed(Transition{Kind: "tag", Programme: p.Key, Key: key, Version: p.Version})
		}
	}
	if pr.Stage != "" && p.Stage(pr.Stage) == nil {
		pr.Ruled = "" // a journey set it; it cannot stay
	}
}

// firm is what the answer of a tag bears, or that of a stage: how many further events, and which types of them it does not; see
// rule.Result. A stage has the rule that keeps somebody in it where a tag has its minimum of data.
type firm struct{ bears, needs, when uint8 }

// endless is what an answer bears that no further event can move.
const endless = math.MaxUint8

func (f *firm) endless(needs, when *rule.Rule, e event.Type) bool {
	return f.bears == endless && !f.touches(needs, when, e)
}

// touches reports whether an event of a type may move the answer whatever it bears.
func (f *firm) touches(needs, when *rule.Rule, e event.Type) bool {
	return needs != nil && needs.Touches(f.needs, e) || when.Touches(f.when, e)
}

// bear takes the event at a place for one more that the answer bears; false when it must be asked again.
func (f *firm) bear(needs, when *rule.Rule, c *rule.Ctx, at int) bool {
	if f.bears == 0 || f.touches(needs, when, c.TL.Type[at]) || !c.Usual(at) {
		return false
	}
	if f.bears != endless {
		f.bears--
	}
	return true
}

// sees reports whether any of rs looks at the event at a place of the timeline, or reads what it sets.
func (x *stepper) sees(at int, rs ...*rule.Rule) bool {
	for _, r := range rs {
		if r != nil && (r.Sees(&x.ctx, at) || r.Deps().Target && x.tl.Type[at] == event.TargetSet) {
			return true
		}
	}
	return false
}

// byHand reports whether the event at a place puts the person into a segment, or takes them out.
func (x *stepper) byHand(t *programme.Tag, at int) bool {
	return t.ByHand && x.tl.Type[at] == event.SegmentSet
}

// movesStage reports whether the event at a place may move the person to another stage: whether a stage that was asked of them
// sees it and does not bear it.
func (x *stepper) movesStage(pi int, p *Programme, at int) (moves bool) {
	for i := range p.Stages {
		s, f := &p.Stages[i], &x.memo.placed[pi][i]
		if x.sees(at, s.When, s.Stay) && !f.bear(s.Stay, s.When, &x.ctx, at) {
			moves = true // and those after it count the event too
		}
	}
	return moves
}

// answer is what is known of one tag.
type answer struct {
	truth rule.Truth
	next  int64 // when it could change by itself
	firm  firm
}

// ask evaluates one tag: what was decided by hand first, then its minimum of data, its rule, and the tags of its
// exclusive group that come before it. Those are known: tags are asked in order of dependence.
func ask(t *programme.Tag, c *rule.Ctx) answer {
	next := Never
	if t.ByHand {
		h := handFrom(c.TL, c.Newest(event.SegmentSet), t.Key, c.Now)
		if h.Holds {
			return answer{rule.Of(h.In), h.Next, firm{bears: endless}}
		}
		next = h.Next
	}
	a := askRule(t, c)
	a.next = min(a.next, next)
	if a.truth != rule.True {
		return a
	}
	for _, id := range t.Yields {
		if c.Tag(id) == rule.True {
			a.truth = rule.False
			break
		}
	}
	return a
}

func askRule(t *programme.Tag, c *rule.Ctx) answer {
	a := answer{next: Never, firm: firm{bears: endless}}
	if t.Needs != nil {
		r := t.Needs.Eval(c)
		a.next, a.firm = r.Next, firm{bears: few(r.Bears), needs: r.Touchy}
		if r.Truth != rule.True {
			return a
		}
	}
	r := t.When.Eval(c)
	a.truth, a.next = r.Truth, min(a.next, r.Next)
	a.firm.bears, a.firm.when = min(a.firm.bears, few(r.Bears)), r.Touchy
	return a
}

func few(n int) uint8 { return uint8(min(n, endless)) }

// settle records that the person has or has not a tag, and says so when that is new.
func (x *stepper) settle(p *Programme, pr *Progress, t *programme.Tag, v rule.Truth) {
	i, has := pr.find(t.Key)
	if has == (v == rule.True) {
		return
	}
	if has {
		pr.Tags = slices.Delete(pr.Tags, i, i+1)
	} else {
		pr.Tags = slices.Insert(pr.Tags, i, Active{Key: t.Key, Since: x.now, Version: p.Version})
	}
	x.changed(Transition{Kind: "tag", Programme: p.Key, Key: t.Key, Gained: !has, Version: p.Version})
}

func (x *stepper) changed(t Transition) {
	x.out.Changed = true
	x.out.Transitions = append(x.out.Transitions, t)
	if t.Gained {
		x.gained = append(x.gained, t)
	} else {
		x.lost = append(x.lost, t)
	}
}

// stage places the person in the first stage that holds.
func (x *stepper) stage(pi int, p *Programme, pr *Progress) {
	key := ""
	x.ctx.Stage = pr.Stage
	i, next := p.stageOf(&x.ctx, x.memo.placed[pi])
	if i >= 0 {
		key = p.Stages[i].Key
	}
	x.memo.stage[pi] = next
	if key == pr.Stage && pr.Ruled == "" || key == pr.Ruled && key != "" {
		return // a stage set by a journey stays until the rules say something new
	}
	pr.Ruled = ""
	if key == pr.Stage {
		x.out.Changed = true
		return
	}
	if pr.Stage != "" {
		x.changed(Transition{Kind: "stage", Programme: p.Key, Key: pr.Stage, Version: p.Version})
	}
	pr.Stage, pr.StageSince = key, x.now
	if key != "" {
		x.changed(Transition{Kind: "stage", Programme: p.Key, Key: key, Gained: true, Version: p.Version})
	}
}
