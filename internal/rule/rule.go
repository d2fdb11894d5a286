// Package rule is about expressions over a timeline: their value, the evidence for it, and the first moment at
// which it could change by itself.
//
// A rule is written in CEL. cel-go parses it and checks its types against the catalogue of events; the checked
// expression is compiled to Go closures, and cel-go never runs it. Which people a rule is asked about, and when,
// is left to package engine.
package rule

import "peiban/internal/event"

// Rule is one compiled expression. It holds no state and may be used from several goroutines, each with its
// own Ctx.
type Rule struct {
	src  string
	kind Kind
	deps Deps
}

// Source is the expression as it was written.
func (r *Rule) Source() string { return r.src }

// Kind says what r answers with.
func (r *Rule) Kind() Kind { return r.kind }

// Deps says what r reads, so that only what touches it wakes it.
func (r *Rule) Deps() Deps { return r.deps }

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
func (r *Rule) Eval(c *Ctx) Result { return Result{Next: Never} }
