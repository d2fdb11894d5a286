// Package channel is about the ways a message leaves: the contract every sender keeps.
package channel

import "context"

// Outgoing is one message as a channel gets it.
type Outgoing struct {
	Key     string // the same at every try: the far side, or we, notice a repeat by it
	To      string // outside id of the reader
	Kind    string
	Class   string
	Content string
	Title   string
	Body    string
}

// Sender hands messages to the outside. An error means "try again later" unless it is ErrRefused; a message may
// have gone through although an error came back, which is why Key stays the same.
type Sender interface {
	Send(ctx context.Context, m Outgoing) error
}
