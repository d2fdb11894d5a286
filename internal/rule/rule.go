// Package rule is about expressions over a timeline: their value, the evidence for it, and the first moment at
// which it could change by itself.
//
// A rule is written in CEL. cel-go parses it and checks its types against the catalogue of events; the checked
// expression is compiled to Go closures, and cel-go never runs it. Which people a rule is asked about, and when,
// is left to package engine.
package rule

import (
	"peiban/internal/event"
	"peiban/internal/timeline"
)

// Rule is one compiled expression. It holds no state and may be used from several goroutines, each with its
// own Ctx.
type Rule struct {
	env    *Env
	src    string
	kind   Kind
	deps   Deps
	slots  int // how many hoisted answers a Ctx must have room for
	answer *value

	watched []watched
	traits  bool // it reads the profile
	needs   timeline.Columns
	frail   typeSet      // events of these types may move it, whatever its parts say
	touched []event.Type // those a bit of Result.Touchy is for
	reads   typeSet      // Deps.Events, where none is there
	none    *Result      // the answer for whoever has no event of them; nil: it must be asked
}

// Source is the expression as it was written.
func (r *Rule) Source() string { return r.src }

// Kind says what r answers with.
func (r *Rule) Kind() Kind { return r.kind }

// Deps says what r reads, so that only what touches it wakes it.
func (r *Rule) Deps() Deps { return r.deps }

// Needs are the columns r reads beside moments, types and flags, so that no others need be unpacked for it. What the caller answers it,
// such as targets, is not in it.
func (r *Rule) Needs() timeline.Columns { return r.needs }

// Deps is what a rule reads beside the clock.
type Deps struct {
	Events    []event.Type // types of events, in the order of the catalogue
	AllEvents bool         // it looks at every type
	Tags      []int        // ids of tags, ascending
	Time      bool         // its answer can change without a new event
	Stage     bool
	Target    bool
}

// Eval answers r for the person, the moment and the run in c.
//
// The answer holds until Result.Next as long as no event is added and neither tags, stage nor targets change.
// Next may be early; it is never late.
func (r *Rule) Eval(c *Ctx) Result {
	if r.none != nil && !c.Explain && c.lacks(r) {
		return *r.none
	}
	if c.Failures != nil {
		return r.guarded(c)
	}
	return r.eval(c)
}

func (r *Rule) eval(c *Ctx) Result {
	if len(c.slots) < r.slots {
		c.slots = make([]slot, r.slots)
	}
	c.seen, c.lent = c.seen[:0], 0
	c.stand(r.env)
	c.firmness, c.tokens, c.bornFor = firmness{bears: Endless}, 0, 0
	res := Result{Num: unknownNum, Next: Never}
	switch v := r.answer; r.kind {
	case KindBool:
		res.Truth, res.Next = v.truth(c)
	case KindNumber:
		res.Num, res.Next = v.num(c, bound{})
		if res.Num == res.Num {
			res.Truth = True
		}
	case KindString:
		var y event.Symbol
		if y, res.Next = v.sym(c); y != noSymbol {
			res.Str, res.Truth = y.String(), True
		}
	case KindEvents:
		if res.Num, res.Next = v.sel.count(c, bound{}); res.Num == res.Num {
			res.Truth = Of(res.Num > 0)
		}
	}
	res.Bears, res.Touchy = c.bears, uint8(c.touchy)
	if c.Explain {
		c.explain()
	}
	return res
}
