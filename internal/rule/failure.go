package rule

import "peiban/internal/fault"

// Failure is a rule that could not be asked: it panicked. It holds nothing of the person.
type Failure fault.Panic

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
			f := Failure(*fault.Caught(p))
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
