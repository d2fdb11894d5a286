package rule

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
)

// Failure is a rule that could not be asked: it panicked. It holds nothing of the person.
type Failure struct {
	Reason string // what went wrong, without numbers
	Stack  string // functions and lines, without their arguments
}

// Failures hears of rules that fail. While a Ctx has one, Eval of a rule that fails answers unknown.
type Failures interface {
	RuleFailed(r *Rule, f Failure)
}

// retryAfter is how long after a failure a rule is asked again though nothing happened: what a day brings may make it sound.
const retryAfter = microDay

// guarded is Eval of a rule that may fail.
func (r *Rule) guarded(c *Ctx) (res Result) {
	defer func() {
		if p := recover(); p != nil {
			f := Failure{Reason: reason(p), Stack: stack()}
			c.Afresh()
			if c.Explain {
				c.Evidence, c.Total = c.Evidence[:0], 0
			}
			res = Result{Num: unknownNum, Next: c.Now + retryAfter}
			c.Failures.RuleFailed(r, f)
		}
	}()
	return r.eval(c)
}

// Afresh gives c new room. A rule that failed left what it had half-finished in the old.
func (c *Ctx) Afresh() {
	c.room = room{}
	c.Look(c.TL, c.Now)
}

var digits = regexp.MustCompile(`-?\d+`)

// reason is what a panic says. Only the runtime's own words are repeated, and no numbers: anything else could tell of the person.
func reason(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return digits.ReplaceAllString(strings.TrimPrefix(err.Error(), "runtime error: "), "…")
	}
	return fmt.Sprintf("panic with a %T", p)
}

// stack is where a panic came from. debug.Stack would print arguments, and those are measured values.
func stack() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)]) // neither Callers nor this nor the deferred function
	var b strings.Builder
	for {
		f, more := frames.Next()
		fmt.Fprintf(&b, "%s:%d\n", f.Function, f.Line)
		if !more {
			return b.String()
		}
	}
}
