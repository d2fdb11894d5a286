// Package fault gives errors a kind, a code, the field at fault and a sentence that says how to mend it.
//
// A fault is what a client may see: its texts never hold a name, a phone number, a message or a measured
// value. Which HTTP status a kind becomes is decided in package api, in one place.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what sort of mistake it is; package api turns it into a status.
type Kind int

const (
	Internal Kind = iota // ours: the client sees a number only
	Invalid              // the request is wrong in a way its sender can mend
	Unauthenticated
	Forbidden
	Missing // not there, or not visible to whoever asks
	Clash   // it contradicts what is already there
	Stale   // If-Match names an older version
	TooLarge
	TooMany
	Unavailable
)

// Text is one sentence in the two languages of the product.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// Fault is an error with everything a client needs to mend it.
type Fault struct {
	Kind  Kind
	Code  string // stable, snake_case, for machines
	Field string // where: a JSON path such as batch[3].properties.value; empty: the whole request
	Text  Text   // what is wrong
	Hint  Text   // what would be right; may be empty
	cause error
}

func (f *Fault) Error() string {
	s := f.Code + ": " + f.Text.En
	if f.Field != "" {
		s = f.Field + ": " + s
	}
	if f.Hint.En != "" {
		s += " (" + f.Hint.En + ")"
	}
	return s
}

func (f *Fault) Unwrap() error { return f.cause }

// Is makes errors.Is match two faults by their code.
func (f *Fault) Is(target error) bool {
	var t *Fault
	return errors.As(target, &t) && t.Code == f.Code
}

// New makes a fault; most packages keep theirs as package-level values.
func New(k Kind, code, zh, en string) *Fault {
	return &Fault{Kind: k, Code: code, Text: Text{Zh: zh, En: en}}
}

// At returns a copy of f that names the field at fault.
func (f *Fault) At(format string, args ...any) *Fault {
	c := *f
	c.Field = fmt.Sprintf(format, args...)
	return &c
}

// Because returns a copy of f with a hint in both languages.
func (f *Fault) Because(zh, en string) *Fault {
	c := *f
	c.Hint = Text{Zh: zh, En: en}
	return &c
}

// Wrap returns a copy of f that keeps the cause for logs and errors.Is; clients never see it.
func (f *Fault) Wrap(err error) *Fault {
	c := *f
	c.cause = err
	return &c
}

// Of finds the fault in err, or nil.
func Of(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// KindOf returns the kind of err; an error without a fault is Internal.
func KindOf(err error) Kind {
	if f := Of(err); f != nil {
		return f.Kind
	}
	return Internal
}
