package fault

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
)

// Panic is a panic as an error. Neither its reason nor its stack repeats a value that was being looked at.
type Panic struct {
	Reason string // what went wrong, without numbers
	Stack  string // functions and lines, without their arguments
}

func (p *Panic) Error() string { return "panic: " + p.Reason }

// Guard does something; a panic in it is its error, a *Panic, and harms nothing else.
func Guard(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = Caught(p)
		}
	}()
	return do()
}

// Caught is what recover returned, as an error. It is called by the deferred function itself.
func Caught(p any) *Panic {
	return &Panic{Reason: reason(p), Stack: stack()}
}

var digits = regexp.MustCompile(`-?\d+`)

// reason is what a panic says. Only the runtime's own words are repeated, and no numbers: anything else could tell of a person.
func reason(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return digits.ReplaceAllString(strings.TrimPrefix(err.Error(), "runtime error: "), "…")
	}
	return fmt.Sprintf("panic with a %T", p)
}

// stack is where a panic came from. debug.Stack would print arguments, and those may be measured values.
func stack() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs)]) // not Callers, this, Caught and the deferred function
	var b strings.Builder
	for {
		f, more := frames.Next()
		fmt.Fprintf(&b, "%s:%d\n", f.Function, f.Line)
		if !more {
			return b.String()
		}
	}
}
