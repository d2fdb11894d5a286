// Package channel is about the ways a message leaves: the contract every sender keeps.
package channel

import (
	"context"
	"time"

	"peiban/internal/address"
)

// Outgoing is one message as a channel gets it.
type Outgoing struct {
	Key     string // the same at every try: the far side, or we, notice a repeat by it; at most 32 letters, digits, - and _
	To      string // outside id of the reader
	Kind    string
	Class   string
	Content string
	Title   string
	Body    string
	At      address.Address // where it goes, as Way said; empty for a sender that needs none
	Since   time.Time       // when it was first let go
	Again   bool            // it was handed over before, and nobody knows how that went
}

// Answer is what the far side said to a message it took.
type Answer struct {
	Ref     string // of the far side, by which it is known there
	Later   bool   // taken, and how it went is told later: Tracker
	Confirm string // id of the member of staff who has to confirm it first; empty: nobody
}

// Sender hands messages to one far side. An error says that it did not take the message: *Refusal, that it never will; *Delay, that it
// did not and when to try again; any other, that nobody knows whether it did. Such a message comes again under the same key with
// Again, and a sender whose far side takes it twice looks it up first, or refuses it with Unclear. No error holds anything about the
// reader or of what is said.
type Sender interface {
	Send(ctx context.Context, m Outgoing) (Answer, error)
}

// Chooser is a sender that reaches people at addresses, or that does not take everything at any time. It is asked inside the
// transaction that sends: it calls nobody.
type Chooser interface {
	Way(to []address.Address, now time.Time) Way
}

// Way is how a message would reach its reader at a moment.
type Way struct {
	At     address.Address
	No     string    // why it would not: NoAddress, WindowClosed, ...; empty: it would
	Opens  time.Time // not before; zero: now
	Window Window    // what the far side still takes from us there
}

// WayOf is how s would reach somebody; a sender that does not say reaches everybody.
func WayOf(s Sender, to []address.Address, now time.Time) Way {
	if c, ok := s.(Chooser); ok {
		return c.Way(to, now)
	}
	return Way{}
}

// Handed is a message that a far side has taken and of which it is not known yet how it went.
type Handed struct {
	Key      string
	Ref      string
	At       address.Address
	Since    time.Time // when it was taken
	Reminded int       // how often who has to confirm it was reminded
	Last     time.Time // when last
}

// Report is how a message went that was taken.
type Report struct {
	State State
	Code  string    // why it failed
	At    time.Time // when it reached them; zero: not said
}

// State of a message that was taken.
type State int

// The states. Unknown is that the far side does not know the message: it was never taken.
const (
	Waiting State = iota
	Reached
	Failed
	Unknown
)

// Tracker is a sender whose Answer may be Later.
type Tracker interface {
	Track(ctx context.Context, h Handed) (Report, error)
}

// Confirmed is a Tracker whose messages a member of staff has to confirm.
type Confirmed interface {
	Tracker
	Remind(ctx context.Context, h Handed) error
	Withdraw(ctx context.Context, h Handed) error // nobody is asked any more; what was confirmed has gone
}
